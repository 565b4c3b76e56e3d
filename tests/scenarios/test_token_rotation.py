"""A refresh token can be used once: it is exchanged by one, and what Slack gives for it is kept, whatever happens meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisGone

from bot.errors import SlackUnreachable
from bot.playground.aionis import SampleAionis
from bot.playground.slack import MAYA, LocalSlack
from bot.runtime.workspaces import installed
from bot.slack.tokens import Tokens
from bot.store import keys
from bot.store.connection import open_redis
from bot.store.installations import Installation, Installations
from tests.conftest import running_bot
from tests.scenarios.test_workspaces import HOME, install, several, two_workspaces


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with two_workspaces(settings={"token_rotation_enabled": True}) as local:
        yield local


@pytest.fixture
async def stored(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> AsyncIterator[tuple[Installations, Tokens, Redis]]:
    """Yield what a process has to look up and exchange the tokens of a workspace that installed the app."""
    settings = several(slack, aionis, redis_url)
    async with running_bot(slack, settings) as base_url:
        assert (await install(slack, base_url, user=MAYA, team=HOME)).status_code == 200
    async with open_redis(redis_url) as redis:
        yield *installed(settings, redis), redis


async def found(installations: Installations) -> Installation:
    installation = await installations.find(HOME)
    assert installation
    return installation


def exchanges(slack: LocalSlack) -> int:
    return sum(call.method == "oauth.v2.access" for call in slack.calls)


async def test_whoever_waits_too_long_for_an_exchange_makes_none(
    slack: LocalSlack, stored: tuple[Installations, Tokens, Redis], monkeypatch: pytest.MonkeyPatch
) -> None:
    installations, tokens, redis = stored
    monkeypatch.setattr("bot.store.installations._ROTATES_WITHIN", 0.05)
    await redis.set(keys.rotating(HOME), "another process", px=60_000)
    before, asked = await found(installations), exchanges(slack)
    with pytest.raises(SlackUnreachable, match="Another process"):
        await tokens.renewed(HOME, before.token)
    assert exchanges(slack) == asked
    assert await found(installations) == before


async def test_a_new_token_is_kept_although_redis_is_away_and_whoever_wanted_it_is_gone(
    slack: LocalSlack, stored: tuple[Installations, Tokens, Redis], monkeypatch: pytest.MonkeyPatch
) -> None:
    installations, tokens, _ = stored
    before, asked, put = await found(installations), exchanges(slack), installations.replace
    tried = asyncio.Event()

    async def away(*given: Installation) -> bool:
        if tried.is_set():
            return await put(*given)
        tried.set()
        raise RedisGone

    monkeypatch.setattr(installations, "replace", away)
    job = asyncio.create_task(tokens.renewed(HOME, before.token))
    await tried.wait()
    job.cancel()
    others = await asyncio.gather(*(tokens.renewed(HOME, before.token) for _ in range(3)))
    await tokens.close()
    assert set(others) == {(await found(installations)).token} == {slack.bot_token}
    assert exchanges(slack) == asked + 1


@pytest.mark.parametrize("meanwhile", ["removed", "installed again", "another changed"])
async def test_a_token_is_put_only_in_place_of_the_one_that_it_was_exchanged_for(
    stored: tuple[Installations, Tokens, Redis], monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    installations, _, redis = stored
    before = await found(installations)
    after, again = replace(before, token="after"), replace(before, token="again")
    read = installations._read

    def read_while(hidden: Any) -> Installation:
        """Have another process come between the look and the writing."""
        import redis as blocking  # noqa: PLC0415 only here

        monkeypatch.setattr(installations, "_read", read)
        path = redis.connection_pool.connection_kwargs["path"]
        with blocking.Redis(unix_socket_path=path) as other:
            if meanwhile == "removed":
                other.hdel(keys.INSTALLATIONS, HOME)
            else:
                place = HOME if meanwhile == "installed again" else "T0ANOTHER1"
                text = installations._cipher.hide(json.dumps(asdict(again)))
                other.hset(keys.INSTALLATIONS, place, text)
        return read(hidden)

    monkeypatch.setattr(installations, "_read", read_while)
    kept = await installations.replace(before, after)
    expected = {"removed": None, "installed again": again, "another changed": after}[meanwhile]
    assert await installations.find(HOME) == expected
    assert kept is (meanwhile == "another changed")
