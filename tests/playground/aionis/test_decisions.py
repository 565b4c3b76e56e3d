"""`tools/run`, `tools/decision`, `tools/runs/list`."""

from tests.playground.aionis.asking import Asker


async def test_a_judged_decision(ask: Asker) -> None:
    run_id = ask.aionis.runs["before-fix"].run_id
    answer = await ask.ok("tools/run", run_id=run_id)
    assert answer["lifecycle"]["status"] == "feedback_linked"
    assert answer["feedback"]["by_outcome"] == {"positive": 0, "negative": 1, "neutral": 0}
    assert answer["feedback"]["recent"][0]["decision_id"] == answer["decisions"][0]["decision_id"]
    assert answer["lifecycle_summary"]["recent_decisions"] == [f"web.search @ {answer['decisions'][0]['created_at']}"]


async def test_an_unjudged_decision(ask: Asker) -> None:
    answer = await ask.ok("tools/run", run_id=ask.aionis.runs["refund-failed"].run_id)
    assert answer["lifecycle"]["status"] == "decision_recorded"
    assert answer["lifecycle"]["latest_feedback_at"] is None
    assert answer["feedback"]["total"] == 0


async def test_feedback_can_be_left_out(ask: Asker) -> None:
    answer = await ask.ok("tools/run", run_id=ask.aionis.runs["before-fix"].run_id, include_feedback=False)
    assert "feedback" not in answer
    assert answer["lifecycle"]["status"] == "decision_recorded"
    assert "feedback_total" not in answer["lifecycle_summary"]


async def test_a_run_without_decisions(ask: Asker) -> None:
    run_id = ask.aionis.runs["partial"].run_id
    answer = await ask.refused("tools/run", 404, "run_not_found_in_scope", run_id=run_id)
    assert answer["details"]["run_id"] == run_id
    await ask.refused("tools/decision", 404, "decision_not_found_for_run", run_id=run_id)


async def test_a_run_id_of_decisions_is_any_text(blank: Asker) -> None:
    asked = {"context": {}, "candidates": ["a", "b", "a"], "run_id": "nightly job 7"}
    await blank.ok("tools/select", **asked)
    answer = await blank.ok("tools/run", run_id="nightly job 7")
    assert answer["decisions"][0]["candidates"] == ["a", "b"]


async def test_lookup_modes(ask: Asker) -> None:
    run = ask.aionis.runs["after-fix"]
    uri = run.decision_uris[0]
    by_run = await ask.ok("tools/decision", run_id=run.run_id)
    by_uri = await ask.ok("tools/decision", decision_uri=uri)
    by_id = await ask.ok("tools/decision", decision_id=uri.rsplit("/", 1)[1])
    assert by_run["lookup_mode"] == "run_id_latest"
    assert by_uri["lookup_mode"] == by_id["lookup_mode"] == "decision_id"
    assert by_run["decision"] == by_uri["decision"] == by_id["decision"]


async def test_tools_decision_refusals(ask: Asker) -> None:
    uri = ask.aionis.runs["after-fix"].decision_uris[0]
    other = "00000000-0000-0000-0000-000000000001"
    await ask.refused("tools/decision", 400, "invalid_request")
    await ask.refused("tools/decision", 404, "decision_not_found_in_scope", decision_id=other)
    await ask.refused("tools/decision", 400, "decision_uri_id_mismatch", decision_uri=uri, decision_id=other)
    await ask.refused("tools/decision", 400, "decision_run_id_mismatch", decision_uri=uri, run_id=other)
    await ask.refused("tools/decision", 400, "decision_uri_scope_mismatch", decision_uri=uri, scope="billing")
    commit = ask.aionis.runs["after-fix"].commit_uris[0]
    await ask.refused("tools/decision", 400, "invalid_decision_uri_type", decision_uri=commit)


async def test_the_runs_with_decisions_newest_first(ask: Asker) -> None:
    answer = await ask.ok("tools/runs/list")
    runs = ask.aionis.runs
    expected = [runs[name].run_id for name in ("refund-rerun", "refund-failed", "after-fix", "before-fix")]
    assert [item["run_id"] for item in answer["items"]][:4] == expected
    assert answer["items"][2]["latest_selected_tool"] == "handbook.search"
    assert (await ask.ok("tools/runs/list", scope="nowhere"))["items"] == []
    assert len((await ask.ok("tools/runs/list", limit=1))["items"]) == 1
