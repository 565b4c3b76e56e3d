"""What a value looks like by itself: drawn at random, like a secret at all, or like something that stands where one would."""

import base64
import binascii
import hashlib
import re
from functools import lru_cache
from itertools import pairwise

from bot.domain.redaction.harmless import is_placeholder
from bot.domain.redaction.public_keys import is_public_key
from bot.domain.redaction.references import is_reference
from bot.domain.redaction.wordy import is_word, is_wordy

UUID = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+|[0-9]+")
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_TIME = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T _-]?\d\d.*)?")
_TOKEN = re.compile(r"[A-Za-z0-9+/_=.~%-]+")
_SEPARATORS = re.compile(r"[-_./+=~%:@#]+")
# Parts of names between separators: a word, a number, a word with a number, a bit of a hash.
_PLAIN_PART = re.compile(
    r"[a-z]?[A-Z]?[a-z]*|[A-Z]+|[0-9]+(?:x[0-9]+)?|[0-9a-f]+|[a-z]{1,3}[0-9]{1,6}|[A-Z]{1,4}[0-9]{1,8}|[0-9]{1,4}[a-z]{1,3}"
)
_BASE58_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58 = re.compile(r"[13][1-9A-HJ-NP-Za-km-z]{25,34}")
_IPFS = re.compile(r"Qm[1-9A-HJ-NP-Za-km-z]{44}")
_RECORD_ID = re.compile(
    r"[a-z]{2,10}[_-](?:(?:[0-9]{6,14}|[0-9]{2}|bdrk|vrtx)[_-])?[A-Za-z0-9]{8,30}|cs_(?:live|test)_[A-Za-z0-9]{20,80}"
)
_CHECKOUTS = ("cs_live_", "cs_test_")  # sessions of Stripe's, which are no keys
_PATH_WORD = re.compile(r"[A-Za-z]?[a-z]{3,}")

# Dates, amounts, URLs, tickets, CONSTANTS, mail addresses, versions, dotted names, MAC and IP addresses, host:port, durations, hashes
# with their name, file names, host names, regions of clouds.
_IDENTIFIER = re.compile(
    r"[0-9]{4}-[0-9]{2}-.*|[0-9.,:;%+$€£()/-]+|[0-9.,]+(?:[a-z]{1,3}|%)|[a-z][a-z0-9+.-]*://.*|[A-Z][A-Z0-9]{1,9}-[0-9]{1,8}"
    r"|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[\w.+*-]+@[\w-]+(?:\.[\w-]+)+|v?[0-9]+(?:\.[0-9]+)++(?:[-+.][\w.+-]*)?|arn:.*|[a-z]+[.:_-][a-z]+(?:[.:_-][a-z]+)*|[a-z_]{2,30}(?:\.(?:[a-z_]{2,30}|v?[0-9]{1,3})){1,8}"
    r"|(?:[0-9A-Fa-f]{4,8}:){3,6}[0-9A-Fa-f]{4,8}"
    r"|(?:keyid:)?(?:[0-9a-fA-F]{2}:)+[0-9a-fA-F]{2}|(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{0,4}|[\w.-]{1,80}:[0-9]{2,5}|0x[0-9a-fA-F]{1,16}|[a-z_.-]{2,30}=[0-9.]{1,12}|[0-9]{1,2}[hH][0-9]{0,2}|(?:[0-9]{1,6}(?:ms|us|ns|min|[smhdw])){1,4}|(?:sha|SHA|md5|MD5)-?[0-9]{0,3}[:=-].*"
    r"|(?:[\w-]+\.)+(?:py|js|ts|tsx|jsx|go|rb|rs|java|kt|c|h|cpp|cs|php|sh|sql|json|ya?ml|toml|ini|conf|cfg|env|txt|md|csv|tsv|log|html?|css|xml|lock|pem|key|crt|cer|gz|zip|tar|png|jpe?g|svg|pdf|com|org|net|io|dev|local|internal|example)"
    r"|(?:us|eu|ap|sa|ca|me|af|il|cn|mx)(?:-gov)?-[a-z]{4,9}-?[0-9][a-z]?"
    r"|(?:h1|sha256|sha512|sha1|md5|crc32|etag):\S*|cs_(?:live|test)_[A-Za-z0-9]{8,100}"
)
_LEAST_CHANGES = 0.34
_LONG_NAME = 24
_READABLE = 0.95
_MOSTLY = 0.75
_LONG_PART = 8
_LONG_TEXT = 60


