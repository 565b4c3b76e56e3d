"""What several jobs do: read a run or two, post for everybody or show to the asker."""

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import TypeVar

from bot.aionis import Aionis
from bot.blocks.layout import Message
from bot.blocks.notices import INVITE, failure_message, notice
from bot.domain.incident.state import Incident
from bot.errors import NotInChannel, PostingRefused, SlackError
from bot.investigation.pair import InvestigatedPair, investigate_pair
from bot.investigation.run import Investigation, investigate
from bot.runtime.heavy_work import SMALL
from bot.runtime.services import Services
from bot.slack import Posted, ReplyTo
from bot.store.queue import HandedBack, current_lease

SLOW_AFTER = 3.0  # seconds
_ANSWERS_WITHIN, _LOOK_AGAIN = 120.0, 0.3  # seconds that an export waits for answers, and between two looks
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


async def post_or_show(
    services: Services, job: str, part: str, reply: ReplyTo, message: Message, *, broadcast: bool = False
) -> Posted | None:
    """Post for everybody; where the bot may not, show the whole to the asker with what helps, and return None."""
    try:
        return await services.slack.post_once(job, part, reply, message, broadcast=broadcast)
    except (NotInChannel, PostingRefused) as refused:
        if reply.response_url is None:  # nothing else reaches a person where the bot is no member
            raise
        because = refused
    await services.slack.answer_once(job, f"{part}-shown", reply, message)
    helps = failure_message(because) if isinstance(because, PostingRefused) else await _invite(services)
    await services.slack.answer_once(job, f"{part}-invite", reply, helps)
    return None


async def _invite(services: Services) -> Message:
    return notice(INVITE.format(bot=await services.slack.bot_name()))


async def keep_evidence(services: Services, job: str, aionis: Aionis, incident: Incident) -> None:
    """Keep the answers that a job has used with the incident, masked: the last thing that it does.

    Masking megabytes takes seconds. Nobody behind the job waits for that, but for an export, which wants them all.
    """
    if sum(len(one.body) for one in aionis.exchanges) >= SMALL:
        # Said before the lane is left: an export that begins the moment after must find it.
        await services.incidents.expect_answers(incident, job)
        if lease := current_lease.get():
            await lease.leave_lane()
    work = services.heavy_work
    for one in aionis.exchanges:
        kept = await work.keep(path=one.path, asked=one.asked, request_id=one.request_id, read_at=one.at, body=one.body)
        await services.incidents.keep_answers(incident, [kept])
    await services.incidents.has_answers(incident, job)


async def ensure_answers_are_kept(services: Services, incident: Incident) -> None:
    """Raise `HandedBack` while a job still masks answers of the incident; not for longer than a while."""
    lease = current_lease.get()
    if lease and lease.delivery.age < _ANSWERS_WITHIN and await services.incidents.expects_answers(incident):
        raise HandedBack(_LOOK_AGAIN)


def in_thread(reply: ReplyTo, ts: str) -> ReplyTo:
    """Return the same place, in the thread of a message."""
    return reply.model_copy(update={"thread_ts": ts})
