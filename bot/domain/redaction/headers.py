"""Credentials in HTTP headers and in the options of well-known commands."""

import base64
import binascii
import re
from collections.abc import Iterator

from bot.domain.redaction.commands import COMMAND_WORDS, COMMANDS
from bot.domain.redaction.key_names import KINDS, Judge, Strength
from bot.domain.redaction.looks import is_harmless, is_named, is_opaque, looks_random, may_be_password, mixes
from bot.domain.redaction.rules import Found, Rule, pattern_rule
from bot.domain.redaction.source_code import is_code
from bot.domain.redaction.wordy import is_wordy

_SCHEMES = (
    "bearer|basic|digest|token|apikey|api-key|key|negotiate|ntlm|hawk|oauth|hmac|sharedkey|sharedkeylite|"
    "sharedaccesssignature"
)
# Parameters may follow one another (`Credential=…, SignedHeaders=…, Signature=…`); all belong to the credential.
_CREDENTIAL = (
    r"[^\s\"'<>,\\]{3,8000}(?:(?<==)\"[^\"\n]{0,4000}\")?"
    r"(?:,[ \t]{0,4}[\w-]{1,40}=(?:\\?\"[^\"\n]{0,4000}\"|[^\s\",'\\]{1,4000})){0,30}"
)
_AUTHORIZATION = (
    r"(?i:\b(?:proxy-|x-)?authorization)(?:\\{0,3}[\"'])?\s{0,4}[:=]>?\s{0,4}(?:\\{0,3}[\"'`])?"
    rf"(?:(?i:(?:{_SCHEMES})|AWS4-[A-Z0-9-]{{4,30}})[ \t]{{1,8}}|[A-Z][A-Za-z0-9-]{{1,30}}[ \t]{{1,8}}(?=[^\s\"']{{0,60}}[0-9]))?(?P<secret>{_CREDENTIAL})"
)
_BEARER = r"(?i:\bbearer)[ \t]{1,8}(?P<secret>[A-Za-z0-9._~+/=:-]{6,8000})"
_BASIC = r"(?i:\bbasic)[ \t]{1,8}(?P<secret>[A-Za-z0-9+/=_-]{6,4000})"
_COOKIES = re.compile(
    r"(?:(?i:\b(?:set-)?cookie2?)(?:\\{0,3}[\"'])?\s{0,4}[:=]\s{0,4}|(?<!\S)(?:-b|--cookie)[ =]?)(?:\\{0,3}[\"'])?"
    r"(?P<cookies>[^\s=;\"'\\:,]{1,120}=[^\n\"'\\]{1,8000})"
)
_COOKIE = re.compile(r"(?P<name>[^\s=;,]{1,120})=(?P<value>[^\s;]{1,4000})")
_COOKIE_ATTRIBUTES = frozenset({"path", "domain", "expires", "max-age", "samesite", "version", "comment", "priority"})
_SESSION_COOKIE = (
    r"(?i:\b(?:phpsessid|jsessionid|asp\.net_sessionid|connect\.sid|sessionid(?!=[0-9a-f]{8}-[0-9a-f]{4}-)|_?[a-z][a-z0-9]{1,30}_session"
    r"|__(?:host|secure)-[\w.-]{1,40}))"
    r"=(?P<secret>(?!\d{1,12}(?![^\s;,&\"'<>]))[^\s;,&\"'<>]{6,4000})"
)
# `curl -u maya:…`
_CURL_USER = r"(?<!\S)(?:-u|--user|--proxy-user|-U)[ =]?[\"']?[^\s:\"'/]{1,64}:(?P<secret>[^\s\"']{1,256})"
# `curl -u sk_…:`, a key as the user, without a password.
_CURL_USER_ALONE = r"(?<!\S)(?:-u|--user)[ =]?[\"']?(?P<secret>[^\s:\"'/$]{16,400}):[\"']?(?=\s|\Z)"
# In a rule of its own, as `7z` is the end of half the times in logs.
_PACKED = r"\b(?:7z[ar]?|rar|unrar)\b[^\n|;]{0,200}?\s-(?:hp|p)[\"']?(?P<secret>[^\s\"'-][^\s\"']{3,200})"
# What a call that logs in takes after the user: `login('maya', '…')`, `auth=("maya", "…")`.
_CALLED = (
    r"(?i:\b\w{0,30}(?:log_?in|sign_?in|authenticate|basic_?auth|credentials?|connect)\w{0,12}\s{0,2}\(|\.auth\s{0,2}\(|\bauth\s{0,2}[=:]\s{0,2}[(\[])\s{0,8}"
    r"[bfru]?[\"'][^\"'\n]{1,100}[\"']\s{0,4},\s{0,8}[bfru]?[\"'](?P<secret>[^\"'\n]{4,200})[\"']"
)
_WRITTEN = re.compile(r"\bvault\s{1,4}(?:kv\s{1,4}(?:put|patch)|write)\b[^\n|;&]{0,1000}")
_WRITTEN_VALUE = re.compile(r"\s[\w.-]{1,60}=[\"']?(?P<secret>[^\s\"'@]{4,1000})")
# `-p …` of whatever command: it may be a port, a path or a project, so that only what looks chosen is one.
_LETTER_OPTION = r"(?<=\s)-[pP][ =][\"']?(?P<secret>[^\s\"'$/{<:-][^\s\"'/{<:]{5,100})(?=[\s\"']|\Z)"
# `echo … | docker login --password-stdin`
# What commands that keep a secret are given: `az keyvault secret set --value …`, `gcloud secrets … <<< …`.
_KEPT_BY_COMMAND = (
    r"\b(?:secrets?|keyvault|vault|SecureString|credentials?)\b[^\n|;]{0,300}?\s(?:--(?:value|body|secret-string|string-value|plaintext|secret-data)[ =]|<<<[ ]?)"
    r"[\"']?(?P<secret>[^\s\"'$][^\s\"']{3,400})"
)
_CHANGED = (
    r"\b(?:echo|printf)\s{1,4}[\"']?[\w.-]{1,64}:(?P<secret>[^\s\"'|]{4,200})[\"']?\s{0,4}\|[^\n|]{0,40}\bchpasswd\b"
)
_PIPED = (
    r"\b(?:echo|printf)\s{1,4}(?:-n\s{1,4}|%s\s{1,4}|[\"']%s(?:\\n)?[\"']\s{1,4})?[\"']?(?P<secret>[^\s\"'|$]{4,300})[\"']?\s{0,4}\|[^\n|]{0,120}"
    r"(?:\bsecrets?\s{1,4}(?:create|set|put|add)\b|--password-stdin|--with-token|--stdin|\bsudo\s[^\n|]{0,40}-S\b|\bkinit\b|\bpasswd\b|\blogin\b|\bopenssl\b|\bvault\b)"
)
# What FTP, mail and IRC servers are told, a command a line.
_TOLD_A_SERVER = r"(?m)^[^\w\n]{0,12}(?:PASS|AUTH(?: PLAIN| LOGIN)?|IDENTIFY)[ \t](?P<secret>[^\s:]{6,400})[ \t]*\r?$"
_MASKED_BY_CI = r"::add-mask::(?P<secret>[^\s\"']{4,400})"
_SETTING = re.compile(
    r"(?:\bsetx|\bset -\w{1,3}|\bENV|\bARG|\bexport|\b(?:configure|config)[ :]set)\s{1,4}(?:--?\w{1,12}\s{1,4})?(?P<key>[A-Za-z]\w{0,40}[_.-][\w.-]{1,40})\s{1,4}[\"']?(?P<secret>[^\s\"'=]{4,400})"
)
# `consul kv put app/db/password …`, `SET auth:token …`: the name is the end of a path.
_PUT = re.compile(
    r"(?i:\b(?:put|set|write|hset|setex|add))\s{1,4}[\"']?(?P<key>/?[\w.-]{1,60}(?:[/:][\w.-]{1,60}){1,8})[\"']?\s{1,4}[\"']?(?P<secret>[^\s\"'=$@][^\s\"']{3,400})"
)
_PATH_SIGNS = re.compile(r"[/:]")
# Domain, user and password of the tools that speak to Windows: `acme/maya:…@10.2.14.9`.
_DOMAIN_USER = (
    r"(?<![\w/.:-])[\w.-]{2,40}/[\w.-]{2,40}:[\"']?(?P<secret>[^\s\"'@/]{4,100})[\"']?@[\w.-]{3,100}(?!\S{0,100}:)"
)
_WORDS_AFTER = frozenset(_SCHEMES.split("|")) | frozenset({
    "token", "tokens", "auth", "authentication", "authorization", "scheme", "schemes", "header", "headers", "credential",
    "credentials", "realm", "missing", "required", "invalid", "expired", "bad", "failed", "denied", "not", "format",
    "value", "string", "plan", "info", "information", "access", "usage", "…", "...",
})  # fmt: skip


