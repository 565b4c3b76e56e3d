"""The gate: whether a rerun shows that a failure is gone. What it needs to know of the failure is in `gate_document.py`.

For each failure of the gate the rerun is compared as everywhere else (`comparison/fix_verdict.py`), and five questions are
asked: is it proof at all, did the critical step succeed, do its postconditions hold, did the fingerprint not recur, and did
nothing else break.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.access.tenancy import Tenancy
from bot.domain.comparison.compare import Comparison, compare
from bot.domain.comparison.fix_verdict import FixVerdict
from bot.domain.comparison.pairs import StepPair, breaks, works
from bot.domain.comparison.reruns import case_of
from bot.domain.recurrence.fingerprint import READING, RECIPE, FailureKind, ingredients_of
from bot.domain.recurrence.gate_document import GateDocument, GateFailure, GateStep
from bot.domain.run.conditions import ConditionOutcome, read_conditions
from bot.domain.run.diagnosis import Diagnosis, Verdict, diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.phrases import at, how, listed, named
from bot.domain.run.records import Node, ReplayedRun, RunHead, StepRecord
from bot.domain.run.steps import outline
from bot.runtime.masking import mask_value

_AGES_AGO = datetime(1970, 1, 1, tzinfo=UTC)
UNTRIED = "No rerun was held against the failure of run {run_id}."


class GateOutcome(StrEnum):
    """What a check, a rerun or the whole gate says. Worst first; *no proof* is neither good nor bad."""

    FAILED = "failed"
    NO_PROOF = "no proof"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One question about a rerun and its answer, with the reason in a sentence."""

    name: str
    outcome: GateOutcome
    reason: str


