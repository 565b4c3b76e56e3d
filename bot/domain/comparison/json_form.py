"""A comparison as JSON: the shape that `incident-bot compare --json` documents. Secrets are masked."""

from typing import Any

from bot.domain.comparison.compare import Comparison
from bot.domain.comparison.differences import ListChange
from bot.domain.comparison.pairs import StepPair
from bot.domain.comparison.selections import DecisionPair
from bot.domain.comparison.value_changes import ABSENT, ValueChange, ValueChanges, masked_at
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.json_form import decision_json, iso, step_json
from bot.domain.run.resolved_records import Decision
from bot.domain.run.steps import Step
from bot.runtime.masking import mask_value


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON values: every pair of steps, equal ones included. Durations are in seconds."""
    value = {
        "verdict": comparison.verdict.value,
        "verifies_fix": comparison.verifies_fix,
        "another_error": comparison.another_error,
        "reasons": comparison.reasons,
        "caveats": comparison.caveats,
        "first_divergence": comparison.first_divergence,
        "failing_run": _run(comparison.failing),
        "rerun": _run(comparison.rerun),
        "critical": _pair(comparison.critical) if comparison.critical else None,
        "counts": {
            "pairs": len(comparison.steps),
            "equal": comparison.equal_steps,
            "differing": len(comparison.steps) - comparison.equal_steps,
            "outputs_not_read": comparison.unread_outputs,
        },
        "steps": [_pair(pair) for pair in comparison.steps],
        "selection": [_selection(pair, comparison) for pair in comparison.selection],
        "artifacts": _list_change(comparison.artifacts),
    }
    masked: dict[str, Any] = mask_value(value)
    return masked


def _run(run: Diagnosis) -> dict[str, Any]:
    critical = run.critical_step
    return {
        "run_id": run.run_id,
        "verdict": run.verdict.value,
        "status": run.status,
        "goal": run.goal,
        "started_at": iso(run.started_at),
        "steps": run.counts.total,
        "critical_step": critical.index if critical else None,
        "simulated": run.simulated,
        "request_id": run.request_id,
    }


def _pair(pair: StepPair) -> dict[str, Any]:
    return {
        "link": pair.link.value,
        "equal": pair.equal,
        "differences": [difference.value for difference in pair.differences],
        "failing": _step(pair.failing),
        "rerun": _step(pair.rerun),
        "errors": list(pair.errors),
        "postconditions": [
            {
                "name": change.name,
                "change": change.change.value,
                "before": change.before,
                "after": change.after,
                "message": change.message,
            }
            for change in pair.conditions
        ],
        "same_postconditions": pair.same_conditions,
        "output": pair.output.value,
        "input": pair.input.value,
        "output_changes": _changes(pair.output_changes),
        "input_changes": _changes(pair.input_changes),
    }


def _changes(changes: ValueChanges) -> dict[str, Any]:
    """Return what changed in a value; `before` and `after` are left out on the side that does not have the place."""
    return {"total": changes.total, "first": [_value_change(change) for change in changes.first]}


def _value_change(change: ValueChange) -> dict[str, Any]:
    sides = (("before", change.before), ("after", change.after))
    there = {side: masked_at(change.keys, value) for side, value in sides if value is not ABSENT}
    return {"path": change.path, **there}


def _step(step: Step | None) -> dict[str, Any] | None:
    return {"place": step.number, **step_json(step)} if step else None


def _selection(pair: DecisionPair, comparison: Comparison) -> dict[str, Any]:
    return {
        "equal": pair.equal,
        "tool_changed": pair.tool_changed,
        "meaning": pair.meaning,
        "context": pair.context.value,
        "policy": pair.policy.value,
        "candidates": _list_change(pair.candidates),
        "rules": _list_change(pair.rules),
        "failing": _decision(pair.failing, comparison.failing.rule_titles),
        "rerun": _decision(pair.rerun, comparison.rerun.rule_titles),
    }


def _decision(decision: Decision | None, titles: dict[str, str]) -> dict[str, Any] | None:
    return decision_json(decision, titles) if decision else None


def _list_change(change: ListChange) -> dict[str, list[str]]:
    return {"added": change.added, "gone": change.gone, "kept": change.kept}
