"""Which failing runs of an incident are proved to be fixed: of each, the newest reruns that prove anything decide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.domain.comparison.fix_verdict import FixVerdict
from bot.domain.incident.kept import ANOTHER_ERROR, ComparisonDigest, RunDigest
from bot.domain.incident.state import Incident
from bot.domain.run.phrases import plural

_SAYS_NOTHING = frozenset({FixVerdict.NOT_PROOF.value, FixVerdict.NOT_COMPARABLE.value})
_SAID = 8  # reruns of which the verdict is said

_PREDICATES = {"fails elsewhere": "fails elsewhere", "regressed": "has regressed"}


@dataclass(frozen=True, slots=True)
class FixProof:
    """How one failing run stands: `newest` decides, `overtaken` are the older ones, the latest first.

    `needed` is how many reruns in a row must be fixed, the newest among them: one green rerun of an agent proves little.
    `uncompared` counts later reruns that were not compared, for there were too many.
    """

    run: RunDigest
    newest: ComparisonDigest | None = None
    overtaken: tuple[ComparisonDigest, ...] = ()
    needed: int = 1
    uncompared: int = 0

    @property
    def reruns(self) -> list[ComparisonDigest]:
        """Return what the reruns said, the newest first, each rerun once."""
        # Compared again, a rerun keeps its place in the row and has its newest verdict.
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
    def asked(self) -> str:
        """Return how far it is of what is asked for, `1 of 2 in a row`; "" where one rerun is enough."""
        return "" if self.needed == 1 else f"{min(self.in_a_row, self.needed)} of {self.needed} in a row"

    @property
    def standing(self) -> str:
        """Return the newest verdict, `STILL FAILING`, or `1 of 2 in a row fixed` where more are asked for; "" without a rerun."""
        if self.newest is None:
            return ""
        proves_too_little = self.newest.fixed and not self.fixed
        if proves_too_little:
            return f"{self.asked} fixed"
        return self.newest.verdict.replace("_", " ").upper() + (ANOTHER_ERROR if self.newest.another_error else "")

    @property
    def since_fix(self) -> list[ComparisonDigest]:
        """Return what the reruns said since the first that was fixed, oldest first; all of them where none was."""
        oldest_first = self.reruns[::-1]
        first = next((place for place, one in enumerate(oldest_first) if one.fixed), 0)
        return oldest_first[first:]

    @property
    def tally(self) -> str:
        """Return `2 of 3 reruns since the fix`, or how many were not fixed where none was; "" without a rerun."""
        return self._tally("since the fix")

    @property
    def tally_alone(self) -> str:
        """Return the tally for where no list follows it: of what is not fixed now it says that it counts those that were."""
        stands = self.newest is None or self.newest.fixed
        return self._tally("since the fix" if stands else "fixed")

    def _tally(self, counted: str) -> str:
        since = self.since_fix
        fixed = sum(one.fixed for one in since)
        return f"{fixed} of {plural(len(since), 'rerun')} {counted if fixed else 'fixed'}" if since else ""

    @property
    def newest_words(self) -> str:
        """Return what the newest rerun says of the run, as a predicate: `is still failing`, `fails elsewhere`."""
        verdict = self.newest.words if self.newest else ""
        return _PREDICATES.get(verdict, f"is {verdict}")

    @property
    def progress(self) -> str:
        """Return `2 of 3 reruns since the fix: fixed, fixed, still failing`, oldest first, and how many are asked for."""
        since = self.since_fix
        if not since:
            return ""
        earlier = "… " if len(since) > _SAID else ""
        said = ", ".join(_in_a_list(one) for one in since[-_SAID:])
        asked = f"; {self.asked}" if self.asked else ""
        more = f"; {plural(self.uncompared, 'later rerun')} not compared" if self.uncompared else ""
        return f"{self.tally}: {earlier}{said}{asked}{more}"


def _in_a_list(one: ComparisonDigest) -> str:
    return one.verdict.replace("_", " ") + (" (another error)" if one.another_error else "")


def proofs_of(incident: Incident) -> list[FixProof]:
    """Return how each failing run of an incident stands. That its failure was seen again counts as a rerun that is not fixed."""
    proofs = fix_proofs(
        incident.failing_runs, [*incident.comparisons, *_seen_again(incident)], needed=incident.fix_reruns
    )
    return [replace(proof, uncompared=incident.uncompared.get(proof.run.run_id, 0)) for proof in proofs]


def _seen_again(incident: Incident) -> list[ComparisonDigest]:
    again = incident.recurred
    if again is None or not again.fingerprint:
        return []
    runs = [run for run in incident.failing_runs if run.fingerprint == again.fingerprint and run.run_id != again.run_id]
    compared = {(one.failing, one.rerun) for one in incident.comparisons}
    return [
        ComparisonDigest(
            failing=run.run_id,
            rerun=again.run_id,
            verdict=FixVerdict.STILL_FAILING.value,
            fixed=False,
            # The clock of comparisons: when a rerun started. Older entries know the end alone.
            began=again.began or again.seen,
            at=again.at,
        )
        for run in runs
        # Without a comparison there is no fix that it could speak against, and with one of this very run that one decides.
        if (run.run_id, again.run_id) not in compared and any(one.failing == run.run_id for one in incident.comparisons)
    ]


def fix_proofs(
    failing: Iterable[RunDigest], comparisons: Sequence[ComparisonDigest], *, needed: int = 1
) -> list[FixProof]:
    """Return how each failing run stands; `comparisons` are in the order in which they were made.

    Reruns count in the order in which they ran. A failed rerun is an attempt to fix the run that it was compared with and needs
    no proof of its own, unless it was itself compared with a later run.
    """
    runs = list(failing)
    known = {run.run_id for run in runs}
    telling = [one for one in comparisons if one.verdict not in _SAYS_NOTHING and one.failing in known]
    attempts = {one.rerun for one in telling} - {one.failing for one in telling}
    return [_of(run, telling, needed) for run in runs if run.run_id not in attempts]


def _of(run: RunDigest, telling: Sequence[ComparisonDigest], needed: int) -> FixProof:
    newest_first = [one for one in reversed(_as_they_ran(telling)) if one.failing == run.run_id]
    return FixProof(run, next(iter(newest_first), None), tuple(newest_first[1:]), needed)


def _as_they_ran(telling: Sequence[ComparisonDigest]) -> list[ComparisonDigest]:
    """Return comparisons by when their reruns started; where one does not say, all stay in the order they were made in."""
    # All or none: sorted by half of them, those that do not say would land anywhere.
    began = {one.rerun: one.began for one in telling if one.began}
    if len(began) < len({one.rerun for one in telling}):
        return list(telling)
    return sorted(telling, key=lambda one: began[one.rerun])
