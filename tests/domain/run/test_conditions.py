"""Reading conditions: the contract's order, whatever agents write."""

from typing import Any

import pytest
from hypothesis import given

from bot.domain.run.conditions import ConditionOutcome, outcome_of, read_conditions
from tests.strategies import CONDITIONS, JSON


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        ({"state": "pass", "ok": False}, ConditionOutcome.PASS),
        ({"state": "unknown", "ok": False}, ConditionOutcome.UNKNOWN),
        ({"ok": False, "passed": True}, ConditionOutcome.FAIL),
        ({"name": "x", "passed": True}, ConditionOutcome.PASS),
        ({"success": False}, ConditionOutcome.FAIL),
        ({"status": "Failed"}, ConditionOutcome.FAIL),
        ({"description": "x", "result": "ok"}, ConditionOutcome.PASS),
        ({"kind": "exit_code", "value": 0}, ConditionOutcome.UNKNOWN),
        ({}, ConditionOutcome.UNKNOWN),
        ("text", ConditionOutcome.UNKNOWN),
    ],
)
def test_the_contracts_reading_order(raw: Any, outcome: ConditionOutcome) -> None:
    assert outcome_of(raw) is outcome


def test_nameless_conditions_are_numbered() -> None:
    assert [condition.name for condition in read_conditions([{"kind": "http"}, {}])] == ["http", "condition 2"]


@given(CONDITIONS)
def test_reading_is_total_and_keeps_every_condition(raw: list[Any]) -> None:
    assert len(read_conditions(raw)) == len(raw)


@given(JSON)
def test_any_json_has_an_outcome(raw: Any) -> None:
    assert outcome_of(raw) in ConditionOutcome
