"""What a value looks like by itself: random, or something that stands where a secret would stand and is none."""

import base64
import binascii
import re
from itertools import pairwise

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_HEX = re.compile(r"[0-9a-fA-F]+|[0-9]+")
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_PUBLIC_KEY = re.compile(r"AAAA[BCE][0-9]Nza")
_TIME = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T _-]?\d\d.*)?")
_TOKEN = re.compile(r"[A-Za-z0-9+/_=.~%-]+")
_SEPARATORS = re.compile(r"[-_./+=~%]+")
_PLAIN_PART = re.compile(
    r"[A-Z]?[a-z]*|[A-Z]+|[0-9]+|[0-9a-f]+|[a-z]{1,3}[0-9]{1,6}|[A-Z]{1,4}[0-9]{1,8}|[0-9]{1,4}[a-z]{1,3}"
)
_RECORD_ID = re.compile(r"[a-z]{2,10}[_-][A-Za-z0-9]{8,30}")
_PATH_WORD = re.compile(r"[A-Za-z]?[a-z]{3,}")

_HARMLESS = re.compile(
    r"(?:null|none|nil|true|false|undefined|yes|no|n/?a|missing|required|optional|invalid|expired|revoked|empty|unset|not|present"
    r"|absent|unknown|redacted|hidden|masked|filtered|removed|denied|failed|ok|valid|enabled|disabled|accepted|declined|shown|on|off|str|string|bytes|secretstr|text|any|object"
    r"|<[^<>]*>|\[[A-Z#_ -]*\]|\$\{[^{}]*\}?|\$\([^()]*\)?|\$[A-Z_]+|%[A-Z_]+%|\{\{[^{}]*\}\}|\{[A-Za-z_]*\}"
    r"|(?:process\.env|os\.environ|os\.getenv)\b[\w.\[(]*|(?:env|secrets|vars?|config|settings|self|ctx|args)[.\[(][\w.]*"
    r"|[*x•.#_…-]*)[.!?,:]?",
    re.IGNORECASE,
)
_WORKING_DIRECTORY = re.compile(r"(?:/[\w.-]+)+/?|[A-Z]:\\[\w.\\ -]*")
_LEAST_CHANGES = 0.34


def is_harmless(value: str) -> bool:
    """Tell whether a value says that there is no secret: empty, `null`, `***`, `<token>`, `${TOKEN}`, `expired`."""
    return len(value) < 80 and _HARMLESS.fullmatch(value) is not None


def is_directory(value: str) -> bool:
    """Tell whether a value is an absolute path, as under the `PWD` of a shell."""
    return len(value) < 300 and _WORKING_DIRECTORY.fullmatch(value) is not None


def looks_random(token: str, least: int) -> bool:
    """Tell whether a token of at least `least` characters was drawn at random rather than named.

    Random text changes between upper case, lower case and digits at every second or third character; names do not. Hashes,
    UUIDs, ULIDs, times, public keys, record ids and base64 of readable text are no secrets.
    """
    if len(token) < least or not _TOKEN.fullmatch(token) or _is_identifier(token) or _is_named(token):
        return False
    if len(set(token)) < min(10, len(token) * 2 // 3) or _changes(token) < _LEAST_CHANGES:
        return False
    return any(char.isdigit() for char in token) and any(char.isalpha() for char in token) and not _is_readable(token)


def mixes(text: str) -> bool:
    """Tell whether a short word mixes letters with digits or signs, as a password does and a word of a sentence does not."""
    digits = any(char.isdigit() for char in text)
    turns = sum(a.islower() and b.isupper() for a, b in pairwise(text))
    return turns > 2 or (digits and any(char.isalpha() for char in text))


def _is_identifier(token: str) -> bool:
    return any(shape.fullmatch(token) for shape in (_UUID, _HEX, _ULID, _TIME)) or bool(_PUBLIC_KEY.match(token))


def _is_named(token: str) -> bool:
    parts = [part for part in _SEPARATORS.split(token) if part]
    return all(_PLAIN_PART.fullmatch(part) or _UUID.fullmatch(part) for part in parts)


def is_record_id(token: str) -> bool:
    """Tell whether a token is built like a record's id: a short word, then at most 30 characters (`call_…`, `chatcmpl-…`)."""
    return _RECORD_ID.fullmatch(token) is not None


def is_path(token: str) -> bool:
    """Tell whether slashes divide a token into parts of which some are words."""
    parts = token.split("/")
    return len(parts) > 1 and any(_PATH_WORD.fullmatch(part) for part in parts)


def _changes(token: str) -> float:
    """Return how many neighbours differ in kind (upper, lower, digit), as a share of all neighbours."""
    pairs = [(a, b) for a, b in pairwise(token) if a.isalnum() and b.isalnum()]
    return sum(_class(a) != _class(b) for a, b in pairs) / len(pairs) if pairs else 0.0


def _class(char: str) -> int:
    return 2 if char.isdigit() else int(char.isupper())


def _is_readable(token: str) -> bool:
    """Tell whether a token is base64 of readable text."""
    try:
        plain = base64.b64decode(token.rstrip("=").replace("-", "+").replace("_", "/") + "==")
    except (binascii.Error, ValueError):
        return False
    readable = sum(32 <= byte < 127 or byte in b"\n\r\t" for byte in plain)
    return bool(plain) and readable >= 0.95 * len(plain)
