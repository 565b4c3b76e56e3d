"""Reading from Aionis what a diagnosis needs: independent calls at the same time, gaps named instead of fatal."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.aionis import Aionis, Answer
from bot.domain.run.diagnosis import Diagnosis, diagnose
from bot.domain.run.evidence import Evidence, StepDetail, step_detail
from bot.domain.run.records import Decision, FoundNodes, Node, ReplayedRun, ToolsRun
from bot.domain.run.steps import Outline, Step, outline
from bot.errors import AionisError
from bot.ids import as_uuid
from bot.investigation.record import attempt, rule_titles

RECENT = 10


@dataclass(slots=True)
class Investigation:
    """Everything read about one run, and the conclusion."""

    answer: Answer[ReplayedRun]
    outline: Outline
    evidence: Evidence
    diagnosis: Diagnosis

    def detail(self, step: Step) -> StepDetail:
        """Return the evidence for one of the run's steps."""
        return step_detail(step, self.answer.value, self.evidence)


async def investigate(
    aionis: Aionis, run_id: str, *, now: datetime, stalled_after: timedelta, step_number: int | None = None
) -> Investigation:
    """Read a run and diagnose it. Raises the `AionisError` of `runs/get`; every other failure becomes a named gap.

    The run, its newest records and its decisions are asked for at once. Only a run with more records than one page
    needs another call for the step looked at: the critical one, or `step_number` (1-based place).
    """
    run_call = asyncio.ensure_future(aionis.get_run(run_id))
    records_call = asyncio.ensure_future(attempt(aionis.find(slots={"run_id": run_id})))
    decisions_call = asyncio.ensure_future(attempt(aionis.decisions_of_run(run_id)))
    try:
        answer = await run_call
    except BaseException:  # a cancelled job, too, leaves no call behind
        records_call.cancel()
        decisions_call.cancel()
        raise
    shape = outline(answer.value)
    evidence = _evidence(await records_call, await decisions_call)
    wanted = _step_at(shape.steps, step_number) if step_number is not None else shape.critical
    await add_step_records(aionis, run_id, wanted, evidence)
    await _add_decisions(aionis, wanted, evidence)
    diagnosis = diagnose(
        answer.value,
        shape,
        evidence,
        tenancy=aionis.tenancy,
        now=now,
        stalled_after=stalled_after,
        request_id=answer.request_id,
    )
    return Investigation(answer, shape, evidence, diagnosis)


async def recent_failures(aionis: Aionis, *, limit: int = RECENT) -> Answer[FoundNodes]:
    """Read the end records of the latest failed runs of this scope, newest first."""
    return await aionis.find(slots={"replay_kind": "run_end", "status": "failed"}, type_="event", limit=limit)


def _evidence(records: Answer[FoundNodes] | AionisError, decisions: Answer[ToolsRun] | AionisError) -> Evidence:
    evidence = Evidence(nodes_asked=True, decisions_asked=True)
    if isinstance(records, AionisError):
        evidence.nodes_problem = records.what
    else:
        evidence.nodes = records.value.nodes
        evidence.complete = not records.value.page.has_more
    if isinstance(decisions, AionisError):
        evidence.decisions_problem = decisions.what
    else:
        evidence.decisions = decisions.value.decisions
        evidence.feedback = decisions.value.feedback.recent if decisions.value.feedback else []
    return evidence


def _step_at(steps: list[Step], number: int) -> Step | None:
    return steps[number - 1] if 0 < number <= len(steps) else None


async def add_step_records(aionis: Aionis, run_id: str, step: Step | None, evidence: Evidence) -> None:
    """Read the slots of one step where the newest page of the run's records did not hold them."""
    if step is None or evidence.complete or evidence.nodes_problem or not step.record.step_id:
        return
    wanted = [uri for uri in (step.record.step_uri, step.record.result_uri) if uri]
    if all(evidence.by_uri(uri) for uri in wanted):
        return
    found = await attempt(aionis.find(slots={"run_id": run_id, "step_id": step.record.step_id}))
    if isinstance(found, AionisError):
        evidence.nodes_problem = found.what
    else:
        evidence.nodes = [*evidence.nodes, *_new_nodes(found.value.nodes, evidence.nodes)]


def _new_nodes(found: Iterable[Node], known: Iterable[Node]) -> list[Node]:
    ids = {node.id for node in known}
    return [node for node in found if node.id not in ids]


async def _add_decisions(aionis: Aionis, step: Step | None, evidence: Evidence) -> None:
    """Follow the step's own link where no decision mentions the run, then read the rules' titles."""
    if not evidence.decisions and step is not None:
        decision = await _linked_decision(aionis, step, evidence)
        evidence.decisions = [decision] if decision else []
    evidence.rule_titles = await rule_titles(aionis, evidence.decisions)


async def _linked_decision(aionis: Aionis, step: Step, evidence: Evidence) -> Decision | None:
    node = evidence.by_uri(step.record.step_uri)
    decision_id = as_uuid(str(node.slots.get("decision_id", ""))) if node else None
    if decision_id is None:
        return None
    found = await attempt(aionis.resolve(aionis.uri("decision", decision_id)))
    if isinstance(found, AionisError):
        evidence.decisions_problem = found.what
        return None
    return found.value.decision
