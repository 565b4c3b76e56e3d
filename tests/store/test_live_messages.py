"""One writer of an incident's messages: the lease is renewed, and whoever loses it is cut off."""

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.store.keys import Keys
from bot.store.live_messages import LiveMessages
from bot.store.queue import HandedBack

KEYS = Keys("T1")


@pytest.fixture
def live(redis: Redis) -> LiveMessages:
    return LiveMessages(redis, KEYS, retention=timedelta(days=1))


async def test_there_is_one_writer_at_a_time(live: LiveMessages) -> None:
    async with live.writing("C1", "INC-1") as first:
        assert first
        async with live.writing("C1", "INC-1") as second, live.writing("C1", "INC-2") as other:
            assert (second, other) == (False, True)
    async with live.writing("C1", "INC-1") as again:
        assert again


async def test_a_writer_whose_lease_is_lost_is_cut_off(live: LiveMessages, redis: Redis) -> None:
    async def write() -> None:
        async with live.writing("C1", "INC-1"):
            await redis.set(KEYS.showing("C1", "INC-1"), "somebody else's")
            await asyncio.sleep(30)

    with pytest.raises(HandedBack):
        await write()
    task = asyncio.current_task()
    assert task
    assert not task.cancelling(), "whoever is handed back goes on"
    assert await redis.get(KEYS.showing("C1", "INC-1")) == "somebody else's"


async def test_a_writer_that_is_cancelled_stays_cancelled(live: LiveMessages, redis: Redis) -> None:
    begun = asyncio.Event()

    async def write() -> None:
        async with live.writing("C1", "INC-1"):
            begun.set()
            await asyncio.sleep(30)

    writing = asyncio.create_task(write())
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert not await redis.exists(KEYS.showing("C1", "INC-1"))
