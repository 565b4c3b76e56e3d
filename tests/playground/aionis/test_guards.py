"""Transport, validation, identity, and the order of the guards."""

import uuid
from typing import Any

import pytest

from bot.playground.aionis import Principal, SampleAionis
from tests.playground.aionis.asking import NOON, RUNS_GET, Asker, asker_of

PATH = f"/v1/memory/{RUNS_GET}"
UNKNOWN = "00000000-0000-0000-0000-000000000001"
KEY = {"X-Api-Key": "key-default"}


@pytest.fixture
def guarded() -> Asker:
    principal = Principal("default", agent_id="refund-agent")
    return asker_of(SampleAionis(now=NOON, api_keys={"key-default": principal}, bearers={"token-acme": "acme"}))


async def test_the_request_id_is_echoed_trimmed_or_minted(ask: Asker) -> None:
    echoed = await ask.post(RUNS_GET, {"x-request-id": "  req 7 "}, run_id=UNKNOWN)
    minted = await ask.post(RUNS_GET, run_id=UNKNOWN)
    assert echoed.headers["x-request-id"] == "req 7"
    assert uuid.UUID(minted.headers["x-request-id"]).version == 4


async def test_memory_routes_have_cors_headers_and_health_has_none(ask: Asker) -> None:
    response = await ask.http.options(PATH)
    assert response.status_code == 204
    assert response.headers["access-control-expose-headers"] == "x-request-id"
    assert "access-control-allow-origin" not in (await ask.http.get("/health")).headers


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"{not json", "application/json"),
        (b"", "application/json"),
        (b"{}", "text/plain"),
        (b'{"run_id": NaN}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b'"' + b"x" * (5 << 20) + b'"', "application/json"),
    ],
    ids=["malformed", "empty", "wrong type", "NaN", "not UTF-8", "over 5 MiB"],
)
async def test_an_unreadable_body_is_a_500(ask: Asker, content: bytes, content_type: str) -> None:
    response = await ask.http.post(PATH, content=content, headers={"content-type": content_type})
    assert response.status_code == 500
    assert response.json() == {
        "status": 500, "error": "internal_error", "message": "internal error", "details": {"contract": "error_v1"},
    }  # fmt: skip
    assert response.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/memory/replay/runs/list"),
        ("GET", PATH),
        ("PUT", PATH),
        ("POST", f"{PATH}/"),
        ("POST", "/health"),
        ("GET", "/"),
    ],
)
async def test_unknown_routes_and_verbs(ask: Asker, method: str, path: str) -> None:
    response = await ask.http.request(method, path, content=b"{")
    assert response.status_code == 404
    assert response.json() == {
        "message": f"Route {method}:{path} not found", "error": "Not Found", "statusCode": 404,
    }  # fmt: skip


async def test_routes_of_the_server_edition_are_501(ask: Asker) -> None:
    response = await ask.http.get("/v1/admin/control/tenants")
    body = response.json()
    assert (response.status_code, body["error"]) == (501, "server_only_in_lite")
    assert body["details"]["route_group"] == "admin_control"


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ({}, "run_id", "Required"),
        ({"run_id": "run_123"}, "run_id", "Invalid uuid"),
        ({"run_id": 7}, "run_id", "Expected string, received number"),
        ({"run_id": UNKNOWN, "include_steps": "true"}, "include_steps", "Expected boolean, received string"),
        ({"run_id": UNKNOWN, "scope": ""}, "scope", "String must contain at least 1 character(s)"),
        ({"run_id": UNKNOWN, "tenant_id": None}, "tenant_id", "Expected string, received null"),
        ([], "", "Expected object, received array"),
    ],
)
async def test_validation_issues(ask: Asker, body: object, path: str, message: str) -> None:
    answer = (await ask.http.post(PATH, json=body)).json()
    assert answer["error"] == "invalid_request"
    assert answer["issues"] == answer["details"]["issues"] == [{"path": path, "message": message}]


