"""Which failing runs of an incident are proved to be fixed: of each, the newest comparison that proves anything decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.comparison.fix_verdict import Proof
from bot.domain.incident.state import ComparisonDigest, RunDigest

_SAYS_NOTHING = frozenset({Proof.NOT_PROOF.value, Proof.NOT_COMPARABLE.value})


@dataclass(frozen=True, slots=True)
class FixProof:
    """How one failing run stands: `newest` decides, `overtaken` are the older ones, the latest first."""

    run: RunDigest
    newest: ComparisonDigest | None = None
    overtaken: tuple[ComparisonDigest, ...] = ()

    @property
    def fixed(self) -> bool:
        """Tell whether the run is proved to be fixed."""
        return self.newest is not None and self.newest.fixed


def fix_proofs(failing: Iterable[RunDigest], comparisons: Sequence[ComparisonDigest]) -> list[FixProof]:
    """Return how each failing run stands; `comparisons` are in the order in which they were made.

    A failed rerun is an attempt to fix the run that it was compared with and needs no proof of its own, unless it was itself
    compared with a later run.
    """
    runs = list(failing)
    known = {run.run_id for run in runs}
    telling = [one for one in comparisons if one.verdict not in _SAYS_NOTHING and one.failing in known]
    attempts = {one.rerun for one in telling} - {one.failing for one in telling}
    return [_of(run, telling) for run in runs if run.run_id not in attempts]


def _of(run: RunDigest, telling: Sequence[ComparisonDigest]) -> FixProof:
    newest_first = [one for one in reversed(telling) if one.failing == run.run_id]
    return FixProof(run, next(iter(newest_first), None), tuple(newest_first[1:]))