def header_rules(judge: Judge) -> tuple[Rule, ...]:
    """Return the rules for headers and commands."""
    return (
        Rule(frozenset({"cookie"}), lambda text: _cookies(text, judge), ("cookie",)),
        pattern_rule("credential", _AUTHORIZATION, "authorization", accepts=_is_credential),
        pattern_rule("credential", _BEARER, "bearer", accepts=_is_bearer),
        pattern_rule("credential", _BASIC, "basic", accepts=_is_basic),
        pattern_rule(
            "cookie", _SESSION_COOKIE, "sess", "connect.sid", "__host-", "__secure-", accepts=_is_of_a_session
        ),
        pattern_rule(
            "password",
            _CURL_USER,
            " -u",
            "--user",
            "--proxy-user",
            accepts=lambda secret: not (secret.isdigit() or is_harmless(secret)),
        ),
        pattern_rule(
            "token",
            _CURL_USER_ALONE,
            " -u",
            "--user",
            accepts=lambda secret: is_opaque(secret, 16) and not is_harmless(secret),
        ),
        pattern_rule("secret", _PIPED, "|", accepts=_is_given),
        pattern_rule("secret", _KEPT_BY_COMMAND, " --", "<<<", accepts=may_be_password),
        pattern_rule("password", _CHANGED, "chpasswd"),
        pattern_rule("secret", _MASKED_BY_CI, "::add-mask::", accepts=_is_given),
        pattern_rule("password", _TOLD_A_SERVER, "PASS", "AUTH", "IDENTIFY", accepts=_is_told, exact=True),
        Rule(frozenset({"secret"}), lambda text: _set(text, judge), ("set", "env", "arg", "export")),
        *(
            pattern_rule("password", command, *COMMAND_WORDS, accepts=lambda secret: not is_harmless(secret))
            for command in COMMANDS
        ),
        pattern_rule(
            "password", _PACKED, "7z a", "7z x", "7z e", "7z l", "7z u", "7za", "7zr", "rar ", accepts=may_be_password
        ),
        pattern_rule("password", _CALLED, "log", "sign", "auth", "cred", "connect", accepts=may_be_password),
        pattern_rule(
            "password", _LETTER_OPTION, " -p", accepts=lambda secret: may_be_password(secret) and _is_complex(secret)
        ),
        Rule(frozenset({"secret"}), _written, ("vault",)),
        Rule(KINDS, lambda text: _put(text, judge), ("put", "set", "write", "add")),
        pattern_rule("password", _DOMAIN_USER, "@", accepts=_is_complex),
    )


