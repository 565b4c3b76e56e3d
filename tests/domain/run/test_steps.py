"""How records become steps: attempts, divergence, durations, and which step is critical."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.run.records import ReplayedRun
from bot.domain.run.steps import Outline, outline

STEP = "aionis://default/support/procedure/"
RESULT = "aionis://default/support/evidence/"


def step(index: int | None, status: str = "success", **more: Any) -> dict[str, Any]:
    return {"step_index": index, "status": status, "tool_name": f"tool.{index}", **more}


def outlined(
    *steps: dict[str, Any], run_status: str = "failed", timeline: list[dict[str, Any]] | None = None
) -> Outline:
    run = {"run": {"status": run_status}, "steps": list(steps), "timeline": timeline or []}
    return outline(ReplayedRun.model_validate(run))


def critical_index(found: Outline) -> int | None:
    assert found.critical is not None
    return found.critical.index


def test_the_first_failed_step_in_recording_order_is_critical() -> None:
    assert critical_index(outlined(step(1), step(3, "failed"), step(2, "failed"))) == 3


def test_a_partial_step_is_critical_only_without_a_failed_one() -> None:
    assert critical_index(outlined(step(1, "partial"), step(2))) == 1
    assert critical_index(outlined(step(1, "partial"), step(2, "failed"))) == 2


def test_the_last_pending_step_is_critical_in_a_run_that_did_not_succeed() -> None:
    assert critical_index(outlined(step(1, "pending"), step(2, "pending"), run_status="in_progress")) == 2
    assert outlined(step(1, "pending"), run_status="success").critical is None


def test_retries_of_one_index_collapse_to_the_last_attempt() -> None:
    found = outlined(step(1, "failed"), step(1, "failed"), step(1, "success"), step(2, "failed"))
    assert [(each.index, each.status, each.attempts) for each in found.steps] == [(1, "success", 3), (2, "failed", 1)]
    assert critical_index(found) == 2


@pytest.mark.parametrize("read", [True, False])
def test_a_failure_that_was_reported_by_its_steps_id_alone_and_retried_is_an_attempt(read: bool) -> None:
    timeline = [
        {"uri": RESULT + name, "replay_kind": "step_result", "title": f"Step ? {status}", "created_at": at}
        for name, status, at in (
            ("first", "failed", "2026-01-01T00:00:02Z"),
            ("last", "success", "2026-01-01T00:00:04Z"),
        )
    ]
    one = step(1, step_id="s1", step_uri=STEP + "one", result_uri=RESULT + "last", created_at="2026-01-01T00:00:01Z")
    run = {"run": {"status": "success"}, "steps": [one], "timeline": timeline}
    found = outline(ReplayedRun.model_validate(run), {RESULT + "first": "s1"} if read else {})
    assert [(each.index, each.status, each.attempts) for each in found.steps] == [(1, "success", 2)]
    assert (found.critical, found.orphans) == (None, [])


def test_a_result_of_another_step_than_its_title_reads_like_is_no_attempt_at_that_one() -> None:
    timeline = [{"uri": RESULT + "x", "replay_kind": "step_result", "title": "Step 1 failed"}]
    run = {"run": {"status": "success"}, "steps": [step(1, step_id="s1")], "timeline": timeline}
    found = outline(ReplayedRun.model_validate(run), {RESULT + "x": "never-announced"})
    assert [each.status for each in found.steps] == ["failed"]


def test_a_failed_result_alone_is_a_step_of_unknown_length() -> None:
    timeline = [
        {
            "uri": RESULT + "x",
            "replay_kind": "step_result",
            "title": "Step ? failed",
            "created_at": "2026-01-01T00:00:00Z",
        }
    ]
    found = outlined(timeline=timeline)
    assert (found.steps[0].label, found.steps[0].duration) == ("unannounced step A", None)


def test_a_result_replaced_on_the_same_step_counts_as_an_attempt() -> None:
    timeline = [
        {"uri": RESULT + "old", "replay_kind": "step_result", "title": "Step 1 failed"},
        {"uri": RESULT + "new", "replay_kind": "step_result", "title": "Step 1 success"},
    ]
    found = outlined(step(1, result_uri=RESULT + "new"), timeline=timeline)
    assert found.steps[0].attempts == 2
    assert found.orphans == []


def test_a_result_of_a_step_that_was_never_announced_is_an_orphan() -> None:
    timeline = [{"uri": RESULT + "x", "replay_kind": "step_result", "title": "Step ? failed", "text_summary": "boom"}]
    found = outlined(step(1), timeline=timeline)
    assert [entry.text_summary for entry in found.orphans] == ["boom"]


def test_steps_without_an_index_never_collapse() -> None:
    assert len(outlined(step(None), step(None)).steps) == 2


def test_success_with_a_failed_postcondition_is_divergent_and_critical_where_nothing_else_is() -> None:
    divergent = step(2, postconditions=[{"kind": "paid", "state": "fail"}])
    found = outlined(step(1), divergent, run_status="success")
    assert critical_index(found) == 2
    assert critical_index(outlined(divergent, step(3, "failed"))) == 3


@pytest.mark.parametrize("other", ["partial", "pending"])
def test_partial_and_pending_steps_come_before_divergent_ones(other: str) -> None:
    divergent = step(1, postconditions=[{"ok": False}])
    assert critical_index(outlined(divergent, step(2, other))) == 2


def test_the_tutorial_shape_has_steps_in_the_timeline_only() -> None:
    timeline = [{"step_index": 1, "status": "success"}, {"step_index": 2, "status": "failed"}]
    assert critical_index(outlined(timeline=timeline)) == 2


def test_a_step_lasts_from_its_announcement_to_its_result() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 2, tzinfo=UTC)
    timeline = [{"uri": RESULT + "a", "replay_kind": "step_result", "created_at": end.isoformat()}]
    found = outlined(step(1, created_at=start.isoformat(), result_uri=RESULT + "a"), timeline=timeline)
    assert found.steps[0].duration == 2.0
