"""Which rules apply to a context, and which tool they leave (contract, section 6)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.aionis.problems import Problem
from bot.playground.aionis.records import Node

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Policy:
    """What the matching rules ask for together, and the ids of those rules."""

    tool: dict[str, list[str]] = field(default_factory=dict)  # prefer, deny, allow
    sources: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return what `policy_sha256` is the hash of."""
        return {"tool": self.tool} if self.tool else {}


def policy_for(context: Any, rules: Iterable[Node]) -> Policy:
    """Merge what all matching rules ask for, in their order."""
    tool: dict[str, list[str]] = {}
    sources: list[str] = []
    for rule in rules:
        if not applies(rule.slots, context):
            continue
        sources.append(rule.id)
        for wish, names in _tool_wishes(rule.slots).items():
            merged = tool.setdefault(wish, [])
            merged.extend(name for name in names if name not in merged)
    return Policy(tool, sources)


def applies(slots: dict[str, Any], context: Any) -> bool:
    """Tell whether a rule's `if` holds for the context and none of its `exceptions` does."""
    exceptions = slots.get("exceptions")
    excepted = any(_holds(case, context) for case in exceptions) if isinstance(exceptions, list) else False
    return _holds(slots.get("if") or {}, context) and not excepted


def choose(candidates: list[str], policy: Policy, *, strict: bool) -> dict[str, Any]:
    """Return the endpoint's `selection`; raises `no_tools_allowed` where a strict policy leaves nothing."""
    allow, deny = policy.tool.get("allow", []), policy.tool.get("deny", [])
    allowed, denied = _filtered(candidates, allow, deny)
    fallback: dict[str, Any] = {
        "applied": False,
        "reason": "none",
        "note": "no fallback applied",
        "effective_mode": "allow_and_deny" if allow else "deny_only",
    }
    if not allowed and strict:
        filters = "allow/deny filters" if allow else "deny filters"
        details = {"candidates": len(candidates), "allow": len(allow), "deny": len(deny)}
        raise Problem(400, "no_tools_allowed", f"no candidates remain after {filters}", details)
    if not allowed and allow:
        allowed, denied = _filtered(candidates, [], deny)
        note = "the allow list leaves no candidate; it is ignored because strict=false"
        fallback = {
            "applied": True,
            "reason": "allowlist_filtered_all",
            "note": note,
            "effective_mode": "deny_only",
        }
    if not allowed:
        note = "the deny list leaves no candidate"
        fallback = {"applied": True, "reason": "deny_filtered_all", "note": note, "effective_mode": "deny_only"}
    preferred = [name for name in policy.tool.get("prefer", []) if name in allowed]
    ordered = preferred + [name for name in allowed if name not in preferred]
    return {
        "candidates": candidates,
        "allowed": allowed,
        "denied": denied,
        "preferred": preferred,
        "ordered": ordered,
        "selected": ordered[0] if ordered else None,
        "fallback": fallback,
    }


def _filtered(candidates: list[str], allow: list[str], deny: list[str]) -> tuple[list[str], list[dict[str, str]]]:
    allowed: list[str] = []
    denied: list[dict[str, str]] = []
    for name in candidates:
        if name in deny:
            denied.append({"name": name, "reason": "deny_list"})
        elif allow and name not in allow:
            denied.append({"name": name, "reason": "not_in_allow_list"})
        else:
            allowed.append(name)
    return allowed, denied


def _tool_wishes(slots: dict[str, Any]) -> dict[str, list[str]]:
    then = slots.get("then")
    tool = then.get("tool") if isinstance(then, dict) else None
    if not isinstance(tool, dict):
        return {}
    return {
        wish: [name for name in tool[wish] if isinstance(name, str)]
        for wish in ("prefer", "deny", "allow")
        if isinstance(tool.get(wish), list)
    }


def _holds(condition: Any, context: Any) -> bool:
    if not isinstance(condition, dict):
        return False
    return all(_field_holds(wanted, _at(context, path)) for path, wanted in condition.items())


def _field_holds(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, dict) and any(key.startswith("$") for key in wanted):
        return all(_operator_holds(name, operand, value) for name, operand in wanted.items())
    return bool(value == wanted)


def _operator_holds(name: str, operand: Any, value: Any) -> bool:
    if name == "$exists":
        return (value is not _MISSING) is bool(operand)
    if name == "$in":
        return isinstance(operand, list) and value in operand
    return (name == "$eq" and bool(value == operand)) or (name == "$ne" and bool(value != operand))


def _at(context: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(context, dict) or part not in context:
            return _MISSING
        context = context[part]
    return context
