"""Lanes, consumers, tenants, and Lite's leak."""

import pytest

from bot.playground.aionis.world.oddities import OTHER_AGENT
from tests.playground.aionis.asking import RUNS_GET, Asker

HIDDEN = "node_not_found_in_scope_or_visibility"


async def test_a_private_run_is_replayed_but_not_resolved_without_consumer(ask: Asker) -> None:
    answer = await ask.run("private")
    assert answer["run"]["status"] == "failed"
    result_uri, commit_uri = answer["steps"][1]["result_uri"], answer["timeline"][-1]["commit_uri"]
    wanted = {"run_id": answer["run"]["run_id"]}
    await ask.refused("resolve", 404, HIDDEN, uri=result_uri)
    await ask.refused("resolve", 404, "commit_not_found_in_scope", uri=commit_uri)
    assert (await ask.ok("find", slots_contains=wanted))["nodes"] == []
    await ask.ok("resolve", uri=result_uri, consumer_agent_id="local-user")
    await ask.ok("resolve", uri=commit_uri, consumer_agent_id="local-user")
    assert (await ask.ok("find", slots_contains=wanted, consumer_agent_id="local-user"))["page"]["returned"] == 6


async def test_a_consumer_that_owns_nothing_sees_no_private_run(ask: Asker) -> None:
    run_id = ask.aionis.runs["private"].run_id
    await ask.refused(RUNS_GET, 404, "replay_run_not_found", run_id=run_id, consumer_agent_id="somebody")


async def test_a_run_can_be_half_visible(ask: Asker) -> None:
    others = await ask.run("mixed-visibility")
    owner = await ask.run("mixed-visibility", consumer_agent_id=OTHER_AGENT)
    assert (others["run"]["status"], others["steps"][1]["status"]) == ("in_progress", "pending")
    assert (owner["run"]["status"], owner["steps"][1]["status"]) == ("failed", "failed")
    assert others["counters"]["total_nodes"] == owner["counters"]["total_nodes"] - 2


async def test_a_hidden_run_record_leaves_nulls(blank: Asker) -> None:
    writer = blank.aionis.writer
    run_id = writer.start_run(goal="secret goal", scope="support", owner_agent_id="boss")["run_id"]
    writer.step_before(
        run_id=run_id, step_index=1, tool_name="t", tool_input=None, scope="support",
        memory_lane="shared", consumer_agent_id="boss",
    )  # fmt: skip
    head = (await blank.ok(RUNS_GET, run_id=run_id))["run"]
    assert {head[key] for key in ("goal", "run_node_id", "run_uri", "started_at")} == {None}


async def test_teams_open_private_records(blank: Asker) -> None:
    run_id = blank.aionis.writer.start_run(goal="g", scope="support", owner_team_id="crew")["run_id"]
    await blank.refused(RUNS_GET, 404, "replay_run_not_found", run_id=run_id)
    await blank.ok(RUNS_GET, run_id=run_id, consumer_team_id="crew")


async def test_the_leak_shows_default_runs_to_any_tenant(ask: Asker) -> None:
    run_id = ask.aionis.runs["refund-failed"].run_id
    leaked = await ask.ok(RUNS_GET, run_id=run_id, tenant_id="acme")
    assert leaked["tenant_id"] == "acme"
    uri = leaked["steps"][1]["result_uri"]
    assert uri.startswith("aionis://acme/support/evidence/")
    await ask.refused("resolve", 404, HIDDEN, uri=uri, tenant_id="acme")


async def test_the_leak_goes_one_way_and_can_be_closed(ask: Asker) -> None:
    acme = ask.aionis.runs["acme-failed"].run_id
    await ask.refused(RUNS_GET, 404, "replay_run_not_found", run_id=acme)
    await ask.refused(RUNS_GET, 404, "replay_run_not_found", run_id=acme, tenant_id="third")
    ask.aionis.options.leak = False
    refund = ask.aionis.runs["refund-failed"].run_id
    await ask.refused(RUNS_GET, 404, "replay_run_not_found", run_id=refund, tenant_id="acme")


async def test_scopes_are_apart(ask: Asker) -> None:
    run_id = ask.aionis.runs["billing-failed"].run_id
    await ask.refused(RUNS_GET, 404, "replay_run_not_found", run_id=run_id)
    await ask.ok(RUNS_GET, run_id=run_id, scope="billing")


async def test_the_body_wins_over_the_tenant_header(ask: Asker) -> None:
    acme = ask.aionis.runs["acme-failed"].run_id
    by_header = await ask.post(RUNS_GET, {"X-Tenant-Id": "acme"}, run_id=acme)
    assert by_header.json()["tenant_id"] == "acme"
    by_body = await ask.post(RUNS_GET, {"X-Tenant-Id": "nobody"}, run_id=acme, tenant_id="acme")
    assert by_body.status_code == 200


@pytest.mark.parametrize("tenant_id", ["-x", "a b", "x" * 65, " "])
async def test_tenant_ids_that_are_none(ask: Asker, tenant_id: str) -> None:
    await ask.refused("find", 400, "invalid_tenant_id", tenant_id=tenant_id)


@pytest.mark.parametrize("scope", ["  ", "tenant:acme"])
async def test_scopes_that_are_none(ask: Asker, scope: str) -> None:
    await ask.refused("find", 400, "invalid_scope", scope=scope)
