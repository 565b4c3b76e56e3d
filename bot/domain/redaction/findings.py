"""What masking says about itself: where it masked and by which rule, never what."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
Path = tuple[str | int, ...]

_MARK = 40  # characters that the mark of a cut takes at most
CUT = re.compile(r"… \[(\d[\d,]{0,12}) more characters cut\]")  # what a text that was too long ends in


def cut_marked(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, ending in how many are not there; those that were cut before are counted, too."""
    if len(text) <= limit:
        return text
    kept = outside_mark(text, limit - _MARK)
    return f"{text[:kept]}… [{cut_after(text, kept):,} more characters cut]"


def outside_mark(text: str, place: int) -> int:
    """Return where to cut instead of in the middle of such a mark, which would lose what it says: before it."""
    around = CUT.finditer(text, max(0, place - _MARK), place + _MARK)
    return next((mark.start() for mark in around if mark.start() < place < mark.end()), place)


def cut_after(text: str, begin: int) -> int:
    """Return how many characters stood from `begin` on: where a long text was cut before, as many as it says."""
    cuts = list(CUT.finditer(text, begin))
    earlier = sum(int(cut[1].replace(",", "") or 0) - len(cut[0]) for cut in cuts)
    return len(text) - begin + earlier


UNCHECKED = "could not be checked"
"""Rule of a text that could not be checked, and was replaced as a whole."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Where something was masked and by which rule; never what.

    `path` leads to the text in a JSON value (keys as shown; empty for a bare text), `offset` is where the mark begins in the
    masked text, in characters.
    """

    rule: str
    path: Path = ()
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Redacted(Generic[T]):
    """Something masked, and what was found in it."""

    value: T
    findings: tuple[Finding, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Return how often each rule masked, the most frequent first."""
        return dict(Counter(finding.rule for finding in self.findings).most_common())
