"""The tutorial's answer shape, on request."""

from bot.playground.aionis import SampleAionis
from tests.playground.aionis.asking import RUNS_GET, asker_of


async def test_the_shape_of_the_tutorial() -> None:
    ask = asker_of(SampleAionis(shape="tutorial"))
    run = ask.aionis.runs["refund-failed"]
    response = await ask.post(RUNS_GET, {"x-request-id": "req_replay_1"}, run_id=run.run_id)
    answer = response.json()
    assert (answer["status"], answer["request_id"]) == ("ok", "req_replay_1")
    assert answer["run"] == {"run_id": run.run_id, "status": "failed"}
    assert answer["timeline"] == [{"step_index": 1, "status": "success"}, {"step_index": 2, "status": "failed"}]
    resolved = await ask.ok("resolve", uri=run.decision_uris[0])
    assert resolved["resolved_type"] == "decision"
    assert resolved["resolved"]["selected_tool"] == "payments.create_refund"
    missing = await ask.post(RUNS_GET, run_id="00000000-0000-0000-0000-000000000001")
    assert missing.json() == {"error": "not_found", "message": "replay run or playbook not found"}
