"""How wide a text is at most, without a font: the picture is laid out once for every font that will show it."""

_NARROW = frozenset(" .,:;'|!ijltIfr()[]{}/\\-`")
_WIDE = frozenset("mwMW@%")
_BOLD = 1.12


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return an upper estimate in pixels, after the widest of the usual sans-serif fonts."""
    width = sum(map(_em, text)) * size
    return width * _BOLD if bold else width


def fitted(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """Return the text, cut with "…" where it is wider than `width` pixels; "" where not even that fits."""
    if text_width(text, size, bold=bold) <= width:
        return text
    room = width - text_width("…", size, bold=bold)
    for length, character in enumerate(text):
        room -= text_width(character, size, bold=bold)
        if room < 0:
            return f"{text[:length].rstrip()}…" if length else ""
    return ""


def _em(character: str) -> float:
    if character in _NARROW:
        return 0.41
    if character in _WIDE or (not character.isascii() and character not in "·…"):
        return 1.0 if ord(character) < 0x10000 else 1.4
    return 0.79 if character.isupper() else 0.65
