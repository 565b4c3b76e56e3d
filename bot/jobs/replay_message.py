"""Replaying what a message or a thread names, without anybody typing an id."""

from collections.abc import Iterator
from typing import ClassVar

from bot.blocks.notices import notice, told_at
from bot.domain.access.admission import AskerAdmission
from bot.domain.run.ids_in_text import find_named
from bot.errors import UsageError
from bot.ids import as_uuid
from bot.jobs.queueing import enqueue
from bot.jobs.registry import Request, job, of_asker
from bot.jobs.replay import ReplayRequest
from bot.jobs.resolve import ResolveRequest
from bot.jobs.show import showing
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.incoming import message_text

TAKEN = 3  # ids of one message that are looked at: each becomes a message of its own
NOTHING_FOUND = "There is no run id and no Aionis URI in that message."
NOTHING_IN_THREAD = "Nothing in this thread names a run."
NOTHING_IN_THREAD_FIX = "Mention me with `replay <run_id>`."
SOME_LEFT = (
    "It names {total} ids; I took the first {taken}. Type `/replay <run_id>` or `/resolve <uri>` for the others."
)


class NamedRequest(Request):
    """Replay the run that the thread is about: the one its first message names, else the first that any names."""

    kind: ClassVar[str] = "named"
    new: bool = False


class SeveralRequest(Request):
    """Replay the runs that somebody typed, as those that a message names; `named` are their ids."""

    kind: ClassVar[str] = "several"
    named: str
    new: bool = False


class ReactedRequest(Request):
    """Replay what a message names that somebody reacted to: `thread_ts` is the message's own, whose thread is not known yet."""

    kind: ClassVar[str] = "reacted"


def requests_for(text: str, reply: ReplyTo, *, new: bool = False) -> Iterator[Request]:
    """Yield a request for each run id and URI that a message's text names, and one to say what was left.

    `new` has the first run open an incident of its own; the others join as they would.
    """
    found = find_named(text)
    for reference in found[:TAKEN]:
        if as_uuid(reference):
            yield ReplayRequest(reply=reply, run_id=reference.lower(), new=new)
            new = False
        else:
            yield ResolveRequest(reply=reply, reference=reference)
    if not found:
        yield showing(reply, notice(NOTHING_FOUND))
    elif len(found) > TAKEN:
        left = SOME_LEFT.format(total=len(found), taken=TAKEN)
        yield showing(reply, notice(told_at(reply.where, left)))


async def replay_each(services: Services, text: str, reply: ReplyTo, *, key: str, new: bool = False) -> None:
    """Store a job for each run and record that a text names, as `requests_for` has them."""
    # A key each, or all but the first would count as repetitions of it.
    for place, wanted in enumerate(requests_for(text, reply, new=new)):
        await enqueue(services, wanted, key=f"{key}:{place}")


@job(NamedRequest, admission=of_asker)
async def replay_named(services: Services, key: str, admission: AskerAdmission, request: NamedRequest) -> None:
    """Find the message that names something, and store a job for each run and record in it."""
    reply = request.reply
    messages = await services.slack.messages.thread(admission.channel, reply.thread_ts or "")
    text = next((text for message in messages if find_named(text := message_text(message))), None)
    if text is None:
        raise UsageError(NOTHING_IN_THREAD, fix=NOTHING_IN_THREAD_FIX)
    await replay_each(services, text, reply, key=key, new=request.new)


@job(SeveralRequest, admission=of_asker)
async def replay_several(services: Services, key: str, _admission: AskerAdmission, request: SeveralRequest) -> None:
    """Store a job for each run."""
    await replay_each(services, request.named, request.reply, key=key, new=request.new)


@job(ReactedRequest, admission=of_asker)
async def replay_reacted(services: Services, key: str, admission: AskerAdmission, request: ReactedRequest) -> None:
    """Read the message, and store a job for each run and record that it, or else its thread, names. Bots are passed over."""
    if admission.person.is_bot:
        return
    ts = request.reply.thread_ts or ""
    message = await services.slack.messages.one(admission.channel, ts)
    thread_ts = message.get("thread_ts")
    reply = request.reply.model_copy(update={"thread_ts": thread_ts or ts, "starts_thread": thread_ts is None})
    text = message_text(message)
    if thread_ts and not find_named(text):
        await enqueue(services, NamedRequest(reply=reply), key=key)
        return
    await replay_each(services, text, reply, key=key)
