"""Masking of secrets in everything that leaves the bot: by key name, and by the shape of well-known tokens.

UUIDs, hashes, Aionis URIs, tool names and numbers survive. Masked values say what they were, never any part of it.
"""

import re
from collections.abc import Callable
from typing import Any

_LIMIT = 50_000  # characters looked at; callers show far fewer, and a regex over megabytes is a way to stall the bot
_MAX_DEPTH = 40

_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (label, re.compile(pattern))
    for label, pattern in (
        ("private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"),
        ("JWT", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?"),
        ("Slack token", r"\bxox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{8,}|\bxapp-[A-Za-z0-9-]{8,}"),
        ("GitHub token", r"\bgh[oprsu]_[A-Za-z0-9]{16,}|\bgithub_pat_[A-Za-z0-9_]{16,}"),
        ("GitLab token", r"\bglpat-[A-Za-z0-9_-]{12,}"),
        ("AWS key id", r"\b(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{12,}\b"),
        ("Google key", r"\bAIza[A-Za-z0-9_-]{20,}|\bya29\.[A-Za-z0-9_-]{12,}"),
        ("Stripe key", r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,}|\bwhsec_[A-Za-z0-9]{12,}"),
        (
            "API key",
            r"\bsk-[A-Za-z0-9_-]{16,}|\baionis_(?:live|test)_[A-Za-z0-9_-]{4,}|\bSG\.[A-Za-z0-9_-]{12,}\.[A-Za-z0-9_-]{12,}",
        ),
        ("package token", r"\bnpm_[A-Za-z0-9]{16,}|\bpypi-[A-Za-z0-9_-]{16,}|\bhf_[A-Za-z0-9]{16,}"),
        ("credential", r"(?i)(?P<keep>\bbearer\s+)[A-Za-z0-9._~+/=-]{6,}"),
        ("credential", r"(?i)(?P<keep>\bbasic\s+)[A-Za-z0-9+/=]{12,}"),
        ("password", r"(?P<keep>://[^\s:/@]*:)[^\s/@]+(?=@)"),
        (
            "signature",
            r"(?i)(?P<keep>[?&](?:[\w-]{0,30}signature|[\w-]{0,30}token|sig|key)=)(?!\[masked)[^&\s\"'<>]{6,}",
        ),
        (
            "secret",
            r"(?i)(?P<keep>\b[\w-]{0,30}(?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|token|cookie|authorization)"
            r"[\"']?\s*[=:]\s*[\"']?)(?!\[masked)(?!(?:bearer|basic)\s)[^\s\"',;&<>{}\[\]]{4,}",
        ),
    )
)

_SECRET_WORDS = frozenset(
    {"password", "passwd", "pwd", "passphrase", "secret", "secrets", "apikey", "authorization", "cookie", "cookies"}
    | {"credential", "credentials", "jwt"}
)
_SECRET_ENDINGS = (
    ("token",), ("api", "key"), ("access", "key"), ("private", "key"), ("secret", "key"), ("signing", "key"),
    ("encryption", "key"), ("auth",), ("connection", "string"),
)  # fmt: skip
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def mask_text(text: str) -> str:
    """Return the text with every recognised secret replaced by `[masked: <kind>]`, cut (and saying so) at 50,000 characters."""
    if len(text) > _LIMIT:
        text = f"{text[:_LIMIT]}… [{len(text) - _LIMIT:,} more characters cut]"
    for label, pattern in _SHAPES:
        text = pattern.sub(_replacement(label), text)
    return text


def mask_value(value: Any, *, under_secret: bool = False, depth: int = 0) -> Any:
    """Return a copy of a JSON value with secrets masked: texts by shape, and everything under a secret-looking key."""
    if depth > _MAX_DEPTH:
        return "[cut: nested too deep]"
    if isinstance(value, dict):
        return {
            mask_text(str(key)): mask_value(item, under_secret=under_secret or is_secret_key(str(key)), depth=depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [mask_value(item, under_secret=under_secret, depth=depth + 1) for item in value]
    if under_secret and value is not None and not isinstance(value, bool):
        return "[masked: secret]"
    return mask_text(value) if isinstance(value, str) else value


def is_secret_key(key: str) -> bool:
    """Tell whether a key's name (snake, kebab or camel case) says that its value is a secret."""
    words = [word.lower() for word in _WORDS.findall(key)]
    if not words:
        return False
    if _SECRET_WORDS.intersection(words) and words[-1] not in {"id", "name", "count", "length", "policy", "ref"}:
        return True
    return any(tuple(words[-len(ending) :]) == ending for ending in _SECRET_ENDINGS)


def _replacement(label: str) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        return f"{match.groupdict().get('keep') or ''}[masked: {label}]"

    return replace
