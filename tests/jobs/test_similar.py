"""The failures that Aionis has are read back once, by whoever comes to its end with it."""

import asyncio

import pytest

from bot.domain.access.tenancy import Tenancy
from bot.jobs.similar import catch_up
from bot.playground.aionis import SampleAionis
from bot.runtime.services import Services
from tests.admissions import admission

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
