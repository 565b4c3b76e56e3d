"""The wait that all calls to Aionis share."""

import asyncio
import time

import pytest

from bot.aionis.limit import SharedWait
from bot.errors import RateLimited


async def test_one_answer_that_asks_for_a_day_keeps_nobody_from_asking_again_after_a_minute() -> None:
    wait, asked = SharedWait(), RateLimited("Aionis wants a pause.", retry_after=86_400.0)
    wait.ask(asked)
    with pytest.raises(RateLimited) as told:
        await wait.over(deadline=time.monotonic() + 30)
    assert told.value is asked  # with what was asked for
    later = time.monotonic() + 61
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.aionis.limit.time.monotonic", lambda: later)
        await wait.over(deadline=later + 30)


async def test_whoever_cannot_wait_as_long_is_told_at_once_although_another_does() -> None:
    wait, asked = SharedWait(), RateLimited("Aionis wants a pause.", retry_after=20.0)
    wait.ask(asked)
    patient = asyncio.ensure_future(wait.over(deadline=time.monotonic() + 40))
    await asyncio.sleep(0)
    async with asyncio.timeout(1):
        with pytest.raises(RateLimited):
            await wait.over(deadline=time.monotonic() + 2)
    patient.cancel()


@pytest.mark.parametrize(("idle", "at_least", "at_most"), [(0.0, 2.0, 10.0), (20.0, 0.05, 0.5), (3600.0, 0.0, 0.0)])
async def test_the_distance_that_calls_keep_fades_with_time(idle: float, at_least: float, at_most: float) -> None:
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.aionis.limit.time.monotonic", clock)
        patch.setattr("bot.aionis.limit.asyncio.sleep", clock.sleep)
        wait = SharedWait()
        for _ in range(8):  # a spell in which Aionis had no room again and again
            wait.ask(RateLimited("Aionis wants a pause.", retry_after=1.0))
            await wait.over(deadline=clock.now + 3600)
        clock.now += idle
        began = clock.now
        for _ in range(10):
            await wait.over(deadline=clock.now + 3600)
            wait.taken()
        assert at_least <= clock.now - began <= at_most


class Clock:
    """Time that goes on by waiting alone."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
