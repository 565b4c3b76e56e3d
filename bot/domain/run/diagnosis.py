"""What we conclude from a run: verdict, critical step, evidence for it, and what is missing and why.

Source of every rule: Aionis contract, section 4 (failure boundary, statuses, error text) and 4.2 (slots).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.access.tenancy import Tenancy
from bot.domain.run.conditions import Condition, ConditionOutcome, read_conditions
from bot.domain.run.disagreements import disagreements, end_told
from bot.domain.run.evidence import GONE, Evidence, StepDetail, step_detail
from bot.domain.run.metadata import RunMetadata, read_metadata
from bot.domain.run.phrases import plural
from bot.domain.run.records import ReplayedRun, RunHead
from bot.domain.run.resolved_records import Decision, Feedback
from bot.domain.run.steps import Outline, Step, StepStatus, seconds_between

PLAYBOOK_GOAL = "Replay playbook "  # Aionis begins the goal of every playbook's run so, in whichever mode


class Verdict(StrEnum):
    """How the run stands. `unknown` is a status word this bot does not know yet."""

    FAILED = "failed"
    PARTIAL = "partial"
    SUCCESS = "success"
    IN_PROGRESS = "in_progress"
    STALLED = "stalled"  # started, not ended, silent for longer than RUN_STALLED_SECONDS
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why something is missing."""

    NOT_VISIBLE = "not visible"
    NEVER_RECORDED = "never recorded"
    GONE = "no longer there"
    NOT_ASKED = "not asked"
    UNAVAILABLE = "could not be read"


@dataclass(slots=True)
class Missing:
    """One thing that is not there, why, and more words where they help. `passing` tells that another try may read it."""

    what: str
    why: Why
    detail: str = ""
    passing: bool = False


@dataclass(slots=True)
class StepCounts:
    """Steps by final status. Divergent steps are counted as success, too; `other` are unknown words."""

    total: int = 0
    success: int = 0
    failed: int = 0
    partial: int = 0
    skipped: int = 0
    pending: int = 0
    other: int = 0


@dataclass(slots=True)
class FailedPostcondition:
    """A postcondition that says it failed, with the step it belongs to."""

    step: Step
    condition: Condition


@dataclass(slots=True)
class Diagnosis:
    """The conclusion about one run. Durations are in seconds; `request_id` is that of `runs/get`.

    `duration` of a run without an end is that until now.

    `decision_count` counts the decisions that were not read, too. `agent`, `case`, `planned_steps` and `replay_mode` are what
    the run's metadata says. `simulated` tells that nothing was executed, `mode_unknown` that this may be so: a playbook's run
    that says no mode, or one with a mode that is not known. `stalled_after` is the silence after which a run counts as stalled.
    """

    run_id: str
    tenancy: Tenancy
    verdict: Verdict
    status: str | None
    goal: str | None
    run_uri: str | None
    started_at: datetime | None
    ended_at: datetime | None
    last_activity: datetime | None
    duration: float | None
    request_id: str | None
    steps: list[Step]
    counts: StepCounts
    critical: StepDetail | None
    divergent: list[Step]
    failed_postconditions: list[FailedPostcondition]
    decisions: list[Decision]
    decision_count: int
    feedback: list[Feedback]
    rule_titles: dict[str, str]
    artifacts: list[str]
    commit_uris: list[str]
    summary: str | None
    missing: list[Missing] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)
    replay_mode: str | None = None
    simulated: bool = False
    mode_unknown: bool = False
    agent: str | None = None
    case: str | None = None
    planned_steps: int | None = None
    reads_as: str | None = None
    stalled_after: timedelta = timedelta(minutes=15)

    @property
    def critical_step(self) -> Step | None:
        """Return the critical step itself, without its evidence."""
        return self.critical.step if self.critical else None


