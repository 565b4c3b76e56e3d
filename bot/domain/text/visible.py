"""Characters that change what a reader sees without being seen: controls, bidi and zero-width ones, made visible.

The one list for Slack, terminals, logs and JSON: a terminal acts on C0 and C1 controls, and a bidi override turns a name around.
"""

import re
import unicodedata

_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Letters and marks by category, and nothing to see: joiners, fillers, and the variation selectors that can carry a message.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\U000e0100-\U000e01ef]")
_MAYBE_HIDDEN = re.compile(r"[^\x20-\x7e\n\t]")
_MAYBE_HIDDEN_IN_A_LINE = re.compile(r"[^\x20-\x7e]")


def visible(text: str) -> str:
    """Return the text with hidden characters written as `⟨U+202E⟩`; line ends and tabs stay."""
    return _MAYBE_HIDDEN.sub(_reveal, text)


def visible_line(text: str) -> str:
    """Return the text as one line: line ends and tabs are written like other hidden characters."""
    return _MAYBE_HIDDEN_IN_A_LINE.sub(_reveal, text)


def escaped_json(text: str) -> str:
    """Return a JSON text of the same value, with hidden characters written as JSON escapes."""
    return _MAYBE_HIDDEN.sub(_json_escape, text)


def is_hidden(character: str) -> bool:
    """Tell whether a character is one of those."""
    return unicodedata.category(character) in _HIDDEN_CATEGORIES or _BLANK.match(character) is not None


def _reveal(match: re.Match[str]) -> str:
    character = match.group()
    return f"⟨U+{ord(character):04X}⟩" if is_hidden(character) else character


def _json_escape(match: re.Match[str]) -> str:
    character = match.group()
    if not is_hidden(character):
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))
