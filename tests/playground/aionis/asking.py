"""Asking the sample: one call with the tenancy filled in."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from bot.playground.aionis import SampleAionis

RUNS_GET = "replay/runs/get"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asker:
    """Calls the sample in process, as tenant `default`, scope `support` unless the body says otherwise."""

    http: httpx.AsyncClient
    aionis: SampleAionis

    async def post(self, path: str, headers: dict[str, str] | None = None, /, **body: Any) -> httpx.Response:
        return await self.http.post(f"/v1/memory/{path}", json={"scope": "support", **body}, headers=headers)

    async def ok(self, path: str, headers: dict[str, str] | None = None, /, **body: Any) -> dict[str, Any]:
        response = await self.post(path, headers, **body)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def refused(self, path: str, status: int, code: str, /, **body: Any) -> dict[str, Any]:
        response = await self.post(path, **body)
        answer: dict[str, Any] = response.json()
        assert (response.status_code, answer["error"]) == (status, code), response.text
        assert answer["status"] == status
        return answer

    async def run(self, name: str, /, **body: Any) -> dict[str, Any]:
        """Read a run of the world by its name."""
        run = self.aionis.runs[name]
        return await self.ok(RUNS_GET, **{"run_id": run.run_id, "tenant_id": run.tenant_id, "scope": run.scope, **body})


def asker_of(aionis: SampleAionis) -> Asker:
    transport = httpx.ASGITransport(aionis.app)
    return Asker(httpx.AsyncClient(transport=transport, base_url="http://aionis.test"), aionis)
