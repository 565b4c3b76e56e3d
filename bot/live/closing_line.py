"""The one line that the channel gets of a close. It stays true: one whose incident was opened again says so."""

from datetime import datetime

from bot.blocks.close import closed_message, overtaken_message
from bot.domain.incident.state import CLOSING_LINE, Incident
from bot.live import live_message
from bot.live.roots import current_ts, post_below, root_link
from bot.live.summary import with_names
from bot.runtime.services import Services


async def say_closed(services: Services, job: str, incident: Incident, *, by: str) -> None:
    """Say in the channel that an incident is closed."""
    link = await root_link(services, incident)
    line = await with_names(services, closed_message(incident, link=link))
    posted = await post_below(services, job, "closed", incident, line, user=by, broadcast=True)
    await live_message.note_posted(services, incident, CLOSING_LINE, posted.ts)


async def say_overtaken(services: Services, closed: Incident, *, by: str, at: datetime) -> None:
    """Have the line of the last close say that the incident was opened again since; `closed` is how it stood before that."""
    if ts := current_ts(closed, CLOSING_LINE):
        line = overtaken_message(closed, by=by, at=at, link=await root_link(services, closed))
        await services.slack.messages.edit(closed.channel, ts, await with_names(services, line))
