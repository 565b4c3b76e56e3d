"""Which later runs may be reruns of a run: those of its case key in their metadata; where one names none, of its goal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.domain.run.metadata import read_metadata
from bot.domain.run.records import Node
from bot.ids import as_uuid


@dataclass(frozen=True, slots=True)
class LaterRun:
    """A run that may be a rerun, from its own record. `case` is the key both runs name; None: only the goal is the same.

    `record` is that record, `stands` the run as it stands now; None where it was not read.
    """

    run_id: str
    goal: str | None
    started_at: datetime
    case: str | None
    record: Node | None = None
    stands: Diagnosis | None = None

    @property
    def proves(self) -> bool:
        """Tell whether the run may prove a fix: it succeeded, nothing broke in it, and something was executed."""
        found = self.stands
        if found is None or found.verdict is not Verdict.SUCCESS:
            return False
        return found.critical_step is None and not (found.simulated or found.mode_unknown)


def likeliest_first(runs: Iterable[LaterRun]) -> list[LaterRun]:
    """Return the runs that may prove a fix, newest first, and then the others, newest first."""
    return sorted(runs, key=lambda run: (run.proves, run.started_at), reverse=True)


def case_of(record: Node | None) -> str | None:
    """Return the case key in the metadata of a run's own record, or None where there is none or it was not read."""
    return read_metadata(record).case


def goal_of(record: Node) -> str | None:
    """Return the goal in a run's own record, as the graph has it (Aionis masks it there, alike for alike goals)."""
    goal = record.slots.get("goal")
    return goal if isinstance(goal, str) and goal.strip() else None


def later_runs(record: Node, found: Iterable[Node], *, limit: int) -> list[LaterRun]:
    """Return the runs among `found` that started after the run of `record`, newest first, each once, at most `limit`."""
    began, own = record.created_at, record.run_id
    if began is None:
        return []
    # Each once: a run of the same goal and the same case is in both answers.
    later = {
        run.run_id: run for node in found if node.run_id != own and (run := _later_run(node, began, case_of(record)))
    }
    return sorted(later.values(), key=lambda run: run.started_at, reverse=True)[:limit]


def _later_run(node: Node, began: datetime, case: str | None) -> LaterRun | None:
    run_id = as_uuid(node.run_id or "")
    if run_id is None or node.created_at is None or node.created_at <= began:
        return None
    theirs = case_of(node)
    if case is not None and theirs is not None and theirs != case:
        return None  # the same goal, for another case: it would prove nothing
    shared = case if theirs == case else None
    return LaterRun(run_id, goal_of(node), node.created_at, shared, node)
