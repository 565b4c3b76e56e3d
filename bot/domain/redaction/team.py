r"""A team's own patterns, run so that none of them can stall: on windows of a text, however long that is.

Python cannot stop an expression, and even one whose choices are bounded (`patterns.py`) may try every place of a long text
against all that follows it, as `\s+$` does. In a window of constant width that is a constant.
"""

import re
from collections.abc import Iterator

from bot.domain.redaction.rules import Found, Rule

WINDOW = 1_000
"""Characters that a pattern sees at a time. What it matches within half of them is found wherever it stands."""


def team_rule(name: str, pattern: re.Pattern[str]) -> Rule:
    """Return a rule that is tried on every text and masks what the pattern matches as `[masked: <name>]`."""

    def find(text: str) -> Iterator[Found]:
        done = 0
        for start in range(0, len(text), WINDOW // 2):
            for match in _in_window(pattern, text, start):
                if match.start() >= done:
                    done = match.end()
                    yield Found(*match.span(), name)

    return Rule(frozenset({name}), find, hints=("",))


def _in_window(pattern: re.Pattern[str], text: str, start: int) -> Iterator[re.Match[str]]:
    """Yield the matches that begin in the first half of a window; the others begin in the next one's, which sees more of them."""
    half, end = start + WINDOW // 2, min(len(text), start + WINDOW)
    for match in pattern.finditer(text, start, end):
        if match.start() >= half:
            return
        # A window's end is no end of the text: what seems to end with it is looked at again, with as much behind it.
        again = pattern.match(text, match.start(), match.start() + WINDOW) if match.end() == end < len(text) else match
        if again:
            yield again