@dataclass(frozen=True, slots=True)
class GatedRun:
    """A rerun held against one failure of the gate."""

    failure: GateFailure
    run_id: str
    verdict: FixVerdict
    checks: tuple[GateCheck, ...]

    @property
    def outcome(self) -> GateOutcome:
        """Return what the rerun says."""
        return worst(check.outcome for check in self.checks)


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate says about some reruns. Each failure needs a rerun that is held against it."""

    gate: GateDocument
    runs: tuple[GatedRun, ...]

    @property
    def untried(self) -> list[GateFailure]:
        """Return the failures that no rerun was held against."""
        return [failure for failure in self.gate.failures if all(run.failure is not failure for run in self.runs)]

    @property
    def outcome(self) -> GateOutcome:
        """Return the whole: passed only where every failure has a rerun, and every rerun passed."""
        if not self.runs:
            return GateOutcome.NO_PROOF
        untried = [GateOutcome.NO_PROOF] if self.untried else []
        return worst([*(run.outcome for run in self.runs), *untried])


def worst(outcomes: Iterable[GateOutcome]) -> GateOutcome:
    """Return the worst of some outcomes."""
    ranks = list(GateOutcome)
    return min(outcomes, key=ranks.index, default=GateOutcome.NO_PROOF)


def hold(gate: GateDocument, reruns: Iterable[tuple[Diagnosis, Evidence]]) -> GateResult:
    """Hold reruns against every failure of the gate they can be compared with; against all, where that is none."""
    found: list[GatedRun] = []
    for rerun, evidence in reruns:
        against = [_held(failure, gate.tenancy, rerun, evidence) for failure in gate.failures]
        # A rerun is of one case, and a gate may have several failures: those of other cases are not held against it. One that
        # fits none is shown with all, or it would vanish without a word.
        comparable = [run for run in against if run.verdict is not FixVerdict.NOT_COMPARABLE]
        found += comparable or against
    return GateResult(gate, tuple(found))


def _held(failure: GateFailure, tenancy: Tenancy, rerun: Diagnosis, evidence: Evidence) -> GatedRun:
    failing, own = _as_kept(*_as_run(failure, tenancy))
    shown, told = _as_kept(rerun, evidence)
    compared = compare(failing, shown, failing_evidence=own, rerun_evidence=told)
    return GatedRun(failure, rerun.run_id, compared.verdict, tuple(_checks(failure, compared, rerun)))


def _as_kept(run: Diagnosis, evidence: Evidence) -> tuple[Diagnosis, Evidence]:
    """Return a run with goal and case masked by the rules of here: masked and raw, or by other rules, they would differ."""
    start = evidence.run_start
    if start is not None and (case := case_of(start)) is not None:
        masked = mask_value({"case": case})
        slots = {**start.slots, "metadata": {**start.slots["metadata"], "case": masked["case"]}}
        kept = start.model_copy(update={"slots": slots})
        evidence = replace(evidence, nodes=[kept if node is start else node for node in evidence.nodes])
    return replace(run, goal=mask_value({"goal": run.goal})["goal"]), evidence


def _as_run(failure: GateFailure, tenancy: Tenancy) -> tuple[Diagnosis, Evidence]:
    """Return the failing run as far as the gate keeps it."""
    head = RunHead(
        run_id=failure.run_id,
        status=failure.status,
        goal=failure.goal,
        started_at=failure.started_at,
        ended_at=failure.ended_at,
    )
    run = ReplayedRun(run=head, steps=[_record(step) for step in failure.steps])
    told = {"case": failure.case, "replay_mode": failure.replay_mode}
    metadata = {key: value for key, value in told.items() if value}
    record = Node(id="run", slots={"replay_kind": "run", "goal": failure.goal, "metadata": metadata})
    evidence = Evidence(nodes=[record])
    # Judged as of its end, and not as of now: whoever reads the file later must get the same diagnosis.
    ended = failure.ended_at or failure.started_at or _AGES_AGO
    found = diagnose(run, outline(run), evidence, tenancy=tenancy, now=ended, stalled_after=timedelta(0))
    # A crashed run has no end; that it had been silent for too long is what its failure's kind keeps.
    if failure.ingredients and failure.ingredients.kind is FailureKind.STALLED:
        found = replace(found, verdict=Verdict.STALLED)
    return found, evidence


def _record(step: GateStep) -> StepRecord:
    checks = [{"name": name, "state": outcome.value} for name, outcome in step.postconditions]
    return StepRecord(
        step_index=step.index,
        tool_name=step.tool,
        status=step.status,
        created_at=step.created_at,
        postconditions=checks,
        result_uri=None,  # with one, a step without a tool's name would count as never announced
    )


def _checks(failure: GateFailure, compared: Comparison, rerun: Diagnosis) -> Iterator[GateCheck]:
    yield _is_proof(compared)
    if compared.verdict in {FixVerdict.NOT_PROOF, FixVerdict.NOT_COMPARABLE}:
        return  # whatever its steps did, they say nothing about this failure
    yield _critical_succeeded(compared.critical)
    yield _postconditions_hold(compared.critical)
    yield _not_recurred(failure, rerun)
    yield _nothing_else_broke(compared)


def _is_proof(compared: Comparison) -> GateCheck:
    unproven = compared.verdict in {FixVerdict.NOT_PROOF, FixVerdict.NOT_COMPARABLE}
    began = compared.rerun.started_at
    proven = f"It started after the failing run, at {at(began)}, and has ended." if began else "It has ended."
    reason = " ".join(compared.reasons) if unproven else proven
    return GateCheck("the rerun is proof", GateOutcome.NO_PROOF if unproven else GateOutcome.PASSED, reason)


def _critical_succeeded(pair: StepPair | None) -> GateCheck:
    name = "the critical step succeeded"
    if pair is None or pair.failing is None:
        return GateCheck(
            name, GateOutcome.NO_PROOF, "No step failed in the failing run, so that none can show the fix."
        )
    if pair.rerun is None:
        return GateCheck(
            name, GateOutcome.NO_PROOF, f"{named(pair.failing)} was not tried: the rerun has no counterpart of it."
        )
    reason = f"{named(pair.failing)} is {named(pair.rerun)} of the rerun, which {how(pair.rerun)}."
    if breaks(pair.rerun):
        return GateCheck(name, GateOutcome.FAILED, reason)
    return GateCheck(name, GateOutcome.PASSED if works(pair.rerun) else GateOutcome.NO_PROOF, reason)


def _postconditions_hold(pair: StepPair | None) -> GateCheck:
    name = "its postconditions hold"
    if pair is None or pair.rerun is None:
        return GateCheck(name, GateOutcome.NO_PROOF, "There is no step to check them on.")
    read = read_conditions(pair.rerun.record.postconditions)
    broken = [one.name for one in read if one.outcome is ConditionOutcome.FAIL]
    if broken:
        return GateCheck(name, GateOutcome.FAILED, f"Failed in the rerun: {listed(broken)}.")
    open_ = [
        one.name
        for one in pair.conditions
        if one.before is ConditionOutcome.FAIL and one.after is not ConditionOutcome.PASS
    ]
    if open_:
        return GateCheck(
            name, GateOutcome.NO_PROOF, f"Failed before, and the rerun does not say that they pass: {listed(open_)}."
        )
    passed = sum(one.outcome is ConditionOutcome.PASS for one in read)
    return GateCheck(name, GateOutcome.PASSED, f"{passed} of {len(read)} pass, none failed.")


def _not_recurred(failure: GateFailure, rerun: Diagnosis) -> GateCheck:
    name = "the fingerprint did not recur"
    known = failure.fingerprint
    if known is None or failure.recipe != RECIPE:
        return GateCheck(name, GateOutcome.NO_PROOF, f"The gate has no fingerprint of the recipe {RECIPE}.")
    # Not the ingredients: those in the gate are masked, those of the rerun are not.
    found = ingredients_of(rerun)
    if found and found.fingerprint == known:
        return GateCheck(name, GateOutcome.FAILED, f"The rerun has the fingerprint {known}.")
    if found is None:  # which has no fingerprint, however it is read
        return GateCheck(name, GateOutcome.PASSED, f"The rerun does not have the fingerprint {known}: it did not fail.")
    if failure.reading != READING:
        reason = (
            f"The rerun failed as {found.fingerprint}, and this version reads errors otherwise than the one that made the gate: "
            f"whether {known} recurred cannot be told. Write the gate anew from run {failure.run_id}."
        )
        return GateCheck(name, GateOutcome.NO_PROOF, reason)
    reason = f"The rerun does not have the fingerprint {known}: it failed as {found.fingerprint}."
    return GateCheck(name, GateOutcome.PASSED, reason)


def _nothing_else_broke(compared: Comparison) -> GateCheck:
    name = "nothing else broke"
    if compared.verdict in {FixVerdict.REGRESSED, FixVerdict.FAILS_ELSEWHERE}:
        return GateCheck(name, GateOutcome.FAILED, " ".join(compared.reasons))
    if compared.verdict is FixVerdict.FIXED:
        return GateCheck(name, GateOutcome.PASSED, "The rerun ended in success.")
    return GateCheck(name, GateOutcome.NO_PROOF, f"The comparison says: {compared.verdict}.")


def gate_json(result: GateResult) -> dict[str, Any]:
    """Return what `incident-bot gate --json` prints; secrets are masked."""
    value = {
        "outcome": result.outcome.value,
        "incident": result.gate.incident,
        "sha256": result.gate.sha256(),
        "tenant_id": result.gate.tenant_id,
        "scope": result.gate.scope,
        "runs": [
            {
                "run_id": run.run_id,
                "failing_run": run.failure.run_id,
                "outcome": run.outcome.value,
                "verdict": run.verdict.value,
                "checks": [
                    {"name": check.name, "outcome": check.outcome.value, "reason": check.reason} for check in run.checks
                ],
            }
            for run in result.runs
        ],
        "untried": [failure.run_id for failure in result.untried],
    }
    masked: dict[str, Any] = mask_value(value)
    return masked
