"""How wide a text is at most, without a font: the picture is laid out once for every font that will show it."""

from bot.pictures.shapes import BOLD_STROKE

# In em, the wider one of DejaVu Sans (the widest that browsers usually take for sans-serif) and of Pillow's own font.
_WIDTHS = (
    (0.35, " ijl|':,.;/\\I"),
    (0.43, "frt()[]!-"),
    (0.56, 'csz_"`*?·'),
    (0.62, "aekvxyFJLPTY"),
    (0.65, "0123456789bdghnopquES{}$"),
    (0.75, "ABCKRUVXZ"),
    (0.85, "DGHNOQ&#+<=>^~w"),
    (1.0, "mMW@%…"),
)
_EM = {character: width for width, characters in _WIDTHS for character in characters}


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return an upper estimate in pixels."""
    return sum(map(_em, text)) * size + (size * BOLD_STROKE if bold else 0)


def fitted(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """Return the text, cut with "…" where it is wider than `width` pixels; "" where not even that fits."""
    if text_width(text, size, bold=bold) <= width:
        return text
    room = width - text_width("…", size, bold=bold)
    for length, character in enumerate(text):
        room -= text_width(character, size)
        if room < 0:
            return f"{text[:length].rstrip()}…" if length else ""
    return ""


def _em(character: str) -> float:
    """Letters of other scripts are as wide as high, those beyond the basic plane (emoji) wider."""
    return _EM.get(character) or (1.0 if ord(character) < 0x10000 else 1.4)
