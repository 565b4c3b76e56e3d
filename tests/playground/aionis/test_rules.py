"""Rules: when they apply and what they leave."""

import pytest

from bot.playground.aionis.rules import Policy, applies, choose


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({}, True),
        ({"intent": "refund"}, True),
        ({"intent": {"$eq": "refund"}}, True),
        ({"intent": {"$ne": "refund"}}, False),
        ({"intent": {"$in": ["refund", "credit"]}}, True),
        ({"intent": {"$in": "refund"}}, False),
        ({"customer.tier": {"$eq": "gold"}}, True),
        ({"customer.tier.name": {"$exists": False}}, True),
        ({"region": {"$exists": True}}, False),
        ({"intent": {"$regex": "re.*"}}, False),
        ({"intent": "refund", "region": "eu"}, False),
    ],
)
def test_conditions(condition: dict[str, object], holds: bool) -> None:
    context = {"intent": "refund", "customer": {"tier": "gold"}}
    assert applies({"if": condition}, context) is holds


def test_an_exception_keeps_a_rule_out() -> None:
    slots = {"if": {}, "exceptions": [{"vip": True}]}
    assert applies(slots, {"vip": False})
    assert not applies(slots, {"vip": True})


def test_preferred_tools_come_first_in_the_rule_s_order() -> None:
    selection = choose(["a", "b", "c"], Policy({"prefer": ["c", "x", "b"]}), strict=True)
    assert (selection["ordered"], selection["selected"]) == (["c", "b", "a"], "c")


def test_an_allow_list_gives_way_where_nothing_would_be_left() -> None:
    selection = choose(["a", "b"], Policy({"allow": ["z"], "deny": ["a"]}), strict=False)
    assert (selection["selected"], selection["fallback"]["applied"]) == ("b", True)
