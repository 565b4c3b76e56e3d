"""How wide a text is at most, without a font: the picture is laid out once for every font that will show it."""

from bot.pictures.shapes import BOLD_STROKE

# Named one by one: where a machine takes an emoji font for its sans-serif, blanks and digits would be as wide as emoji.
FONTS = "DejaVu Sans, Verdana, Noto Sans, Liberation Sans, Segoe UI, Helvetica Neue, Arial, sans-serif"

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


# Single characters that are written as wide as words.
_WORD_LIKE = {"\u2e3a": 2.2, "\u2e3b": 3.3, "\ufdfd": 11.0, "\ua9c5": 2.5, "\U00012219": 4.0, "\U0001242b": 4.0}
_EMOJI_SINCE, _EMOJI_UNTIL = 0x2190, 0x2BFF  # arrows and symbols, which an emoji font may draw


def _em(character: str) -> float:
    """Letters of other scripts are as wide as high; emoji, in the basic plane and beyond it, wider."""
    known = _EM.get(character) or _WORD_LIKE.get(character)
    if known:
        return known
    code = ord(character)
    return 1.4 if code >= 0x10000 or _EMOJI_SINCE <= code <= _EMOJI_UNTIL else 1.0
