"""One time for all: that of Redis, and a log whose time never goes backwards."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.domain.incident import log_changes
from bot.store.clock import StoreClock
from bot.store.connection import open_redis
from bot.store.maintenance import Maintenance
from tests.store.test_incidents import ADMISSION, AT, PEOPLE, PLACE, opened, store_on


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with open_redis(redis_url) as client:
        yield client


async def test_the_clock_is_that_of_the_store_whatever_this_machines_says(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time()
    monkeypatch.setattr("time.time", lambda: real - 3_600)
    clock = StoreClock(redis)
    assert abs(clock().timestamp() - real) > 3_000, "until it was asked"
    await clock.ask()
    seconds, microseconds = await redis.time()
    assert abs(clock().timestamp() - seconds - microseconds / 1_000_000) < 1


async def test_the_entry_of_a_clock_that_is_behind_has_the_time_of_the_one_before_it(redis: Redis) -> None:
    store = store_on(redis)
    id_ = await opened(store)
    for minutes, severity in ((5, "SEV1"), (2, "SEV2"), (-9, "SEV3"), (6, "SEV4")):
        at = AT + timedelta(minutes=minutes)
        change = log_changes.severity_set(severity, by=PEOPLE[0], at=at, key=severity)
        assert (await store.apply(ADMISSION, id_, change)).accepted
    entries = await Maintenance(redis).log(PLACE, id_)
    assert [(one.at - AT).total_seconds() / 60 for one in entries] == [0, 5, 5, 5, 6]
    assert (await Maintenance(redis).audit(PLACE, id_)).problems == ()
