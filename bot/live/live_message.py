"""One message that is kept up to date: posted once, edited in place, only when it changes and not too often."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.blocks.layout import Message
from bot.domain.incident import log_changes
from bot.domain.incident.state import LIVE_ROOT, Incident
from bot.errors import Fate, SlackError, SlackUnreachable
from bot.live.roots import current_ts, go_on_below_a_new_root, is_gone, outbox_name, post_below
from bot.runtime.services import Services
from bot.slack import CALL_TIMEOUT, EDIT_TIMEOUT
from bot.store.queue import HandedBack

COME_BACK = timedelta(milliseconds=300)  # where another job is at work on the same incident's messages
# After its beginning an edit may happen, whoever has given it up: it may have been sent only when Slack took it.
_IN_FLIGHT = timedelta(seconds=EDIT_TIMEOUT + CALL_TIMEOUT + 1)


@dataclass(frozen=True, slots=True)
class Put:
    """Where a message is. `again`: after so long all is to be put once more, as an earlier edit may have come over it by then.

    Or as it is a new root, below which the others belong.
    """

    ts: str
    again: timedelta | None = None


@asynccontextmanager
async def sole_writer(services: Services, incident: Incident, part: str = "") -> AsyncIterator[None]:
    """Be the only writer of an incident's messages, or of a `part`; where somebody else is at work, the job comes back soon."""
    async with services.live_messages.writing(incident.channel, incident.id, part) as mine:
        if not mine:
            raise HandedBack(COME_BACK.total_seconds())
        yield


async def show(
    services: Services, incident: Incident, part: str, message: Message, *, every: timedelta
) -> timedelta | None:
    """Show a message in the incident's thread; returns how long to wait where it was edited less than `every` ago."""
    channel, id_ = incident.channel, incident.id
    if await services.live_messages.digest(channel, id_, part) == digest(message, incident.root_ts):
        return None  # before the pace: what changes nothing must not make the next edit wait
    wait = await services.live_messages.wait_before(channel, id_, part, every)
    return (await put(services, incident, part, message)).again if wait is None else wait


async def put(services: Services, incident: Incident, part: str, message: Message) -> Put:
    """Edit a message, or post it where there is none or a person deleted it.

    What it showed is forgotten first: an edit whose confirmation is lost may have happened or not, or may happen yet.
    """
    place = incident.channel, incident.id, part
    earlier = await services.live_messages.begin_edit(*place, within=_IN_FLIGHT)
    try:
        done = await _put(services, incident, part, message)
    except SlackError as failed:
        if not isinstance(failed, SlackUnreachable) or failed.fate is not Fate.UNKNOWN:
            await services.live_messages.end_edit(*place, earlier)
        raise
    if earlier:
        await services.live_messages.end_edit(*place, earlier)
    else:
        await services.live_messages.edited(*place, digest(message, incident.root_ts))
    return Put(done.ts, earlier.left if earlier else done.again)


async def _put(services: Services, incident: Incident, part: str, message: Message) -> Put:
    old = current_ts(incident, part)
    if old and await services.slack.messages.edit(incident.channel, old, message):
        ts = old
    elif part == LIVE_ROOT and await is_gone(services, incident.channel, incident.root_ts):
        # Deleted while the bot did not hear of it. Posted into its thread, this would stand below a new root that says the same.
        moved = await go_on_below_a_new_root(services, incident)
        return Put(moved.messages[LIVE_ROOT], COME_BACK)
    else:
        job = outbox_name(incident)
        # Below another root it is another message, and after a deletion one in place of the deleted one: a name of its own for
        # each, or the outbox would take it for posted.
        where = f"{part}:{old or incident.messages.get(part) or 'first'}"
        place = await post_below(services, job, where, incident, message, user=incident.head.by)
        ts = place.ts
        await note_posted(services, incident, part, ts)
        # What is pinned is the root alone, and a root that was posted anew is another message.
        if part == LIVE_ROOT:
            await _pin_instead(services, incident, ts)
        if not place.new:  # by an earlier try, when the incident stood otherwise
            await services.slack.messages.edit(incident.channel, ts, message)
    return Put(ts)


async def _pin_instead(services: Services, incident: Incident, ts: str) -> None:
    """Pin a root, and take the pin off the one before: too old to be edited, it is still there and says what was."""
    await services.slack.messages.pin(incident.channel, ts)
    before = incident.messages.get(LIVE_ROOT)
    if before and before != ts:
        await services.slack.messages.unpin(incident.channel, before)


async def note_posted(services: Services, incident: Incident, part: str, ts: str) -> None:
    """Record where a message is from now on."""
    change = log_changes.message_posted(part, ts, at=services.now(), key=f"{part}:{ts}")
    await services.incidents.append(incident, change)


def digest(message: Message, root_ts: str | None) -> str:
    """Return what tells two renderings apart, and two threads."""
    text = json.dumps([root_ts, message.text, message.blocks], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
