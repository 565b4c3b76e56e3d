"""What the name of a key, variable, header, option or element says about its value."""

import re
from collections.abc import Callable
from functools import lru_cache

KindOf = Callable[[str], str | None]
"""From a key's name to the kind of secret that its value is, or None."""

KINDS = frozenset({"password", "token", "key", "cookie", "credential", "secret"})

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\dA-Za-z_]+")
_LONGEST = 128

_KIND_BY_WORD = {
    **dict.fromkeys(
        ("password", "passwords", "passwd", "pwd", "passphrase", "passcode", "kennwort", "passwort"), "password"
    ),
    **dict.fromkeys(("pgpass", "пароль", "密码", "パスワード"), "password"),
    **dict.fromkeys(("jwt", "bearer", "csrf", "xsrf"), "token"),
    **dict.fromkeys(("apikey", "apikeys", "psk", "mnemonic"), "key"),
    **dict.fromkeys(("cookie", "cookies", "phpsessid", "jsessionid", "sessionid"), "cookie"),
    **dict.fromkeys(("authorization", "credential", "credentials", "creds"), "credential"),
    **dict.fromkeys(("secret", "secrets", "otp", "totp", "cvv", "cvc"), "secret"),
}
_KIND_BY_ENDING: dict[tuple[str, ...], str] = {
    ("token",): "token",
    **{(kind, "tokens"): "token" for kind in ("access", "refresh", "auth", "api", "bearer", "id", "session")},
    **{
        (kind, form): "key"
        for kind in (
            "api",
            "access",
            "private",
            "secret",
            "signing",
            "encryption",
            "auth",
            "master",
            "account",
            "shared",
            "storage",
            "subscription",
            "service",
            "functions",
            "session",
            "deploy",
            "hmac",
            "ssh",
            "license",
            "integration",
            "app",
            "application",
            "rest",
        )
        for form in ("key", "keys")
    },
    ("auth",): "credential",
    ("connection", "string"): "credential",
    ("pass", "word"): "password",
    ("pass", "phrase"): "password",
    **{
        (owner, "pass"): "password"
        for owner in (
            "db",
            "database",
            "user",
            "smtp",
            "mail",
            "email",
            "mysql",
            "pg",
            "ftp",
            "root",
            "admin",
            "redis",
            "key",
            "auth",
            "login",
            "proxy",
            "ldap",
            "http",
        )
    },
    **{("user", word): "password" for word in ("pw",)},
    ("recovery", "codes"): "secret",
    ("backup", "codes"): "secret",
    ("pin", "code"): "secret",
    ("session", "cookie"): "cookie",
    ("connect", "sid"): "cookie",
    ("net", "session", "id"): "cookie",
}
_JOINED_ENDINGS = {
    "password": "password",
    "passwd": "password",
    "passphrase": "password",
    "secret": "secret",
    "token": "token",
    "apikey": "key",
    "secretkey": "key",
    "accesskey": "key",
    "privatekey": "key",
    "cookie": "cookie",
}

# `secret_name` names a secret, and is none.
_ABOUT = frozenset({
    "id", "ids", "name", "names", "count", "length", "policy", "ref", "refs", "type", "status", "state", "expiry",
    "expires", "expired", "enabled", "disabled", "required", "rotation", "version", "url", "uri", "path", "file", "hint",
    "field", "age", "created", "updated", "at", "in", "valid", "strength", "manager", "provider", "arn", "reset", "banner",
    "consent", "notice", "domain", "jar", "changed", "format", "scheme", "method", "size", "limit", "budget", "index",
    "usage", "used", "present", "missing", "set",
})  # fmt: skip
_NO_SECRET_TOKENS = frozenset({
    "next", "page", "continuation", "eos", "bos", "pad", "unk", "sep", "cls", "stop", "mask", "special", "per", "prompt",
    "completion", "max", "min",
})  # fmt: skip
_WEAK_WORDS = frozenset({
    "key", "keys", "session", "sess", "sid", "sig", "signature", "hmac", "nonce", "code", "verifier", "ticket", "seed",
    "salt", "sas", "pass", "pw", "cred", "access", "challenge",
})  # fmt: skip
_INNOCENT_WORDS = frozenset({
    "id", "ids", "uuid", "guid", "etag", "digest", "checksum", "integrity", "hash", "sha", "md5", "sha1", "sha256",
    "sha512", "fingerprint", "cursor", "page", "version", "revision", "commit", "trace", "span", "request", "correlation",
    "idempotency", "public",
})  # fmt: skip


def kind_of_key(key: str) -> str | None:
    """Return the kind of secret that a key's name promises (snake, kebab, camel or joined case), or None."""
    return _kind(key[-_LONGEST:])


def is_weak(key: str) -> bool:
    """Tell whether a key's value is a secret if it also looks random, as under `key` or `session_id`."""
    words = words_of(key[-_LONGEST:])
    return bool(_WEAK_WORDS.intersection(words[-2:])) and "idempotency" not in words


def is_innocent(key: str) -> bool:
    """Tell whether a key names something that looks random without being secret, such as a hash or a cursor."""
    words = words_of(key[-_LONGEST:])
    return bool(words and _INNOCENT_WORDS.intersection(words)) or words[-2:-1] in {
        (word,) for word in _NO_SECRET_TOKENS
    }


@lru_cache(maxsize=4096)
def words_of(key: str) -> tuple[str, ...]:
    """Return the lower-case words that a key is made of."""
    return tuple(word.lower() for word in _WORDS.findall(key))


@lru_cache(maxsize=4096)
def _kind(key: str) -> str | None:
    words = words_of(key)
    if not words or (words[-1] in _ABOUT and words[-3:] not in _KIND_BY_ENDING):
        return None
    if words[-1] == "token" and words[-2:-1] and words[-2] in _NO_SECRET_TOKENS:
        return None
    by_ending = next((kind for size in (3, 2, 1) if (kind := _KIND_BY_ENDING.get(words[-size:]))), None)
    return (
        by_ending or next((_KIND_BY_WORD[word] for word in words if word in _KIND_BY_WORD), None) or _joined(words[-1])
    )


def _joined(word: str) -> str | None:
    return next((kind for ending, kind in _JOINED_ENDINGS.items() if word.endswith(ending)), None)
