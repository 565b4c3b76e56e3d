"""Credentials and signatures inside URLs and connection strings."""

import re
from collections.abc import Iterator

from bot.domain.redaction.keys import KindOf, is_weak
from bot.domain.redaction.looks import is_harmless, looks_random, mixes
from bot.domain.redaction.rules import Found, Rule, pattern_rule

# Up to the last @ before the first slash; else, for passwords that hold a slash, up to the first @. A port is no password.
_WITH_USER_AND_WORD = r"://[^\s:/@\"'<>]{0,256}:(?P<secret>(?!\d{1,5}[/?#])[^\s\"'<>/]{1,256}(?=@)|(?!\d{1,5}[/?#])[^\s\"'<>@]{1,256}(?=@))"
_USER = r"://(?P<secret>[^\s:/@\"'<>?#]{16,512})@"
_GO_DSN = r"(?<![\w:/.-])[\w.-]{1,64}:(?P<secret>[^\s@\"']{1,128})@(?:tcp|unix)\("
_NO_SCHEME = r"(?<![\w:/.@-])[A-Za-z_][\w.-]{0,63}:(?P<secret>[^\s@/:\"'<>]{6,128})@[\w.-]{1,200}:\d{2,5}\b"
_ORACLE = r"jdbc:oracle:\w{1,10}:[^\s/@]{1,64}/(?P<secret>[^\s@\"']{1,128})@"

_PARAMETER = re.compile(
    r"(?:[?&;#]|&amp;|\\u0026|%3F|%26)(?P<key>[A-Za-z][\w.-]{0,60})(?:=|%3D)(?P<value>(?:(?!%26|&amp;|\\u0026)[^&\s\"'<>#\\;,]){1,4096})",
    re.IGNORECASE,
)
_SIGNED = frozenset({
    "signature", "sig", "x-amz-signature", "x-amz-security-token", "x-amz-credential", "x-goog-signature",
    "x-goog-credential", "x-oss-signature", "x-cos-security-token", "q-signature", "policy", "hmac", "ticket", "assertion",
    "samlresponse", "samlrequest", "code_verifier",
})  # fmt: skip
_SIGNATURE_KINDS = frozenset({"signature", "password", "token", "key", "cookie", "credential", "secret"})


def url_rules(kind_of: KindOf) -> tuple[Rule, ...]:
    """Return the rules for URLs and connection strings; `kind_of` judges the names of query parameters."""
    return (
        pattern_rule("password", _WITH_USER_AND_WORD, "@", accepts=_is_password),
        pattern_rule("credential", _USER, "@", accepts=lambda user: mixes(user) and "." not in user),
        pattern_rule("password", _GO_DSN, "@tcp(", "@unix("),
        pattern_rule("password", _NO_SCHEME, "@", accepts=_is_password),
        pattern_rule("password", _ORACLE, "jdbc:oracle"),
        Rule(_SIGNATURE_KINDS, lambda text: _parameters(text, kind_of), ("?", "&", "%3f", "%26")),
    )


def _is_password(secret: str) -> bool:
    return len(secret) < 3 or not is_harmless(secret)


def _parameters(text: str, kind_of: KindOf) -> Iterator[Found]:
    for match in _PARAMETER.finditer(text):
        kind = _parameter_kind(match["key"], match["value"], kind_of)
        if kind:
            yield Found(*match.span("value"), kind)


def _parameter_kind(key: str, value: str, kind_of: KindOf) -> str | None:
    if len(value) < 4 or is_harmless(value):
        return None
    if key.lower() in _SIGNED:
        return "signature"
    return kind_of(key) or ("signature" if is_weak(key) and looks_random(value, 10) else None)
