"""Reading a run or two for a job, with a word to whoever waits for it."""

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import TypeVar

from bot.aionis import Aionis
from bot.blocks.notices import notice
from bot.errors import SlackError
from bot.investigation.pair import InvestigatedPair, investigate_pair
from bot.investigation.run import Investigation, investigate
from bot.runtime.services import Services
from bot.slack import ReplyTo

SLOW_AFTER = 3.0  # seconds
ASKING = "Asking Aionis… it has not answered yet; I say so if it does not answer at all."
T = TypeVar("T")


async def read_run(services: Services, aionis: Aionis, run_id: str, *, step_number: int | None = None) -> Investigation:
    """Read a run, and diagnose it."""
    return await investigate(
        aionis,
        run_id,
        now=services.now(),
        stalled_after=services.stalled_after,
        step_number=step_number,
    )


async def read_with_word(services: Services, job: str, reply: ReplyTo, reading: Awaitable[T]) -> T:
    """Read from Aionis, with a word to whoever asked, once, where that takes longer than they wait without one."""
    work = asyncio.ensure_future(reading)
    try:
        await asyncio.wait([work], timeout=SLOW_AFTER)
        if not work.done():
            with contextlib.suppress(SlackError):  # the word is a courtesy: the answer itself is told, or its failure
                await services.slack.answer_once(job, "asking", reply, notice(ASKING))
        return await work
    finally:
        work.cancel()  # nothing where it is done; a job that is cut off leaves no call to Aionis behind


async def read_pair(services: Services, aionis: Aionis, failing: str, rerun: str) -> InvestigatedPair:
    """Read a failing run and its rerun, and compare them."""
    return await investigate_pair(aionis, failing, rerun, now=services.now(), stalled_after=services.stalled_after)
