"""What can be made to happen while somebody watches, in Python and over HTTP."""

import re
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.playground.aionis import Problem
from bot.playground.aionis.happenings import STORM_KINDS
from bot.playground.guide import happen_route
from tests.playground.aionis.asking import NOON, RUNS_GET, Asker

_NOW = NOON.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def run_of(ask: Asker, run_id: str) -> dict[str, Any]:
    return await ask.ok(RUNS_GET, run_id=run_id)


def wording(answer: dict[str, Any]) -> str:
    """Return the failed step's error without its ids and numbers."""
    result = next(step["result_uri"] for step in answer["steps"] if step["status"] == "failed")
    error = next(entry["text_summary"] for entry in answer["timeline"] if entry["uri"] == result)
    return re.sub(r"\b(ch_\w+|60218-\w+|\d+)\b", "#", error)


@pytest.mark.parametrize(("case", "first"), [("refund", "refund-failed"), ("feed", "feed-failed")])
async def test_a_failure_comes_back_in_other_numbers(ask: Asker, case: str, first: str) -> None:
    before = await ask.run(first)
    again = [await run_of(ask, ask.aionis.let.recur(case)) for _ in range(2)]
    assert {wording(answer) for answer in again} == {wording(before)}
    texts = {answer["timeline"][-2]["text_summary"] for answer in (before, *again)}
    assert len(texts) == 3
    assert {answer["run"]["goal"] for answer in again} == {before["run"]["goal"]}
    assert all(answer["run"]["status"] == "failed" and answer["run"]["ended_at"] == _NOW for answer in again)


@pytest.mark.parametrize("case", ["refund", "feed"])
async def test_a_case_is_run_again_well_or_not(ask: Asker, case: str) -> None:
    good = await run_of(ask, ask.aionis.let.rerun(case))
    bad = await run_of(ask, ask.aionis.let.rerun(case, succeed=False))
    assert (good["run"]["status"], bad["run"]["status"]) == ("success", "failed")
    assert good["run"]["goal"] == bad["run"]["goal"]


async def test_a_rule_changes_what_the_case_decides(ask: Asker) -> None:
    before = ask.aionis.let.rerun("refund")
    rule_id = ask.aionis.let.change_rule("refund")
    after = ask.aionis.let.recur("refund")
    old, new = [(await ask.ok("tools/run", run_id=run_id))["decisions"][0] for run_id in (before, after)]
    assert old["context_sha256"] == new["context_sha256"]
    assert old["policy_sha256"] != new["policy_sha256"]
    assert set(new["source_rule_ids"]) - set(old["source_rule_ids"]) == {rule_id}


async def test_a_run_crashes(ask: Asker) -> None:
    answer = await run_of(ask, ask.aionis.let.crash())
    assert answer["run"]["status"] == "in_progress"
    assert answer["timeline"][-1]["created_at"] == "2026-05-04T10:00:00.000Z"


async def test_a_storm_has_so_many_kinds_within_its_minute(blank: Asker) -> None:
    run_ids = blank.aionis.let.storm(500, kinds=4, seconds=60)
    assert len(set(run_ids)) == 500
    wanted = {"replay_kind": "run_end", "status": "failed"}
    newest = await blank.ok("find", type="event", slots_contains=wanted, limit=200, include_slots=True)
    oldest = await blank.ok("find", type="event", slots_contains=wanted, limit=200, offset=400, include_slots=True)
    assert (newest["page"]["has_more"], oldest["page"]["returned"]) == (True, 100)
    assert newest["nodes"][0]["slots"]["run_id"] == run_ids[-1]
    ends = [oldest["nodes"][-1]["slots"]["ended_at"], newest["nodes"][0]["slots"]["ended_at"]]
    assert "2026-05-04T11:59" <= ends[0] < ends[1] == _NOW
    tools = {(await run_of(blank, run_id))["steps"][0]["tool_name"] for run_id in run_ids[:8]}
    assert tools == {tool for tool, _, _ in STORM_KINDS[:4]}


async def test_a_storm_is_never_older_than_what_was_there(ask: Asker) -> None:
    first = ask.aionis.let.recur("refund")
    ask.aionis.let.storm(20, kinds=1, seconds=60)
    newest = await ask.ok("find", type="event", slots_contains={"replay_kind": "run_end"}, limit=21, include_slots=True)
    assert newest["nodes"][-1]["slots"]["run_id"] == first  # a poller that has seen it misses none of the others


async def test_other_tenancies(ask: Asker) -> None:
    run_id = ask.aionis.let.recur("refund", tenant_id="acme", scope="support")
    await ask.ok(RUNS_GET, run_id=run_id, tenant_id="acme")
    await ask.refused(RUNS_GET, 404, "replay_run_not_found", run_id=run_id)


def test_what_cannot_happen(ask: Asker) -> None:
    with pytest.raises(Problem):
        ask.aionis.let.recur("weather")
    with pytest.raises(Problem):
        ask.aionis.let.storm(kinds=99)


@pytest.mark.parametrize("what", ["recur", "rerun", "crash"])
async def test_the_same_by_http(ask: Asker, what: str) -> None:
    answer = await ask.http.post("/_sample/happen", json={"what": what, "case": "refund"})
    assert answer.json()["what"] == what
    await run_of(ask, answer.json()["ids"][0])


async def test_a_storm_by_http_and_what_is_none(ask: Asker) -> None:
    storm = await ask.http.post("/_sample/happen", json={"what": "storm", "failures": 30, "kinds": 3})
    assert len(storm.json()["ids"]) == 30
    assert (await ask.http.post("/_sample/happen", json={"what": "flood"})).status_code == 400
    assert (await ask.http.post("/_sample/happen", content=b"{")).status_code == 400


async def test_the_page_has_the_same(ask: Asker) -> None:
    app = Starlette(routes=[happen_route(ask.aionis.let)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page.test") as page:
        answer = (await page.post("/page/happen", json={"what": "recur"})).json()
    await run_of(ask, answer["ids"][0])
