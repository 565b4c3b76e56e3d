"""A rule's state, which its record does not tell: it is applied to a context that its own conditions make up, or it is not."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from bot.domain.run.records import Node, Record

_OTHER = "anything else"


class RuleMatch(Record):
    """A rule that applies to a context, from `rules/evaluate`."""

    rule_node_id: str = ""
    commit_id: str | None = None  # what put the rule into its state


class RulesAnswer(Record):
    """The answer of `rules/evaluate`: the rules that a context meets. Drafts and disabled rules are in neither list."""

    tenant_id: str | None = None
    scope: str | None = None
    considered: int = 0
    active: list[RuleMatch] = Field(default_factory=list)
    shadow: list[RuleMatch] = Field(default_factory=list)


class RuleState(StrEnum):
    """Whether a rule decides. Drafts and disabled rules cannot be told apart by reading."""

    ACTIVE = "active"
    SHADOW = "shadow"
    NOT_IN_USE = "disabled, or still a draft"


def recorded_state(rule: Node) -> str | None:
    """Return the state that a rule's record itself names, None in the usual case that it names none."""
    found = rule.slots.get("rule_state") or rule.slots.get("state")
    return found if isinstance(found, str) else None


def matching_context(rule: Node) -> dict[str, Any] | None:
    """Return a context that the rule applies to, None where that cannot be made up: exceptions, targets, other operators."""
    conditions = rule.slots.get("if")
    general = not rule.slots.get("exceptions") and rule.slots.get("rule_scope") in {None, "global"}
    if not isinstance(conditions, dict) or not general:
        return None
    context: dict[str, Any] = {}
    for path, wanted in conditions.items():
        value = _meeting(wanted)
        if value is None or not _placed(context, str(path).split("."), value):
            return None
    return context


def state_in(answer: RulesAnswer, rule_id: str, *, asked: int) -> RuleState | None:
    """Return the state that an evaluation tells, None where more rules than were `asked` for may have been left out."""
    if any(rule.rule_node_id == rule_id for rule in answer.active):
        return RuleState.ACTIVE
    if any(rule.rule_node_id == rule_id for rule in answer.shadow):
        return RuleState.SHADOW
    # Aionis considers the first so many rules of a scope: among a full number this one may have been left out.
    return RuleState.NOT_IN_USE if answer.considered < asked else None


def _meeting(wanted: Any) -> Any:
    """Return a value that meets one condition; None where none is known."""
    if not isinstance(wanted, dict) or not any(str(key).startswith("$") for key in wanted):
        return wanted
    if len(wanted) != 1:
        return None
    operator, operand = next(iter(wanted.items()))
    if operator == "$in" and isinstance(operand, list) and operand:
        return operand[0]
    # What is larger, smaller or like something is not made up: a value that misses would call an active rule disabled.
    known = {"$eq": operand, "$ne": f"{_OTHER} than {operand}", "$exists": _OTHER if operand is True else None}
    return known.get(operator)


def _placed(context: dict[str, Any], path: list[str], value: Any) -> bool:
    """Put a value at a dotted path; False where another condition holds that place."""
    place: Any = context
    for part in path[:-1]:
        place = place.setdefault(part, {}) if isinstance(place, dict) else None
    return isinstance(place, dict) and place.setdefault(path[-1], value) is value
