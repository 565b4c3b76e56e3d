"""What is concluded from a run: verdicts, error text, gaps, disagreements."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access.tenancy import Tenancy
from bot.domain.run.advice import next_steps
from bot.domain.run.diagnosis import Diagnosis, Verdict, Why, diagnose
from bot.domain.run.evidence import GONE, Evidence, signature_gaps, step_detail
from bot.domain.run.json_form import diagnosis_json
from bot.domain.run.records import Node, ReplayedRun
from bot.domain.run.resolved_records import Decision
from bot.domain.run.steps import outline
from tests.strategies import JSON, decisions, runs, slots_for

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STEP_URI, RESULT_URI = "aionis://default/support/procedure/1", "aionis://default/support/evidence/1"


def diagnosed(run: dict[str, Any], evidence: Evidence | None = None) -> Diagnosis:
    parsed = ReplayedRun.model_validate(run)
    return diagnose(
        parsed,
        outline(parsed),
        evidence or Evidence(nodes_asked=True, decisions_asked=True),
        tenancy=Tenancy("default", "support"),
        now=NOW,
        stalled_after=timedelta(minutes=15),
        request_id="req-1",
    )


def failed_run(**result: Any) -> dict[str, Any]:
    return {
        "run": {"run_id": "r", "status": "failed", "run_uri": "aionis://default/support/event/1"},
        "steps": [
            {"step_index": 1, "tool_name": "pay", "status": "failed", "step_uri": STEP_URI, "result_uri": RESULT_URI}
        ],
        "timeline": [{"uri": RESULT_URI, "replay_kind": "step_result", "title": "Step 1 failed", **result}],
    }


@pytest.mark.parametrize("minutes", [14, 16])
def test_a_run_that_is_silent_for_long_enough_is_stalled(minutes: int) -> None:
    last = (NOW - timedelta(minutes=minutes)).isoformat()
    run = {"run": {"status": "in_progress"}, "timeline": [{"replay_kind": "run", "created_at": last}]}
    assert diagnosed(run).verdict is (Verdict.STALLED if minutes > 15 else Verdict.IN_PROGRESS)


def test_an_unknown_status_is_passed_on_as_it_is() -> None:
    found = diagnosed({"run": {"status": "cancelled"}})
    assert (found.verdict, found.status) == (Verdict.UNKNOWN, "cancelled")


def test_error_text_comes_from_the_result_record_first() -> None:
    nodes = [Node(id="1", uri=RESULT_URI, slots={"replay_kind": "step_result", "error": "the whole text"})]
    found = diagnosed(failed_run(text_summary="the  whole\ntext"), Evidence(nodes=nodes, nodes_asked=True))
    assert found.critical is not None
    assert (found.critical.error, found.critical.error_source) == ("the whole text", "result record")


def test_error_text_falls_back_to_the_timeline_and_says_so() -> None:
    found = diagnosed(failed_run(text_summary="masked text"))
    assert found.critical is not None
    assert (found.critical.error, found.critical.error_source) == ("masked text", "timeline")


def test_a_stock_sentence_is_no_error_text() -> None:
    found = diagnosed(failed_run(text_summary="Replay step outcome: failed"))
    assert found.critical is not None
    assert found.critical.error is None
    assert ("error text of step 1", Why.NEVER_RECORDED) in [(gap.what, gap.why) for gap in found.missing]


def test_private_records_are_said_to_be_not_visible() -> None:
    gaps = {gap.what: gap.why for gap in diagnosed(failed_run()).missing}
    assert gaps["inputs, outputs and full error texts"] is Why.NOT_VISIBLE


def test_calls_that_failed_or_were_not_made_are_told_apart() -> None:
    failed = diagnosed(failed_run(), Evidence(nodes_asked=True, nodes_problem="it timed out", decisions_asked=True))
    assert {gap.why for gap in failed.missing if gap.what.startswith("inputs")} == {Why.UNAVAILABLE}
    unasked = diagnosed(failed_run(), Evidence())
    assert {gap.why for gap in unasked.missing if gap.what == "decisions"} == {Why.NOT_ASKED}


def test_a_different_end_record_is_a_disagreement() -> None:
    nodes = [Node(id="e", slots={"replay_kind": "run_end", "status": "success"})]
    found = diagnosed(failed_run(), Evidence(nodes=nodes, nodes_asked=True))
    assert found.disagreements == ["The run reads failed, but its stored end record says success."]


def test_the_critical_steps_decision_comes_first() -> None:
    nodes = [Node(id="s", uri=STEP_URI, slots={"replay_kind": "step", "decision_id": "d2"})]
    both = [Decision(decision_id="d1"), Decision(decision_id="d2")]
    found = diagnosed(failed_run(), Evidence(nodes=nodes, nodes_asked=True, decisions=both, decisions_asked=True))
    assert [decision.decision_id for decision in found.decisions] == ["d2", "d1"]


@pytest.mark.parametrize(
    ("mode", "simulated", "unknown"),
    [
        ("simulate", True, False),
        ("SIMULATE", True, False),
        ("strict", False, False),
        ("guided", False, False),
        ("dry_run", False, True),
        (None, False, True),
    ],
)
def test_whether_a_playbook_run_executed_anything_is_what_its_record_says(
    mode: str | None, simulated: bool, unknown: bool
) -> None:
    nodes = [Node(id="s", slots={"replay_kind": "run", "metadata": {"replay_mode": mode}})]
    run = {"run": {"status": "success", "goal": "Replay playbook refunds"}}
    found = diagnosed(run, Evidence(nodes=nodes, nodes_asked=True))
    assert (found.simulated, found.mode_unknown) == (simulated, unknown)
    assert any("simulated" in words for words in next_steps(found)) == (simulated or unknown)


NEWEST, OLDEST = "parse error at byte 9021", "parse error at byte 811"


def result(**slots: Any) -> list[Node]:
    return [Node(id="1", uri=RESULT_URI, slots={"replay_kind": "step_result", "status": "failed", **slots})]


def test_the_newest_text_is_shown_and_the_older_one_named() -> None:
    found = diagnosed(failed_run(text_summary=NEWEST), Evidence(nodes=result(error=OLDEST), nodes_asked=True))
    assert found.critical is not None
    assert (found.critical.error, found.critical.error_source) == (NEWEST, "timeline")
    assert (found.critical.older_text, found.critical.outdated) == (OLDEST, True)
    assert any(NEWEST in words and OLDEST in words for words in found.disagreements)


@pytest.mark.parametrize(
    ("timeline", "stored"),
    [
        ("call 55[PHONE#1]", "call 55[PHONE#1]"),
        ("one two", " one \n\n two "),
        ("call [PHONE#0c82ab78] now", "call 555  010 7788 now"),  # masked after the blanks were made one
        ("x" * 7_999 + "…", "x" * 20_000),
        (None, "only the slots have it"),
        ("Replay step outcome: failed", None),
    ],
)
def test_masks_blanks_and_cuts_are_no_difference(timeline: str | None, stored: str | None) -> None:
    found = diagnosed(failed_run(text_summary=timeline), Evidence(nodes=result(error=stored), nodes_asked=True))
    assert found.critical is not None
    assert (found.critical.error, found.critical.outdated) == (stored, False)
    assert found.disagreements == []


def test_a_newer_result_may_say_nothing() -> None:
    run = failed_run(text_summary="Replay step outcome: failed")
    found = diagnosed(run, Evidence(nodes=result(error=OLDEST), nodes_asked=True))
    assert found.critical is not None
    assert (found.critical.error, found.critical.older_text) == (None, OLDEST)


def test_a_repair_note_that_only_the_timeline_has_is_not_lost() -> None:
    run = failed_run(text_summary="rebuilt by hand")
    run["steps"][0] |= {"status": "success", "repair_applied": True}
    parsed = ReplayedRun.model_validate(run)
    detail = step_detail(outline(parsed).steps[0], parsed, Evidence(nodes=result(), nodes_asked=True))
    assert (detail.repair_note, detail.error, detail.outdated) == ("rebuilt by hand", None, True)


def test_the_newest_end_is_told() -> None:
    run = failed_run()
    run["timeline"].append({"replay_kind": "run_end", "text_summary": "closed on the second try"})
    nodes = [Node(id="e", slots={"replay_kind": "run_end", "status": "failed", "summary": "could not close"})]
    found = diagnosed(run, Evidence(nodes=nodes, nodes_asked=True))
    assert found.summary == "closed on the second try"
    assert any("could not close" in words for words in found.disagreements)


def test_a_decision_for_another_tool_is_said() -> None:
    nodes = [Node(id="s", uri=STEP_URI, slots={"replay_kind": "step", "decision_id": "d1"})]
    decided = Decision(decision_id="d1", selected_tool="agent.page")
    found = diagnosed(failed_run(), Evidence(nodes=nodes, nodes_asked=True, decisions=[decided], decisions_asked=True))
    assert found.critical is not None
    assert found.critical.decided_otherwise == "agent.page"
    assert "The decision of step 1 selected agent.page, but the step called pay." in found.disagreements
    assert any("another tool" in words for words in next_steps(found))


def test_a_decision_that_is_gone_is_no_longer_there() -> None:
    evidence = Evidence(nodes_asked=True, decisions_asked=True, lost_decisions={"d1": GONE, "d2": "it timed out"})
    gaps = [gap.why for gap in diagnosed(failed_run(), evidence).missing if "decision" in gap.what]
    assert gaps == [Why.GONE, Why.UNAVAILABLE]


@pytest.mark.parametrize(
    ("planned", "read"),
    [(4, 4), (0, None), (True, None), ("4", 4), ("four", None), (4.0, 4), (4.5, None), (10**9, None)],
)
def test_what_the_metadata_says_of_a_run(planned: Any, read: int | None) -> None:
    metadata = {"agent": "support-agent", "case": "refund-1", "planned_steps": planned}
    nodes = [Node(id="s", slots={"replay_kind": "run", "metadata": metadata})]
    found = diagnosed(failed_run(), Evidence(nodes=nodes, nodes_asked=True))
    assert (found.agent, found.case, found.planned_steps) == ("support-agent", "refund-1", read)


@pytest.mark.parametrize(
    ("expected", "output", "gaps"),
    [
        ({"required": ["id", "ok"]}, {"ok": 1}, ["id is required and absent"]),
        ({"status": 200}, {"status": 409}, ["status differs from the expected value"]),
        ({"status": 200}, {}, ["status is expected and absent"]),
        ({"status": 200}, {"status": 200, "more": 1}, []),
        ("anything", {"x": 1}, []),
        (None, None, []),
    ],
)
def test_output_is_compared_with_its_expectation(expected: Any, output: Any, gaps: list[str]) -> None:
    assert signature_gaps(expected, output) == gaps


@given(JSON, JSON)
def test_comparing_signatures_is_total(expected: Any, output: Any) -> None:
    assert isinstance(signature_gaps(expected, output), list)
    assert signature_gaps(output, output) == [] or isinstance(output, dict)


@given(st.data())
def test_any_run_is_diagnosed_and_exported(data: st.DataObject) -> None:
    run = data.draw(runs())
    evidence = Evidence(
        nodes=[Node.model_validate(node) for node in data.draw(slots_for(run))],
        nodes_asked=True,
        decisions=[Decision.model_validate(item) for item in data.draw(st.lists(decisions(), max_size=2))],
        decisions_asked=True,
    )
    found = diagnosed(run, evidence)
    counts = found.counts
    statuses = counts.success + counts.failed + counts.partial + counts.skipped + counts.pending + counts.other
    assert counts.total == statuses == len(found.steps)
    assert diagnosis_json(found)["verdict"] == found.verdict
    assert len(next_steps(found)) <= 4
