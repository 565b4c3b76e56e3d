"""Secrets that were broken: at the end of a line, or into strings that are put together."""

import re

from bot.domain.redaction.looks import is_opaque
from bot.domain.redaction.rules import Found
from bot.domain.redaction.view import View, replaced

# The end of a line, with what editors, quotes and diffs put before the next; or the end of a string and the beginning of the next,
# with the operator that joins them.
_BREAK = r"(?:\\?\r?\n[ \t>|+#*]{0,40}|[\"'`][ \t]{0,4}(?:[+.&\\]|\.\.|<>|\|\|)?[ \t]{0,4}(?:\\?\r?\n[ \t]{0,40})?(?:[+.&][ \t]{0,4})?[\"'`])"
_REST = re.compile(rf"{_BREAK}(?P<rest>[A-Za-z0-9+/_=.~$-]{{4,400}})(?![^\s\"'`,;)\]}}<\\.])")
_TO_THE_QUOTE = re.compile(r"\r?\n(?P<rest>[^\s\"'`\x01]{3,80})(?=[\"'`])")
# A line that goes on by its backslash, or a string that the next one is put to: all that follows belongs to it.
_GOES_ON = re.compile(
    r"(?:(?:\\|(?<=\\))\r?\n[ \t]{0,40}(?P<line>[^\s\"'`]{3,400})|(?P<quote>[\"'])[ \t]{0,4}[+.&][ \t]{0,4}(?:\\?\r?\n[ \t]{0,40})?(?P=quote)(?P<string>[^\"'\n]{3,400})(?=[\"']))"
)
# What follows is another setting where it is a name with its sign.
_JOINT = re.compile(
    rf"(?<=[A-Za-z0-9_.~-]{{5}}[A-Za-z0-9_-]){_BREAK}(?=[A-Za-z0-9_-]{{5}})(?![A-Za-z_][\w.-]{{0,60}}(?:=(?![=\s\"']|\Z)|:[ \t]))"
)


def continued(text: str, found: Found) -> Found | None:
    """Return the rest of a secret that ends with its line or string, if the next one begins with what can be it."""
    match = _REST.match(text, found.end)
    if match and (is_opaque(match["rest"], 6) or _is_torn(match["rest"])):
        return Found(*match.span("rest"), found.kind)
    match = _GOES_ON.match(text, found.end)
    if match:
        return Found(*match.span("line" if match["line"] else "string"), found.kind)
    match = _TO_THE_QUOTE.match(text, found.end)
    return Found(*match.span("rest"), found.kind) if match else None


def _is_torn(rest: str) -> bool:
    """Tell whether upper and lower case change inside as in no word."""
    return (
        len(rest) >= 8
        and rest.isalpha()
        and rest[1:] != rest[1:].lower()
        and rest != rest.upper()
        and not is_camel(rest)
    )


def is_camel(word: str) -> bool:
    """Tell whether a word is made of capitalised words."""
    return re.fullmatch(r"[a-z]*(?:[A-Z][a-z]{2,})+", word) is not None


def unbroken_view(text: str) -> View | None:
    """Return the view of a text in which broken tokens are whole, or None where none may be broken."""
    return replaced(text, _JOINT, lambda _: "")


def crosses_a_joint(view: View, found: Found) -> bool:
    """Tell whether a finding in an unbroken view lies on both sides of a break."""
    # One that does not stands unbroken in the text, and was found there.
    return any(found.start < at < found.end for at in view.here)
