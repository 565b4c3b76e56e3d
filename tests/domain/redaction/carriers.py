"""Texts around secrets, by what tells a reader that there is one: a grammar, a loose hint, its own shape; and altered secrets.

`%s` stands for the secret. Everything here was written for this project; secrets are put together at run time (`pieces.py`).
"""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.domain.redaction.pieces import ALNUM, DIGITS, LOWER, TOKENS, Maker, Pieces
from tests.domain.redaction.secret_texts import Case, password

SHAPE, GRAMMAR, LOOSE, ALTERED = "shape only", "named in a grammar", "named loosely", "altered"

IN_A_GRAMMAR = [
    "? db_password\n: %s",
    '<dbPassword value="%s"/>',
    'ssh-keygen -t ed25519 -N "%s" -f key',
    "apiKey: !!str %s",
    "printf '%%s' \"%s\" | docker secret create api_key -",
    'apiKey: &anchor "%s"',
    'api_key = """%s"""',
    'api_key ||= "%s"',
    '<param key="api_key"><![CDATA[%s]]></param>',
    '<setting name="clientSecret" serializeAs="String"><value>%s</value></setting>',
    "UPDATE conf SET v='%s' WHERE k='api_key'",
    'env:\n- value: "%s"\n  name: API_TOKEN',
    'gh secret set API_KEY --body "%s"',
    "error: invalid value '%s' for '--token <X>'",
    "export ACME_API_KEY='%s'",
    'setx ACME_TOKEN "%s"',
    "set -x ACME_TOKEN %s",
    '$env:ACME_SECRET = "%s"',
    "ENV ACME_API_KEY %s",
    'Environment="DB_PASSWORD=%s"',
    "kubectl create secret generic db --from-literal=password=%s",
    "heroku config:set API_KEY=%s -a shop",
    "helm upgrade web ./chart --set auth.password=%s --wait",
    'curl -H "PRIVATE-TOKEN: %s" https://git.example.com/api',
    "wget --http-password=%s https://x.example.com/y",
    '{"environment":[{"name":"DB_PASS","value":"%s"}]}',
    '{"env": [{"k": "ACME_TOKEN", "v": "%s"}]}',
    "define('DB_PASSWORD', '%s');",
    'sessionStorage.setItem("authToken", "%s")',
    '{:api-key "%s", :retries 3}',
    "my %%cfg = (password => '%s', host => 'db');",
    '{"password":{"S":"%s"}}',
    "<member><name>password</name><value><string>%s</string></value></member>",
    "<key>apiToken</key>\n\t<string>%s</string>",
    "<secret><![CDATA[%s]]></secret>",
    "<tr><td>Password</td><td>%s</td></tr>",
    "INSERT INTO accounts (id, email, api_token) VALUES (4, 'a@b.example', '%s')",
    "user,password,role\nana,%s,admin",
    "| name | token |\n| --- | --- |\n| ci | %s |",
    "NAME   PASSWORD   AGE\nweb    %s   4d",
    'Token{value="%s", type=BEARER}',
    '&Config{Token:"%s", Debug:false}',
    'Settings { api_key: Some("%s"), retries: 3 }',
    'Settings { api_secret: String::from("%s"), retries: 3 }',
    'token := []byte("%s")',
    "const password = Buffer.from('%s');",
    'var password = Optional.of("%s");',
    'std::string token = std::string("%s");',
    '{"github-oauth": {"github.com": "%s"}}',
    'output "db_password" {\n  value = "%s"\n}',
    "payload=%%7B%%22password%%22%%3A%%22%s%%22%%7D",
    "##vso[task.setvariable variable=apiToken;issecret=true]%s",
    "echo '%s' | docker login --password-stdin -u ci r.example.com",
    '--b1\r\nContent-Disposition: form-data; name="client_secret"\r\n\r\n%s\r\n--b1--',
    '{"element": "Password field", "ref": "e12", "text": "%s"}',
    '{"selector": "input[type=password]", "text": "%s"}',
    "net use Z: \\\\files\\share %s /user:SHOP\\mara",
    "xfreerdp /u:mara /p:%s /v:10.2.14.9",
    "smbclient //files/share -U 'SHOP\\mara%%%s'",
    "snmpset -v3 -u mara -A %s host",
    'echo "%s" | sudo -S systemctl restart shop',
    "unzip -P %s backup.zip",
    "consul kv put shop/db/password %s",
    r'{"output": "{\"body\": \"{\\\"api_key\\\": \\\"%s\\\"}\"}"}',
]
LOOSELY = [
    "the new password is %s",
    "login: admin, password: %s",
    "Error 401: Incorrect API key provided: %s.",
    "token %s rejected by the gateway",
    "Authenticate with token %s",
    "use %s as the API key",
    "Your new API key:\n\n%s\n\nStore it now.",
    "Generated password:\n%s",
    "creds: admin / %s",
    "set api_key → %s",
    "Das neue Passwort lautet %s",
    "Der API-Schlüssel ist %s",
    "La contraseña es %s",
    "A senha é %s",
    "Le mot de passe est %s",
    "La password è %s",
    "Het wachtwoord is %s",
    "Пароль: %s",
    "Hasło to %s",
    "Şifre: %s",
    "パスワード：%s",
    "新しいパスワードは%sです",
    "密码是 %s",
    "비밀번호는 %s 입니다",
    'the agent typed "%s" into the password field',
    "הסיסמה החדשה היא %s",
    "كلمة المرور الجديدة هي %s",
    "Heslo k databázi je %s.",
]
ALONE = [
    "%s",
    "got %s",
    "[%s]",
    "x,%s,y",
    "see `%s`",
    "https://h.example.com/p/%s/q",
    "a\n%s\nb",
    "«%s»",
    r"{\"stdout\": \"ok\n%s\ndone\"}",
    "cb=https%%3A%%2F%%2Fapp.example.com%%2F%s%%26y",
    "\x1b[32m%s\x1b[0m",
]


