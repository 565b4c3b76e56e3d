"""JSON from outside, read so that nothing in it can hurt later: broken Unicode mended, numbers finite, depth and digits bounded.

The reader is pydantic's own (at most 200 levels, at most 4,300 digits), so that a body which a model accepts reads the same.
"""

import codecs
import math
import re
from typing import Any

from pydantic_core import from_json

_REPLACEMENT = rb"\ufffd"
_PIECE = 2**16  # bytes decoded at once: a body is never held as text, which may take four times its size
# A surrogate written as an escape, behind an even number of backslashes; a pair is matched whole, so that it stays.
_HIGH, _LOW, _ANY = (rb"\\u[dD][%s][0-9a-fA-F]{2}" % which for which in (b"89abAB", b"c-fC-F", b"89a-fA-F"))
_SURROGATE = re.compile(rb"(?<!\\)(?:\\\\)*(?:%s%s|(?P<lone>%s))" % (_HIGH, _LOW, _ANY))


def read_json(body: bytes) -> Any:
    """Return the value of a JSON text. Lone surrogates and bytes that are not UTF-8 become U+FFFD, in keys too.

    Numbers beyond a float's range become text. Raises `ValueError` for whatever is no JSON.
    """
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        value = from_json(mended(body), allow_inf_nan=False)
    return finite(value)


def finite(value: Any) -> Any:
    """Return a JSON value whose numbers are all finite: others, which JSON does not know, become text.

    What is fine as it is comes back itself: a copy of a large answer would take as much memory again.
    """
    return value if _is_finite(value) else _made_finite(value)


def _is_finite(value: Any) -> bool:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(below for below in item.values() if isinstance(below, float | dict | list | tuple))
        elif isinstance(item, list | tuple):
            waiting.extend(below for below in item if isinstance(below, float | dict | list | tuple))
        elif isinstance(item, float) and not math.isfinite(item):
            return False
    return True


def _made_finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else "number out of range"
    if isinstance(value, dict):
        return {key: _made_finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_made_finite(item) for item in value]
    return value


def mended(body: bytes) -> bytes:
    """Return a JSON text with its lone surrogates and its bytes that are not UTF-8 replaced by U+FFFD, and without a BOM."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    valid = bytearray()
    for start in range(0, len(body), _PIECE):
        valid += decoder.decode(body[start : start + _PIECE]).encode()
    valid += decoder.decode(b"", final=True).encode()
    for match in _SURROGATE.finditer(bytes(valid)):
        if match["lone"]:
            valid[match.start("lone") : match.end("lone")] = _REPLACEMENT  # as long as what it replaces
    return bytes(valid)


def has_non_numbers(body: bytes) -> bool:
    """Tell whether a text that reads as JSON has `NaN` or `Infinity` for a number, which JSON does not know."""
    if b"NaN" not in body and b"Infinity" not in body:
        return False
    try:
        from_json(body, allow_inf_nan=False)
    except ValueError:
        return True
    return False
