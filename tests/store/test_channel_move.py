"""A channel's other id has all that the earlier one had, however often the move was begun."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.domain.access.tenancy import Tenancy
from bot.store.channel_move import ChannelMoves
from bot.store.watches import Watch, Watches
from tests.admissions import KEYS
from tests.store.test_incidents import store_on

AT = datetime(2026, 11, 27, tzinfo=UTC)
OLD, NEW = "C0OLD", "C0NEW"


@pytest.mark.parametrize("is_there_already", [False, True])
async def test_a_channel_watches_under_its_new_id_alone(redis: Redis, is_there_already: bool) -> None:
    watches = Watches(redis, KEYS)
    await watches.start(Watch(OLD, Tenancy("default", "support"), by="U1", at=AT))
    if is_there_already:  # as after a move that was cut off
        await watches.start(Watch(NEW, Tenancy("default", "support"), by="U1", at=AT))
    await ChannelMoves(redis, KEYS, store_on(redis)).move(OLD, NEW, at=AT)
    assert [one.channel for one in await watches.all()] == [NEW]


@pytest.mark.parametrize("steps", [1, 2])
async def test_a_channel_that_gets_an_earlier_id_back_is_found_wherever_that_is_cut_off(
    redis: Redis, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    moves = ChannelMoves(redis, KEYS, store_on(redis))
    await moves.move(OLD, NEW, at=AT)
    done: list[str] = []
    execute: Any = redis.execute_command

    async def cut_off(*command: Any, **options: Any) -> Any:
        if len(done) == steps:
            raise ConnectionError("cut off")
        done.append(command[0])
        return await execute(*command, **options)

    with monkeypatch.context() as patch:
        patch.setattr(redis, "execute_command", cut_off)
        with pytest.raises(ConnectionError):
            await moves.move(NEW, OLD, at=AT)
    async with asyncio.timeout(5):
        assert await moves.new_id(OLD) is None
    await moves.move(NEW, OLD, at=AT)
    assert (await moves.new_id(NEW), await moves.new_id(OLD)) == (OLD, None)
