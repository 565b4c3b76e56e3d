"""The incident's summary: one message from the first thing that the root does not tell to the end, edited in place."""

from datetime import timedelta

import structlog

from bot.blocks.layout import Message
from bot.blocks.mentions import mentioned_in, without_mentions
from bot.blocks.summary import summary_message
from bot.blocks.summary_thread import QUOTED
from bot.domain.incident.state import SUMMARY, Incident
from bot.domain.incident.summary import summarise
from bot.domain.incident.thread import Marked, ThreadFacts, read_thread
from bot.errors import NotInChannel, SlackRefused
from bot.live import live_message
from bot.runtime.masking import remember
from bot.runtime.services import Services

BASIS = "summary-basis"  # which version of the incident the summary was made from
_STATE = {True: "open", False: "closed"}
ASKED = ""  # there is more to say than any version of the log tells

log = structlog.get_logger(__name__)


def _version(incident: Incident, more: int = 0) -> str:
    return f"{incident.version + more} {_STATE[incident.is_open]}"


async def _basis(services: Services, incident: Incident) -> str | None:
    return await services.live_messages.digest(incident.channel, incident.id, BASIS)


async def have_summary_written_anew(services: Services, incident: Incident) -> None:
    """Have the summary written anew although the log says nothing new: the thread does."""
    await services.live_messages.shows(incident.channel, incident.id, BASIS, ASKED)


async def summary_is_due(services: Services, incident: Incident) -> bool:
    """Tell whether something has changed since the last summary.

    The thread is read only when there is something to say: a summary begins with an evidence table, a thread in which people
    talk, or the close.
    """
    return _is_due(incident, await _basis(services, incident))


def _is_due(incident: Incident, basis: str | None) -> bool:
    begins = SUMMARY in incident.messages or incident.root_cause or incident.closure or basis == ASKED
    return bool(begins) and basis != _version(incident)


async def show_in_thread(services: Services, incident: Incident) -> timedelta | None:
    """Bring the incident's summary up to date where it is due; returns how long to wait where it was edited too lately."""
    basis = await _basis(services, incident)
    if not _is_due(incident, basis):
        return None
    # Nobody reads for a moment that what the root says is open was closed.
    is_otherwise = basis is not None and basis.endswith(_STATE[not incident.is_open])
    wait = None if is_otherwise else await _wait(services, incident)
    return (await write_summary(services, incident))[0].again if wait is None else wait


async def _wait(services: Services, incident: Incident) -> timedelta | None:
    least = services.timing.summary_least
    return await services.live_messages.wait_before(incident.channel, incident.id, SUMMARY, least)


async def write_summary(services: Services, incident: Incident) -> tuple[live_message.Put, Message]:
    """Write the incident's summary from its log and its thread as they are now. Returns where it is and itself."""
    channel, id_ = incident.channel, incident.id
    # Before the thread is read: what is written in between may be counted once more, but is never missed.
    heard = await services.live_messages.unheard(channel, id_)
    message = await make_summary(services, incident)
    put = await live_message.put(services, incident, SUMMARY, message)
    await services.live_messages.summarised(channel, id_, heard=heard)
    # Posting is an entry of its own, which says nothing new.
    posted = 0 if put.ts == incident.messages.get(SUMMARY) else 1
    await services.live_messages.shows(channel, id_, BASIS, ASKED if put.again else _version(incident, posted))
    return put, message


async def make_summary(services: Services, incident: Incident) -> Message:
    """Return the incident's summary as of now; it names people and notifies nobody."""
    entries = await services.incidents.log(incident)
    await remember(lambda: incident.typed, 0)
    edition = await services.live_messages.edition(incident.channel, incident.id)
    thread = (
        await _facts_if_readable(services, incident.channel, incident.root_ts, edition) if incident.root_ts else None
    )
    watched = await services.watches.covers(incident.channel, incident.tenancy)
    summary = summarise(incident, entries, thread, now=services.now(), watched=watched)
    links = await links_to_marked(services, incident.channel, summary.thread.marked if summary.thread else ())
    return await with_names(services, summary_message(summary, permalinks=links))


async def with_names(services: Services, message: Message) -> Message:
    """Return a message that names people instead of mentioning them."""
    return without_mentions(message, {user: await _name(services, user) for user in mentioned_in(message)})


async def _name(services: Services, user: str) -> str:
    try:
        return (await services.directory.person(user)).name
    except SlackRefused:
        return ""  # somebody whom Slack no longer knows is shown by id


async def _facts_if_readable(services: Services, channel: str, ts: str, edition: str) -> ThreadFacts:
    """Return what a thread says; of one that the bot may not read, that nothing was read: the log has more to say."""
    try:
        return await facts_of_thread(services, channel, ts, edition)
    except (NotInChannel, SlackRefused) as refused:
        log.warning("thread_not_read", because=refused.what)
        return read_thread((), bot_user="", complete=False)


async def facts_of_thread(services: Services, channel: str, ts: str, edition: str | None = None) -> ThreadFacts:
    """Return what a thread says; one that is gone says nothing, and is not complete. See `Messages.thread` for `edition`."""
    identity = await services.slack.identify()
    messages = await services.slack.messages.thread(channel, ts, edition=edition)
    said = [str(message.get("text") or "") for message in messages]
    await remember(lambda: said, sum(map(len, said)))
    # A thread that is there has its root at least.
    return read_thread(messages, bot_user=identity.bot_user_id or "", complete=bool(messages))


async def links_to_marked(services: Services, channel: str, marked: tuple[Marked, ...]) -> dict[str, str]:
    """Return ts → permalink of the marked messages that a summary quotes."""
    return await services.slack.messages.permalinks((channel, one.ts) for one in marked[:QUOTED])
