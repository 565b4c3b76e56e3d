"""One message that is kept up to date: posted once, edited in place, only when it changes and not too often."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.blocks.layout import Message
from bot.domain.incident import log_changes
from bot.domain.incident.state import LIVE_ROOT, Incident
from bot.live.roots import current_ts, outbox_name, post_below
from bot.runtime.services import Services
from bot.store.queue import HandedBack

COME_BACK = timedelta(milliseconds=300)  # where another job is at work on the same incident's messages


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
    if wait is None:
        await put(services, incident, part, message)
    return wait


async def put(services: Services, incident: Incident, part: str, message: Message) -> str:
    """Edit a message, or post it where there is none or a person deleted it. Returns its ts.

    What it showed is forgotten first: an edit whose confirmation is lost may have happened or not.
    """
    old = current_ts(incident, part)
    await services.live_messages.forget(incident.channel, incident.id, part)
    if old and await services.slack.messages.edit(incident.channel, old, message):
        ts = old
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
    await services.live_messages.shows(incident.channel, incident.id, part, digest(message, incident.root_ts))
    return ts


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
