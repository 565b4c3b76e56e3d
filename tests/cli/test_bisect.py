"""`incident-bot bisect` as a person runs it: the last good run of a case, and what has changed since."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.recurrence.last_good import CaseKey, MatchedBy, case_key_of, earlier_successes
from bot.domain.run.records import Node
from tests.cli.terminal import RUNS, UNKNOWN, run

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def bisect(url: str, name: str, *arguments: str) -> Any:
    run_id = RUNS[name].run_id if name in RUNS else name
    return run("bisect", run_id, *arguments, AIONIS_BASE_URL=url, AIONIS_SCOPE="support")


def found(url: str, name: str) -> Any:
    result = bisect(url, name, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_the_json_has_the_promised_keys(aionis_url: str) -> None:
    value = found(aionis_url, "refund-failed")
    assert value["run_id"] == RUNS["refund-failed"].run_id
    assert value["last_good"]["run_id"] == RUNS["refund-good-last"].run_id
    assert value["last_good"]["matched_by"] == "case"
    assert value["last_good"]["ended_at"]
    assert value["first_divergence"] == (
        "At step 2 the failing run called payments.create_refund, the last good run payments.void_charge."
    )
    assert [rule["title"] for rule in value["rules_added"]] == ["Refunds go through the payments API"]
    assert value["rules_removed"] == []
    decision = value["selection"][0]
    assert decision["meaning"] == "same context, other policy: the rules changed"
    assert decision["last_good"]["selected_tool"] == "payments.void_charge"
    assert decision["failing"]["selected_tool"] == "payments.create_refund"
    assert decision["rules"]["added"] == [rule["id"] for rule in value["rules_added"]]
    assert isinstance(value["missing"], list)


def test_people_read_what_has_changed(aionis_url: str) -> None:
    shown = bisect(aionis_url, "refund-failed").stdout
    for expected in (
        "Last good: ",
        RUNS["refund-good-last"].run_id,
        "before",
        "case",
        "rule added",
        "payments.void_charge",
    ):
        assert expected in shown


def test_without_an_earlier_success_it_says_so(aionis_url: str) -> None:
    value = found(aionis_url, "before-fix")
    assert value["last_good"] is None
    assert value["first_divergence"] is None
    assert value["missing"] == ["No earlier run of the same case ended in success."]
    assert "No last good run" in bisect(aionis_url, "before-fix").stdout


def test_of_a_run_that_went_well_it_says_that_it_did(aionis_url: str) -> None:
    value = found(aionis_url, "refund-rerun")
    assert value["last_good"]["matched_by"] == "case"
    assert "The run did not fail" in " ".join(value["missing"])


def test_what_the_inputs_differ_in_is_told_in_the_order_of_time(aionis_url: str) -> None:
    value = found(aionis_url, "feed-regressed")
    assert value["last_good"]["run_id"] in {RUNS[name].run_id for name in ("feed-extra-step", "feed-other-tool")}
    for step in value["inputs"]:
        for change in step["first"]:
            assert set(change) <= {"path", "last_good", "failing"}


def test_an_unknown_run_is_told_with_exit_code_1(aionis_url: str) -> None:
    assert bisect(aionis_url, UNKNOWN).returncode == 1


def node(kind: str, run_id: str, minutes: int, **slots: Any) -> Node:
    return Node(
        id=f"{kind}-{run_id}",
        client_id=f"replay:{kind}:{run_id}",
        created_at=NOON + timedelta(minutes=minutes),
        slots={"replay_kind": kind, "run_id": "masked", **slots},
    )


@pytest.mark.parametrize(
    ("slots", "key"),
    [
        ({"goal": "a", "metadata": {"case": "c-1"}}, CaseKey(MatchedBy.CASE, "c-1")),
        ({"goal": "a", "metadata": {"case": 77}}, CaseKey(MatchedBy.CASE, "77")),
        ({"goal": "a", "metadata": {"case": True}}, CaseKey(MatchedBy.GOAL, "a")),
        ({"goal": "a", "metadata": {"case": " "}}, CaseKey(MatchedBy.GOAL, "a")),
        ({"goal": "a", "metadata": "no object"}, CaseKey(MatchedBy.GOAL, "a")),
        ({"goal": " "}, None),
    ],
)
def test_a_case_is_known_by_its_key_and_else_by_the_goal(slots: dict[str, Any], key: CaseKey | None) -> None:
    assert case_key_of(node("run", "r", 0, **slots)) == key


def test_only_earlier_runs_that_ended_count_the_newest_first() -> None:
    runs = [
        node("run", name, minutes)
        for name, minutes in (("later", 5), ("own", 0), ("b", -1), ("open", -2), ("a", -9), ("a", -9))
    ]
    ends = [node("run_end", name, 6) for name in ("later", "own", "a", "b", "elsewhere")]
    assert [one.run_id for one in earlier_successes("own", NOON, runs, ends)] == ["b", "a"]