def diagnose(
    run: ReplayedRun,
    outline: Outline,
    evidence: Evidence,
    *,
    tenancy: Tenancy,
    now: datetime,
    stalled_after: timedelta,
    request_id: str | None = None,
) -> Diagnosis:
    """Conclude from a run's records and what was gathered around it. Total: any parsed run gives a diagnosis."""
    head = run.run
    last_activity = _last_activity(run)
    verdict = _verdict(head, last_activity, now, stalled_after)
    critical = step_detail(outline.critical, run, evidence) if outline.critical else None
    about = read_metadata(evidence.run_start)
    return Diagnosis(
        run_id=head.run_id,
        tenancy=tenancy,
        verdict=verdict,
        status=head.status,
        goal=head.goal,
        run_uri=head.run_uri,
        started_at=head.started_at,
        ended_at=head.ended_at,
        last_activity=last_activity,
        duration=seconds_between(head.started_at, head.ended_at or now),
        request_id=request_id or run.request_id,
        steps=outline.steps,
        counts=_count(outline.steps),
        critical=critical,
        divergent=[step for step in outline.steps if step.divergent and step is not outline.critical],
        failed_postconditions=_failed_postconditions(outline),
        decisions=_critical_first(evidence.decisions, critical),
        # A step may name a decision that does not name the run, which Aionis then does not count.
        decision_count=max(evidence.decision_count, len(evidence.decisions)),
        feedback=evidence.feedback,
        rule_titles=evidence.rule_titles,
        # Aionis lists the artifacts of every attempt one after the other, repeats included.
        artifacts=list(dict.fromkeys(str(ref) for ref in run.artifacts)),
        commit_uris=list(dict.fromkeys(entry.commit_uri for entry in run.timeline if entry.commit_uri)),
        # The end stands in two of Aionis' stores, and the two may say different things.
        summary=end_told(run, evidence).text,
        stalled_after=stalled_after,
        missing=_missing(run, outline, evidence, critical, running=verdict is Verdict.IN_PROGRESS),
        disagreements=disagreements(run, outline, evidence),
        replay_mode=about.replay_mode,
        agent=about.agent,
        case=about.case,
        planned_steps=about.planned_steps,
        simulated=about.simulated,
        mode_unknown=_mode_unknown(about, head),
        reads_as=evidence.reads_as,
    )


def _mode_unknown(about: RunMetadata, head: RunHead) -> bool:
    if about.replay_mode is None:
        # A playbook may be run dry; where its metadata is hidden, nothing says whether it was.
        return (head.goal or "").startswith(PLAYBOOK_GOAL)
    return not (about.simulated or about.executed)


def _last_activity(run: ReplayedRun) -> datetime | None:
    # Not the last entry's: a run that is started again can have its own record behind its steps, and steps may follow an end.
    times = [entry.created_at for entry in run.timeline if entry.created_at]
    if run.run.started_at:
        times.append(run.run.started_at)
    return max(times, default=None)


def _verdict(head: RunHead, last_activity: datetime | None, now: datetime, stalled_after: timedelta) -> Verdict:
    if head.status != Verdict.IN_PROGRESS:
        known = head.status in {Verdict.FAILED, Verdict.PARTIAL, Verdict.SUCCESS}
        return Verdict(head.status) if known and head.status else Verdict.UNKNOWN
    # Without an end Aionis reads in_progress for ever, so that only silence tells a crashed worker from one that is at work.
    silence = seconds_between(last_activity, now)
    return Verdict.STALLED if silence is not None and silence > stalled_after.total_seconds() else Verdict.IN_PROGRESS


def _count(steps: list[Step]) -> StepCounts:
    # A status that this version does not know is counted as another one: the total must be the true one.
    found = Counter(step.status for step in steps)
    known = {status.value: found.pop(status.value, 0) for status in StepStatus}
    return StepCounts(total=len(steps), other=found.total(), **known)


def _failed_postconditions(outline: Outline) -> list[FailedPostcondition]:
    return [
        FailedPostcondition(step, condition)
        for step in outline.steps
        if step.failed_condition
        for condition in read_conditions(step.record.postconditions)
        if condition.outcome is ConditionOutcome.FAIL
    ]


