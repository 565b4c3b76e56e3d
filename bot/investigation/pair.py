"""Reading a failing run and its rerun, and finding the reruns there are."""

from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.aionis import Aionis
from bot.domain.comparison.compare import Comparison, compare
from bot.domain.comparison.pairs import StepPair
from bot.domain.comparison.reruns import LaterRun, case_of, goal_of, later_runs, likeliest_first
from bot.domain.run.diagnosis import diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.metadata import stored_case
from bot.domain.run.steps import Step, outline
from bot.errors import AionisError
from bot.investigation.calls import attempt, together
from bot.investigation.run import Investigation, add_step_records, investigate

LATER = 10
PAIRS_READ = 3  # differing steps of a comparison whose records are read where the newest page did not hold them


@dataclass(slots=True)
class InvestigatedPair:
    """Everything read about a failing run and its rerun, and how they compare."""

    failing: Investigation
    rerun: Investigation
    comparison: Comparison


async def investigate_pair(
    aionis: Aionis, failing_id: str, rerun_id: str, *, now: datetime, stalled_after: timedelta
) -> InvestigatedPair:
    """Read two runs at once and compare them. Raises the `AionisError` of either `runs/get`; other failures are named gaps.

    Only runs with more records than one page need more calls: for the counterpart of the critical step, and for the first
    steps that differ notably.
    """
    failing, rerun = await _investigate_both(aionis, failing_id, rerun_id, now=now, stalled_after=stalled_after)
    return await paired(aionis, failing, rerun)


async def paired(aionis: Aionis, failing: Investigation, rerun: Investigation) -> InvestigatedPair:
    """Compare two runs that were read already; else as `investigate_pair`."""
    comparison = _compared(failing, rerun)
    wanted = _worth_reading(comparison)
    reads = [
        *_step_reads(aionis, failing, [pair.failing for pair in wanted]),
        *_step_reads(aionis, rerun, [pair.rerun for pair in wanted]),
    ]
    if reads:
        await together(reads)
        comparison = _compared(failing, rerun)
    return InvestigatedPair(failing, rerun, comparison)


async def later_runs_of_case(aionis: Aionis, run_id: str, *, limit: int = LATER) -> list[LaterRun]:
    """Return later runs of the same goal or metadata case key as a run's, newest first; none where its record is not visible.

    Raises the `AionisError` of a `find` that failed.
    """
    # By client_id: in slots Aionis masks ids that look like a phone number to it, about one in fifty.
    own = await aionis.find(client_id=f"replay:run:{run_id}", type_="event", limit=1)
    if not own.value.nodes:
        return []
    record = own.value.nodes[0]
    goal, case = goal_of(record), case_of(record)
    filters: list[dict[str, Any]] = [{"goal": goal}] if goal else []
    filters += [{"metadata": {"case": stored_case(record)}}] if case else []
    found = await together(aionis.find(slots={"replay_kind": "run", **wanted}, type_="event") for wanted in filters)
    return later_runs(record, [node for answer in found for node in answer.value.nodes], limit=limit)


async def suggested_reruns(aionis: Aionis, run_id: str, *, now: datetime, stalled_after: timedelta) -> list[LaterRun]:
    """Return later runs of the same goal or case with how each stands, those that may prove a fix first, newest first.

    Raises as `later_runs_of_case` does; a run that cannot be read stands as nobody knows.
    """

    async def read(later: LaterRun) -> LaterRun:
        nodes = [later.record] if later.record else []  # where a playbook run says whether it executed anything
        answer = await attempt(aionis.get_own_run, later.run_id, found=nodes)
        if isinstance(answer, AionisError):
            return later
        stands = diagnose(
            answer.value,
            outline(answer.value),
            Evidence(nodes=nodes, nodes_asked=True),
            tenancy=aionis.tenancy,
            now=now,
            stalled_after=stalled_after,
        )
        return replace(later, stands=stands)

    found = await later_runs_of_case(aionis, run_id)
    return likeliest_first(await together(read(later) for later in found))


async def _investigate_both(
    aionis: Aionis, failing_id: str, rerun_id: str, *, now: datetime, stalled_after: timedelta
) -> tuple[Investigation, Investigation]:
    """Read both runs at once, and one that is named twice only once; the first failure ends the other reading, too."""
    ids = dict.fromkeys((failing_id, rerun_id))
    found = await together(investigate(aionis, run_id, now=now, stalled_after=stalled_after) for run_id in ids)
    return found[0], found[-1]


def _compared(failing: Investigation, rerun: Investigation) -> Comparison:
    return compare(
        failing.diagnosis,
        rerun.diagnosis,
        failing_evidence=failing.evidence,
        rerun_evidence=rerun.evidence,
    )


def _worth_reading(comparison: Comparison) -> list[StepPair]:
    notable = [pair for pair in comparison.steps if pair.notable and pair is not comparison.critical]
    return [*([comparison.critical] if comparison.critical else []), *notable[:PAIRS_READ]]


def _step_reads(aionis: Aionis, found: Investigation, steps: Iterable[Step | None]) -> list[Awaitable[None]]:
    """Return the calls that a run's steps need; none for a run whose records were all read."""
    if found.evidence.complete or found.evidence.nodes_problem:
        return []
    run_id = found.diagnosis.run_id
    return [add_step_records(aionis, run_id, step, found.evidence) for step in steps if step is not None]
