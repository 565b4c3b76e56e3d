"""What a second look at the real server taught (contract, section 16): the sample does the same, with a run for each point."""

import asyncio
import gzip
import json
from typing import Any

import pytest

from bot.playground.aionis.world.choices import HUNDREDS, SIXTY
from bot.playground.aionis.world.contrasts import LONG_ERROR
from bot.playground.aionis.world.hostile import HALF, WILD
from bot.playground.aionis.world.masked import MASKED_DECISION, MASKED_STEP
from tests.playground.aionis.asking import RUNS_GET, Asker

MASKED = "3f8a1c2d-77aa-4c1e-9b0f-a4[PHONE#c775e7b7]"


async def nodes_of(ask: Asker, name: str) -> list[dict[str, Any]]:
    """Read a run's records by its id as it is stored, newest first."""
    wanted = {"run_id": ask.aionis.runs[name].run_id}
    found = await ask.ok("find", slots_contains=wanted, include_slots=True, limit=200)
    return list(found["nodes"])


async def test_a_masked_run_is_found_by_the_masked_id_alone(ask: Asker) -> None:
    run_id = (await ask.run("masked-id"))["run"]["run_id"]
    assert (await ask.ok("find", slots_contains={"run_id": run_id}))["nodes"] == []
    masked = await ask.ok("find", slots_contains={"run_id": MASKED}, include_slots=True)
    assert {node["slots"]["run_id"] for node in masked["nodes"]} == {MASKED}
    assert len(masked["nodes"]) == 4
    named = await ask.ok("find", client_id=f"replay:run_end:{run_id}")
    assert named["page"]["returned"] == 1
    assert all(run_id in node["client_id"] for node in masked["nodes"])
    assert (await ask.ok("tools/run", run_id=run_id))["decisions"][0]["run_id"] == run_id


async def test_step_and_decision_ids_are_masked_too(ask: Asker) -> None:
    step = next(node for node in await nodes_of(ask, "masked-links") if node["type"] == "procedure")
    assert "[PHONE#" in step["slots"]["step_id"]
    assert "[PHONE#" in step["slots"]["decision_id"]
    assert step["client_id"].endswith(MASKED_STEP)
    assert (await ask.ok("tools/decision", decision_id=MASKED_DECISION))["decision"]["decision_id"] == MASKED_DECISION


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("playbook-strict", "strict"),
        ("playbook-strict-rerun", "strict"),
        ("playbook-guided-rerun", "guided"),
        ("playbook-simulated-rerun", "simulate"),
        ("simulated", "simulate"),
    ],
)
async def test_only_the_run_record_tells_the_mode(ask: Asker, name: str, mode: str) -> None:
    start = (await nodes_of(ask, name))[-1]
    assert start["slots"]["goal"].startswith("Replay playbook ")
    assert start["slots"]["metadata"]["replay_mode"] == mode


@pytest.mark.parametrize(
    ("name", "latest", "stored"),
    [
        ("closed-after-all", ("success", "closed on the second try"), ("failed", "could not close")),
        ("reopened", ("failed", "reopened"), ("success", "closed")),
    ],
)
async def test_a_second_end_is_in_runs_get_alone(
    ask: Asker, name: str, latest: tuple[str, str], stored: tuple[str, str]
) -> None:
    answer = await ask.run(name)
    ends = [node for node in await nodes_of(ask, name) if node["slots"]["replay_kind"] == "run_end"]
    told = next(entry for entry in answer["timeline"] if entry["replay_kind"] == "run_end")
    assert (answer["run"]["status"], told["text_summary"]) == latest
    assert [(end["slots"]["status"], end["slots"]["summary"]) for end in ends] == [stored]