def _set(text: str, judge: Judge) -> Iterator[Found]:
    """Find values that commands set: `setx ACME_TOKEN …`, `ENV API_KEY …`, `aws configure set aws_secret_access_key …`."""
    for match in _SETTING.finditer(text):
        if judge(match["key"]).strength is Strength.SURE and (is_opaque(match["secret"]) or mixes(match["secret"])):
            yield Found(*match.span("secret"), "secret")


def _written(text: str) -> Iterator[Found]:
    """Find what is written to a vault, whatever it is called there."""
    for command in _WRITTEN.finditer(text):
        for value in _WRITTEN_VALUE.finditer(text, *command.span()):
            if may_be_password(value["secret"]):
                yield Found(*value.span("secret"), "secret")


def _put(text: str, judge: Judge) -> Iterator[Found]:
    """Find what is stored under a path whose last part names a secret."""
    for match in _PUT.finditer(text):
        promise = judge(_PATH_SIGNS.split(match["key"])[-1])
        if promise.strength is Strength.SURE and may_be_password(match["secret"]) and not is_code(match["secret"]):
            yield Found(*match.span("secret"), promise.kind)


def _is_given(secret: str) -> bool:
    return not is_harmless(secret) and not secret.startswith("$(")


def _is_of_a_session(value: str) -> bool:
    """Tell the id of a session from a word, as code hands one on: `persist_session=persist_session`."""
    return (
        not is_harmless(value)
        and not is_code(value)
        and (is_opaque(value) or (len(value) >= 16 and not is_wordy(value)))
    )


def _is_told(secret: str) -> bool:
    return (is_opaque(secret) or _is_complex(secret)) and not is_named(secret)


def _is_complex(secret: str) -> bool:
    """Tell whether letters, digits and signs are mixed as in no name, or at random."""
    return (mixes(secret) and any(sign in "!#$%^&*?~@" for sign in secret)) or looks_random(secret, 12)


def _cookies(text: str, judge: Judge) -> Iterator[Found]:
    """Find the values of cookies, not their names, and no setting such as `theme=dark`."""
    for header in _COOKIES.finditer(text):
        for cookie in _COOKIE.finditer(text, *header.span("cookies")):
            name, value = cookie["name"], cookie["value"]
            if name.lower() in _COOKIE_ATTRIBUTES or is_harmless(value):
                continue
            if judge(name).strength is Strength.SURE or is_opaque(value) or (len(value) >= 16 and not is_wordy(value)):
                yield Found(*cookie.span("value"), "cookie")


def _is_credential(value: str) -> bool:
    bare = value.rstrip(".,:;!?)")
    return (
        bare.lower() not in _WORDS_AFTER
        and not is_harmless(value.partition("=")[2] if value.startswith(("Credential=", "Signature=")) else value)
        and not (any(sign in value for sign in "[(") and is_code(value))
        and (not is_named(bare) or (bare.isdigit() and len(bare) >= 6))
        and not (bare.isalpha() and len(bare) < 20)
    )


def _is_bearer(value: str) -> bool:
    return _is_credential(value) and (mixes(value) or len(value) >= 24)


def _is_basic(value: str) -> bool:
    """Tell whether the value is base64 of `user:password`."""
    try:
        return b":" in base64.b64decode(re.sub(r"=+$", "", value).replace("-", "+").replace("_", "/") + "==")
    except (binascii.Error, ValueError):
        return False
