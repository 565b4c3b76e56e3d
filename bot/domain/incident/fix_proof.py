"""Which failing runs of an incident are proved to be fixed: of each, the newest comparison that proves anything decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.comparison.fix_verdict import Proof
from bot.domain.incident.state import ComparisonDigest, RunDigest

_SAYS_NOTHING = frozenset({Proof.NOT_PROOF.value, Proof.NOT_COMPARABLE.value})


@dataclass(frozen=True, slots=True)
class FixProof:
    """How one failing run stands: `newest` decides, `overtaken` are the older ones, the latest first.

    `needed` is how many reruns in a row must be fixed, the newest among them: one green rerun of an agent proves little.
    """

    run: RunDigest
    newest: ComparisonDigest | None = None
    overtaken: tuple[ComparisonDigest, ...] = ()
    needed: int = 1

    @property
    def reruns(self) -> list[ComparisonDigest]:
        """Return what the reruns said, the newest first, each rerun once."""
        newest_first = [self.newest, *self.overtaken] if self.newest else []
        return list({one.rerun: one for one in reversed(newest_first)}.values())[::-1]

    @property
    def in_a_row(self) -> int:
        """Return how many reruns are fixed without one that is not, counted from the newest."""
        return next((place for place, one in enumerate(self.reruns) if not one.fixed), len(self.reruns))

    @property
    def fixed(self) -> bool:
        """Tell whether the run is proved to be fixed."""
        return self.in_a_row >= self.needed

    @property
    def progress(self) -> str:
        """Return `2 of 3 reruns in a row: fixed, fixed, still failing`, the newest first; "" where one proves it."""
        if self.needed == 1 or not self.reruns:
            return ""
        said = ", ".join(one.verdict.replace("_", " ") for one in self.reruns[: self.needed + 1])
        return f"{min(self.in_a_row, self.needed)} of {self.needed} reruns in a row: {said}"


def fix_proofs(
    failing: Iterable[RunDigest], comparisons: Sequence[ComparisonDigest], *, needed: int = 1
) -> list[FixProof]:
    """Return how each failing run stands; `comparisons` are in the order in which they were made.

    A failed rerun is an attempt to fix the run that it was compared with and needs no proof of its own, unless it was itself
    compared with a later run.
    """
    runs = list(failing)
    known = {run.run_id for run in runs}
    telling = [one for one in comparisons if one.verdict not in _SAYS_NOTHING and one.failing in known]
    attempts = {one.rerun for one in telling} - {one.failing for one in telling}
    return [_of(run, telling, needed) for run in runs if run.run_id not in attempts]


def _of(run: RunDigest, telling: Sequence[ComparisonDigest], needed: int) -> FixProof:
    newest_first = [one for one in reversed(telling) if one.failing == run.run_id]
    return FixProof(run, next(iter(newest_first), None), tuple(newest_first[1:]), needed)
