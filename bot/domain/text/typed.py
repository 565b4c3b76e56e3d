"""What people type, made readable: bounded first, then without what cannot be seen and with one kind of blank and of dash."""

import re

LONGEST = 4_000  # characters of a command or a mention that are looked at; Slack itself cuts commands at 4,000

# Soft hyphen, zero-width and bidi characters: phones, web pages and Slack's own editor leave them in what is pasted.
UNSEEN = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff" + "".join(
    map(chr, [*range(0x202A, 0x202F), *range(0x2061, 0x206A)])
)
BLANKS = "".join(map(chr, [0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]))
_READABLE = str.maketrans(BLANKS, " " * len(BLANKS), UNSEEN)
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # full-width ASCII, as CJK keyboards type it
_PLAIN = _WIDE | _DASHES
_STAND_IN = re.compile("[\udc80-\udcff]")
_SPLIT = re.compile(
    r"(?<![0-9a-zA-Z-])([0-9a-fA-F]{8}[0-9a-fA-F-]{0,27})(?:\s|>|&gt;){1,12}([0-9a-fA-F-]{1,28})(?![0-9a-zA-Z-])"
)
# An id that a mail or a table has broken at its dashes, or that Slack shows bold, struck or as code in parts.
_TORN = re.compile(
    r"(?<![0-9a-zA-Z-])([0-9a-fA-F]{8})[\s*_~`-]{1,4}([0-9a-fA-F]{4})[\s*_~`-]{1,4}([0-9a-fA-F]{4})[\s*_~`-]{1,4}([0-9a-fA-F]{4})"
    r"[\s*_~`-]{1,4}([0-9a-fA-F]{12})(?![0-9a-zA-Z-])"
)
_WHOLE = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UNDASHED = re.compile(r"(?<![0-9a-zA-Z-])[0-9a-fA-F]{32}(?![0-9a-zA-Z-])")


def typed(text: str) -> str:
    """Return what was typed, cut to `LONGEST` characters, without unseen characters and with plain blanks."""
    return readable(text[:LONGEST])


def from_locale(text: str) -> str:
    """Return what Python read in an ASCII locale, with a stand-in for each byte that is none, as the UTF-8 that it was."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if _STAND_IN.search(text) else text


def unescaped(text: str) -> str:
    """Undo what Slack does to the text of commands and messages. Done once, where a text comes in (handlers/commands.py)."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def readable(text: str) -> str:
    """Return a text of any length without unseen characters and with plain blanks."""
    return text.translate(_READABLE)


def with_plain_dashes(text: str) -> str:
    """Return a text of the same length with plain dashes, and plain letters and digits for full-width ones."""
    return text.translate(_PLAIN)


def with_plain_ids(text: str) -> str:
    """Return a typed text with plain dashes, and with dashes in ids that were typed without any.

    An id that a terminal, a mail or a quote has broken into two lines is whole again.
    """
    whole = _TORN.sub(r"\1-\2-\3-\4-\5", _SPLIT.sub(_joined, with_plain_dashes(text)))
    return _UNDASHED.sub(lambda found: _dashed(found.group()), whole)


def _joined(found: re.Match[str]) -> str:
    both = found.group(1) + found.group(2)
    return both if _WHOLE.fullmatch(both) else found.group()


def _dashed(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
