"""The forge, asked over HTTP at a server of this test: only the hosts in the settings, no redirect, bounded answers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.config.settings import load_settings
from bot.domain.incident.corrective_change import ChangeRef, MergedChange, change_in
from bot.forge import Forge
from bot.playground.http import serve_app

TOKEN = "-".join(["made", "up", "for", "a", "test"])
MERGED_AT = "2026-11-25T10:00:00Z"
PULL = {"merged": True, "merge_commit_sha": "ab" * 20, "merged_at": MERGED_AT}
FOUND = MergedChange("ab" * 20, datetime(2026, 11, 25, 10, tzinfo=UTC))


@asynccontextmanager
async def forge(answer: Callable[[Request], Response]) -> AsyncIterator[tuple[Forge, str, list[Request]]]:
    """Serve a forge that answers so; yields the client, the host, and what was asked."""
    asked: list[Request] = []

    async def any_path(request: Request) -> Response:
        asked.append(request)
        return answer(request)

    async with serve_app(Starlette(routes=[Route("/{path:path}", any_path)])) as server:
        tokens = {"github_token": TOKEN, "gitlab_token": TOKEN}
        settings = load_settings(github_api_url=server.base_url, gitlab_url=server.base_url, **tokens)
        client = Forge.from_settings(settings)
        yield client, server.base_url.removeprefix("http://"), asked
        await client.aclose()


async def test_a_merged_pull_request_is_told_with_its_commit_and_time() -> None:
    async with forge(lambda _: JSONResponse(PULL)) as (client, host, asked):
        assert await client.merged(ChangeRef("pull", host, "acme/agents", 71)) == FOUND
        assert asked[0].url.path == "/repos/acme/agents/pulls/71"
        assert asked[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_a_merged_merge_request_is_told_alike() -> None:
    value = {"state": "merged", "merge_commit_sha": None, "squash_commit_sha": "ab" * 20, "merged_at": MERGED_AT}
    async with forge(lambda _: JSONResponse(value)) as (client, host, asked):
        assert await client.merged(ChangeRef("merge", host, "acme/team/agents", 8)) == FOUND
        assert asked[0].scope["raw_path"] == b"/api/v4/projects/acme%2Fteam%2Fagents/merge_requests/8"
        assert asked[0].headers["private-token"] == TOKEN


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: JSONResponse({**PULL, "merged": False}),
        lambda _: JSONResponse({**PULL, "merged": "true"}),
        lambda _: JSONResponse({"merged": True}),
        lambda _: JSONResponse({**PULL, "merged_at": "soon"}),
        lambda _: JSONResponse([PULL]),
        lambda _: JSONResponse(PULL, 404),
        lambda _: RedirectResponse("/elsewhere"),
        lambda _: PlainTextResponse("<html>"),
        lambda _: PlainTextResponse("[" * 100_000),
        lambda _: PlainTextResponse("x" * (3 * 2**20)),
    ],
)
async def test_whatever_else_is_said_proves_nothing(answer: Callable[[Any], Response]) -> None:
    async with forge(answer) as (client, host, asked):
        assert await client.merged(ChangeRef("pull", host, "acme/agents", 71)) is None
        assert len(asked) == 1


async def test_another_host_is_never_asked() -> None:
    async with forge(lambda _: JSONResponse(PULL)) as (client, _, asked):
        change = ChangeRef("pull", "github.com.evil.example", "acme/agents", 71)
        assert not client.knows(change)
        assert await client.merged(change) is None
        assert asked == []


async def test_without_a_token_nothing_is_asked() -> None:
    client = Forge.from_settings(load_settings())
    assert not client.knows(ChangeRef("pull", "github.com", "acme/agents", 71))
    await client.aclose()


async def test_the_public_site_has_its_api_elsewhere() -> None:
    client = Forge.from_settings(load_settings(github_token=TOKEN))
    assert client.knows(ChangeRef("pull", "github.com", "acme/agents", 71))
    await client.aclose()


@pytest.mark.parametrize(
    ("link", "change"),
    [
        ("https://github.com/acme/agents/pull/71", ChangeRef("pull", "github.com", "acme/agents", 71)),
        ("https://github.com/acme/agents/pull/71/files#diff", ChangeRef("pull", "github.com", "acme/agents", 71)),
        ("https://gitlab.com/a/b/c/-/merge_requests/8", ChangeRef("merge", "gitlab.com", "a/b/c", 8)),
        ("https://GitHub.com/acme/agents/pull/71", ChangeRef("pull", "github.com", "acme/agents", 71)),
        ("https://user@github.com/acme/agents/pull/71", None),
        ("https://github.com/acme/../agents/pull/71", None),
        ("https://github.com/acme/%2e%2e/pull/71", None),
        ("https://github.com/acme/agents/issues/71", None),
        ("ftp://github.com/acme/agents/pull/71", None),
        ("https://[", None),
        ("text", None),
    ],
)
def test_which_change_a_link_names(link: str, change: ChangeRef | None) -> None:
    assert change_in(link) == change
