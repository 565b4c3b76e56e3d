"""The answer of `rules/evaluate` (contract, section 16): which rules a context meets, and what they leave."""

from typing import Any

from bot.playground.aionis.addresses import tenancy_of
from bot.playground.aionis.records import Node
from bot.playground.aionis.requests import EvaluateRules
from bot.playground.aionis.rules import applies, policy_for
from bot.playground.aionis.store import ScopeStore, Store

Json = dict[str, Any]


def rules_answer(store: Store, request: EvaluateRules) -> Json:
    """Return the active rules whose conditions hold, the shadow ones where asked for; drafts and disabled ones never."""
    tenancy = tenancy_of(request.tenant_id, request.scope)
    scope = store.peek(tenancy)
    decides = [rule for rule in scope.nodes.values() if scope.rule_states.get(rule.id) in {"active", "shadow"}]
    considered = sorted(decides, key=lambda rule: rule.order)[: request.limit]
    matched = [rule for rule in considered if applies(rule.slots, request.context)]
    active = [rule for rule in matched if scope.rule_states[rule.id] == "active"]
    shadow = [rule for rule in matched if rule not in active] if request.include_shadow else []
    policy = policy_for(request.context, active)
    sources = [{"rule_node_id": rule} for rule in policy.sources]
    return {
        **tenancy._asdict(),
        "considered": len(considered),
        "matched": len(active) + len(shadow),
        "active": [_rule(scope, rule) for rule in active],
        "shadow": [_rule(scope, rule) for rule in shadow],
        "applied": {"policy": policy.as_json(), "sources": sources, "tool_explain": {}},
    }


def _rule(scope: ScopeStore, rule: Node) -> Json:
    judged = [feedback.outcome for feedback in scope.feedback if feedback.rule_node_id == rule.id]
    return {
        "rule_node_id": rule.id,
        "state": scope.rule_states[rule.id],
        "summary": rule.text_summary,
        "if_json": rule.slots.get("if") or {},
        "then_json": rule.slots.get("then") or {},
        "exceptions_json": rule.slots.get("exceptions") or [],
        "commit_id": scope.rule_commits.get(rule.id) or rule.commit_id,
        "stats": {"positive": judged.count("positive"), "negative": judged.count("negative")},
    }
