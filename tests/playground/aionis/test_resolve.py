"""`resolve`: decisions, commits, nodes and edges by URI."""

import pytest

from tests.playground.aionis.asking import Asker

NOBODY = "00000000-0000-0000-0000-000000000009"


async def test_a_decision_names_its_rule_and_has_no_commit_until_judged(ask: Asker) -> None:
    (uri,) = ask.aionis.runs["refund-failed"].decision_uris
    answer = await ask.ok("resolve", uri=uri, include_meta=True)
    decision = answer["decision"]
    assert (answer["type"], decision["selected_tool"], decision["commit_uri"]) == (
        "decision", "payments.create_refund", None,
    )  # fmt: skip
    rule = await ask.ok(
        "resolve", uri=f"aionis://default/support/rule/{decision['source_rule_ids'][0]}", include_slots=True
    )
    assert rule["node"]["slots"]["then"]["tool"]["prefer"] == ["payments.create_refund"]


async def test_the_failed_step_names_its_decision(ask: Asker) -> None:
    run = await ask.run("refund-failed")
    step = await ask.ok("resolve", uri=run["steps"][1]["step_uri"], include_slots=True)
    slots = step["node"]["slots"]
    assert ask.aionis.runs["refund-failed"].decision_uris[0].endswith(slots["decision_id"])
    assert slots["expected_output_signature"]["required"] == ["refund_id", "status"]
    assert slots["status"] == "pending"  # a step node's status never changes


async def test_the_fix_changes_the_policy_and_not_the_context(ask: Asker) -> None:
    runs = ask.aionis.runs
    before = (await ask.ok("resolve", uri=runs["before-fix"].decision_uris[0]))["decision"]
    after = (await ask.ok("resolve", uri=runs["after-fix"].decision_uris[0]))["decision"]
    assert (before["selected_tool"], after["selected_tool"]) == ("web.search", "handbook.search")
    assert before["context_sha256"] == after["context_sha256"]
    assert before["policy_sha256"] != after["policy_sha256"]
    assert (before["source_rule_ids"], len(after["source_rule_ids"])) == ([], 1)


async def test_the_judgement_after_the_fix_follows_the_one_before(ask: Asker) -> None:
    runs = ask.aionis.runs
    before = (await ask.ok("resolve", uri=runs["before-fix"].decision_uris[0]))["decision"]["commit_uri"]
    after = (await ask.ok("resolve", uri=runs["after-fix"].decision_uris[0]))["decision"]["commit_uri"]
    commit = (await ask.ok("resolve", uri=after))["commit"]
    assert commit["parent_uri"] == before
    assert commit["diff_json"]["tool_feedback"][0]["outcome"] == "positive"
    assert commit["linked_object_counts"] == {"nodes": 0, "edges": 0, "decisions": 1, "total": 1}


async def test_a_replay_commit_lists_its_node_and_edges_and_has_no_parent(ask: Asker) -> None:
    run = await ask.run("refund-failed")
    result = run["timeline"][4]
    commit = (await ask.ok("resolve", uri=result["commit_uri"]))["commit"]
    assert commit["parent_id"] is None
    assert [node["id"] for node in commit["diff_json"]["nodes"]] == [result["node_id"]]
    assert [edge["type"] for edge in commit["diff_json"]["edges"]] == ["part_of", "related_to"]
    edge_id = commit["diff_json"]["edges"][1]["id"]
    edge = await ask.ok("resolve", uri=f"aionis://default/support/edge/{edge_id}")
    assert (edge["edge"]["src_uri"], edge["edge"]["dst_uri"]) == (result["uri"], run["steps"][1]["step_uri"])
    assert edge["resolve_summary"]["related_uri_count"] == 4


async def test_each_write_has_a_commit_of_its_own(ask: Asker) -> None:
    timeline = (await ask.run("three-hundred"))["timeline"]
    assert len({entry["commit_id"] for entry in timeline}) == len(timeline) == 604


