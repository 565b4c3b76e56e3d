"""What masking says about itself: where it masked and by which rule, never what."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
Path = tuple[str | int, ...]

CUT = re.compile(r"… \[(\d[\d,]{0,12}) more characters cut\]")  # what a text that was too long ends in

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
