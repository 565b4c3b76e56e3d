"""What the playground offers on its page, what it can let happen, and where it keeps its data."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.playground.aionis import SampleAionis
from bot.playground.guide import HAPPENINGS, examples_route, sample_routes
from bot.playground.http import serve_app
from bot.playground.run import data_dir
from tests.conftest import http_client


@asynccontextmanager
async def asking(*routes: Route) -> AsyncIterator[httpx.AsyncClient]:
    async with serve_app(Starlette(routes=list(routes))) as server, http_client(server.base_url) as http:
        yield http


async def test_the_path_types_commands_of_the_sample_s_own_runs() -> None:
    aionis = SampleAionis()
    async with asking(*sample_routes(aionis)) as page:
        offer = (await page.get("/page/examples")).json()
    failed, rerun = aionis.runs["refund-failed"].run_id, aionis.runs["refund-rerun"].run_id
    assert [step.get("types") for step in offer["steps"]] == [
        f"/replay {failed}", None, f"/replay compare {failed} {rerun}", None, "/replay export",
    ]  # fmt: skip
    assert all(("types" in step) != ("presses" in step) for step in offer["steps"])
    assert len(offer["runs"]) == len(aionis.runs)
    assert [command["label"] for command in offer["runs"][0]["commands"]] == ["Replay", "Decision", "Commit"]


async def test_everything_offered_can_happen() -> None:
    aionis = SampleAionis()
    async with asking(*sample_routes(aionis)) as page:
        for happening in HAPPENINGS:
            answer = await page.post("/page/happen", json=happening["asks"])
            assert answer.status_code == 200, answer.text
            assert len(answer.json()["ids"]) == happening["asks"].get("failures", 1)


async def test_nothing_is_offered_where_the_sample_is_not_there() -> None:
    async with asking(examples_route()) as page:
        assert (await page.get("/page/examples")).json() == {"runs": [], "steps": [], "happenings": []}


def test_the_data_are_below_bot_data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert data_dir() == Path(".incident-bot/playground")
    monkeypatch.setenv("BOT_DATA_DIR", str(tmp_path))
    assert data_dir() == tmp_path / "playground"
