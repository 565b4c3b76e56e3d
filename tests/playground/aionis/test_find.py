"""`find`: filters, projections, paging."""

import pytest

from tests.playground.aionis.asking import Asker


async def test_all_evidence_of_a_run_newest_first(ask: Asker) -> None:
    run_id = ask.aionis.runs["refund-failed"].run_id
    answer = await ask.ok("find", slots_contains={"run_id": run_id}, include_slots=True, limit=200)
    assert [node["slots"]["replay_kind"] for node in answer["nodes"]] == [
        "run_end", "step_result", "step", "step_result", "step", "run",
    ]  # fmt: skip
    assert answer["find_summary"]["type_counts"] == {"event": 2, "evidence": 2, "procedure": 2}
    assert answer["find_summary"]["filters_applied"] == ["slots_contains"]


async def test_the_failed_result_carries_error_and_output(ask: Asker) -> None:
    wanted = {
        "run_id": ask.aionis.runs["refund-failed"].run_id,
        "replay_kind": "step_result",
        "status": "failed",
    }
    (node,) = (await ask.ok("find", type="evidence", slots_contains=wanted, include_slots=True))["nodes"]
    assert node["slots"]["output_signature"]["http_status"] == 409
    assert node["client_id"].startswith("replay:step_result:")


async def test_runs_of_one_business_case(ask: Asker) -> None:
    wanted = {"replay_kind": "run", "metadata": {"case": "ticket-7741"}}
    nodes = (await ask.ok("find", type="event", slots_contains=wanted, include_slots=True))["nodes"]
    runs = ask.aionis.runs
    assert [node["slots"]["run_id"] for node in nodes] == [runs["after-fix"].run_id, runs["before-fix"].run_id]


async def test_the_steps_that_used_a_decision(ask: Asker) -> None:
    decision_id = ask.aionis.runs["before-fix"].decision_uris[0].rsplit("/", 1)[1]
    answer = await ask.ok("find", type="procedure", slots_contains={"decision_id": decision_id})
    assert [node["title"] for node in answer["nodes"]] == ["Step 1: web.search"]


async def test_recent_failed_runs(ask: Asker) -> None:
    wanted = {"replay_kind": "run_end", "status": "failed"}
    answer = await ask.ok("find", type="event", slots_contains=wanted, include_slots=True, limit=3)
    assert answer["nodes"][0]["slots"]["run_id"] == ask.aionis.runs["refund-failed"].run_id
    assert answer["page"] == {"limit": 3, "offset": 0, "returned": 3, "has_more": True}


async def test_paging_covers_everything_once(ask: Asker) -> None:
    wanted = {"run_id": ask.aionis.runs["three-hundred"].run_id}
    seen: list[str] = []
    more = True
    while more:
        answer = await ask.ok("find", slots_contains=wanted, limit=200, offset=len(seen))
        seen += [node["id"] for node in answer["nodes"]]
        more = answer["page"]["has_more"]
    assert len(seen) == len(set(seen)) == 604


@pytest.mark.parametrize(
    ("filters", "hits"),
    [
        ({"title_contains": "PAYMENTS.create"}, 1),
        ({"text_contains": "already refunded"}, 1),
        ({"memory_lane": "private"}, 0),
        ({"slots_contains": {"postconditions": [{"kind": "http_status", "input": {"actual": 409}}]}}, 1),
        ({"slots_contains": {"postconditions": [{"kind": "http_status", "input": {"actual": 410}}]}}, 0),
        ({"slots_contains": {"repair_applied": 0}}, 0),  # a number is not a boolean
        ({"slots_contains": {"unheard_of": None}}, 0),
    ],
)
async def test_filters(ask: Asker, filters: dict[str, object], hits: int) -> None:
    slots = {"run_id": ask.aionis.runs["refund-failed"].run_id}
    wanted = {**slots, **filters.pop("slots_contains", {})}  # type: ignore[dict-item]
    answer = await ask.ok("find", slots_contains=wanted, **filters)
    assert answer["page"]["returned"] == hits


async def test_by_id_client_id_and_uri(ask: Asker) -> None:
    head = (await ask.run("refund-failed"))["run"]
    client_id = f"replay:run:{head['run_id']}"
    for one in ({"id": head["run_node_id"]}, {"client_id": client_id}, {"uri": head["run_uri"]}):
        (node,) = (await ask.ok("find", **one))["nodes"]
        assert node["id"] == head["run_node_id"]


async def test_only_nodes_can_be_found_by_uri(ask: Asker) -> None:
    uri = ask.aionis.runs["refund-failed"].decision_uris[0]
    answer = await ask.refused("find", 400, "invalid_aionis_uri_type_for_endpoint", uri=uri)
    assert answer["details"]["type"] == "decision"


async def test_a_node_found_has_no_commit_uri(ask: Asker) -> None:
    answer = await ask.ok("find", include_meta=True, limit=1)
    assert "commit_uri" not in answer["nodes"][0]
    assert answer["nodes"][0]["commit_id"]


async def test_an_unknown_scope_is_empty(ask: Asker) -> None:
    answer = await ask.ok("find", scope="nowhere")
    assert (answer["nodes"], answer["find_summary"]["tier_counts"]) == ([], {})
