"""Which earlier run of the same case went well last."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.comparison.reruns import case_of, goal_of
from bot.domain.recurrence.listed_runs import run_id_of
from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.domain.run.metadata import stored_case
from bot.domain.run.records import Node


class MatchedBy(StrEnum):
    """What says that two runs are of one case."""

    CASE = "case"  # the key `case` in both runs' metadata
    GOAL = "goal"


@dataclass(frozen=True, slots=True)
class CaseKey:
    """What runs of one case share, as the graph has it."""

    by: MatchedBy
    value: str
    stored: object = field(default=None, compare=False)  # the case as it was written, which may be a number

    @property
    def slots(self) -> dict[str, object]:
        """Return the slots by which `find` finds the runs of the case."""
        if self.by is MatchedBy.GOAL:
            return {"goal": self.value}
        return {"metadata": {"case": self.value if self.stored is None else self.stored}}


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A run of the case that started before, by its own record."""

    run_id: str
    started_at: datetime


def case_key_of(record: Node) -> CaseKey | None:
    """Return what to know a run's case by: the case key in its metadata, else its goal; None where it has neither."""
    case, goal = case_of(record), goal_of(record)
    if case is not None:
        return CaseKey(MatchedBy.CASE, case, stored_case(record))
    return CaseKey(MatchedBy.GOAL, goal) if goal is not None else None


def earlier_successes(run_id: str, began: datetime, runs: Iterable[Node], ends: Iterable[Node]) -> list[EarlierRun]:
    """Return the runs that started before `began` and have an end among `ends`, newest first, each once."""
    ended = {
        run_id_of(node) for node in ends
    }  # successes only, as `find` was asked; whether they went well is read later
    found: dict[str, EarlierRun] = {}
    for node in runs:
        other = run_id_of(node)
        if other and other != run_id and other in ended and node.created_at and node.created_at < began:
            found.setdefault(other, EarlierRun(other, node.created_at))
    return sorted(found.values(), key=lambda run: (run.started_at, run.run_id), reverse=True)


def went_well(diagnosis: Diagnosis) -> bool:
    """Tell whether a run can be the last good one: it succeeded, nothing broke in it, and it cannot have been a simulation."""
    # A run may say success although a step of it failed: that is what the comparison would then be made against.
    executed = not (diagnosis.simulated or diagnosis.mode_unknown)
    return diagnosis.verdict is Verdict.SUCCESS and diagnosis.critical is None and executed
