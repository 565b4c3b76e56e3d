"""Whether a token of a sentence can be the secret that its noun announces."""

import re

from bot.domain.redaction.keys import Promise, Strength
from bot.domain.redaction.looks import (
    is_code,
    is_harmless,
    is_named,
    is_numbered,
    is_opaque,
    is_wordy,
    looks_random,
    mixes,
)

_LINKED_REACH = 8
_LONG_WORD = 8
KEY_ID = re.compile(r"(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9A-F]{40})")  # as GnuPG names public keys
_SIGNS_OF_A_PASSWORD = re.compile(r"[#$%^&*!@~]")
_LEAST_SIGNS = 4  # from here on a bracket inside makes no call of it
# Too ordinary for a password, unless it is longer: `v2`, `3rd`, `step-4`, a post code.
_SMALL = re.compile(r"[A-Za-z]{1,5}-?[0-9]{1,4}|[0-9]{1,4}-?[A-Za-z]{1,12}|[A-Za-z]{2,3}[0-9]{5}")
_PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,}")
PAIR = re.compile(r"[\w.-]{1,40}=[^=]")
_FILLED_IN = re.compile(
    r"\{[A-Za-z_][\w.]{0,40}\}|\A\{?[A-Za-z_][\w.]{0,40}![rsa]\}?\Z|\)\(|[\"']\)\.|:\w{1,20}:`|(?:\w\|\w[^|]{0,60}){3}"
)


def is_something_else(token: str) -> bool:
    """Tell names, code and placeholders from what can be a secret."""
    code = is_code(token) and len(_SIGNS_OF_A_PASSWORD.findall(token)) < _LEAST_SIGNS
    return bool(is_harmless(token) or is_named(token) or code or PAIR.match(token) or _FILLED_IN.search(token))


def is_credible(token: str, promise: Promise, words: int, linked: bool) -> bool:
    """Tell whether a token can be what was promised, so many words behind the noun; `linked`: one of them says that it comes now."""
    strength, kind = promise
    if strength is Strength.WEAK:
        return (linked and words <= 2 and (looks_random(token, 16) or is_opaque(token, 20, hashes=False))) or (
            words == 0 and is_drawn(token)
        )
    if strength is Strength.FIRM and words > 1:  # `pass it to MD5Init` is a sentence of its own
        return linked and kind == "credential" and words <= 3 and is_opaque(token, 12)
    if strength is Strength.LIKELY:
        return linked and words <= 3 and is_opaque(token, 12, hashes=False)
    if linked and words <= _LINKED_REACH:
        labelled = words <= 1 and strength is Strength.SURE and not is_numbered(token)
        chosen = kind in {"password", "secret", "credential"} or token.isalnum() or labelled
        long = _LONG_WORD - (kind == "password" and words <= 1)
        return is_opaque(token) or (chosen and is_password(token, long))
    if words == 0:
        chosen = kind == "password" and (
            (token.isalnum() and (len(token) >= 8 or not is_wordy(token))) or is_thrice_mixed(token)
        )
        return is_opaque(token, 8) or (chosen and is_password(token))
    return words <= 4 and (is_opaque(token, 16, hashes=False) or looks_random(token, 10))


def is_drawn(token: str) -> bool:
    """Tell whether a token is a secret even under a name such as `key`: random, or long and no word, hash or id."""
    return looks_random(token, 12) or (_PLAIN_TOKEN.fullmatch(token) is not None and is_opaque(token, hashes=False))


def is_thrice_mixed(token: str) -> bool:
    """Tell whether a token has upper case, lower case and digits, as people are made to choose."""
    return len(token) >= _LONG_WORD and all(any(map(is_so, token)) for is_so in (str.isupper, str.islower, str.isdigit))


def is_password(token: str, long: int = _LONG_WORD) -> bool:
    """Tell whether a token is built like a password; one below `long` characters must not look like a number of something."""
    return (
        5 <= len(token) <= 64
        and mixes(token)
        and any(char.isdigit() for char in token)
        and not (len(token) < long and _SMALL.fullmatch(token))
    )
