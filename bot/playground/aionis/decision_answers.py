"""The answers of `tools/run`, `tools/decision` and `tools/runs/list` (contract, section 6). Lanes do not apply here."""

from collections import Counter
from typing import Any

from bot.playground.aionis.addresses import Tenancy, tenancy_of
from bot.playground.aionis.decision_names import named_decision_id, run_id_mismatch
from bot.playground.aionis.problems import Problem, run_not_found
from bot.playground.aionis.records import Decision, Feedback
from bot.playground.aionis.requests import GetDecision, GetToolsRun, ListToolsRuns
from bot.playground.aionis.run_answer import Stamp
from bot.playground.aionis.store import ScopeStore, Store

Json = dict[str, Any]
_SUMMARY_VERSION = "tools_lifecycle_summary_v1"
_RECENT = 3  # decisions named in a lifecycle summary


def decision_answer(decision: Decision, tenancy: Tenancy, stamp: Stamp) -> Json:
    """Return a decision as all endpoints show it; `commit_id` is null until somebody judged it."""
    return {
        "decision_id": decision.id,
        "decision_uri": tenancy.uri("decision", decision.id),
        "decision_kind": "tools_select",
        "run_id": decision.run_id,
        "selected_tool": decision.selected_tool,
        "candidates": decision.candidates,
        "context_sha256": decision.context_sha256,
        "policy_sha256": decision.policy_sha256,
        "source_rule_ids": decision.source_rule_ids,
        "metadata": decision.metadata,
        "created_at": stamp(decision.created_at),
        "commit_id": decision.commit_id,
        "commit_uri": tenancy.uri("commit", decision.commit_id) if decision.commit_id else None,
    }


def tools_run_answer(store: Store, request: GetToolsRun, stamp: Stamp) -> Json:
    """Return the decisions and feedback of a run; raises `run_not_found_in_scope` where no decision mentions it."""
    tenancy = tenancy_of(request.tenant_id, request.scope)
    scope = store.peek(tenancy)
    decisions = scope.decisions_of(request.run_id)
    if not decisions:
        raise run_not_found(request.run_id, tenancy.scope, tenancy.tenant_id, code="run_not_found_in_scope")
    feedback = _feedback_of(scope, request.run_id) if request.include_feedback else None
    lifecycle = {
        "status": "feedback_linked" if feedback else "decision_recorded",
        "decision_count": len(decisions),
        "latest_decision_at": stamp(decisions[0].created_at),
        "latest_feedback_at": stamp(feedback[0].created_at) if feedback else None,
    }
    told = [decision_answer(decision, tenancy, stamp) for decision in decisions[: request.decision_limit]]
    counted = {} if feedback is None else {"feedback_total": len(feedback), "tools_feedback_count": len(feedback)}
    return {
        **tenancy._asdict(),
        "run_id": request.run_id,
        "lifecycle": lifecycle,
        "decisions": told,
        **({} if feedback is None else {"feedback": _feedback(feedback, request, tenancy, stamp)}),
        "lifecycle_summary": {
            "summary_version": _SUMMARY_VERSION,
            "kind": "run_lifecycle",
            "run_id": request.run_id,
            "status": lifecycle["status"],
            "decision_count": len(decisions),
            **counted,
            "latest_decision_at": lifecycle["latest_decision_at"],
            "latest_feedback_at": lifecycle["latest_feedback_at"],
            "recent_decisions": [
                f"{item['selected_tool'] or '<none>'} @ {item['created_at']}" for item in told[:_RECENT]
            ],
        },
    }


