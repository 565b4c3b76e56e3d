"""Faults over real HTTP, as a client meets them."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bot.playground.aionis import Problem, SampleAionis, serve
from tests.conftest import http_client
from tests.playground.aionis.asking import NOON, RUNS_GET, Asker

PATH = f"/v1/memory/{RUNS_GET}"


@dataclass(frozen=True, slots=True)
class Served:
    aionis: SampleAionis
    http: httpx.AsyncClient

    async def replay(self, **options: Any) -> httpx.Response:
        body = {"scope": "support", "run_id": self.aionis.runs["refund-failed"].run_id}
        return await self.http.post(PATH, json=body, **options)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    aionis = SampleAionis(now=NOON)
    async with serve(aionis) as base_url, http_client(base_url) as http:
        yield Served(aionis, http)


async def test_it_serves_over_real_http(served: Served) -> None:
    response = await served.replay()
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert "server" not in response.headers


@pytest.mark.parametrize(
    ("tenant", "ms", "code", "retry_after"),
    [(False, 1, "rate_limited_recall", "1"), (True, 1893, "tenant_rate_limited_recall", "2")],
)
async def test_rate_limits_say_how_long_to_wait(
    served: Served, tenant: bool, ms: int, code: str, retry_after: str
) -> None:
    served.aionis.faults.add(endpoint="runs/get", kind="rate_limited", ms=ms, tenant=tenant, times=1)
    response = await served.replay()
    assert (response.status_code, response.json()["error"]) == (429, code)
    assert response.headers["retry-after"] == retry_after
    assert response.json()["details"]["retry_after_ms"] == ms
    assert ("tenant_id" in response.json()["details"]) is tenant
    assert (await served.replay()).status_code == 200


async def test_writes_have_a_limiter_of_their_own(ask: Asker) -> None:
    ask.aionis.faults.add(kind="rate_limited")
    answer = await ask.refused("replay/run/start", 429, "rate_limited_write", goal="x")
    assert answer["details"]["waited_ms"] == 0


async def test_500_502_and_501(served: Served) -> None:
    for kind, status in (("server_error", 500), ("bad_gateway", 502), ("unsupported", 501)):
        served.aionis.faults.add(kind=kind, times=1)  # type: ignore[arg-type]
        response = await served.replay()
        assert response.status_code == status
        is_html = response.headers["content-type"].startswith("text/html")
        assert is_html is (kind == "bad_gateway")
        assert is_html or "details" in response.json()


async def test_garbage(served: Served) -> None:
    served.aionis.faults.add(kind="not_json", times=1)
    garbage = await served.replay()
    assert garbage.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        garbage.json()
    served.aionis.faults.add(kind="wrong_json", times=1)
    assert isinstance((await served.replay()).json(), list)


@pytest.mark.parametrize("kind", ["truncated", "closed"])
async def test_connections_that_break(served: Served, kind: Any) -> None:
    served.aionis.faults.add(kind=kind, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        await served.replay()
    assert (await served.replay()).status_code == 200


async def test_an_oversized_answer_is_streamed_json(served: Served) -> None:
    served.aionis.faults.add(kind="oversized", mib=3, times=1)
    response = await served.replay()
    assert len(response.content) == 3 << 20
    assert len(response.json()["filler"]) > 3_000_000


async def test_a_hanging_call_times_out_and_harms_no_later_one(served: Served) -> None:
    served.aionis.faults.add(kind="hang", times=1)
    with pytest.raises(httpx.ReadTimeout):
        await served.replay(timeout=0.1)
    assert (await served.replay()).status_code == 200


async def test_clearing_lets_hanging_calls_go_on(served: Served) -> None:
    served.aionis.faults.add(kind="hang")
    call = asyncio.create_task(served.replay())
    async with asyncio.timeout(5):
        while not served.aionis.calls:  # noqa: ASYNC110 nothing announces a call
            await asyncio.sleep(0.001)
    served.aionis.faults.clear()
    assert (await call).status_code == 200


async def test_latency_delays_only_its_endpoint(served: Served) -> None:
    loop = asyncio.get_running_loop()
    served.aionis.faults.add(endpoint="runs/get", kind="latency", ms=60)
    started = loop.time()
    await served.replay()
    assert loop.time() - started >= 0.06
    served.aionis.faults.clear()
    served.aionis.faults.add(endpoint="runs/get", kind="latency", ms=30_000)
    slow = asyncio.create_task(served.replay(timeout=60))
    await served.http.get("/health")
    assert not slow.done()
    slow.cancel()


async def test_faults_hit_as_often_and_where_they_should(ask: Asker) -> None:
    faults = ask.aionis.faults
    faults.add(endpoint="resolve", kind="server_error", times=2)
    statuses = [(await ask.post("resolve", uri="x")).status_code for _ in range(3)]
    assert statuses == [500, 500, 400]
    faults.add(endpoint="tools/run", kind="server_error")
    assert (await ask.post("tools/runs/list")).status_code == 200
    assert (await ask.post("tools/run", run_id="x")).status_code == 500
    assert [fault["endpoint"] for fault in faults.as_json()] == ["tools/run"]


def test_an_unknown_fault_is_refused(aionis: SampleAionis) -> None:
    with pytest.raises(Problem, match="unknown kind"):
        aionis.faults.add(kind="flood")  # type: ignore[arg-type]