def is_harmless(value: str) -> bool:
    """Tell whether a value says that there is no secret, or where one is kept: empty, `null`, `***`, `${TOKEN}`, `op://…`."""
    return is_placeholder(value) or (is_reference(value) and not has_drawn_part(value))


def looks_random(token: str, least: int) -> bool:
    """Tell whether a token of at least `least` characters was drawn at random rather than named.

    Random text changes between upper case, lower case and digits at every second or third character; names do not. Hashes,
    UUIDs, ULIDs, times, public keys, record ids and base64 of readable text are no secrets.
    """
    if len(token) < least or not _TOKEN.fullmatch(token) or _is_hash_or_id(token) or _is_named(token):
        return False
    if len(set(token)) < min(10, len(token) * 2 // 3) or _changes(token) < _LEAST_CHANGES:
        return False
    if len(token) >= _LONG_NAME and is_wordy(token):
        return False  # `V1ValidatorWithValuesAndKwargs`
    # What is base64 of a text is judged by the text (`encoded.py`).
    return any(char.isdigit() for char in token) and any(char.isalpha() for char in token) and not is_readable(token)


def has_drawn_part(path: str) -> bool:
    """Tell whether a part between slashes and the like was drawn at random, of upper and lower case or behind a key's prefix."""
    return any(
        (looks_random(part, 12) and part != part.lower()) or _KEY_PREFIX.match(part) for part in _PATH_PARTS.split(path)
    )


def mixes(text: str) -> bool:
    """Tell whether a short word mixes letters with digits or signs, as a password does and a word of a sentence does not."""
    digits = any(char.isdigit() for char in text)
    turns = sum(a.islower() and b.isupper() for a, b in pairwise(text))
    return turns > 2 or (digits and any(char.isalpha() for char in text))


@lru_cache(maxsize=2048)
def is_opaque(token: str, least: int = 6, *, hashes: bool = True) -> bool:
    """Tell whether a token could be a secret at all: no word, number, name, path, address, version or placeholder.

    `hashes` says whether UUIDs and long hexadecimal numbers count as opaque, which they do behind a secret's name.
    """
    if len(token) < least or is_harmless(token) or any(char.isspace() for char in token):
        return False
    if UUID.fullmatch(token) or (len(token) >= 16 and _HEX.fullmatch(token)):
        return hashes and not (token.isdigit() and len(token) < 24)
    if _IDENTIFIER.fullmatch(token) or is_path(token) or _ULID.fullmatch(token):
        return False
    if not mixes(token) and not _has_odd_signs(token):
        return len(token) >= 20 and token.isascii() and token.isalnum() and not is_wordy(token)
    return not is_wordy(token) and not is_numbered(token)


def is_identifier(token: str) -> bool:
    """Tell whether a token has the form of something that is named, counted or addressed."""
    return is_named(token) or UUID.fullmatch(token) is not None


def is_named(token: str) -> bool:
    """Tell whether a token has the form of something that is named, counted or addressed; UUIDs and hashes aside."""
    return (_IDENTIFIER.fullmatch(token) is not None and not (len(token) >= 16 and _HEX.fullmatch(token))) or is_path(
        token
    )


def may_be_password(value: str) -> bool:
    """Tell whether a value may be a password, where one stands: no word, and the name of nothing."""
    return not is_harmless(value) and not is_named(value) and (is_opaque(value) or mixes(value))


def _has_odd_signs(token: str) -> bool:
    """Tell whether signs stand inside of a token that no name or sentence has there."""
    return any(char in "#!$%^&*+=~?@|\\" for char in token[1:-1]) and any(char.isalpha() for char in token)


def is_chosen(text: str) -> bool:
    """Tell whether a text is built as people build passwords: `tulip42`, `Tulip-rain42!`."""
    signed = text.isalnum() or any(char in "!#$%^&*?@" for char in text) or not is_numbered(text)
    return (
        len(text) >= 8 and " " not in text and (text.isdigit() or (mixes(text) and signed and not is_identifier(text)))
    )


def is_numbered(token: str) -> bool:
    """Tell whether a token is words and numbers between separators: `gpt-4o-2024-08-06`, `orders-26`, `payments-api-9j94ck82lx-hcz7r`."""
    if token[-1:] in _ENDS_OF_PASSWORDS and len(token) >= 8 and mixes(token):
        return False
    parts = [part for part in _SEPARATORS.split(token) if part]
    plain = [
        part
        for part in parts
        if _NUMBERED_PART.fullmatch(part) and (part.isdigit() or len(part) < 5 or _is_word_like(part))
    ]
    if len(parts) == 1:
        return len(plain) == 1 and len(token) < 8
    return len(plain) == len(parts) or (
        len(parts) >= 3
        and "-" in token
        and token.islower()
        and all(len(part) <= 10 for part in parts)
        and is_word(parts[0])
        and _is_word_like(parts[0])
    )


_PATH_PARTS = re.compile(r"[/:#?&=]+")
_KEY_PREFIX = re.compile(r"[a-z]{2,12}[_-](?:[a-z]{2,8}[_-])?[A-Za-z0-9]{20,}\Z")
_ENDS_OF_PASSWORDS = frozenset("#%@~+")
_NUMBERED_PART = re.compile(r"[A-Za-z]?[a-z]{1,20}|[A-Z]{1,12}|[0-9]{1,20}|v?[0-9]{1,4}[a-z]?|[A-Za-z]{1,4}[0-9]{1,4}")


def _is_word_like(part: str) -> bool:
    return not part.isalpha() or len(part) < 4 or is_word(part)


def _is_hash_or_id(token: str) -> bool:
    return (
        token.startswith(_CHECKOUTS)
        or any(shape.fullmatch(token) for shape in (UUID, _HEX, _ULID, _TIME))
        or is_public_key(token)
    )


def _is_named(token: str) -> bool:
    parts = [part for part in _SEPARATORS.split(token) if part]
    return all(_PLAIN_PART.fullmatch(part) or UUID.fullmatch(part) for part in parts)


def is_record_id(token: str) -> bool:
    """Tell whether a token is built like a record's id: a short word, then at most 30 characters (`call_…`, `chatcmpl-…`)."""
    return _RECORD_ID.fullmatch(token) is not None


def is_address(token: str) -> bool:
    """Tell whether a token is base58 that says so itself: a Bitcoin address, by its checksum, or IPFS' name of a file."""
    if _IPFS.fullmatch(token):
        return _base58(token, 34)[:2] == b"\x12\x20"
    raw = _base58(token, 25) if _BASE58.fullmatch(token) else b""
    return bool(raw) and hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def _base58(token: str, length: int) -> bytes:
    number = 0
    for char in token:
        number = number * 58 + _BASE58_DIGITS.index(char)
    return number.to_bytes(length, "big") if number >> 8 * length == 0 else b""


def is_path(token: str) -> bool:
    """Tell whether slashes divide a token into parts of which some are words."""
    parts = token.split("/")
    return len(parts) > 1 and any(
        _PATH_WORD.fullmatch(part) or (len(part) >= _LONG_PART and is_wordy(part)) for part in parts
    )


def _changes(token: str) -> float:
    """Return how many neighbours differ in kind (upper, lower, digit), as a share of all neighbours."""
    pairs = [(a, b) for a, b in pairwise(token) if a.isalnum() and b.isalnum()]
    return sum(_class(a) != _class(b) for a, b in pairs) / len(pairs) if pairs else 0.0


def _class(char: str) -> int:
    return 2 if char.isdigit() else int(char.isupper())


def is_readable(token: str) -> bool:
    """Tell whether a token is base64 of readable text."""
    if len(token) >= _LONG_TEXT:  # a piece of a longer run, which may begin anywhere in it, of a text among other bytes
        return any(_readable_share(decoded(token[skip:])) >= _MOSTLY for skip in range(4))
    return _readable_share(decoded(token)) >= _READABLE


def _readable_share(plain: bytes) -> float:
    readable = sum(32 <= byte < 127 or byte in b"\n\r\t" for byte in plain)
    return readable / len(plain) if plain else 0.0


def decoded(token: str) -> bytes:
    """Return what a token is base64 of, or nothing where it is no base64."""
    try:
        return base64.b64decode(token.rstrip("=").replace("-", "+").replace("_", "/") + "==")
    except (binascii.Error, ValueError):
        return b""