def get_decision_answer(store: Store, request: GetDecision, stamp: Stamp) -> Json:
    """Return one decision, by id or URI, else the latest of a run."""
    tenancy = tenancy_of(request.tenant_id, request.scope)
    scope = store.peek(tenancy)
    named = named_decision_id(tenancy, request)
    if named is None and request.run_id is None:
        raise Problem(400, "invalid_request", "decision_id, decision_uri, or run_id is required")
    decision = _decision(scope, tenancy, named, request.run_id)
    if named and request.run_id and decision.run_id and decision.run_id != request.run_id:
        raise run_id_mismatch(decision, request.run_id, "request")
    mode = "decision_id" if named else "run_id_latest"
    source = decision.metadata.get("source")
    return {
        **tenancy._asdict(),
        "lookup_mode": mode,
        "decision": decision_answer(decision, tenancy, stamp),
        "lifecycle_summary": {
            "summary_version": _SUMMARY_VERSION,
            "kind": "decision",
            "lookup_mode": mode,
            "decision_id": decision.id,
            "run_id": decision.run_id,
            "decision_kind": "tools_select",
            "selected_tool": decision.selected_tool,
            "candidate_count": len(decision.candidates),
            "source_rule_count": len(decision.source_rule_ids),
            "metadata_source": source if isinstance(source, str) else None,
            "created_at": stamp(decision.created_at),
            "tool_conflicts": [],
        },
    }


def tools_runs_answer(store: Store, request: ListToolsRuns, stamp: Stamp) -> Json:
    """Return the runs that have decisions, the latest first; an unknown scope has none."""
    tenancy = tenancy_of(request.tenant_id, request.scope)
    scope = store.peek(tenancy)
    newest: dict[str, Decision] = {}
    for decision in sorted(scope.decisions.values(), key=lambda decision: decision.order, reverse=True):
        if decision.run_id is not None:
            newest.setdefault(decision.run_id, decision)
    counts = Counter(decision.run_id for decision in scope.decisions.values())
    items = [
        _listed(scope, run_id, decision, counts[run_id], stamp)
        for run_id, decision in list(newest.items())[: request.limit]
    ]
    return {**tenancy._asdict(), "items": items}


def _decision(scope: ScopeStore, tenancy: Tenancy, named: str | None, run_id: str | None) -> Decision:
    place = {"scope": tenancy.scope, "tenant_id": tenancy.tenant_id}
    if named is not None:
        decision = scope.decisions.get(named)
        if decision is None:
            message = "decision_id was not found in this scope"
            raise Problem(404, "decision_not_found_in_scope", message, {"decision_id": named, **place})
        return decision
    decisions = scope.decisions_of(run_id or "")
    if not decisions:
        message = "run_id has no decision in this scope"
        raise Problem(404, "decision_not_found_for_run", message, {"run_id": run_id, **place})
    return decisions[0]


def _feedback_of(scope: ScopeStore, run_id: str) -> list[Feedback]:
    """Return a run's feedback, newest first; of equal times the later written."""
    found = [feedback for feedback in reversed(scope.feedback) if feedback.run_id == run_id]
    return sorted(found, key=lambda feedback: feedback.created_at, reverse=True)


def _feedback(feedback: list[Feedback], request: GetToolsRun, tenancy: Tenancy, stamp: Stamp) -> Json:
    by_outcome = Counter(item.outcome for item in feedback)
    return {
        "total": len(feedback),
        "by_outcome": {outcome: by_outcome[outcome] for outcome in ("positive", "negative", "neutral")},
        "linked_decision_count": len(feedback),
        "tools_feedback_count": len(feedback),
        "recent": [
            {
                "id": item.id,
                "scope": tenancy.scope,
                "rule_node_id": item.rule_node_id,
                "run_id": item.run_id,
                "outcome": item.outcome,
                "note": item.note,
                "source": "tools_feedback",
                "decision_id": item.decision_id,
                "commit_id": item.commit_id,
                "created_at": stamp(item.created_at),
            }
            for item in feedback[: request.feedback_limit]
        ],
    }


def _listed(scope: ScopeStore, run_id: str, decision: Decision, count: int, stamp: Stamp) -> Json:
    feedback = _feedback_of(scope, run_id)
    return {
        "run_id": run_id,
        "status": "feedback_linked" if feedback else "decision_recorded",
        "decision_count": count,
        "feedback_total": len(feedback),
        "latest_decision_at": stamp(decision.created_at),
        "latest_feedback_at": stamp(feedback[0].created_at) if feedback else None,
        "latest_selected_tool": decision.selected_tool,
    }
