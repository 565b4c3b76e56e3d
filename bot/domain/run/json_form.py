"""The diagnosis and a resolved record as JSON: the shape that `incident-bot replay --json` documents. Secrets are masked."""

from datetime import datetime
from typing import Any

from bot.domain.run.advice import next_steps
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.evidence import StepDetail
from bot.domain.run.resolution import Resolution
from bot.domain.run.resolved_records import Decision
from bot.domain.run.steps import Step
from bot.runtime.masking import mask_value


def diagnosis_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as JSON values. Times are ISO 8601, durations seconds."""
    counts = diagnosis.counts
    value = {
        "run_id": diagnosis.run_id,
        "tenant_id": diagnosis.tenancy.tenant_id,
        "scope": diagnosis.tenancy.scope,
        "verdict": diagnosis.verdict.value,
        "status": diagnosis.status,
        "goal": diagnosis.goal,
        "request_id": diagnosis.request_id,
        "run_uri": diagnosis.run_uri,
        "started_at": iso(diagnosis.started_at),
        "ended_at": iso(diagnosis.ended_at),
        "last_activity": iso(diagnosis.last_activity),
        "duration_seconds": diagnosis.duration,
        "critical_step": _critical(diagnosis.critical) if diagnosis.critical else None,
        "steps": {
            "total": counts.total,
            "success": counts.success,
            "failed": counts.failed,
            "partial": counts.partial,
            "skipped": counts.skipped,
            "pending": counts.pending,
            "other": counts.other,
        },
        "timeline": [step_json(step) for step in diagnosis.steps],
        "divergent_steps": [step_json(step) for step in diagnosis.divergent],
        "failed_postconditions": [
            {
                "step": failed.step.index,
                "tool": failed.step.tool,
                "name": failed.condition.name,
                "message": failed.condition.message,
            }
            for failed in diagnosis.failed_postconditions
        ],
        "decisions": [_decision(decision, diagnosis) for decision in diagnosis.decisions],
        "artifacts": diagnosis.artifacts,
        "commits": diagnosis.commit_uris,
        "summary": diagnosis.summary,
        "decision_count": diagnosis.decision_count,
        "simulated": diagnosis.simulated,
        "replay_mode": diagnosis.replay_mode,
        "agent": diagnosis.agent,
        "case": diagnosis.case,
        "planned_steps": diagnosis.planned_steps,
        "disagreements": diagnosis.disagreements,
        "reads_as": diagnosis.reads_as,
        "missing": [{"what": gap.what, "why": gap.why.value, "detail": gap.detail} for gap in diagnosis.missing],
        "next_steps": next_steps(diagnosis),
    }
    return _masked(value)


def resolution_json(resolution: Resolution) -> dict[str, Any]:
    """Return a resolved record with what was read around it."""
    resolved = resolution.resolved
    kind = resolved.kind or "node"
    record = getattr(resolved, kind)
    value = {
        "uri": str(resolution.uri),
        "type": resolution.uri.type,
        "request_id": resolution.request_id,
        kind: record.model_dump(mode="json") if record else None,
        "rule_titles": resolution.rule_titles,
        "rule_state": resolution.rule_state,
        "feedback": [entry.model_dump(mode="json") for entry in resolution.feedback],
        "problems": resolution.problems,
        "reads_as": resolution.reads_as,
    }
    return _masked(value)


def _masked(value: dict[str, Any]) -> dict[str, Any]:
    masked: dict[str, Any] = mask_value(value)
    return masked


def _critical(detail: StepDetail) -> dict[str, Any]:
    return {
        **step_json(detail.step),
        "error": detail.error,
        "error_source": detail.error_source,
        "older_text": detail.older_text,
        "outdated": detail.outdated,
        "decided_otherwise": detail.decided_otherwise,
        "earlier_errors": detail.earlier_errors,
        "input": detail.tool_input,
        "expected_output": detail.expected_output,
        "output": detail.output,
        "output_gaps": detail.output_gaps,
        "decision_id": detail.decision_id,
        "repair_note": detail.repair_note,
        "step_uri": detail.step.record.step_uri,
        "result_uri": detail.step.record.result_uri,
    }


def step_json(step: Step) -> dict[str, Any]:
    """Return what a timeline says of a step, before masking."""
    return {
        "index": step.index,
        "tool": step.tool,
        "status": step.status,
        "divergent": step.divergent,
        "attempts": step.attempts,
        "duration_seconds": step.duration,
        "safety_level": step.record.safety_level,
        "repair_applied": bool(step.record.repair_applied),
    }


def _decision(decision: Decision, diagnosis: Diagnosis) -> dict[str, Any]:
    judged = [entry for entry in diagnosis.feedback if entry.decision_id == decision.decision_id]
    return {
        **decision_json(decision, diagnosis.rule_titles),
        "feedback": [{"outcome": entry.outcome, "note": entry.note} for entry in judged],
        "created_at": iso(decision.created_at),
        "commit_uri": decision.commit_uri,
    }


def decision_json(decision: Decision, titles: dict[str, str]) -> dict[str, Any]:
    """Return what a decision was between, what it came to and by which rules, before masking."""
    return {
        "decision_id": decision.decision_id,
        "uri": decision.decision_uri,
        "selected_tool": decision.selected_tool,
        "candidates": decision.candidates,
        "rules": [{"id": str(rule), "title": titles.get(str(rule))} for rule in decision.source_rule_ids],
        "policy_sha256": decision.policy_sha256,
        "context_sha256": decision.context_sha256,
    }


def iso(moment: datetime | None) -> str | None:
    """Return a time as the documents have it: ISO 8601, null where it is not known."""
    return moment.isoformat() if moment else None
