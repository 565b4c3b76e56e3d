"""A diagnosis in a few bounded, masked lines: what an incident keeps of a replayed run."""

from bot.domain.comparison.compare import Comparison
from bot.domain.comparison.fix_verdict import FixVerdict
from bot.domain.incident.kept import ComparisonDigest, GateHeld, RunDigest
from bot.domain.recurrence.fingerprint import ingredients_of
from bot.domain.recurrence.gate import GateResult
from bot.domain.redaction.findings import cut_marked
from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.domain.run.steps import StepStatus
from bot.domain.run.uris import uri_of
from bot.ids import as_uuid
from bot.runtime.masking import mask_text

_TEXT = 300  # characters; every change of an incident answers with all its digests
_LISTED = 20
_BAD = {Verdict.FAILED, Verdict.PARTIAL, Verdict.STALLED}


def run_digest(diagnosis: Diagnosis, title: str = "") -> RunDigest:
    """Return what an incident keeps of a run: verdict, goal, critical step, error, and where its decisions and commits are.

    `title` is how the run is headed where people read it.
    """
    critical = diagnosis.critical
    return RunDigest(
        run_id=diagnosis.run_id,
        verdict=diagnosis.verdict.value,
        failing=_is_failing(diagnosis),
        goal=_marked(diagnosis.goal),
        agent=_bounded(diagnosis.agent),
        case=_bounded(diagnosis.case),
        title=_marked(title),
        critical=_bounded(f"{critical.step.label} · {critical.step.tool}") if critical else "",
        step=(critical.step.record.step_uri or "") if critical else "",
        error=_marked(critical.error) if critical else "",
        said=_marked(diagnosis.summary) if critical is None and diagnosis.verdict in _BAD else "",
        failed=tuple(_bounded(one.name) for one in critical.failed_postconditions[:_LISTED]) if critical else (),
        failed_count=len(critical.failed_postconditions) if critical else 0,
        started_at=diagnosis.started_at,
        ended_at=diagnosis.ended_at,
        flaw=_bounded("divergent" if critical.step.divergent else critical.step.status) if critical else "",
        decided=_bounded(critical.decided_otherwise) if critical else "",
        decisions=tuple(_decision_uris(diagnosis))[:_LISTED],
        commits=tuple(diagnosis.commit_uris[:_LISTED]),
        decision_count=diagnosis.decision_count,
        commit_count=len(diagnosis.commit_uris),
        stalled_after=diagnosis.stalled_after.total_seconds(),
        fingerprint=_fingerprint(diagnosis),
    )


def comparison_digest(comparison: Comparison) -> ComparisonDigest:
    """Return what an incident keeps of a comparison: the verdict and what led to it."""
    return ComparisonDigest(
        failing=comparison.failing.run_id,
        rerun=comparison.rerun.run_id,
        verdict=comparison.verdict.value,
        fixed=comparison.verifies_fix,
        another_error=comparison.another_error and comparison.verdict is FixVerdict.STILL_FAILING,
        began=comparison.rerun.started_at,
        reasons=tuple(_bounded(reason) for reason in comparison.reasons[:_LISTED]),
    )


def gate_digest(result: GateResult) -> GateHeld:
    """Return what an incident keeps of a gate that reruns were held against."""
    return GateHeld(
        outcome=result.outcome.value,
        runs=tuple(dict.fromkeys(run.run_id for run in result.runs))[:_LISTED],
        fingerprints=tuple(one.fingerprint for one in result.gate.failures if one.fingerprint),
        sha256=result.gate.sha256(),
    )


def _is_failing(diagnosis: Diagnosis) -> bool:
    """Tell whether something went wrong; a step that merely has no result yet, in a run that goes on, has not."""
    critical = diagnosis.critical_step
    waits = diagnosis.verdict is Verdict.IN_PROGRESS and critical is not None and critical.status == StepStatus.PENDING
    return diagnosis.verdict in _BAD or (critical is not None and not waits)


def _fingerprint(diagnosis: Diagnosis) -> str:
    ingredients = ingredients_of(diagnosis)
    return ingredients.fingerprint if ingredients else ""


def _bounded(text: str | None) -> str:
    return mask_text(text or "")[:_TEXT]  # masked before it is cut: half a secret is not recognised


def _marked(text: str | None) -> str:
    """Return a text bounded, ending in how much was cut, which whoever cuts it again counts in."""
    return cut_marked(mask_text(text or ""), _TEXT)


def _decision_uris(diagnosis: Diagnosis) -> list[str]:
    # What is no whole id makes no address that could be resolved.
    ids = [as_uuid(decision.decision_id) for decision in diagnosis.decisions]
    return [str(uri_of(diagnosis.tenancy, "decision", id_)) for id_ in ids if id_]
