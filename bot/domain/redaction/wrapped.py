"""Secrets that were broken at the end of a line: what of them stands at the beginning of the next."""

import re

from bot.domain.redaction.looks import is_opaque
from bot.domain.redaction.rules import Found

_NEXT_LINE = re.compile(r"\r?\n(?P<rest>[A-Za-z0-9+/_=.~-]{6,400})(?![^\s\"'`,;)\]}<\\])")
_TO_THE_QUOTE = re.compile(r"\r?\n(?P<rest>[^\s\"'`\x01]{3,80})(?=[\"'`])")


def continued(text: str, found: Found) -> Found | None:
    """Return the rest of a secret that ends with its line, if the next line begins with what can be it."""
    match = _NEXT_LINE.match(text, found.end) or _TO_THE_QUOTE.match(text, found.end)
    if not match or found.kind == "private key":
        return None
    if match.re is _NEXT_LINE and not is_opaque(match["rest"], hashes=True):
        return None
    return Found(*match.span("rest"), found.kind)
