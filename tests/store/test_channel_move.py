"""A channel's other id has all that the earlier one had, however often the move was begun."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import log_changes
from bot.errors import StaleButton
from bot.store.channel_move import ChannelMoves
from bot.store.keys import Keys
from bot.store.watches import Watch, Watches
from tests.admissions import KEYS, admission
from tests.store.test_incidents import HERE, opening, store_on

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


@pytest.mark.parametrize("together", [1, 5])
async def test_an_incident_is_moved_whole_however_many_move_it(redis: Redis, together: int) -> None:
    store, old, new = store_on(redis), admission(OLD, HERE), admission(NEW, HERE)
    ids = [await store.claim_id(OLD) for _ in range(20)]
    for id_ in ids:
        await store.open(old, id_, opening(f"open:{id_}", channel=OLD), alone=False)
        await store.append_by_id(OLD, id_, log_changes.severity_set("SEV2", by="U1", at=AT, key="severity"))
    await asyncio.gather(*(ChannelMoves(redis, KEYS, store_on(redis)).move(OLD, NEW, at=AT) for _ in range(together)))
    for id_ in ids:
        incident = await store.read(new, id_)
        assert (incident.severity, len(await store.log(incident))) == ("SEV2", 3)
    assert [name async for name in redis.scan_iter(f"{KEYS.of_channel(OLD)}*")] == []


async def test_what_is_stored_under_the_new_id_already_stays(redis: Redis) -> None:
    await redis.hset(KEYS.roots(OLD), mapping={"1.0": "INC-OLD", "2.0": "INC-OLD"})
    await redis.hset(KEYS.roots(NEW), "2.0", "INC-NEW")
    await redis.zadd(KEYS.open_incidents(OLD), {"INC-OLD": 1, "INC-BOTH": 1})
    await redis.zadd(KEYS.open_incidents(NEW), {"INC-BOTH": 2})
    await ChannelMoves(redis, KEYS, store_on(redis)).move(OLD, NEW, at=AT)
    assert await redis.hgetall(KEYS.roots(NEW)) == {"1.0": "INC-OLD", "2.0": "INC-NEW"}
    assert await redis.zrange(KEYS.open_incidents(NEW), 0, -1, withscores=True) == [("INC-OLD", 1.0), ("INC-BOTH", 2.0)]
    assert not await redis.exists(KEYS.roots(OLD), KEYS.open_incidents(OLD))


async def test_no_incident_is_opened_under_an_earlier_id(redis: Redis) -> None:
    store = store_on(redis)
    id_ = await store.claim_id(OLD)
    await ChannelMoves(redis, KEYS, store).move(OLD, NEW, at=AT)
    with pytest.raises(StaleButton, match="another id"):
        await store.open(admission(OLD, HERE), id_, opening(channel=OLD), alone=True)
    assert [name async for name in redis.scan_iter(f"{KEYS.of_channel(OLD)}*")] == []


@pytest.mark.parametrize(
    ("keys", "thread", "before"),
    [
        pytest.param(KEYS, "1.5", OLD, id="the incident's own thread"),
        pytest.param(KEYS, "1.6", None, id="another thread"),
        pytest.param(Keys("T2"), "1.5", None, id="another workspace"),
    ],
)
async def test_a_button_in_the_thread_of_its_incident_says_which_id_the_channel_had(
    redis: Redis, keys: Keys, thread: str, before: str | None
) -> None:
    store = store_on(redis)
    id_ = await store.claim_id(OLD)
    await store.open(admission(OLD, HERE), id_, opening(channel=OLD), alone=True)
    await redis.hset(KEYS.roots(OLD), "1.5", id_)
    moves = ChannelMoves(redis, keys, store_on(redis, keys))
    assert await moves.id_before(NEW, thread, id_) == before
    assert await moves.id_before(OLD, thread, id_) is None
    await redis.rename(KEYS.roots(OLD), KEYS.roots(NEW))  # as where the move was cut off
    assert await moves.id_before(NEW, thread, id_) == before