def _halves(secret: str, between: str) -> str:
    return f"{secret[: len(secret) // 2]}{between}{secret[len(secret) // 2 :]}"


def _base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


# How the secret itself is altered, and the texts it then stands in.
Alter = Callable[[str], str]
ALTERATIONS: dict[str, tuple[Alter, str]] = {
    "zero-width character inside": (lambda secret: _halves(secret, "\u200b"), "using %s now"),
    "soft hyphen inside": (lambda secret: _halves(secret, "\u00ad"), "using %s now"),
    "colour code inside": (lambda secret: _halves(secret, "\x1b[1m"), "using %s now"),
    "full-width letters": (lambda secret: "".join(chr(ord(char) + 0xFEE0) for char in secret), "token %s"),
    "blanks between letters": (" ".join, "the token is %s"),
    "wrapped at a line end": (lambda secret: _halves(secret, "\n"), "api_key: %s"),
    "wrapped and indented": (lambda secret: _halves(secret, "\n    "), "output: %s"),
    "two strings put together": (lambda secret: _halves(secret, '" + "'), 'x = "%s"'),
    "percent-encoded": (lambda secret: "".join(f"%{ord(char):02X}" for char in secret), "x=1&token=%s"),
    "unicode escapes": (lambda secret: "".join(f"\\u{ord(char):04x}" for char in secret), '{"k": "%s"}'),
    "HTML entities": (lambda secret: "".join(f"&#{ord(char)};" for char in secret), "<p>key: %s</p>"),
    "base64 of an assignment": (lambda secret: _base64_of(f"api_key={secret}"), "payload %s"),
    "data URL": (lambda secret: _base64_of(json.dumps({"password": secret})), "data:application/json;base64,%s"),
    "hexadecimal": (lambda secret: f"token={secret}".encode().hex(), "body %s"),
    "cut off": (lambda secret: secret[: max(12, len(secret) * 2 // 3)], '{"region": "eu", "apiKey": "%s'),
    "a mask of Aionis inside": (lambda secret: _halves(secret, "[PHONE#7a3180ba]"), "api_key=%s"),
}

NAMED_ONLY: dict[str, Maker] = {
    "hexadecimal key": lambda p: p.hex(p.number(16, 20) * 2),
    "lower-case key": lambda p: p.of(LOWER + DIGITS, p.number(18, 40)),
    "UUID key": Pieces.uuid,
    "mixed key": lambda p: p.of(ALNUM, p.number(16, 40)),
    "password": password,
}


def carried(seed: int = 51877) -> Iterator[tuple[str, Case]]:
    """Yield cases with what a reader has to go by."""
    pieces = Pieces(seed)
    shaped = [name for name in TOKENS if not name.startswith(("unnamed", "password hash"))]
    for how, texts in ((GRAMMAR, IN_A_GRAMMAR), (LOOSE, LOOSELY)):
        for text in texts:
            for kind, make in (*NAMED_ONLY.items(), (name := pieces.pick(shaped), TOKENS[name])):
                yield how, _case(kind, text, make(pieces))
    for kind in shaped:
        for text in (pieces.pick(ALONE) for _ in range(4)):
            yield SHAPE, _case(kind, text, TOKENS[kind](pieces))
    for name, (alter, text) in ALTERATIONS.items():
        for kind in (pieces.pick(shaped) for _ in range(8)):
            yield ALTERED, _case(name, text, alter(TOKENS[kind](pieces)))
    yield from ((ALTERED, case) for case in _in_pieces(pieces, shaped))


def _case(kind: str, text: str, secret: str) -> Case:
    return Case(kind, text.replace("%%", "\0").replace("%s", secret).replace("\0", "%"), secret)


def _in_pieces(pieces: Pieces, shaped: list[str]) -> Iterator[Case]:
    """Yield secrets that lie across the items of a value, or stand in two places of which only one is named."""
    for _ in range(8):
        secret = TOKENS[pieces.pick(shaped)](pieces)
        half = len(secret) // 2
        value: Any = {"chunks": [{"delta": secret[:half]}, {"delta": secret[half:]}]}
        yield Case("two fields that belong together", value, secret)
        yield Case("letters as a list", {"token_chars": list(secret)}, secret)
        named = pieces.of(LOWER + DIGITS, 20)
        yield Case("named elsewhere", {"goal": f"Rotate {named} today", "tool_input": {"api_key": named}}, named)