async def test_a_second_result_of_one_status_is_in_runs_get_alone(ask: Asker) -> None:
    timeline = (await ask.run("second-error"))["timeline"]
    stored = next(node for node in await nodes_of(ask, "second-error") if node["type"] == "evidence")
    assert [entry["text_summary"] for entry in timeline if entry["replay_kind"] == "step_result"] == [
        "parse error at byte 9021"
    ]
    assert (stored["slots"]["error"], stored["slots"]["output_signature"]) == ("parse error at byte 811", {"read": 811})
    noted = await ask.run("second-note")
    assert noted["steps"][0]["repair_applied"]
    assert "segment 7 was rebuilt by hand" in json.dumps(noted["timeline"])
    assert "segment 7 was rebuilt by hand" not in json.dumps(await nodes_of(ask, "second-note"))


async def test_a_result_without_a_step_is_in_the_timeline_alone(ask: Asker) -> None:
    answer = await ask.run("orphan-results")
    assert [step["status"] for step in answer["steps"]] == ["success", "success"]
    assert "Step ? failed" in [entry["title"] for entry in answer["timeline"]]


async def test_a_crashed_run_has_a_start_and_no_end(ask: Asker) -> None:
    kinds = [node["slots"]["replay_kind"] for node in await nodes_of(ask, "crashed")]
    assert "run" in kinds
    assert "run_end" not in kinds


@pytest.mark.parametrize(("name", "count"), [("sixty-decisions", SIXTY), ("hundreds-of-decisions", HUNDREDS)])
async def test_decisions_are_cut_and_their_count_is_not(ask: Asker, name: str, count: int) -> None:
    answer = await ask.run(name)
    own = next(node["slots"]["decision_id"] for node in await nodes_of(ask, name) if node["slots"].get("decision_id"))
    told = await ask.ok("tools/run", run_id=answer["run"]["run_id"], decision_limit=200)
    ids = [decision["decision_id"] for decision in told["decisions"]]
    assert (len(ids), told["lifecycle"]["decision_count"]) == (min(count, 200), count)
    assert (own in ids) == (count <= 200)  # it is the oldest
    await ask.ok("resolve", uri=f"aionis://default/support/decision/{own}")


async def test_a_decision_may_be_gone_while_its_step_names_it(ask: Asker) -> None:
    run_id = ask.aionis.runs["decision-gone"].run_id
    step = next(node for node in await nodes_of(ask, "decision-gone") if node["type"] == "procedure")
    uri = f"aionis://default/support/decision/{step['slots']['decision_id']}"
    await ask.refused("tools/run", 404, "run_not_found_in_scope", run_id=run_id)
    await ask.refused("resolve", 404, "decision_not_found_in_scope", uri=uri)


async def test_a_decision_may_be_for_another_tool(ask: Asker) -> None:
    answer = await ask.run("other-tool")
    decided = (await ask.ok("tools/run", run_id=answer["run"]["run_id"]))["decisions"]
    assert (decided[0]["selected_tool"], answer["steps"][0]["tool_name"]) == ("agent.page", "queue.push")


async def test_feedback_its_note_and_the_rule_out_of_use(ask: Asker) -> None:
    run = ask.aionis.runs["disabled-rule"]
    told = await ask.ok("tools/run", run_id=run.run_id)
    assert told["feedback"]["recent"][0]["note"] == "legacy gateway is retired, must use psp"
    rule_id = told["decisions"][0]["source_rule_ids"][0]
    change = (await ask.ok("resolve", uri=run.commit_uris[-1]))["commit"]["diff_json"]
    assert change == {"rule_state_change": [{"rule_node_id": rule_id, "state": "disabled"}]}
    met = await ask.ok("rules/evaluate", context={"intent": "redeem"}, include_shadow=True)
    assert rule_id not in json.dumps(met)
    other = await ask.ok("rules/evaluate", context={"severity": 1})
    assert [rule["state"] for rule in other["active"]] == ["active"]


async def test_case_agent_and_planned_steps_are_in_the_metadata(ask: Asker) -> None:
    start = (await nodes_of(ask, "planned-four"))[-1]["slots"]["metadata"]
    assert (start["agent"], start["case"], start["planned_steps"]) == ("travel-agent", "trip-3", 4)


