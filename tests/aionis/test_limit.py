"""The wait that all calls to Aionis share."""

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
