"""Reading from Aionis what a diagnosis or a card needs: independent calls at the same time, gaps named instead of fatal."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.aionis import Aionis, Answer
from bot.domain.comparison import Comparison, compare
from bot.domain.diagnosis import Diagnosis, diagnose
from bot.domain.evidence import Evidence, StepDetail, step_detail
from bot.domain.incident import RunDigest
from bot.domain.pairs import StepPair
from bot.domain.records import Decision, FoundNodes, Node, ReplayedRun, ToolsRun
from bot.domain.reruns import LaterRun, case_of, goal_of, later_runs
from bot.domain.resolution import Resolution
from bot.domain.rootcause import RootCause
from bot.domain.steps import Outline, Step, outline
from bot.domain.uris import AionisUri, parse_reference, parse_run_id
from bot.errors import (
    AionisError,
    BadRequest,
    BotError,
    ForeignUri,
    NotVisible,
    RecordNotFound,
    RunNotFound,
    UsageError,
)
from bot.ids import as_uuid

RULES_READ = 8  # rules whose titles are read for one run or decision
RECENT = 10
LATER = 10
PAIRS_READ = 3  # differing steps of a comparison whose records are read where the newest page did not hold them

T = TypeVar("T")


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
    records_call = asyncio.ensure_future(_attempt(aionis.find(slots={"run_id": run_id})))
    decisions_call = asyncio.ensure_future(_attempt(aionis.decisions_of_run(run_id)))
    try:
        answer = await run_call
    except BaseException:
        records_call.cancel()
        decisions_call.cancel()
        raise
    shape = outline(answer.value)
    evidence = _evidence(await records_call, await decisions_call)
    wanted = _step_at(shape.steps, step_number) if step_number is not None else shape.critical
    await _add_step_records(aionis, run_id, wanted, evidence)
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
    comparison = _compared(failing, rerun)
    wanted = _worth_reading(comparison)
    reads = [
        *_step_reads(aionis, failing, [pair.failing for pair in wanted]),
        *_step_reads(aionis, rerun, [pair.rerun for pair in wanted]),
    ]
    if reads:
        await asyncio.gather(*reads)
        comparison = _compared(failing, rerun)
    return InvestigatedPair(failing, rerun, comparison)


async def later_runs_of_case(aionis: Aionis, run_id: str, *, limit: int = LATER) -> list[LaterRun]:
    """Return later runs of the same goal or metadata case key as a run's, newest first; none where its record is not visible.

    Raises the `AionisError` of a `find` that failed.
    """
    own = await aionis.find(slots={"replay_kind": "run", "run_id": run_id}, type_="event", limit=1)
    if not own.value.nodes:
        return []
    record = own.value.nodes[0]
    goal, case = goal_of(record), case_of(record)
    filters: list[dict[str, Any]] = [{"goal": goal}] if goal else []
    filters += [{"metadata": {"case": case}}] if case else []
    found = await asyncio.gather(
        *(aionis.find(slots={"replay_kind": "run", **wanted}, type_="event") for wanted in filters)
    )
    return later_runs(record, [node for answer in found for node in answer.value.nodes], limit=limit)


async def resolve_record(aionis: Aionis, uri: AionisUri) -> Resolution:
    """Read one record, and for a decision the titles of its rules and its feedback."""
    answer = await aionis.resolve(uri)
    resolution = Resolution(uri, answer.value, answer.request_id, aionis.tenancy)
    decision = answer.value.decision
    if decision is None:
        return resolution
    titles, feedback = await asyncio.gather(
        _rule_titles(aionis, [decision]),
        _attempt(aionis.decisions_of_run(decision.run_id)) if decision.run_id and decision.commit_id else _nothing(),
    )
    resolution.rule_titles = titles
    if isinstance(feedback, AionisError):
        resolution.problems.append(f"feedback ({feedback.what})")
    elif feedback and feedback.value.feedback:
        recent = feedback.value.feedback.recent
        resolution.feedback = [entry for entry in recent if entry.decision_id == decision.decision_id]
    return resolution


async def decision_of(aionis: Aionis, run: RunDigest) -> tuple[Decision, dict[str, str]] | None:
    """Read the first decision of a run in an incident, with its rules' titles; None: there is none, or it cannot be read now."""
    if not run.decisions:
        return None
    found = await _attempt(aionis.resolve(parse_reference(run.decisions[0], aionis.tenancy)))
    if isinstance(found, AionisError) or found.value.decision is None:
        return None
    return found.value.decision, await _rule_titles(aionis, [found.value.decision])


