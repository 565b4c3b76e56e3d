"""What people decide about fingerprints: that a run is another failure after all, or that two are one.

Both stand in the incident's log with who decided and when; the newest decision about a run or a fingerprint counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Split:
    """A run that is not the failure that its fingerprint says. `apart` is the name of the failure that it is instead."""

    run_id: str
    apart: str


@dataclass(frozen=True, slots=True)
class Join:
    """Two fingerprints that are one failure: `fingerprint` counts as `into`."""

    fingerprint: str
    into: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions of a tenancy, folded. `apart` is by run, `into` by fingerprint."""

    apart: Mapping[str, str] = field(default_factory=dict)
    into: Mapping[str, str] = field(default_factory=dict)

    def of_run(self, run_id: str, fingerprint: str) -> str:
        """Return the failure that a run counts as: its own where it was split off, else that of its fingerprint."""
        return self.of(self.apart.get(run_id, fingerprint))

    def of(self, fingerprint: str) -> str:
        """Return the failure that a fingerprint counts as. Joins that lead in a circle end where the circle does."""
        seen = {fingerprint}
        while (into := self.into.get(fingerprint)) is not None and into not in seen:
            seen.add(into)
            fingerprint = into
        return fingerprint

    def joined(self, fingerprint: str) -> list[str]:
        """Return the fingerprints that are one failure with this one, itself first."""
        failure = self.of(fingerprint)
        others = {*self.into, *self.into.values(), failure} - {fingerprint}
        return [fingerprint, *sorted(other for other in others if self.of(other) == failure)]


def split_name(fingerprint: str, run_id: str) -> str:
    """Return the name of the failure of a run that was split off."""
    return f"{fingerprint}/{run_id}"


def fold(decisions: Iterable[Split | Join]) -> Decisions:
    """Return what decisions come to, oldest first. A split without another name, or a join into itself, takes one back."""
    apart: dict[str, str] = {}
    into: dict[str, str] = {}
    for decision in decisions:
        if isinstance(decision, Split):
            _set(apart, decision.run_id, decision.apart)
        else:
            _set(into, decision.fingerprint, "" if decision.into == decision.fingerprint else decision.into)
    return Decisions(apart, into)


def _set(target: dict[str, str], key: str, value: str) -> None:
    target.pop(key, None)  # an empty value takes back what was decided before
    if value:
        target[key] = value
