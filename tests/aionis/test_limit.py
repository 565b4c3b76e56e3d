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
