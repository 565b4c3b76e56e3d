"""Reading from Aionis what a diagnosis needs: independent calls at the same time, gaps named instead of fatal."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.aionis import MOST_DECISIONS, Aionis, Answer
from bot.domain.access.tenancy import Consumer
from bot.domain.run.diagnosis import Diagnosis, diagnose, hidden_records
from bot.domain.run.evidence import GONE, Evidence, StepDetail, step_detail
from bot.domain.run.records import FoundNodes, ReplayedRun
from bot.domain.run.resolved_records import Decision, ToolsRun
from bot.domain.run.steps import Outline, Step, outline
from bot.errors import AionisError, RecordNotFound, RunNotFound
from bot.ids import as_uuid
from bot.investigation.calls import attempt, none_left_behind
from bot.investigation.other_kind import RUN, told_as_other_kind
from bot.investigation.prefixes import whole_run_id
from bot.investigation.record import rule_titles, unlisted_judgements

READER_WITHIN = 0.3  # seconds that an answer waits for whom the server reads as, where nothing is hidden
JUDGEMENTS_READ = 3  # decisions whose commits are read where no feedback on them is listed: those that are shown


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

    `run_id` may be the beginning of an id: see `whole_run_id` for what it raises then.
    The run, its newest records and its decisions are asked for at once. Only a run with more records than one page
    needs another call for the step looked at: the critical one, or `step_number` (1-based place).
    """
    run_id = await whole_run_id(aionis, run_id)
    # Before the calls: a better reader may be learned meanwhile, which then reads what was hidden from them.
    asked_as = aionis.reader
    # Whether or not anything was hidden: that nothing was is known of this reader alone, and the message says who it is.
    learning = asyncio.ensure_future(aionis.learn_reader(asked_as))
    run_call = asyncio.ensure_future(aionis.get_run(run_id))
    records_call = asyncio.ensure_future(attempt(aionis.records_of_run, run_id))
    decisions_call = asyncio.ensure_future(attempt(aionis.decisions_of_run, run_id))
    with none_left_behind(learning, records_call, decisions_call):
        try:
            answer = await run_call
        except RunNotFound as none:
            raise await told_as_other_kind(aionis, none, RUN, run_id) from none
        evidence = _evidence(await records_call, await decisions_call)
        # Who reads is worth a moment and no more: where records are hidden, it is waited for below.
        await asyncio.wait([learning], timeout=READER_WITHIN)
        # Before anything of it is used: that `runs/get` answered does not prove whose run it is.
        await aionis.belongs_here(answer, evidence.nodes)
        await _read_private_records(aionis, answer.value, evidence, asked_as)
    learning.cancel()  # does nothing where it has ended
    shape = outline(answer.value, evidence.step_ids)
    wanted = _step_at(shape.steps, step_number) if step_number is not None else shape.critical
    # Only now is it known which step matters; a run that fits a page needs neither of the two calls.
    await asyncio.gather(add_step_records(aionis, run_id, wanted, evidence), _add_own_record(aionis, run_id, evidence))
    await _add_decisions(aionis, run_id, wanted, evidence)
    evidence.reads_as = aionis.reads_as
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


def _evidence(records: Answer[FoundNodes] | AionisError, decisions: Answer[ToolsRun] | AionisError) -> Evidence:
    evidence = Evidence(nodes_asked=True, decisions_asked=True)
    if isinstance(records, AionisError):
        evidence.nodes_problem = _noted(evidence, records)
    else:
        evidence.take_page(records.value)
    if isinstance(decisions, AionisError):
        evidence.decisions_problem = _noted(evidence, decisions)
    else:
        evidence.take_decisions(decisions.value)
    return evidence


def _noted(evidence: Evidence, error: AionisError) -> str:
    """Return what went wrong, and note whether it may go well another time."""
    if error.passes:
        evidence.passing.add(error.what)
    return error.what


async def _read_private_records(aionis: Aionis, run: ReplayedRun, evidence: Evidence, asked_as: Consumer) -> None:
    """Read the run's records again where some are hidden from a bot without an identity and the server names one to use."""
    if hidden_records(run, evidence) and await aionis.learn_reader(asked_as):
        found = await attempt(aionis.records_of_run, run.run.run_id)
        if not isinstance(found, AionisError):
            evidence.take_page(found.value)


def _step_at(steps: list[Step], number: int) -> Step | None:
    return steps[number - 1] if 0 < number <= len(steps) else None


async def _add_own_record(aionis: Aionis, run_id: str, evidence: Evidence) -> None:
    """Read the run's own record, the oldest of all, where the newest page did not hold it: who ran, for which case."""
    if evidence.complete or evidence.nodes_problem or evidence.run_start:
        return
    found = await attempt(aionis.find, client_id=f"replay:run:{run_id}", type_="event", limit=1)
    if not isinstance(found, AionisError):
        evidence.add_records(found.value.nodes)


async def add_step_records(aionis: Aionis, run_id: str, step: Step | None, evidence: Evidence) -> None:
    """Read the slots of one step where the newest page of the run's records did not hold them."""
    if step is None or evidence.complete or evidence.nodes_problem or not step.record.step_id:
        return
    wanted = [uri for uri in (step.record.step_uri, step.record.result_uri) if uri]
    if all(evidence.by_uri(uri) for uri in wanted):
        return
    found = await attempt(aionis.records_of_run, run_id, step_id=step.record.step_id)
    if isinstance(found, AionisError):
        evidence.nodes_problem = _noted(evidence, found)
    else:
        evidence.add_records(found.value.nodes)


async def _add_decisions(aionis: Aionis, run_id: str, step: Step | None, evidence: Evidence) -> None:
    """Make sure that the step's own decision is read, though it may not be among the newest, then read the rules' titles."""
    node = evidence.by_uri(step.record.step_uri) if step else None
    stored = node.slots.get("decision_id") if node else None
    if isinstance(stored, str) and stored:
        own = evidence.decision(stored) or await _read_own(aionis, run_id, stored, evidence)
        if own:
            evidence.put_first(own)
    evidence.rule_titles = await rule_titles(aionis, evidence.decisions)
    evidence.feedback += await unlisted_judgements(aionis, evidence.decisions[:JUDGEMENTS_READ], evidence.feedback)


async def _read_own(aionis: Aionis, run_id: str, stored: str, evidence: Evidence) -> Decision | None:
    """Read the decision that a step names; an id that is masked can only be found among the run's decisions."""
    id_ = as_uuid(stored)
    if id_ is None:
        return await _among_more(aionis, run_id, stored, evidence)
    found = await attempt(aionis.decision, id_)
    if not isinstance(found, AionisError):
        return found.value.decision
    evidence.lost_decisions[id_] = GONE if isinstance(found, RecordNotFound) else _noted(evidence, found)
    return None


async def _among_more(aionis: Aionis, run_id: str, stored: str, evidence: Evidence) -> Decision | None:
    if evidence.decision_count > len(evidence.decisions):
        more = await attempt(aionis.decisions_of_run, run_id, limit=MOST_DECISIONS)
        if not isinstance(more, AionisError):
            evidence.decisions = more.value.decisions
    own = evidence.decision(stored)
    if own is None:
        evidence.lost_decisions[stored] = "its id is masked in the step's record"
    return own