async def test_the_same_step_may_fail_with_another_error(ask: Asker) -> None:
    errors = [json.dumps(await nodes_of(ask, name)) for name in ("deadlock", "deadlock-rerun")]
    assert "deadlock detected" in errors[0]
    assert "permission denied" in errors[1]


async def test_an_error_of_any_length(ask: Asker) -> None:
    result = next(node for node in await nodes_of(ask, "long-error") if node["type"] == "evidence")
    assert len(result["slots"]["error"]) == LONG_ERROR


async def test_two_ids_begin_alike(ask: Asker) -> None:
    one, other = (ask.aionis.runs[name].run_id for name in ("same-beginning", "same-beginning-too"))
    assert one[:8] == other[:8]
    assert one != other


async def test_half_characters_come_back_as_they_are(ask: Asker) -> None:
    run = ask.aionis.runs["half-characters"]
    body = {"run_id": run.run_id, "scope": WILD}
    response = await ask.http.post(f"/v1/memory/{RUNS_GET}", json=body)
    assert HALF in response.json()["run"]["goal"]
    assert b"\\ud83d" in response.content


async def test_the_history_of_the_refund_case(ask: Asker) -> None:
    runs = ask.aionis.runs
    earlier = [await ask.run(f"refund-earlier-{nth}") for nth in range(1, 5)]
    now = await ask.run("refund-failed")
    assert {answer["run"]["goal"] for answer in earlier} == {now["run"]["goal"]}
    good = await ask.ok("tools/run", run_id=runs["refund-good-last"].run_id)
    bad = await ask.ok("tools/run", run_id=runs["refund-earlier-1"].run_id)
    before, since = good["decisions"][0], bad["decisions"][0]
    assert (before["selected_tool"], since["selected_tool"]) == ("payments.void_charge", "payments.create_refund")
    assert before["context_sha256"] == since["context_sha256"]
    assert (before["source_rule_ids"], len(since["source_rule_ids"])) == ([], 1)
    rule = await ask.ok(
        "resolve", uri=f"aionis://default/support/rule/{since['source_rule_ids'][0]}", include_meta=True
    )
    last_good, first_bad = (await ask.run("refund-good-last"), earlier[0])
    assert last_good["run"]["ended_at"] < rule["node"]["created_at"] < first_bad["run"]["started_at"]


async def test_health_says_which_edition_it_is(ask: Asker) -> None:
    lite = (await ask.http.get("/health")).json()
    assert lite["lite"]["identity"] == {"local_actor_id": "local-user"}
    ask.aionis.options.edition = "server"
    server = (await ask.http.get("/health")).json()
    assert (server["runtime"]["edition"], server["lite"]) == ("server", None)


async def test_only_runs_get_takes_the_local_user_for_granted(ask: Asker) -> None:
    answer = await ask.run("private")
    assert len(answer["timeline"]) == 6
    assert await nodes_of(ask, "private") == []


@pytest.mark.parametrize(("kind", "encoding"), [("gzip_bomb", "gzip"), ("gzip_twice", "gzip, gzip")])
async def test_small_answers_that_inflate(ask: Asker, kind: Any, encoding: str) -> None:
    ask.aionis.faults.add(kind=kind, mib=2)
    async with ask.http.stream("POST", f"/v1/memory/{RUNS_GET}", json={}) as response:
        raw = b"".join([chunk async for chunk in response.aiter_raw()])
    assert response.headers["content-encoding"] == encoding
    assert len(raw) < 10_000
    for _ in encoding.split(", "):
        raw = gzip.decompress(raw)
    assert len(raw) == 2 << 20


async def test_waiting_what_a_429_asks_for_is_enough(ask: Asker) -> None:
    ask.aionis.options.reads_per_second = 1
    answers = [await ask.post("find") for _ in range(2)]
    async with asyncio.timeout(30):
        while answers[-1].status_code == 200:  # a slow machine refills it meanwhile
            answers.append(await ask.post("find"))
    assert {answer.status_code for answer in answers[:2]} == {200}
    details = answers[-1].json()["details"]
    assert 0 < details["retry_after_ms"] <= 1_000
