"""Credentials in HTTP headers and in the options of well-known commands."""

import base64
import binascii
import re

from bot.domain.redaction.looks import is_harmless, mixes
from bot.domain.redaction.rules import Rule, pattern_rule

_SCHEMES = (
    "bearer|basic|digest|token|apikey|api-key|key|negotiate|ntlm|hawk|oauth|hmac|sharedkey|sharedkeylite|"
    "sharedaccesssignature"
)
# Parameters may follow one another (`Credential=…, SignedHeaders=…, Signature=…`); all belong to the credential.
_CREDENTIAL = (
    r"[^\s\"'<>,\\]{3,8000}(?:\"[^\"\n]{0,4000}\")?"
    r"(?:,[ \t]{0,4}[\w-]{1,40}=(?:\\?\"[^\"\n]{0,4000}\"|[^\s\",'\\]{1,4000})){0,30}"
)
_AUTHORIZATION = (
    r"(?i:\b(?:proxy-|x-)?authorization)(?:\\{0,3}[\"'])?\s{0,4}[:=]>?\s{0,4}(?:\\{0,3}[\"'])?"
    rf"(?:(?i:(?:{_SCHEMES})|AWS4-[A-Z0-9-]{{4,30}})[ \t]{{1,8}})?(?P<secret>{_CREDENTIAL})"
)
_BEARER = r"(?i:\bbearer)[ \t]{1,8}(?P<secret>[A-Za-z0-9._~+/=:-]{6,8000})"
_BASIC = r"(?i:\bbasic)[ \t]{1,8}(?P<secret>[A-Za-z0-9+/=_-]{6,4000})"
_COOKIES = (
    r"(?i:\b(?:set-)?cookie2?)(?:\\{0,3}[\"'])?\s{0,4}[:=]\s{0,4}(?:\\{0,3}[\"'])?"
    r"(?P<secret>[^\s=;\"'\\]{1,120}=[^\n\"'\\]{1,8000})"
)
_SESSION_COOKIE = (
    r"(?i:\b(?:phpsessid|jsessionid|asp\.net_sessionid|connect\.sid|sessionid|_?[a-z][a-z0-9]{1,30}_session"
    r"|__(?:host|secure)-[\w.-]{1,40}))"
    r"=(?P<secret>[^\s;,&\"'<>]{6,4000})"
)
_CURL_USER = r"(?<!\S)(?:-u|--user|--proxy-user|-U)[ =]?[\"']?[^\s:\"'/]{1,64}:(?P<secret>[^\s\"']{1,256})"
_CURL_COOKIE = r"(?<!\S)(?:-b|--cookie)[ =]?[\"']?(?P<secret>[^\s=;\"']{1,120}=[^\n\"']{1,4000})"
_COMMANDS = (
    r"\bmysql(?:dump|admin)?\b[^\n|;]{0,200}?\s-p(?P<secret>[^\s\"'-][^\s\"']{0,200})",
    r"\b(?:sshpass|docker\s{1,4}login|podman\s{1,4}login|helm\s{1,4}registry\s{1,4}login|az\s{1,4}login)\b"
    r"[^\n|;]{0,200}?\s-p[ =]?[\"']?(?P<secret>[^\s\"'-][^\s\"']{0,200})",
    r"\bredis-cli\b[^\n|;]{0,200}?\s-a[ =]?[\"']?(?P<secret>[^\s\"'-][^\s\"']{0,200})",
    r"\bldap(?:search|modify|add|whoami)\b[^\n|;]{0,200}?\s-w[ =]?[\"']?(?P<secret>[^\s\"'-][^\s\"']{0,200})",
    r"\s-pass(?:in|out)?[ =]pass:(?P<secret>[^\s\"']{1,200})",
    r"\blogin\s{1,8}\S{1,100}\s{1,8}password\s{1,8}(?P<secret>\S{1,200})",
    r"(?i:\bidentified\s{1,4}(?:with\s{1,4}\S{1,40}\s{1,4})?by\s{1,4}(?:password\s{1,4})?)['\"](?P<secret>[^'\"\n]{1,200})",
    r"(?i:\b(?:with|encrypted|set|login)\s{1,4}password\s{1,4}(?:=\s{0,4})?)['\"](?P<secret>[^'\"\n]{1,200})",
)
_COMMAND_WORDS = ("mysql", "sshpass", "login", "redis-cli", "ldap", " -pass", "identified", "password")
_WORDS_AFTER = frozenset(_SCHEMES.split("|")) | frozenset({
    "token", "tokens", "auth", "authentication", "authorization", "scheme", "schemes", "header", "headers", "credential",
    "credentials", "realm", "missing", "required", "invalid", "expired", "bad", "failed", "denied", "not", "format",
    "value", "string", "plan", "info", "information", "access", "usage", "…", "...",
})  # fmt: skip


def header_rules() -> tuple[Rule, ...]:
    """Return the rules for headers and commands."""
    return (
        pattern_rule("cookie", _COOKIES, "cookie", accepts=lambda cookie: not is_harmless(cookie.partition("=")[2])),
        pattern_rule("credential", _AUTHORIZATION, "authorization", accepts=_is_credential),
        pattern_rule("credential", _BEARER, "bearer", accepts=_is_bearer),
        pattern_rule("credential", _BASIC, "basic", accepts=_is_basic),
        pattern_rule("cookie", _SESSION_COOKIE, "sess", "connect.sid", "__host-", "__secure-"),
        pattern_rule(
            "password", _CURL_USER, " -u", "--user", "--proxy-user", accepts=lambda secret: not secret.isdigit()
        ),
        pattern_rule("cookie", _CURL_COOKIE, " -b", "--cookie"),
        *(pattern_rule("password", command, *_COMMAND_WORDS) for command in _COMMANDS),
    )


def _is_credential(value: str) -> bool:
    return value.lower().rstrip(".,:;!?)") not in _WORDS_AFTER and not is_harmless(value)


def _is_bearer(value: str) -> bool:
    return _is_credential(value) and (mixes(value) or len(value) >= 24)


def _is_basic(value: str) -> bool:
    """Tell whether the value is base64 of `user:password`."""
    try:
        return b":" in base64.b64decode(re.sub(r"=+$", "", value).replace("-", "+").replace("_", "/") + "==")
    except (binascii.Error, ValueError):
        return False
