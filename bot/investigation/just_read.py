"""What this process has read within the last minute, for whatever needs the same run next."""

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Self

from bot.aionis.client import Exchange
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
    def by(cls, exchanges: Sequence[Exchange], found: Investigation) -> Self:
        """Return what was read by these calls."""
        return cls(found, sum(len(one.body) for one in exchanges))


@dataclass(frozen=True, slots=True)
class _Kept:
    found: Investigation
    secrets: dict[str, str]
    until: float


class JustRead:
    """Investigations by what they are asked for again by: the message that shows one, or the run itself."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, _Kept] = {}

    def keep(self, name: Hashable, read: Read) -> None:
        """Keep what was read, unless it is large."""
        now = time.monotonic()
        self._kept = {one: kept for one, kept in self._kept.items() if kept.until > now}
        if read.size <= _LARGEST and len(self._kept) < _MOST:
            self._kept[name] = _Kept(read.found, masking.known(), now + _KEPT_FOR)

    def of(self, name: Hashable, tenancy: Tenancy) -> Investigation | None:
        """Return what was read, with what it gave away remembered for the record at hand; None where it is to be read."""
        kept = self._kept.get(name)
        if kept is None or kept.until <= time.monotonic() or kept.found.diagnosis.tenancy != tenancy:
            return None
        masking.know(kept.secrets)
        return kept.found

    def take(self, name: Hashable, tenancy: Tenancy) -> Investigation | None:
        """Return what was read for one use, and keep it no longer."""
        found = self.of(name, tenancy)
        self._kept.pop(name, None)
        return found