async def unknown_ids(aionis: Aionis, cause: RootCause) -> dict[str, BotError]:
    """Look up every id in an evidence table at once, and return field → why it does not resolve, for those that do not.

    Raises the `AionisError` of a call that gave no answer either way.
    """
    found = await asyncio.gather(*(_known(aionis, field, text) for field, text in cause.ids().items()))
    return {field: problem for field, problem in zip(cause.ids(), found, strict=True) if problem}


async def _known(aionis: Aionis, field: str, text: str) -> BotError | None:
    try:
        if field == "run":
            await aionis.get_run(parse_run_id(text), with_steps=False)
        else:
            await aionis.resolve(parse_reference(text, aionis.tenancy))
    except (UsageError, ForeignUri, RunNotFound, RecordNotFound, NotVisible, BadRequest) as problem:
        return problem
    return None


async def recent_failures(aionis: Aionis, *, limit: int = RECENT) -> Answer[FoundNodes]:
    """Read the end records of the latest failed runs of this scope, newest first."""
    return await aionis.find(slots={"replay_kind": "run_end", "status": "failed"}, type_="event", limit=limit)


async def _investigate_both(
    aionis: Aionis, failing_id: str, rerun_id: str, *, now: datetime, stalled_after: timedelta
) -> tuple[Investigation, Investigation]:
    """Read both runs at once, and one that is named twice only once; the first failure ends the other reading, too."""
    ids = dict.fromkeys((failing_id, rerun_id))
    readings = [
        asyncio.ensure_future(investigate(aionis, run_id, now=now, stalled_after=stalled_after)) for run_id in ids
    ]
    try:
        found = await asyncio.gather(*readings)
    except BaseException:
        for reading in readings:
            reading.cancel()
        raise
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
    return [_add_step_records(aionis, run_id, step, found.evidence) for step in steps if step is not None]


async def _attempt(call: Awaitable[T]) -> T | AionisError:
    try:
        return await call
    except AionisError as error:
        return error


async def _nothing() -> None:
    return None


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


async def _add_step_records(aionis: Aionis, run_id: str, step: Step | None, evidence: Evidence) -> None:
    """Read the slots of one step where the newest page of the run's records did not hold them."""
    if step is None or evidence.complete or evidence.nodes_problem or not step.record.step_id:
        return
    wanted = [uri for uri in (step.record.step_uri, step.record.result_uri) if uri]
    if all(evidence.by_uri(uri) for uri in wanted):
        return
    found = await _attempt(aionis.find(slots={"run_id": run_id, "step_id": step.record.step_id}))
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
    evidence.rule_titles = await _rule_titles(aionis, evidence.decisions)


async def _linked_decision(aionis: Aionis, step: Step, evidence: Evidence) -> Decision | None:
    node = evidence.by_uri(step.record.step_uri)
    decision_id = as_uuid(str(node.slots.get("decision_id", ""))) if node else None
    if decision_id is None:
        return None
    found = await _attempt(aionis.resolve(aionis.uri("decision", decision_id)))
    if isinstance(found, AionisError):
        evidence.decisions_problem = found.what
        return None
    return found.value.decision


async def _rule_titles(aionis: Aionis, decisions: Iterable[Decision]) -> dict[str, str]:
    """Return rule id → title for the rules that can be read; the others are shown by id."""
    ids = dict.fromkeys(str(rule) for decision in decisions for rule in decision.source_rule_ids)
    wanted = [rule for rule in ids if as_uuid(rule)][:RULES_READ]
    found = await asyncio.gather(*(_attempt(aionis.resolve(aionis.uri("rule", rule.lower()))) for rule in wanted))
    return {
        rule: answer.value.node.title
        for rule, answer in zip(wanted, found, strict=True)
        if not isinstance(answer, AionisError) and answer.value.node and answer.value.node.title
    }
