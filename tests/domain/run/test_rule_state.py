"""Whether a rule decides, from a context that its own conditions make up."""

from typing import Any

import pytest

from bot.domain.run.records import Node
from bot.domain.run.rule_state import RuleMatch, RulesAnswer, RuleState, matching_context, state_in


@pytest.mark.parametrize(
    ("conditions", "context"),
    [
        ({"intent": {"$eq": "refund"}, "order.kind": "gift"}, {"intent": "refund", "order": {"kind": "gift"}}),
        ({"topic": {"$in": ["a", "b"]}}, {"topic": "a"}),
        ({"topic": {"$exists": True}}, {"topic": "anything else"}),
        ({"topic": {"$ne": "a"}}, {"topic": "anything else than a"}),
        ({}, {}),
        ({"amount": {"$gt": 3}}, None),
        ({"amount": {"$eq": 3, "$exists": True}}, None),
        ({"a": 1, "a.b": 2}, None),
        ({"topic": {"$in": []}}, None),
        ("always", None),
    ],
)
def test_a_context_that_the_rule_applies_to(conditions: Any, context: Any) -> None:
    assert matching_context(Node(slots={"if": conditions})) == context


@pytest.mark.parametrize("more", [{"exceptions": [{"intent": "gift"}]}, {"rule_scope": "agent"}])
def test_a_rule_that_may_not_apply_all_the_same_has_no_such_context(more: dict[str, Any]) -> None:
    assert matching_context(Node(slots={"if": {"intent": "refund"}, **more})) is None


def test_the_state_is_where_the_rule_is_found() -> None:
    answer = RulesAnswer(considered=2, active=[RuleMatch(rule_node_id="a")], shadow=[RuleMatch(rule_node_id="s")])
    states = [state_in(answer, rule, asked=200) for rule in ("a", "s", "gone")]
    assert states == [RuleState.ACTIVE, RuleState.SHADOW, RuleState.NOT_IN_USE]
    assert state_in(answer, "gone", asked=2) is None  # it may be among those that were left out
