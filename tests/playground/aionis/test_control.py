"""`/_sample`: the catalogue, the faults and the calls."""

from tests.playground.aionis.asking import RUNS_GET, Asker


async def test_the_catalogue_lists_every_run_with_commands(ask: Asker) -> None:
    entries = (await ask.http.get("/_sample/runs")).json()
    assert [entry["name"] for entry in entries] == list(ask.aionis.runs)
    first = entries[0]
    assert first["example_commands"][0] == f"/replay {first['run_id']}"
    assert first["decision_uris"] == list(ask.aionis.runs["refund-failed"].decision_uris)


async def test_every_uri_of_the_catalogue_resolves(ask: Asker) -> None:
    for run in ask.aionis.runs.values():
        consumer = {"consumer_agent_id": "local-user"} if run.name == "private" else {}
        if run.name == "mixed-visibility":
            consumer = {"consumer_agent_id": "finance-agent"}
        for uri in (*run.decision_uris, *run.commit_uris):
            await ask.ok("resolve", uri=uri, tenant_id=run.tenant_id, scope=run.scope, **consumer)


async def test_faults_by_http(ask: Asker) -> None:
    added = await ask.http.post("/_sample/faults", json={"endpoint": "runs/get", "kind": "server_error", "times": 1})
    assert [fault["kind"] for fault in added.json()] == ["server_error"]
    assert (await ask.post(RUNS_GET)).status_code == 500
    assert (await ask.http.get("/_sample/faults")).json() == []
    await ask.http.post("/_sample/faults", json={"kind": "hang"})
    assert (await ask.http.delete("/_sample/faults")).json() == []


async def test_a_fault_that_is_none(ask: Asker) -> None:
    refused = await ask.http.post("/_sample/faults", json={"kind": "flood"})
    assert refused.json()["issues"][0]["path"] == "kind"
    assert (await ask.http.post("/_sample/faults", content=b"{")).status_code == 400


async def test_calls_are_recorded_without_showing_credentials(ask: Asker) -> None:
    headers = {"x-request-id": "req-1", "X-Api-Key": "k"}
    await ask.post(RUNS_GET, headers, run_id="nope")
    await ask.http.post(f"/v1/memory/{RUNS_GET}", content=b"{broken")
    first, second = ask.aionis.calls
    assert (first.path, first.request_id, first.status) == (f"/v1/memory/{RUNS_GET}", "req-1", 400)
    assert first.body == {"scope": "support", "run_id": "nope"}
    assert first.headers["x-api-key"] == "k"
    assert (second.body, second.status) == ("{broken", 500)
    shown = (await ask.http.get("/_sample/calls")).json()
    assert shown[0]["headers"]["x-api-key"] == "(sent)"
    assert shown[0]["at"] == "2026-05-04T12:00:00.000Z"
    await ask.http.delete("/_sample/calls")
    assert ask.aionis.calls == []
