"""Whether a token of a sentence can be the secret that its noun announces."""

import re

from bot.domain.redaction.key_names import Promise, Strength
from bot.domain.redaction.looks import is_harmless, is_named, is_numbered, is_opaque, looks_random, mixes
from bot.domain.redaction.source_code import is_code
from bot.domain.redaction.wordy import is_wordy

_LINKED_REACH = 8
_LONG_WORD = 8
KEY_ID = re.compile(r"(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9A-F]{40})")  # as GnuPG names public keys
_SIGNS_OF_A_PASSWORD = re.compile(r"[#$%^&*!@~]")
_SIGN_INSIDE = re.compile(r"[A-Za-z0-9][#$%^&*!~@][A-Za-z0-9]")
_LEAST_SIGNS = 4  # from here on a bracket inside makes no call of it
# Too ordinary for a password, unless it is longer: `v2`, `3rd`, `step-4`, a post code.
_SMALL = re.compile(r"[A-Za-z]{1,5}-?[0-9]{1,4}|[0-9]{1,4}-?[A-Za-z]{1,12}|[A-Za-z]{2,3}[0-9]{5}")
_PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,}")
_PAIR = re.compile(r"(?P<name>[\w.-]{1,40})=[^=]")
_FILLED_IN = re.compile(
    r"\{[A-Za-z_][\w.]{0,40}\}|\A\{?[A-Za-z_][\w.]{0,40}![rsa]\}?\Z|\)\(|[\"']\)\.|:\w{1,20}:`|(?:\w\|\w[^|]{0,60}){3}"
)


# Algorithms, encodings and standards: `argon2id`, `HS256`, `WebAuthn/FIDO2`.
_STANDARD = re.compile(
    r"(?:(?:argon|rs|hs|es|ps|sha|ssha|aes|md|utf|base|pbkdf|fido|oauth|saml|http|tls|ssl|ed|x|curve|secp|blake|crc|rc|ripemd|u2f|rfc|iso|pkcs|ecdsa|rsa|scram|bcrypt|webauthn|oidc|totp|hotp|mfa)"
    r"[-_]?[0-9]{0,5}(?:[a-z]{1,3}[0-9]{0,3})?(?:[-_/+,][0-9]{1,6}|[-_/+,](?=[a-z]))?){1,4}",
    re.IGNORECASE,
)
# `secrets::load::h8f…`, the address of a contract, a class of characters.
_PART_OF_CODE = re.compile(
    r"[A-Za-z_]\w*+(?:::[\w<>{}$]++)++|0x[0-9a-fA-F]{40}(?![0-9a-fA-F])|.{0,60}?\[[^\[\]]{0,20}\w-\w[^\[\]]{0,20}\]"
)
_CACHE_KEY = re.compile(
    r"[A-Za-z][A-Za-z0-9.]*(?:-[A-Za-z][A-Za-z0-9.]*){1,8}-[0-9a-f]{16,64}"
)  # `Linux-node-cache-8f…`
_PART_ENDS = re.compile(r"\\{1,4}[nrt](?![a-z])|,")
_DATED = re.compile(r"(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]")
_WORD_AND_NUMBER = re.compile(r"[A-Za-z]{3,20}[@#$%&!~][0-9]{2,6}")


def is_something_else(token: str) -> bool:
    """Tell names, code and placeholders from what can be a secret."""
    code = is_code(token) and len(_SIGNS_OF_A_PASSWORD.findall(token)) < _LEAST_SIGNS
    return bool(
        is_harmless(token)
        or is_named(token)
        or code
        or is_pair(token)
        or _FILLED_IN.search(token)
        or _STANDARD.fullmatch(token.partition("(")[0])
        or _PART_OF_CODE.match(token)
        or _DATED.search(token)
        or _CACHE_KEY.fullmatch(token)
    )


def is_pair(token: str) -> bool:
    """Tell `name=value` from a token that holds such a sign."""
    pair = _PAIR.match(token)
    return pair is not None and not is_opaque(pair["name"], 10)


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
        return (
            linked
            and words <= 3
            and (is_opaque(token, 12, hashes=False) or (kind == "password" and _is_made_up(token)))
        )
    if linked and words <= _LINKED_REACH:
        labelled = words <= 1 and strength is Strength.SURE and not is_numbered(token)
        chosen = kind in {"password", "secret", "credential"} or token.isalnum() or labelled
        long = _LONG_WORD - (kind == "password" and words <= 1)
        return is_opaque(token) or (chosen and is_password(token, long))
    if words == 0:
        chosen = kind == "password" and (
            (token.isalnum() and (len(token) >= 8 or not is_wordy(token))) or is_thrice_mixed(token)
        )
        return (
            is_opaque(token, 8)
            or (kind == "password" and bool(_WORD_AND_NUMBER.fullmatch(token)))
            or (chosen and is_password(token))
        )
    made_up = kind == "password" and _is_made_up(token)
    return words <= 4 and (is_opaque(token, 16, hashes=False) or looks_random(token, 10) or made_up)


def is_drawn(token: str) -> bool:
    """Tell whether a token is a secret even under a name such as `key`: random, or long and no word, hash or id."""
    if _CACHE_KEY.fullmatch(token):
        return False
    return looks_random(token, 12) or (_PLAIN_TOKEN.fullmatch(token) is not None and is_opaque(token, hashes=False))


def _is_made_up(token: str) -> bool:
    """Tell a token that has nothing of a name: all kinds of letters, and a sign inside."""
    return is_thrice_mixed(token) and _SIGN_INSIDE.search(token) is not None and is_password(token)


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


def first_part(token: str) -> str:
    """Return what comes before a line end, a comma, or a bracket that closes what the token stands in: `SIMPLE),E23`."""
    end = _PART_ENDS.search(token)
    head = token[: end.start()] if end else token
    depth = 0
    for at, char in enumerate(head):
        depth += (char in "([{") - (char in ")]}")
        if depth < 0:
            return head[:at]
    return head
