"""The labelled secrets: every kind, several times, in the surroundings where such a secret turns up."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.domain.redaction.pieces import ALNUM, DIGITS, LOWER, TOKENS, UPPER, URL_SAFE, Maker, Pieces

EACH = 6


@dataclass(frozen=True)
class Case:
    """A text or JSON value with a secret inside."""

    kind: str
    value: Any
    secret: str


AROUND_A_TOKEN = [
    "%s",
    '{"user": "mara", "value": "%s", "retry": 2}',
    "2026-11-23T00:07:14Z ERROR payments.client refused %s (status 403, attempt 2)",
    "curl -sS -H 'X-Custom: %s' https://api.example.com/v1/orders?page=2",
    "export SOME_THING=%s\nexport REGION=eu-west-1",
    "Traceback (most recent call last):\n  File \"/srv/app/client.py\", line 41, in call\nValueError: bad header value: '%s'",
    "https://api.example.com/v1/files?q=%s&page=2",
    "service:\n  name: export\n  thing: %s\n  replicas: 2",
    r'{"body": "{\"note\":\"%s\",\"n\":1}"}',
    "I tried it with %s.",
    "values=[%s,second,third]",
    "['run', '--thing', '%s', '--verbose']",
    "`%s` was rotated (see ticket 51877)",
    '<a data-x="%s" href="/next">next</a>',
    "git clone https://%s@git.example.com/shop/exports.git",
    "found=%s;next=3",
    "\n%s\n",
    "docker run -e THING=%s registry.example.com/app:1.2",
]

PASSWORDS: list[Maker] = [
    Pieces.word_password,
    Pieces.odd_password,
    lambda p: p.alnum(16),
    lambda p: p.of(LOWER, 9) + p.of(DIGITS, 2),
]
SIMPLE: list[Maker] = [lambda p: p.of(LOWER, 12), lambda p: p.of(LOWER, 6) + p.of(DIGITS, 2)]


def password(pieces: Pieces) -> str:
    return PASSWORDS[pieces.number(0, len(PASSWORDS) - 1)](pieces)


def simple(pieces: Pieces) -> str:
    """Return a password that looks like a word."""
    return SIMPLE[pieces.number(0, 1)](pieces)


def with_at(pieces: Pieces) -> str:
    return f"{pieces.alnum(5)}@{pieces.alnum(6)}"


def basic(pieces: Pieces) -> str:
    return base64.b64encode(f"admin:{password(pieces)}".encode()).decode()


# Kind → how to make the secret, and texts around it (%s stands for the secret).
NAMED: dict[str, tuple[Maker, list[str]]] = {
    "key behind a prefix that no list knows": (
        lambda p: f"zentro_{p.alnum(30)}" if p.number(0, 1) else f"qlm-{p.of(LOWER + DIGITS, 36)}",
        AROUND_A_TOKEN,
    ),
    "key as the user of curl": (lambda p: p.alnum(24), ["curl -u %s: https://api.example.com/v1/charges"]),
    "key that a validation refused": (
        lambda p: p.alnum(28),
        ["1 error for Settings\nacme_api_key\n  Too long [type=string_too_long, input_value='%s', input_type=str]"],
    ),
    "key below its heading": (lambda p: p.of(UPPER + DIGITS, 24), ["Zentro API key\n%s"]),
    "key that a collector prints": (lambda p: p.alnum(24), ["     -> zentro.api_key: Str(%s)"]),
    "key under a path of names": (lambda p: p.alnum(24), ['<add key="Zentro:ApiToken" value="%s" />']),
    "key in a Nordic sentence": (lambda p: p.alnum(24), ["API-nyckeln är %s", "API-nøkkelen er %s"]),
    "token with a sign inside": (
        lambda p: f"{p.of(LOWER + DIGITS, 14)}={p.of(LOWER + DIGITS, 12)}",
        ["The token %s has expired."],
    ),
    "password that speaks of itself": (
        lambda p: f"{p.pick(['Super', 'My', 'Top'])}{p.pick(['Secret', 'Token'])}{p.number(100, 9999)}",
        ["DB_PASSWORD=%s", "password: %s", '{"password": "%s"}', "export SMTP_PASS='%s'"],
    ),
    "password in an env file": (
        password,
        ["DB_HOST=db.internal\nDB_PASSWORD=%s\nDB_PORT=5432", "export PGPASSWORD=%s", "MYSQL_PWD=%s"],
    ),
    "odd password in an env file": (
        lambda p: f"{p.alnum(4)}&{p.alnum(3)},{p.alnum(3)};{p.alnum(3)}[{p.alnum(2)}",
        ["REDIS_PASSWORD=%s", "A=1\nexport SMTP_PASSWORD=%s\nB=2"],
    ),
    "password in YAML": (
        simple,
        ["db:\n  user: shop\n  password: %s\n  port: 5432", "- password: '%s'", 'redis_passwd: "%s"  # old'],
    ),
    "password in a field of a form": (simple, ['<input type="password" name="p" value="%s">']),
    "password under a joined name": (password, ["rootpw=%s", "rabbitmq_default_pass=%s", "unlockCode: %s"]),
    "key under a label of two words": (
        lambda p: f"{p.alnum(4)}-{p.alnum(6)}",
        ["Секретный ключ: %s", "clave secreta: %s"],
    ),
    "key that an error is named for": (lambda p: p.hex(32), ["InvalidApiKey: %s"]),
    "password in a YAML block": (password, ["db:\n  password: |\n    %s\n  port: 5432", "secret: >-\n  %s\nnext: 1"]),
    "password in JSON text": (
        password,
        ['{"user":"shop","password":"%s","port":5432}', '{\n  "passwd" : "%s"\n}', '"dbPassword":\n    "%s"'],
    ),
    "password in escaped JSON": (
        password,
        [r"body={\"user\":\"a\",\"password\":\"%s\",\"x\":1}", r'"{\"db_password\": \"%s\"}"'],
    ),
    "password of several words": (
        lambda p: f"{p.of(LOWER, 6)} {p.of(LOWER, 7)} {p.of(LOWER, 8)}",
        ['password = "%s"', '{"passphrase": "%s", "a": 1}', "passphrase: '%s'"],
    ),
    "password in a Python repr": (
        password,
        ["Config(host='db', password='%s', port=5)", "{'user': 'a', 'password': '%s'}"],
    ),
    "password in code": (
        password,
        ['const dbPassword = "%s";', 'password: str = "%s"', "client.setPassword('%s')", "$cfg['password'] = '%s';"],
    ),
    "password in XML": (
        password,
        ["<user>a</user><password>%s</password>", "<ns:Password type='text'>%s</ns:Password>"],
    ),
    "password in properties": (
        password,
        ["spring.datasource.password=%s", "[db]\nuser = a\npassword = %s\nport = 1", 'db_password = "%s"'],
    ),
    "password as an option": (
        password,
        ["tool --user a --password %s --port 1", "tool --password=%s", "tool --db-password '%s' run"],
    ),
    "password in a log line": (
        password,
        ["login failed user=a password=%s ip=10.0.0.1", "auth(user=a, password=%s) refused", "pwd=%s, x=1"],
    ),
    "password in further languages": (
        lambda p: p.of(LOWER + DIGITS, 14) + "7x",
        [
            "parolă: %s",
            "лозинка = %s",
            '{"暗号鍵": "%s"}',
            "数据库密码：%s",
            "токен доступа=%s",
            "slaptažodis: %s",
            "گذرواژه: %s",
            '{"पासवर्ड": "%s"}',
        ],
    ),
    "setting on a line of its own": (
        lambda p: p.alnum(14) + "7",
        ["uri ldap://x\nbindpw %s\n", "enable secret %s", "rootpw %s", "hmac-secret %s", "user app on >%s ~* +@all"],
    ),
    "digits as a password": (
        lambda p: p.of(DIGITS, 8),
        ["passphrase = %s", 'connect(admin_pass="%s")', "La password è %s", "密码：%s", "user,db_password\nana,%s"],
    ),
    "key of a name with `et` before its value": (
        lambda p: p.of(LOWER + DIGITS, 20) + "7x",
        ['env:\n- name: CLIENT_SECRET\n  value: "%s"', "the mattermost key is %s"],
    ),
    "string put together by a sign": (
        lambda p: p.of(LOWER, 6) + "*" + p.of(DIGITS, 4) + '" + "' + p.of(LOWER, 4) + "*j!" + p.of(DIGITS, 3),
        ['PASSWORD="%s"'],
    ),
    "token stuck to a word": (
        lambda p: "gl" + f"pat-{p.alnum(16)}_7aQ",
        ["got key%s back", "token%s", "x%s,", "v1%s"],
    ),
    "password in prose": (
        password,
        ["the password is %s, please rotate it", "I set the passphrase to %s.", "password was `%s` until today"],
    ),
    "password for psql": (password, ["psql 'host=db user=a password=%s dbname=x'", "PGPASSWORD='%s' psql -h db"]),
    "password for mysql": (
        lambda p: p.alnum(14),
        ["mysql -h db -u root -p%s shop", "mysqldump -uroot -p%s --all-databases"],
    ),
    "password for sshpass": (password, ["sshpass -p %s ssh a@host", "docker login -u ci -p %s registry.example.com"]),
    "password for redis-cli": (password, ["redis-cli -h cache -a %s ping"]),
    "password for curl": (
        password,
        ["curl -u admin:%s https://x.example.com", "curl --user 'ci:%s' -X POST https://x.example.com/y"],
    ),
    "password in .netrc": (
        password,
        ["machine api.example.com login ci password %s", "default login anonymous password %s\n"],
    ),
    "password in SQL": (password, ["CREATE USER 'a'@'%' IDENTIFIED BY '{}'", "ALTER ROLE a WITH PASSWORD '{}' LOGIN"]),
    "password in a Kubernetes env": (
        password,
        ["env:\n- name: DB_PASSWORD\n  value: %s\n- name: A\n  value: b", '{"name":"API_TOKEN","value":"%s"}'],
    ),
    "password in Terraform": (
        password,
        ['resource "x" "y" {\n  master_password = "%s"\n  size = 2\n}', 'variable { secret_key = "%s" }'],
    ),
    "base64 in a Kubernetes secret": (
        lambda p: p.base64(15),
        ["kind: Secret\ndata:\n  password: %s", "data:\n  tls-token: %s\n"],
    ),
    "postgres URL": (
        password,
        ["postgres://shop:%s§db.internal:5432/shop", "DATABASE_URL=postgresql://a:%s§db/x?sslmode=require"],
    ),
    "postgres URL with @": (with_at, ["could not connect to postgres://shop:%s§db.internal:5432/shop"]),
    "redis URL": (password, ["redis://:%s§cache:6379/0", "rediss://default:%s§cache.example.com:6380"]),
    "mongodb URL": (password, ["mongodb+srv://app:%s§cluster0.example.net/x?w=majority", "mongodb://a:%s§h1:1,h2:2/x"]),
    "amqp URL": (password, ["amqp://ci:%s§mq:5672/%%2f", "amqps://ci:%s§mq.example.com/v"]),
    "http URL with password": (
        password,
        ["https://ci:%s§repo.example.com/simple", "git remote add o https://x-access-token:%s§git.example.com/r"],
    ),
    "JDBC": (
        password,
        ["jdbc:mysql://db/x?user=a&password=%s&ssl=true", "jdbc:sqlserver://db:1433;user=sa;password=%s;encrypt=true"],
    ),
    "JDBC Oracle": (lambda p: p.alnum(10), ["jdbc:oracle:thin:scott/%s@//db:1521/x"]),
    "ADO connection string": (
        password,
        ["Server=tcp:db,1433;User ID=sa;Password=%s;Encrypt=true", "Data Source=x;Uid=a;Pwd=%s;"],
    ),
    "Go DSN": (password, ["shop:%s§tcp(db:3306)/shop?parseTime=true"]),
    "Azure storage key": (
        lambda p: p.base64(64),
        ["DefaultEndpointsProtocol=https;AccountName=a;AccountKey=%s;EndpointSuffix=x"],
    ),
    "Azure service bus key": (lambda p: p.base64(32), ["Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=%s"]),
    "bearer token": (
        lambda p: p.hex(40),
        ["Authorization: Bearer %s", "curl -H 'Authorization: Bearer %s' https://x", "sent bearer %s to it"],
    ),
    "bearer in JSON text": (
        lambda p: p.of(URL_SAFE, 43),
        ['{"headers":{"Authorization":"Bearer %s","A":"b"}}', r"{\"authorization\":\"Bearer %s\"}"],
    ),
    "basic auth": (
        basic,
        ["Authorization: Basic %s", "proxy-authorization: basic %s", "header was Basic %s (401)"],
    ),
    "token scheme": (lambda p: p.hex(40), ["Authorization: Token %s", "authorization: ApiKey %s", "Authorization: %s"]),
    "digest auth": (lambda p: p.hex(32), ['Authorization: Digest username="a", realm="r", nonce="n", response="%s"']),
    "AWS4 header": (
        lambda p: p.hex(64),
        [
            "Authorization: AWS4-HMAC-SHA256 Credential=a/20261123/x/s3/aws4_request, SignedHeaders=host;range, Signature=%s"
        ],
    ),
    "API key header": (
        lambda p: p.alnum(24),
        ["X-Api-Key: %s", "x-auth-token: %s\nAccept: */*", "curl -H 'Ocp-Apim-Subscription-Key: %s' x"],
    ),
    "cookie header": (
        lambda p: p.alnum(26),
        ["Cookie: theme=dark; session=%s; x=1", "curl -H 'Cookie: sid=%s' https://x", '"Cookie": "a=%s"'],
    ),
    "set-cookie header": (
        lambda p: p.of(URL_SAFE, 40),
        ["Set-Cookie: sid=%s; Path=/; HttpOnly", "< set-cookie: auth=%s; Secure\n< x: y"],
    ),
    "session cookie by name": (
        lambda p: p.of(LOWER + DIGITS, 26),
        ["PHPSESSID=%s expired", "got JSESSIONID=%s; retry", "connect.sid=%s"],
    ),
    "session id": (
        lambda p: p.alnum(32),
        ['{"session_id": "%s", "n": 1}', "resumed session=%s after 3 s", "sid=%s&x=1"],
    ),
    "SigV4 URL": (
        lambda p: p.hex(64),
        ["https://b.s3.amazonaws.com/k?X-Amz-Date=20261123T000714Z&X-Amz-Expires=600&X-Amz-Signature=%s"],
    ),
    "SigV4 security token": (lambda p: p.base64(120), ["https://b/k?X-Amz-Security-Token=%s&X-Amz-Expires=600"]),
    "GCS URL": (
        lambda p: p.hex(256),
        [
            "https://storage.googleapis.com/b/k?X-Goog-Expires=600&X-Goog-Signature=%s",
            "https://s/b?Expires=1&Signature=%s",
        ],
    ),
    "Azure SAS": (
        lambda p: p.base64(32).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
        ["https://a.blob.core.windows.net/c/b?sv=2024-11-04&se=2026-11-23&sp=r&sig=%s", "?sr=b&sig=%s&sp=r"],
    ),
    "CloudFront URL": (
        lambda p: p.of(URL_SAFE + "~", 86),
        ["https://d1.cloudfront.net/x.mp4?Expires=1764000000&Signature=%s&Key-Pair-Id=K1"],
    ),
    "signature in an escaped URL": (
        lambda p: p.hex(64),
        [
            "https://b/k?a=1&amp;X-Amz-Signature=%s&amp;b=2",
            r"https://b/k?a=1\u0026sig=%s\u0026b=2",
            "https://x/login?next=https%%3A%%2F%%2Fb%%2Fk%%3Fa%%3D1%%26X-Amz-Signature%%3D%s",
        ],
    ),
    "token in a URL": (
        lambda p: p.of(URL_SAFE, 32),
        ["https://x/cb#access_token=%s&expires_in=3600", "wss://x/ws?token=%s", "GET /v1?api_key=%s HTTP/1.1"],
    ),
    "OAuth form": (
        lambda p: p.alnum(30),
        [
            "grant_type=refresh_token&refresh_token=%s&client_id=a",
            "client_id=a&client_secret=%s",
            "https://x/cb?code=%s&state=1",
        ],
    ),
    "TOTP secret": (
        lambda p: p.of(UPPER + "234567", 32),
        ["otpauth://totp/x:a@b.c?secret=%s&issuer=x", "totp_secret: %s"],
    ),
    "hex key under a name": (
        lambda p: p.hex(32),
        ["DD_API_KEY=%s", "datadog_api_key: %s", '"encryptionKey": "%s"', "signing_secret=%s"],
    ),
    "UUID key under a name": (lambda p: p.uuid(), ["HEROKU_API_KEY=%s", '{"api_key": "%s"}', "--auth-token %s"]),
    "AWS secret under a name": (
        lambda p: p.of(ALNUM + "/+", 40),
        ["aws_secret_access_key = %s", "AWS_SECRET_ACCESS_KEY=%s", '"SecretAccessKey": "%s"'],
    ),
    "client secret": (lambda p: p.alnum(32), ["client_secret: %s", '"clientSecret":"%s"', "--client-secret=%s"]),
    "refresh token": (
        lambda p: p.of(URL_SAFE, 48),
        ['{"refresh_token":"%s","expires_in":3600}', "refreshToken=%s", "new refresh_token: '%s'"],
    ),
    "CSRF token": (
        lambda p: p.of(URL_SAFE, 43),
        ["X-CSRF-Token: %s", "csrftoken=%s; a=b", '<input name="csrf_token" value="%s">'],
    ),
    "random value of a weak name": (lambda p: p.alnum(24), ['{"key": "%s"}', "key=%s", "nonce: %s"]),
    "npmrc": (lambda p: p.uuid(), ["//npm.example.com/:_authToken=%s"]),
    "docker config": (basic, ['{"auths":{"registry.example.com":{"auth":"%s"}}}']),
    "Sentry DSN": (lambda p: p.hex(32), ["https://%s@o42.ingest.example.com/51877"]),
    "recovery phrase": (lambda p: " ".join(p.of(LOWER, 6) for _ in range(12)), ['mnemonic: "%s"', '{"mnemonic":"%s"}']),
    "token after its name": (
        lambda p: p.alnum(24),
        ["Api-Key %s was refused", "config set api.key %s", "used token %s for it", "the password is: %s"],
    ),
    "property element": (
        password,
        [
            '<property name="db.password">%s</property>',
            '<add key="Password" value="%s"/>',
            '<db user="a" password="%s"/>',
        ],
    ),
    "Slack webhook": (
        lambda p: f"T{p.of(UPPER, 9)}/B{p.of(UPPER, 9)}/{p.alnum(24)}",
        ["https://hooks.slack.com/services/%s", "curl -X POST https://hooks.slack.com/services/%s -d x"],
    ),
    "Discord webhook": (lambda p: p.of(URL_SAFE, 68), ["https://discord.com/api/webhooks/1029384756102938475/%s"]),
    "Telegram URL": (
        lambda p: f"{p.of(DIGITS, 10)}:AA{p.of(URL_SAFE, 33)}",
        ["https://api.telegram.org/bot%s/sendMessage"],
    ),
    "Teams webhook": (
        lambda p: f"{p.uuid()}@{p.uuid()}",
        ["https://x.webhook.office.com/webhookb2/%s/IncomingWebhook/a/b"],
    ),
    "RSA key": (lambda p: p.pem("RSA PRIV" + "ATE KEY"), ["%s", '"""\n%s\n"""', "key file:\n%s\ndone"]),
    "OpenSSH key": (lambda p: p.pem("OPENSSH PRIV" + "ATE KEY"), ["cat id_ed25519\n%s\n$"]),
    "PKCS8 key": (lambda p: p.pem("PRIV" + "ATE KEY"), ["%s"]),
    "EC key": (lambda p: p.pem("EC PRIV" + "ATE KEY"), ["loaded %s"]),
    "PGP key": (lambda p: p.pem("PGP PRIV" + "ATE KEY BLOCK"), ["gpg output:\n%s"]),
    "key in escaped JSON": (
        lambda p: p.pem("PRIV" + "ATE KEY").replace("\n", "\\n"),
        ['{"type":"service_account","private_key":"%s"}', "env KEY='%s'"],
    ),
    "key cut off": (lambda p: p.pem("RSA PRIV" + "ATE KEY")[:200], ["read: %s"]),
    "PuTTY key": (
        lambda p: f"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n{p.base64(40)}\nPrivate-MAC: {p.hex(64)}",
        ["%s"],
    ),
    "password of a call": (password, ["login('root', '%s')", 'auth=("maya", "%s")', "HTTPBasicAuth('maya', '%s')"]),
    "value written to a vault": (
        password,
        ["vault kv put secret/db value=%s", "vault kv patch kv/app note=x pw2='%s'"],
    ),
    ".pgpass line": (password, ["db.internal:5432:shop:shop_rw:%s", "# hosts\n*:*:*:app:%s"]),
    "password for Oracle": (
        lambda p: p.of(LOWER, 8),
        ["sqlplus scott/%s@orders", "sqlldr userid=scott/%s control=x", "expdp app/%s@//db:1521/shop"],
    ),
    "user, slash and password": (lambda p: p.alnum(12), ["connected as app/%s§db.internal:1521/shop"]),
    "random token of letters and options": (lambda p: p.alnum(24), ["tool -p %s run", "cli --host x -P %s"]),
    "secure string": (password, ["$c = ConvertTo-SecureString '%s' -AsPlainText -Force"]),
    "line of a mail server": (lambda p: p.alnum(14), ["USER maya\r\nPASS %s\r\n230 ok", "> AUTH PLAIN %s\n< 235"]),
    "password with a note": (password, ["log in with %s (that is the admin password)", "%s  # root password"]),
    "code without a sign": (lambda p: p.of(DIGITS, 6), ["one-time passcode %s sent to maya"]),
    "many words between": (
        lambda p: p.alnum(20),
        ["The generated password for the elastic built-in superuser is : %s"],
    ),
    "name and value in a sentence": (password, ["called set_secret with name=DB_PASS and value=%s"]),
    "value kept by a command": (
        password,
        ["az keyvault secret set --name db --value %s", "gcloud secrets versions add db --data-file=- <<< '%s'"],
    ),
    "password of a new account": (password, ["net user maya %s /add", "echo 'maya:%s' | chpasswd"]),
    "row of names and values": (lambda p: f"Orbit&{p.of(DIGITS, 4)}kite", ["| DB_PASSWORD | %s | prod |"]),
    "user and password with a slash": (
        lambda p: f"Ko{p.of(DIGITS, 3)}{p.of(LOWER, 6)}",
        ["connected using credentials maya/%s", "a login with temporary password %s", "He said: password? %s!"],
    ),
    "words of a wallet": (
        lambda p: " ".join(p.of(LOWER, 5) for _ in range(12)),
        ["wallet restore phrase: %s", 'mnemonic = "%s"'],
    ),
}


def _structured(pieces: Pieces) -> Iterator[Case]:
    for _ in range(EACH):
        secret, token, digits = password(pieces), pieces.alnum(24), pieces.of(DIGITS, 8)
        yield Case("value under a key", {"tool_input": {"user": "a", "password": secret}}, secret)
        yield Case("value under a key", {"env": {"AWS_SECRET_ACCESS_KEY": token, "A": "b"}}, token)
        yield Case("value deep under a key", {"credentials": {"primary": ["a", {"x": secret}]}}, secret)
        yield Case("number under a key", {"login": {"otp": int(digits)}}, digits)
        yield Case("header in a pair", {"headers": [["Accept", "*/*"], ["X-Api-Key", token]]}, token)
        yield Case("header in an archive", {"headers": [{"name": "Authorization", "value": secret}]}, secret)
        yield Case("option in a list", {"argv": ["tool", "--password", secret, "--verbose"]}, secret)
        yield Case("header in a list", {"argv": ["curl", "-H", f"Authorization: Bearer {token}", "https://x"]}, token)
        yield Case("JSON inside of JSON", {"body": f'{{"n": 1, "client_secret": "{secret}"}}'}, secret)
        yield Case("secret as a key", {"headers": {f"Bearer {token}": 1}}, token)
        yield Case("random value under a weak key", {"session": pieces.alnum(32)}, "")


def cases(seed: int = 51877) -> list[Case]:
    """Return all cases of the kinds that are to be recognised."""
    pieces = Pieces(seed)
    found = [case for case in _structured(pieces) if case.secret]
    for kind, make in TOKENS.items():
        for _ in range(EACH):
            secret = make(pieces)
            found.append(Case(kind, pieces.pick(AROUND_A_TOKEN).replace("%s", secret), secret))
    for kind, (make, texts) in NAMED.items():
        for number in range(EACH):
            secret = make(pieces)
            found.append(Case(kind, _filled(texts[number % len(texts)], secret), secret))
    return found


# What no rule can tell from ordinary text, shown beside the table so that nobody thinks otherwise.
GAPS: dict[str, tuple[Maker, list[str]]] = {
    "lower-case token without a name": (lambda p: p.of(LOWER + "234567", 52), ["used %s for it"]),
    "hex key without a name": (lambda p: p.hex(40), ["used %s for it"]),
    "short password without a name": (password, ["I typed %s and it worked"]),
    "password as an unnamed option": (password, ["tool -p %s run"]),
    "word as a password in prose": (lambda p: p.of(LOWER, 10), ["the password is %s"]),
    "random token of 24 characters without a name": (lambda p: p.alnum(24), ["used %s for it"]),
}


def gaps(seed: int = 51877) -> list[Case]:
    """Return cases of kinds that are known to pass unmasked."""
    pieces = Pieces(seed)
    return [
        Case(kind, _filled(texts[0], secret), secret)
        for kind, (make, texts) in GAPS.items()
        for secret in (make(pieces) for _ in range(EACH))
    ]


def _filled(text: str, secret: str) -> str:
    text = text.replace("%%", "\0")
    text = text.replace("{}", secret) if "%s" not in text and "{}" in text else text.replace("%s", secret)
    return text.replace("\0", "%").replace("§", "@")  # scanners take `user:…@` for a secret even here
