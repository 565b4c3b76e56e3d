"""Many words as one expression that decides by one character at a time: an alternation of hundreds would try each in turn."""

import re
from collections.abc import Iterable


def beginnings(words: Iterable[str]) -> str:
    """Return an expression for the shortest beginnings of which one is that of every word."""
    return _tree(set(words), whole=False)


def whole_words(words: Iterable[str]) -> str:
    """Return an expression for these words, the longest where one begins another."""
    return _tree(set(words), whole=True)


def _tree(words: set[str], *, whole: bool) -> str:
    if "" in words and (not whole or len(words) == 1):
        return ""
    branches = (
        re.escape(first) + _tree({word[1:] for word in words if word[:1] == first}, whole=whole)
        for first in sorted({word[0] for word in words if word})
    )
    return f"(?:{'|'.join(branches)}){'?' if '' in words else ''}"
