"""How a tool selection is told: the decision's metadata and the answer of `tools/select` (contract, section 6)."""

from typing import Any, NamedTuple

from bot.playground.aionis.addresses import Tenancy
from bot.playground.aionis.records import Decision
from bot.playground.aionis.requests import SelectTool
from bot.playground.aionis.rules import Policy

# The selector's pattern memory, which the sample does not have: always empty.
_PATTERN_FACTS = (
    "pattern_preferred_tools",
    "matched_pattern_anchor_ids",
    "matched_stable_pattern_anchor_ids",
    "used_trusted_pattern_anchor_ids",
    "used_trusted_pattern_tools",
    "used_trusted_pattern_affinity_levels",
    "skipped_contested_pattern_anchor_ids",
    "skipped_contested_pattern_tools",
    "skipped_contested_pattern_affinity_levels",
    "skipped_suppressed_pattern_anchor_ids",
    "skipped_suppressed_pattern_tools",
    "skipped_suppressed_pattern_affinity_levels",
)


class Choice(NamedTuple):
    """What a decision is about: who asked, what was chosen from what, in which context."""

    run_id: str | None
    selected_tool: str | None
    candidates: list[str]
    context_sha256: str

    def resembles(self, decision: Decision) -> bool:
        """Tell whether a recorded decision is this choice; one without a run may be anybody's."""
        same = (decision.selected_tool, decision.candidates, decision.context_sha256) == self[1:]
        return same and decision.run_id in {self.run_id, None}


def decision_metadata(request: SelectTool, candidates: list[str], policy: Policy) -> dict[str, Any]:
    """Return the selector facts that a decision keeps."""
    shadow: dict[str, Any] = {"shadow_tool_conflicts_summary": []} if request.include_shadow else {}
    return {
        "strict": request.strict,
        "include_shadow": request.include_shadow,
        "rules_limit": request.rules_limit,
        "reorder_candidates": request.reorder_candidates,
        "matched_rules": len(policy.sources),
        "tool_conflicts_summary": [],
        "denied_by_control_profile": [],
        "control_profile_origin": "none",
        "execution_stage": None,
        "execution_role": None,
        "execution_result_summary_present": False,
        "execution_artifacts_count": 0,
        "execution_evidence_count": 0,
        "candidate_families": [_family(name) for name in candidates],
        **{fact: [] for fact in _PATTERN_FACTS},
        **shadow,
    }


def select_answer(
    tenancy: Tenancy,
    decision: Decision,
    selection: dict[str, Any],
    policy: Policy,
    created_at: str,
    *,
    considered: int,
) -> dict[str, Any]:
    """Return the answer of `tools/select`; `considered` is how many rules the scope has."""
    return {
        **tenancy._asdict(),
        "candidates": selection["candidates"],
        "selection": selection,
        "rules": {
            "considered": considered,
            "matched": len(policy.sources),
            "applied": {"policy": policy.as_json(), "sources": [{"rule_node_id": rule} for rule in policy.sources]},
            "tool_conflicts_summary": [],
        },
        "decision": {
            "decision_id": decision.id,
            "decision_uri": tenancy.uri("decision", decision.id),
            "run_id": decision.run_id,
            "selected_tool": decision.selected_tool,
            "policy_sha256": decision.policy_sha256,
            "source_rule_ids": decision.source_rule_ids,
            "created_at": created_at,
            "pattern_summary": {},
        },
        "selection_summary": {
            "summary_version": "tools_selection_summary_v1",
            "selected_tool": decision.selected_tool,
            "candidate_count": len(decision.candidates),
            "allowed_count": len(selection["allowed"]),
            "denied_count": len(selection["denied"]),
            "preferred_count": len(selection["preferred"]),
            "matched_rules": len(policy.sources),
            "source_rule_count": len(decision.source_rule_ids),
            "fallback_applied": selection["fallback"]["applied"],
            "fallback_reason": selection["fallback"]["reason"],
            "tool_conflicts": [],
        },
    }


def _family(name: str) -> dict[str, Any]:
    return {
        "tool_name": name,
        "capability_family": None,
        "quality_tier": None,
        "status": None,
        "replacement_for": [],
        "replaced_by": [],
    }
