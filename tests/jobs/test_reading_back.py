"""The failures that Aionis has are read back once, by whoever comes to its end with it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.domain.access.tenancy import Tenancy
from bot.domain.recurrence.decisions import Join
from bot.domain.recurrence.fingerprint import READING
from bot.domain.recurrence.occurrences import PastIncident
from bot.investigation.scope_failures import read_failures
from bot.jobs.reading_back import catch_up
from bot.playground.aionis import SampleAionis
from bot.runtime.services import Services
from bot.store.connection import open_redis
from tests.admissions import admission


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with open_redis(redis_url) as client:
        yield client


HERE = admission("C1", Tenancy("default", "support"))


async def test_a_reading_that_was_cut_off_is_done_by_the_next_one(services: Services, aionis: SampleAionis) -> None:
    aionis.faults.add(endpoint="find", kind="hang")
    cut_off = asyncio.create_task(catch_up(services, HERE))
    while not any(call.path.endswith("/find") for call in aionis.calls):  # noqa: ASYNC110 nothing else tells
        await asyncio.sleep(0)
    cut_off.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cut_off
    aionis.faults.clear()
    await catch_up(services, HERE)
    assert await services.failures.latest(HERE.tenancy, limit=1)
    before = len(aionis.calls)
    await catch_up(services, HERE)
    assert len(aionis.calls) == before


async def test_a_newer_reading_takes_along_what_was_known_of_a_failure(
    services: Services, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an older version left it: another wording of the same failure, its incidents, and what people joined."""
    now, tenancy = services.now(), HERE.tenancy
    found = await read_failures(services.aionis(HERE), now=now, stalled_after=services.stalled_after)
    run = found.runs[0]
    older = replace(run, ingredients=replace(run.ingredients, error="as it was read before"))
    old, new = older.ingredients.fingerprint, run.ingredients.fingerprint
    monkeypatch.setattr("bot.store.recurrence.READING", READING - 1)
    await services.failures.record(tenancy, older, now=now)
    monkeypatch.undo()
    await services.failures.had_incident(
        tenancy, old, PastIncident("INC-AAAA", "closed", fix="PR 71", channel="C1", fixed=True)
    )
    await services.failures.had_incident(tenancy, old, PastIncident("INC-BBBB", "open", channel="C1"))
    await services.failures.decide(tenancy, Join(old, "another"), by="U1", at=now)
    await catch_up(services, HERE)
    assert await services.failures.fingerprint_of(tenancy, run.run_id) == new
    (known,) = await services.failures.find(tenancy, [new])
    assert [one.id for one in known.incidents] == ["INC-AAAA"], "an open one says itself what it is about"
    assert (await services.failures.decisions(tenancy)).of(new) == "another"
    waiting = [str(name) for name in await redis.keys("*") if "ended:C1:INC-BBBB" in str(name)]
    waiting += [str(await redis.hgetall(name)) for name in await redis.keys("*") if await redis.type(name) == "hash"]
    assert any(f"INC-BBBB:{run.run_id}" in one for one in waiting), "its run is read again"
