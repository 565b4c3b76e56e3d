"""What is known of the failure of a run, as people joined and split it: how often, since when, and how it ended before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.domain.recurrence.fingerprint import Ingredients
from bot.domain.recurrence.occurrences import PastIncident

RECENTLY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class FailureHistory:
    """How often a failure was seen, the run that is looked at included. `days` is runs a day; `runs` the newest, newest first.

    Times are in UTC. `split` tells whether people took the run for a failure of its own, `whole` whether all that failed before
    is known: until it is, counts are what is known so far.
    """

    run_id: str
    fingerprint: str
    ingredients: Ingredients
    days: Mapping[date, int] = field(default_factory=dict)
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    runs: tuple[tuple[str, datetime], ...] = ()
    incidents: tuple[PastIncident, ...] = ()
    split: bool = False
    whole: bool = True

    @property
    def count(self) -> int:
        """Return how many runs failed this way."""
        return sum(self.days.values())

    @property
    def since(self) -> int | None:
        """Return how many runs failed this way after this one; None of one that is not listed: older, or simulated."""
        if not self.runs:
            return 0
        own = next((at for run_id, at in self.runs if run_id == self.run_id), None)
        return None if own is None else sum(at > own for _, at in self.runs)

    @property
    def is_first(self) -> bool:
        """Tell whether this run is the first of all that failed this way, as far as is known."""
        return self.since is not None and self.since + 1 >= self.count

    def recently(self, now: datetime) -> int:
        """Return how many of them did within the last 30 days."""
        oldest = (now - RECENTLY).date()
        return sum(count for day, count in self.days.items() if day >= oldest)

    def other_incidents(self, current: str | None) -> list[PastIncident]:
        """Return the incidents of the failure beside the current one, newest first."""
        return [one for one in self.incidents if one.id != current]

    def was_seen_before(self, current: str | None) -> bool:
        """Tell whether there is anything to say about the past."""
        return self.count > 1 or bool(self.other_incidents(current))


def days_together(found: Iterable[Mapping[date, int]]) -> dict[date, int]:
    """Return the runs a day of several fingerprints that are one failure."""
    together: dict[date, int] = {}
    for days in found:
        for day, count in days.items():
            together[day] = together.get(day, 0) + count
    return together