def _critical_first(decisions: list[Decision], critical: StepDetail | None) -> list[Decision]:
    """Return the decisions newest first, but that of the critical step before all."""
    # What is shown is cut at its end, and the critical step's decision is what people look for.
    linked = critical.decision_id if critical else None
    return sorted(decisions, key=lambda decision: decision.decision_id != linked)


def _missing(
    run: ReplayedRun, outline: Outline, evidence: Evidence, critical: StepDetail | None, *, running: bool
) -> list[Missing]:
    found = [
        *_missing_records(run, evidence),
        *(_missing_of_step(critical, running=running) if critical else ()),
    ]
    if evidence.decisions_problem:
        found.append(_unavailable("decisions", evidence.decisions_problem, evidence))
    elif not evidence.decisions_asked:
        found.append(Missing("decisions", Why.NOT_ASKED))
    elif not evidence.decisions and not evidence.lost_decisions:
        found.append(Missing("decisions", Why.NEVER_RECORDED, "no decision mentions this run"))
    found += [
        Missing(
            "a decision that a step names",
            Why.GONE if why == GONE else Why.UNAVAILABLE,
            f"{id_}: {why}",
            passing=why in evidence.passing,
        )
        for id_, why in evidence.lost_decisions.items()
    ]
    found += [
        Missing("the step of a recorded result", Why.NEVER_RECORDED, entry.text_summary or entry.title or "")
        for entry in outline.orphans
    ]
    return found


def _unavailable(what: str, problem: str, evidence: Evidence) -> Missing:
    return Missing(what, Why.UNAVAILABLE, problem, passing=problem in evidence.passing)


def _missing_records(run: ReplayedRun, evidence: Evidence) -> list[Missing]:
    found = []
    if run.run.run_uri is None:
        found.append(Missing("the run's own record (goal, start)", Why.NOT_VISIBLE, "only its steps are visible"))
    if evidence.nodes_problem:
        found.append(_unavailable("inputs, outputs and full error texts", evidence.nodes_problem, evidence))
    elif not evidence.nodes_asked:
        found.append(Missing("inputs, outputs and full error texts", Why.NOT_ASKED))
    elif hidden := hidden_records(run, evidence):
        of_all = f"{hidden} of {plural(len(run.timeline), 'record')} {'is' if hidden == 1 else 'are'} private"
        detail = f"{of_all}; set AIONIS_CONSUMER_AGENT_ID (or _TEAM_ID) to {'its' if hidden == 1 else 'their'} owner"
        found.append(Missing("inputs, outputs and full error texts", Why.NOT_VISIBLE, detail))
    return found


def hidden_records(run: ReplayedRun, evidence: Evidence) -> int:
    """Return how many records of the timeline are hidden: 0 where reading failed or not all were read."""
    # Where not all were read, a record that is missing may be one that was not come to: that is no proof of a hidden one.
    if not evidence.nodes_asked or evidence.nodes_problem or not evidence.complete:
        return 0
    read = {node.uri for node in evidence.nodes}
    return sum(1 for entry in run.timeline if entry.uri and entry.uri not in read)


def _missing_of_step(detail: StepDetail, *, running: bool) -> list[Missing]:
    step = detail.step
    found = []
    if step.status == StepStatus.PENDING and not running:
        found.append(Missing(f"result of {step.label}", Why.NEVER_RECORDED, "or it is private to somebody else"))
    # A record that was read and has no error never had one; one that was not read may be somebody else's.
    if step.status in {StepStatus.FAILED, StepStatus.PARTIAL} and detail.error is None:
        why = Why.NEVER_RECORDED if detail.result_read or not detail.slots_expected else Why.NOT_VISIBLE
        found.append(Missing(f"error text of {step.label}", why))
    if step.announced and detail.slots_expected and not detail.step_read:
        found.append(Missing(f"input of {step.label}", Why.NOT_VISIBLE))
    return found
