"""`runs/get`: what a reader sees of a run."""

import pytest

from tests.playground.aionis.asking import RUNS_GET, Asker


async def test_a_failed_run_tells_its_steps_and_postconditions(ask: Asker) -> None:
    answer = await ask.run("refund-failed")
    first, second = answer["steps"]
    assert answer["run"]["status"] == "failed"
    assert (first["status"], second["status"]) == ("success", "failed")
    assert second["tool_name"] == "payments.create_refund"
    assert [condition["state"] for condition in second["postconditions"]] == ["fail", "fail", "pass", "unknown"]
    assert answer["artifacts"] == second["artifact_refs"]
    assert answer["counters"] == {"total_nodes": 6, "step_nodes": 2, "step_result_nodes": 2, "artifact_refs": 1}


async def test_times_are_relative_to_now(ask: Asker) -> None:
    assert (await ask.run("refund-failed"))["run"]["started_at"] == "2026-05-04T11:47:54.000Z"
    assert (await ask.run("stalled"))["steps"][-1]["created_at"].startswith("2026-05-04T11:20:00")
    assert (await ask.run("in-progress"))["timeline"][-1]["created_at"].startswith("2026-05-04T11:59:40")


async def test_the_timeline_joins_steps_by_uri_and_is_ascending(ask: Asker) -> None:
    answer = await ask.run("refund-failed")
    uris = {entry["uri"] for entry in answer["timeline"]}
    assert {step["step_uri"] for step in answer["steps"]} | {step["result_uri"] for step in answer["steps"]} <= uris
    times = [entry["created_at"] for entry in answer["timeline"]]
    assert times == sorted(times)
    assert [entry["replay_kind"] for entry in answer["timeline"]] == [
        "run", "step", "step_result", "step", "step_result", "run_end",
    ]  # fmt: skip
    assert not {"step_index", "status"} & answer["timeline"][1].keys()


async def test_a_result_says_its_error_in_the_timeline_alone(ask: Asker) -> None:
    answer = await ask.run("refund-failed")
    failed = answer["timeline"][4]
    assert failed["title"] == "Step 2 failed"
    assert "charge_already_refunded" in failed["text_summary"]
    assert "error" not in answer["steps"][1]


async def test_stock_sentences_stand_where_nothing_was_said(ask: Asker) -> None:
    timeline = (await ask.run("odd-shapes"))["timeline"]
    assert "Replay run ended with status=partial" in [entry["text_summary"] for entry in timeline]
    assert "Replay step outcome: success" in [entry["text_summary"] for entry in timeline]


async def test_steps_and_artifacts_can_be_left_out(ask: Asker) -> None:
    answer = await ask.run("success", include_steps=False, include_artifacts=False)
    assert answer["steps"] == []
    assert answer["artifacts"] == []
    assert answer["counters"]["artifact_refs"] == 0
    assert len(answer["timeline"]) == answer["counters"]["total_nodes"] == 10


async def test_without_artifacts_steps_still_carry_theirs(ask: Asker) -> None:
    answer = await ask.run("success", include_artifacts=False)
    assert answer["steps"][0]["artifact_refs"]


@pytest.mark.parametrize("name", ["stalled", "in-progress"])
async def test_a_step_without_result_is_pending(ask: Asker, name: str) -> None:
    answer = await ask.run(name)
    assert answer["run"]["status"] == "in_progress"
    assert answer["run"]["ended_at"] is None
    last = answer["steps"][-1]
    assert (last["status"], last["result_uri"]) == ("pending", None)


async def test_runs_without_steps(ask: Asker) -> None:
    assert (await ask.run("started-only"))["run"]["status"] == "in_progress"
    cancelled = await ask.run("zero-steps")
    assert cancelled["run"]["status"] == "failed"
    assert cancelled["steps"] == []


async def test_a_retry_repeats_the_index_with_a_new_step(ask: Asker) -> None:
    steps = [step for step in (await ask.run("retried"))["steps"] if step["step_index"] == 2]
    assert [step["status"] for step in steps] == ["failed", "failed", "success"]
    assert len({step["step_id"] for step in steps}) == 3


async def test_a_repair_shows_the_last_result_and_keeps_both_in_the_timeline(ask: Asker) -> None:
    answer = await ask.run("repaired")
    repaired = answer["steps"][1]
    assert (repaired["status"], repaired["repair_applied"]) == ("success", True)
    titles = [entry["title"] for entry in answer["timeline"]]
    assert titles.index("Step 2 failed") < titles.index("Step 2 success")


async def test_odd_shapes(ask: Asker) -> None:
    answer = await ask.run("odd-shapes")
    assert [step["step_index"] for step in answer["steps"]] == [3, 1, 7, 7, 12]
    assert "drive://found-without-a-step" in answer["artifacts"]
    assert len(answer["steps"]) == 5
    kinds = [entry["replay_kind"] for entry in answer["timeline"]]
    assert kinds[-3:] == ["run_end", "run", "step"]  # restarted, and a step after the end
    assert any(entry["title"] == "Step ? success" for entry in answer["timeline"])


async def test_ending_twice_shows_the_last_here_and_the_first_in_the_graph(ask: Asker) -> None:
    answer = await ask.run("double-end")
    assert answer["run"]["status"] == "success"
    end = answer["timeline"][-1]
    stored = await ask.ok("resolve", uri=end["uri"], include_slots=True)
    assert stored["node"]["slots"]["status"] == "failed"
    assert stored["node"]["title"] == "Replay Run End failed"


async def test_an_upper_case_id_is_a_valid_uuid_of_no_run(ask: Asker) -> None:
    run_id = ask.aionis.runs["refund-failed"].run_id.upper()
    answer = await ask.refused(RUNS_GET, 404, "replay_run_not_found", run_id=run_id)
    assert answer["details"] == {"run_id": run_id, "scope": "support", "tenant_id": "default"}


async def test_leaving_the_scope_out_means_the_default_scope(ask: Asker) -> None:
    run_id = ask.aionis.runs["refund-failed"].run_id
    response = await ask.http.post(f"/v1/memory/{RUNS_GET}", json={"run_id": run_id})
    assert response.json()["details"]["scope"] == "default"


async def test_a_new_record_is_seen_at_once(ask: Asker) -> None:
    before = await ask.run("started-only")
    run_id = before["run"]["run_id"]
    ask.aionis.writer.end_run(run_id=run_id, status="success", scope="support", memory_lane="shared")
    assert (await ask.run("started-only"))["run"]["status"] == "success"


async def test_timestamps_of_the_server_edition(ask: Asker) -> None:
    ask.aionis.options.timestamps = "postgres"
    assert (await ask.run("refund-failed"))["run"]["started_at"] == "2026-05-04 11:47:54.000000+00"
