"""Secrets in base64, hexadecimal and hex dumps: decoded once, and masked as a whole where what comes out holds one."""

import binascii
import re
from collections.abc import Callable, Iterator

from bot.domain.redaction.looks import decoded, is_opaque
from bot.domain.redaction.rules import Found, Rule
from bot.domain.redaction.view import decoded_view

Check = Callable[[str], bool]
"""Tells whether a decoded text holds a secret."""

KIND = "secret"
_LONGEST = 20_000
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}+={0,2}")
# Base64 in lines of one length, as mail and PEM have it.
_WRAPPED = re.compile(r"(?:[A-Za-z0-9+/]{60,76}\r?\n){1,400}+[A-Za-z0-9+/]{1,76}={0,2}")
_HEX = re.compile(r"(?<![A-Za-z0-9])(?:0[xX])?(?P<digits>(?:[0-9a-fA-F]{2}){12,}+)(?![A-Za-z0-9])")
# A line of `xxd` or `hexdump -C`: offset, bytes, and what they read.
_DUMP = re.compile(
    r"^[ \t]{0,8}(?:0x)?[0-9a-fA-F]{4,8}:?[ \t]{1,4}(?P<hex>(?:[0-9a-fA-F]{2,4}[ \t]{1,3}){2,16})[ \t]{0,40}(?P<text>\|[^\n]{1,40}\||[^\n]{0,40})?$",
    re.MULTILINE,
)
_PROBE = 24  # characters of a run that are decoded first: nearly all runs are no text, and need not be decoded whole
_READABLE = 0.95


# Letters and digits need no escaping; where a whole token is escaped, somebody hides it.
_ESCAPED = re.compile(r"(?:(?:\\u00|\\x|&#x|%)[2-7][0-9a-fA-F];?|&#[0-9]{2,3};){8,4000}")


def encoded_rule(check: Check) -> Rule:
    """Return the rule; `check` applies all others to what was decoded."""

    def find(text: str) -> Iterator[Found]:
        yield from _runs(text, check)
        yield from _dumps(text, check)
        yield from _escaped(text)

    return Rule(frozenset({KIND}), find, hints=("",))


def _runs(text: str, check: Check) -> Iterator[Found]:
    for match in _BASE64.finditer(text):
        plain = _text_of(match[0])
        if plain and check(plain):
            yield Found(*match.span(), KIND)
    for match in _WRAPPED.finditer(text) if "\n" in text else ():
        plain = _text_of("".join(match[0].split()))
        if plain and check(plain):
            yield Found(*match.span(), KIND)
    for match in _HEX.finditer(text):
        plain = _printable(binascii.unhexlify(match["digits"][:_LONGEST]))
        if plain and check(plain):
            yield Found(*match.span(), KIND)


def _text_of(run: str) -> str:
    """Return the readable text that a run of base64 stands for, or an empty one."""
    probe = decoded(run[:_PROBE])
    if not probe or not (_is_readable(probe) or _is_wide(probe)):
        return ""
    return _printable(decoded(run[:_LONGEST]))


def _printable(raw: bytes) -> str:
    if _is_wide(raw):
        return raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace")
    return raw.decode("utf-8", "replace") if raw and _is_readable(raw) else ""


def _is_readable(raw: bytes) -> bool:
    # From 0xC2 on a byte may begin a letter beyond ASCII in UTF-8.
    return sum(32 <= byte < 127 or byte in b"\n\r\t" or byte >= 0xC2 for byte in raw) >= _READABLE * len(raw)


def _is_wide(raw: bytes) -> bool:
    """Tell whether these are letters of two bytes each, as in PowerShell's encoded commands."""
    return len(raw) >= 8 and not any(raw[1:16:2]) and all(raw[0:16:2])


def _dumps(text: str, check: Check) -> Iterator[Found]:
    lines = list(_DUMP.finditer(text)) if "0" in text else []
    if not lines:
        return
    plain = b"".join(_bytes_of(line["hex"]) for line in lines).decode("latin-1")
    if not check(plain) and not (is_opaque(plain.strip(), 12, hashes=False) and plain.isprintable()):
        return
    for line in lines:
        yield Found(line.start("hex"), line.end(), KIND)


def _bytes_of(pairs: str) -> bytes:
    digits = "".join(pairs.split())
    return binascii.unhexlify(digits[: len(digits) // 2 * 2])


def _escaped(text: str) -> Iterator[Found]:
    for match in _ESCAPED.finditer(text):
        view = decoded_view(match[0])
        if view and is_opaque(view.text, 8) and view.text.isascii() and "/" not in view.text:
            yield Found(*match.span(), KIND)