@pytest.mark.parametrize(
    ("path", "body", "issue"),
    [
        ("find", {"limit": 201}, {"path": "limit", "message": "Number must be less than or equal to 200"}),
        ("find", {"offset": -1}, {"path": "offset", "message": "Number must be greater than or equal to 0"}),
        (
            "find",
            {"memory_lane": "public"},
            {"path": "memory_lane", "message": "Invalid enum value. Expected 'private' | 'shared', received 'public'"},
        ),
        (
            "replay/step/after",
            {"run_id": UNKNOWN, "status": "success", "postconditions": ["ok"]},
            {"path": "postconditions.0", "message": "Expected object, received string"},
        ),
        (
            "tools/select",
            {"context": {}, "candidates": []},
            {"path": "candidates", "message": "Array must contain at least 1 element(s)"},
        ),
    ],
)
async def test_more_issues(ask: Asker, path: str, body: dict[str, Any], issue: dict[str, str]) -> None:
    answer = await ask.refused(path, 400, "invalid_request", **body)
    assert answer["issues"] == [issue]


async def test_unknown_fields_are_ignored(ask: Asker) -> None:
    await ask.run("refund-failed", colour="blue")


async def test_without_switch_credentials_are_ignored(ask: Asker) -> None:
    response = await ask.post(RUNS_GET, {"X-Api-Key": "whatever"}, run_id=ask.aionis.runs["refund-failed"].run_id)
    assert response.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Api-Key": ""}, {"X-Api-Key": "nope"}, {"Authorization": "Bearer key-default"}, {"Authorization": "nope"}],
)
async def test_one_401_for_every_bad_credential(guarded: Asker, headers: dict[str, str]) -> None:
    response = await guarded.post(RUNS_GET, headers, run_id=UNKNOWN)
    assert response.status_code == 401
    assert response.json()["error"] == "unauthorized"
    assert "www-authenticate" not in response.headers


async def test_a_key_may_name_only_its_own_tenant_and_agent(guarded: Asker) -> None:
    response = await guarded.post(RUNS_GET, KEY, run_id=UNKNOWN, tenant_id="acme")
    assert response.status_code == 403
    assert response.json()["details"] == {"field": "tenant_id", "provided": "acme", "expected": "default"}
    response = await guarded.post(RUNS_GET, KEY, run_id=UNKNOWN, consumer_agent_id="other")
    assert response.json()["details"]["field"] == "consumer_agent_id"


async def test_a_credential_brings_its_tenant_and_agent(guarded: Asker) -> None:
    acme = guarded.aionis.runs["acme-failed"].run_id
    response = await guarded.post(RUNS_GET, {"Authorization": "Bearer token-acme"}, run_id=acme)
    assert response.json()["tenant_id"] == "acme"
    started = await guarded.post("replay/run/start", KEY, goal="mine")
    uri = started.json()["run_uri"]
    resolved = await guarded.post("resolve", KEY, uri=uri, include_meta=True)
    assert resolved.json()["node"]["owner_agent_id"] == "refund-agent"


async def test_with_keys_the_local_actor_sees_nothing_private(guarded: Asker) -> None:
    response = await guarded.post(RUNS_GET, KEY, run_id=guarded.aionis.runs["private"].run_id)
    assert response.json()["error"] == "replay_run_not_found"


async def test_health_and_unknown_routes_need_no_credential(guarded: Asker) -> None:
    assert (await guarded.http.get("/health")).json()["lite"]["identity"] == {"local_actor_id": "local-user"}
    assert (await guarded.http.post("/v1/memory/nope", json={})).status_code == 404


async def test_the_order_of_the_guards(guarded: Asker) -> None:
    faults = guarded.aionis.faults
    faults.add(kind="rate_limited")
    statuses = []
    for headers, body in (
        ({"content-type": "application/json", "X-Api-Key": "nope"}, b"{"),
        ({"X-Api-Key": "nope"}, b'{"tenant_id":"acme"}'),
        (KEY, b'{"tenant_id":"acme"}'),
        (KEY, b"{}"),
    ):
        response = await guarded.http.post(PATH, content=body, headers={"content-type": "application/json", **headers})
        statuses.append(response.status_code)
    faults.clear()
    statuses.append((await guarded.http.post(PATH, json={}, headers=KEY)).status_code)
    statuses.append((await guarded.http.post(PATH, json={"run_id": UNKNOWN}, headers=KEY)).status_code)
    assert statuses == [500, 401, 403, 429, 400, 404]


async def test_the_sdk_demo_profile_has_no_replay(ask: Asker) -> None:
    ask.aionis.options.sdk_demo = True
    response = await ask.post(RUNS_GET, run_id=ask.aionis.runs["refund-failed"].run_id)
    assert response.json()["statusCode"] == 404
    await ask.ok("resolve", uri=ask.aionis.runs["refund-failed"].decision_uris[0])