@pytest.mark.parametrize(
    ("flags", "mode", "keys"),
    [
        ({}, "none", set()),
        ({"include_slots": True, "include_slots_preview": True}, "full", {"slots"}),
        ({"include_slots_preview": True, "slots_preview_keys": 2}, "preview", {"slots_preview"}),
    ],
)
async def test_slots_come_on_request(ask: Asker, flags: dict[str, object], mode: str, keys: set[str]) -> None:
    uri = (await ask.run("refund-failed"))["run"]["run_uri"]
    answer = await ask.ok("resolve", uri=uri, **flags)
    assert answer["resolve_summary"]["slots_mode"] == mode
    assert answer["node"].keys() == {"id", "uri", "type", "client_id", "title", "text_summary"} | keys


async def test_a_slots_preview_is_the_first_keys_of_the_alphabet(ask: Asker) -> None:
    uri = (await ask.run("refund-failed"))["run"]["run_uri"]
    answer = await ask.ok("resolve", uri=uri, include_slots_preview=True, slots_preview_keys=2)
    assert list(answer["node"]["slots_preview"]) == ["context_snapshot_hash", "context_snapshot_ref"]


async def test_blanks_around_a_uri_are_tolerated_and_echoed(ask: Asker) -> None:
    uri = f"  {ask.aionis.runs['refund-failed'].decision_uris[0]} "
    assert (await ask.ok("resolve", uri=uri))["uri"] == uri


@pytest.mark.parametrize(
    "uri",
    [
        "memory://commit/c5b0827a-6fee-508c-9f4f-aac9c321000e",
        "AIONIS://default/support/commit/c5b0827a-6fee-508c-9f4f-aac9c321000e",
        "aionis://default/support/commit",
        "aionis://default/support/commit/c5b0827a-6fee-508c-9f4f-aac9c321000e/",
        "aionis://default/support/run/c5b0827a-6fee-508c-9f4f-aac9c321000e",
        "aionis://default/support/commit/commit_1",
        f"aionis://default/support/commit/{'a' * 64}",
        "aionis://default/%20/commit/c5b0827a-6fee-508c-9f4f-aac9c321000e",
        "aionis://default/%zz/commit/c5b0827a-6fee-508c-9f4f-aac9c321000e",
        "aionis://default/%ff/commit/c5b0827a-6fee-508c-9f4f-aac9c321000e",
    ],
)
async def test_uris_that_are_none(ask: Asker, uri: str) -> None:
    await ask.refused("resolve", 400, "invalid_aionis_uri", uri=uri)


@pytest.mark.parametrize("type_", ["decision", "commit", "edge"])
async def test_unknown_objects(ask: Asker, type_: str) -> None:
    uri = f"aionis://default/support/{type_}/{NOBODY}"
    answer = await ask.refused("resolve", 404, f"{type_}_not_found_in_scope", uri=uri)
    assert answer["details"] == {"uri": uri}


async def test_a_node_of_another_type_is_not_found(ask: Asker) -> None:
    uri = (await ask.run("refund-failed"))["run"]["run_uri"].replace("/event/", "/evidence/")
    await ask.refused("resolve", 404, "node_not_found_in_scope_or_visibility", uri=uri)


async def test_the_body_may_not_contradict_the_uri(ask: Asker) -> None:
    uri = ask.aionis.runs["refund-failed"].decision_uris[0]
    answer = await ask.refused("resolve", 400, "conflicting_filters", uri=uri, tenant_id="acme")
    assert answer["details"] == {"field": "tenant_id", "uri_value": "default", "request_value": "acme"}
    await ask.refused("resolve", 400, "conflicting_filters", uri=uri, scope="billing")


async def test_the_tenant_header_counts_as_sent(ask: Asker) -> None:
    uri = ask.aionis.runs["refund-failed"].decision_uris[0]
    response = await ask.post("resolve", {"X-Tenant-Id": "acme"}, uri=uri)
    assert response.json()["error"] == "conflicting_filters"


async def test_scopes_with_slashes_and_blanks_are_encoded(blank: Asker) -> None:
    scope = "checkout prod/eu"
    started = blank.aionis.writer.start_run(goal="x", scope=scope, memory_lane="shared")
    assert started["run_uri"].startswith("aionis://default/checkout%20prod%2Feu/event/")
    assert (await blank.ok("resolve", uri=started["run_uri"], scope=scope))["scope"] == scope
