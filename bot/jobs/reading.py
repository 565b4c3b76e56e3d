"""Reading a run or two for a job, with a word to whoever waits for it."""

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import TypeVar

from bot.aionis import Aionis
from bot.blocks.notices import notice
from bot.errors import NotInChannel, PostingRefused, SlackError
from bot.investigation.pair import InvestigatedPair, investigate_pair
from bot.investigation.run import Investigation, investigate
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.store.outbox import ASKING as ASKING_PART

SLOW_AFTER = 3.0  # seconds
ASKING = "Asking Aionis…"
ASKING_ONE = "Asking Aionis… it has not answered yet; the answer comes as another message."
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


async def with_word(services: Services, job: str, reply: ReplyTo, working: Awaitable[T], *, private: str = "") -> T:
    """Do what is waited for, with a word, once, where it takes longer than people wait without one; the answer takes its place.

    What the word cannot become, such as a file, is waited for with `private` words that stay, for Slack lets nobody edit them.
    """
    work = asyncio.ensure_future(working)
    try:
        if not reply.placeholder:
            await asyncio.wait([work], timeout=SLOW_AFTER)
        if not work.done():
            with contextlib.suppress(SlackError):  # the word is a courtesy: the answer itself is told, or its failure
                await _say_word(services, job, reply, private=private)
        return await work
    finally:
        work.cancel()  # nothing where it is done; a job that is cut off leaves no call to Aionis behind


async def _say_word(services: Services, job: str, reply: ReplyTo, *, private: str) -> None:
    if private and not reply.placeholder:
        await services.slack.answer_once(job, ASKING_PART, reply, notice(private), aside=True)
        return
    try:
        await services.slack.hold_place(job, reply, notice(private or ASKING))
    except (NotInChannel, PostingRefused):
        await services.slack.answer_once(job, ASKING_PART, reply, notice(ASKING_ONE), aside=True)


async def read_pair(services: Services, aionis: Aionis, failing: str, rerun: str) -> InvestigatedPair:
    """Read a failing run and its rerun, and compare them."""
    return await investigate_pair(aionis, failing, rerun, now=services.now(), stalled_after=services.stalled_after)
