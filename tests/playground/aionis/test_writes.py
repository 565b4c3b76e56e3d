"""Recording a run of one's own with the HTTP writes."""

import pytest

from bot.playground.aionis import Problem
from tests.playground.aionis.asking import RUNS_GET, Asker

UNKNOWN = "00000000-0000-0000-0000-000000000001"


async def test_a_run_recorded_by_curl_can_be_replayed(blank: Asker) -> None:
    started = await blank.ok("replay/run/start", goal="Try it out", memory_lane="shared")
    run_id = started["run_id"]
    before = await blank.ok("replay/step/before", run_id=run_id, step_index=1, tool_name="a.tool", tool_input={"x": 1})
    await blank.ok(
        "replay/step/after", run_id=run_id, step_index=1, status="failed", error="it broke", artifact_refs=["log.txt"]
    )
    ended = await blank.ok("replay/run/end", run_id=run_id, status="failed", summary="No luck")
    answer = await blank.ok(RUNS_GET, run_id=run_id)
    assert answer["run"]["status"] == "failed"
    assert answer["steps"][0]["step_id"] == before["step_id"]
    assert [entry["text_summary"] for entry in answer["timeline"]] == [
        "Try it out", "Replay step 1 prepared for a.tool", "it broke", "No luck",
    ]  # fmt: skip
    assert answer["timeline"][-1]["commit_uri"] == ended["commit_uri"]


async def test_writes_are_private_by_default(blank: Asker) -> None:
    uri = (await blank.ok("replay/run/start", goal="x"))["run_uri"]
    node = (await blank.ok("resolve", uri=uri, include_meta=True, consumer_agent_id="local-user"))["node"]
    assert (node["memory_lane"], node["owner_agent_id"], node["producer_agent_id"]) == (
        "private", "local-user", "local-user",
    )  # fmt: skip


async def test_a_result_needs_a_step_to_belong_to(blank: Asker) -> None:
    run_id = (await blank.ok("replay/run/start", goal="x"))["run_id"]
    body = {"run_id": run_id, "status": "success"}
    answer = await blank.refused("replay/step/after", 400, "replay_step_reference_required", **body)
    assert answer["details"] == {"run_id": run_id}
    await blank.refused("replay/step/after", 400, "replay_step_reference_required", step_index=4, **body)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("replay/step/before", {"step_index": 1, "tool_name": "t", "tool_input": None}),
        ("replay/step/after", {"step_index": 1, "status": "success"}),
        ("replay/run/end", {"status": "success"}),
    ],
)
async def test_nothing_can_be_added_to_an_unknown_run(blank: Asker, path: str, body: dict[str, object]) -> None:
    await blank.refused(path, 404, "replay_run_not_found", run_id=UNKNOWN, **body)


@pytest.mark.parametrize("status", ["cancelled", "timeout", "running"])
async def test_statuses_that_are_none(blank: Asker, status: str) -> None:
    await blank.refused("replay/run/end", 400, "invalid_request", run_id=UNKNOWN, status=status)


async def test_the_latest_step_of_an_index_is_meant(blank: Asker) -> None:
    run_id = (await blank.ok("replay/run/start", goal="x"))["run_id"]
    body = {"run_id": run_id, "step_index": 1, "tool_name": "t", "tool_input": None}
    first = await blank.ok("replay/step/before", **body)
    second = await blank.ok("replay/step/before", **body)
    result = await blank.ok("replay/step/after", run_id=run_id, step_index=1, status="success")
    assert first["step_id"] != second["step_id"] == result["step_id"]


async def test_a_rule_decides_only_when_active(blank: Asker) -> None:
    rule = {
        "type": "rule", "client_id": "rule:b", "title": "B", "text_summary": "prefer b",
        "slots": {"if": {"intent": {"$eq": "x"}}, "then": {"tool": {"prefer": ["b"], "deny": ["a"]}}},
    }  # fmt: skip
    asked = {"context": {"intent": "x"}, "candidates": ["a", "b"], "run_id": "r"}
    (node,) = (await blank.ok("write", nodes=[rule], memory_lane="shared"))["nodes"]
    draft = await blank.ok("tools/select", **asked)
    await blank.ok("rules/state", rule_node_id=node["id"], state="active", input_text="go")
    active = await blank.ok("tools/select", **asked)
    assert (draft["selection"]["selected"], active["selection"]["selected"]) == ("a", "b")
    assert active["decision"]["source_rule_ids"] == [node["id"]]
    assert active["selection"]["denied"] == [{"name": "a", "reason": "deny_list"}]
    await blank.refused("tools/select", 400, "no_tools_allowed", **{**asked, "candidates": ["a"]})
    relaxed = await blank.ok("tools/select", **{**asked, "candidates": ["a"], "strict": False})
    assert relaxed["selection"]["fallback"]["reason"] == "deny_filtered_all"


async def test_an_unknown_rule_has_no_state(blank: Asker) -> None:
    body = {"rule_node_id": UNKNOWN, "state": "active", "input_text": "go"}
    await blank.refused("rules/state", 400, "rule_not_found_in_scope", **body)


async def test_feedback_attaches_a_commit(blank: Asker) -> None:
    asked = {"context": {"a": 1}, "candidates": ["a", "b"], "run_id": "r"}
    decision = (await blank.ok("tools/select", **asked))["decision"]
    judged = {**asked, "selected_tool": "a", "outcome": "neutral", "input_text": "so so"}
    provided = await blank.ok("tools/feedback", decision_id=decision["decision_id"], **judged)
    inferred = await blank.ok("tools/feedback", **judged)
    created = await blank.ok("tools/feedback", **{**judged, "context": {"a": 2}})
    modes = [answer["decision_link_mode"] for answer in (provided, inferred, created)]
    assert modes == ["provided", "inferred", "created_from_feedback"]
    assert provided["decision_id"] == inferred["decision_id"] != created["decision_id"]
    resolved = await blank.ok("resolve", uri=created["decision_uri"])
    assert resolved["decision"]["metadata"] == {"source": "feedback_derived"}
    assert resolved["decision"]["commit_id"] == created["commit_id"]
    assert (await blank.ok("resolve", uri=created["commit_uri"]))["commit"]["parent_id"] == inferred["commit_id"]


async def test_feedback_that_does_not_fit(blank: Asker) -> None:
    asked = {"context": {}, "candidates": ["a", "b"], "run_id": "r"}
    decision_id = (await blank.ok("tools/select", **asked))["decision"]["decision_id"]
    body = {**asked, "selected_tool": "a", "outcome": "positive", "input_text": "t", "decision_id": decision_id}
    for wrong, code in (
        ({"selected_tool": "b"}, "decision_selected_tool_mismatch"),
        ({"candidates": ["a"]}, "decision_candidates_mismatch"),
        ({"run_id": "s"}, "decision_run_id_mismatch"),
        ({"decision_id": UNKNOWN}, "decision_not_found_in_scope"),
        ({"input_text": ""}, "invalid_request"),
    ):
        await blank.refused("tools/feedback", 400, code, **{**body, **wrong})
    del body["input_text"]
    answer = await blank.refused("tools/feedback", 400, "invalid_request", **body)
    assert answer["issues"] == [{"path": "", "message": "must set input_text or input_sha256"}]


def test_the_python_writer_raises_what_http_would_answer(blank: Asker) -> None:
    with pytest.raises(Problem) as refused:
        blank.aionis.writer.end_run(run_id=UNKNOWN, status="success")
    assert refused.value.status == 404
