"""What was read for a message a moment ago, for the job that adds to it: in this process, for a minute, and once."""

import time
from dataclasses import dataclass
from typing import Self

from bot.aionis import Aionis
from bot.domain.access.tenancy import Tenancy
from bot.investigation.run import Investigation
from bot.runtime import masking

_MOST = 50  # a few MB at most; what was dropped is read again
_LARGEST = 64 * 2**10  # bytes of all answers of one
_KEPT_FOR = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Read:
    """An investigation, and how many bytes of answers it was made from."""

    found: Investigation
    size: int

    @classmethod
    def by(cls, aionis: Aionis, found: Investigation) -> Self:
        """Return what was read in one operation."""
        return cls(found, sum(len(one.body) for one in aionis.exchanges))


@dataclass(frozen=True, slots=True)
class _Kept:
    found: Investigation
    secrets: dict[str, str]
    until: float


class JustRead:
    """Investigations by the message that shows them: what is added to it is about what it shows, and nothing is read twice."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}

    def keep(self, channel: str, ts: str, read: Read) -> None:
        """Keep what a message shows, unless it is large."""
        now = time.monotonic()
        self._kept = {place: one for place, one in self._kept.items() if one.until > now}
        if read.size <= _LARGEST and len(self._kept) < _MOST:
            self._kept[channel, ts] = _Kept(read.found, masking.known(), now + _KEPT_FOR)

    def take(self, channel: str, ts: str, tenancy: Tenancy) -> Investigation | None:
        """Return what a message shows, with what it gave away remembered for the record at hand; None where it is to be read."""
        kept = self._kept.pop((channel, ts), None)
        if kept is None or kept.until <= time.monotonic() or kept.found.diagnosis.tenancy != tenancy:
            return None
        masking.know(kept.secrets)
        return kept.found
