"""Credentials and signatures inside URLs and connection strings."""

import re
from collections.abc import Iterator

from bot.domain.redaction.key_names import KINDS, Judge, Strength, words_of
from bot.domain.redaction.looks import is_harmless, is_numbered, is_opaque, looks_random, may_be_password, mixes
from bot.domain.redaction.rules import Found, Rule, pattern_rule
from bot.domain.redaction.vocabulary import LOGINS
from bot.domain.redaction.wordy import is_wordy

# Up to the last @ before the first slash; else, for passwords that hold a slash, up to the first @. A port is no password.
_WITH_USER_AND_WORD = r"://(?!user(?:name)?:pass(?:word)?@)[^\s:/@\"'<>]{0,256}:(?P<secret>(?!\d{1,5}[/?#])[^\s\"'<>/]{1,256}(?=@)|(?!\d{1,5}[/?#])[^\s\"'<>@]{1,256}(?=@))"
_USER = r"://(?P<secret>[^\s:/@\"'<>?#]{10,512})@"
_GO_DSN = r"(?<![\w:/.-])[\w.-]{1,64}:(?P<secret>[^\s@\"']{1,128})@(?:tcp|unix)\("
_NO_SCHEME = r"(?<![\w:/.@-])(?P<body>[A-Za-z_][\w.-]{0,63}:(?P<secret>[^\s@/:\"'<>]{6,128}))@[\w.-]{1,200}:\d{2,5}\b"
_ORACLE = r"jdbc:oracle:\w{1,10}:[^\s/@]{1,64}/(?P<secret>[^\s@\"']{1,128})@"
# What Oracle's and others' tools take: `user/password@host:1521/name`, or `@name` behind the tool's own name.
_USER_SLASH = r"(?<![\w:/.@-])[A-Za-z]\w{0,63}/(?P<secret>[^\s@/:\"'<>]{4,128})@(?=//[\w.-]{1,200}(?::\d{2,5})?/|[\w.-]{1,200}:\d{2,5}/\w)"
_ORACLE_TOOLS = (
    r"(?i:\b(?:sqlplus|sqlldr|rman|sqlcl|userid=|(?:exp|imp)(?:dp)?(?=[^\n]{0,200}@))(?:\s{1,4}-\w{1,12}){0,4}[\s\"']{0,4})"
    r"[A-Za-z]\w{0,63}/(?P<secret>[^\s@/\"'<>]{4,128})(?=[@\s\"']|\Z)"
)
# A line of `.pgpass`: host, port, database, user, password.
_PGPASS = r"(?m)^[ \t>|+-]{0,8}(?:[\w.-]{1,200}|\*):(?:\d{2,5}|\*):(?:[\w.-]{1,63}|\*):(?:[\w.-]{1,63}|\*):(?P<secret>[^\s:]{4,200})[ \t]*$"

_ORACLE_NAMES = ("sqlplus", "sqlldr", "rman", "expdp", "impdp", "exp ", "imp ", "sqlcl", "userid=")

_PARAMETER = re.compile(
    r"(?:[?&;#]|&amp;|\\u0026|%3F|%26)(?P<key>[A-Za-z][\w.-]{0,60})(?:=|%3D)(?P<value>(?:(?!%26|&amp;|\\u0026)(?!\)\])[^&\s\"'<>#\\;,]){1,4096})",
    re.IGNORECASE,
)
_SIGNED = frozenset({
    "signature", "sig", "x-amz-signature", "x-amz-security-token", "x-amz-credential", "x-goog-signature",
    "x-goog-credential", "x-oss-signature", "x-cos-security-token", "q-signature", "policy", "hmac", "ticket", "assertion",
    "samlresponse", "samlrequest", "code_verifier", "hdnea", "hdnts", "__token__", "key-pair-signature",
})  # fmt: skip
_SIGNATURE_KINDS = KINDS | {"signature"}


def url_rules(judge: Judge) -> tuple[Rule, ...]:
    """Return the rules for URLs and connection strings; `judge` judges the names of query parameters."""
    return (
        pattern_rule("password", _WITH_USER_AND_WORD, "@", accepts=_is_password),
        pattern_rule("credential", _USER, "@", accepts=_is_user_token),
        pattern_rule("password", _GO_DSN, "@tcp(", "@unix(", accepts=_is_password),
        pattern_rule("password", _NO_SCHEME, "@", accepts=_is_password_of_a_login),
        pattern_rule("password", _ORACLE, "jdbc:oracle"),
        pattern_rule("password", _USER_SLASH, "@", accepts=_is_password_of_a_host),
        pattern_rule("password", _ORACLE_TOOLS, *_ORACLE_NAMES, accepts=_is_password),
        pattern_rule("password", _PGPASS, ":", accepts=may_be_password),
        Rule(_SIGNATURE_KINDS, lambda text: _parameters(text, judge), ("?", "&", "%3f", "%26")),
    )


def _is_password(secret: str) -> bool:
    return (len(secret) < 3 and secret.isalnum()) or not is_harmless(
        secret
    )  # at its place before an @ even `x` is somebody's password


def _is_password_of_a_host(secret: str) -> bool:
    return not is_harmless(secret) and (mixes(secret) or not secret.isalpha() or not is_wordy(secret))


def _is_password_of_a_login(login: str) -> bool:
    """Tell `maya:Tulip-rain42!@db:5432` from `renewer:node-17@az2:8443`, a program on a machine."""
    user, _, secret = login.partition(":")
    machine = is_numbered(secret) and not LOGINS.intersection(words_of(user))
    return _is_password_of_a_host(secret) and not machine


def _is_user_token(user: str) -> bool:
    return (mixes(user) and "." not in user and not is_wordy(user)) or is_opaque(user, 16)


def _parameters(text: str, judge: Judge) -> Iterator[Found]:
    for match in _PARAMETER.finditer(text):
        kind = _parameter_kind(match["key"], match["value"], judge)
        if kind:
            yield Found(*match.span("value"), kind)


def _parameter_kind(key: str, value: str, judge: Judge) -> str | None:
    if len(value) < 4 or is_harmless(value):
        return None
    if key.lower() in _SIGNED and (len(value) > 12 or mixes(value)):
        return "signature"
    promise = judge(key)
    if promise.strength is Strength.SURE:
        return promise.kind
    if promise.strength >= Strength.LIKELY or key.lower() in {"key", "pass", "pw", "auth"}:
        return promise.kind if is_opaque(value) or (mixes(value) and "/" not in value and "-" not in value) else None
    return "signature" if promise.strength is Strength.WEAK and looks_random(value, 10) else None
