"""Summaries: of an incident, kept up to date in its thread, and of any thread somebody asks about."""

from datetime import timedelta

from bot.blocks.incidents import no_incident_message
from bot.blocks.layout import Message
from bot.blocks.notices import notice
from bot.blocks.summary import QUOTED, summary_message, thread_summary_message
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.state import SUMMARY, Incident
from bot.domain.incident.summary import summarise, summarise_thread
from bot.domain.incident.thread import Marked, ThreadFacts, read_thread
from bot.jobs.joining import find
from bot.jobs.queueing import refresh_soon
from bot.jobs.requests import MarkedJob, QuietJob, SummaryRequest, ThreadSummaryRequest
from bot.live import live_message as boarding
from bot.runtime.services import Services

BASIS = "summary-basis"  # which version of the incident the summary was made from
WHERE = "The summary of {id}, up to date: {link}"


async def show_in_thread(services: Services, incident: Incident) -> timedelta | None:
    """Bring the incident's summary up to date where something has changed since the last one.

    Returns how long to wait where it was edited too lately. The thread is read only when there is something to say.
    """
    channel, id_ = incident.channel, incident.id
    if await services.boards.digest(channel, id_, BASIS) == str(incident.version):
        return None
    wait = await services.boards.wait_before(channel, id_, SUMMARY, services.timing.summary_least)
    if wait is None:
        await write(services, incident)
    return wait


async def write(services: Services, incident: Incident) -> tuple[str, Message]:
    """Write the incident's summary from its log and its thread as they are now, and pin it. Returns its ts and itself."""
    channel, id_ = incident.channel, incident.id
    heard = await services.boards.unheard(channel, id_)
    message = await make(services, incident)
    ts = await boarding.put(services, incident, SUMMARY, message)
    if ts != incident.messages.get(SUMMARY):
        await services.slack.messages.pin(channel, ts)
    await services.boards.summarised(channel, id_, heard=heard)
    # Posting is an entry of its own, which says nothing new.
    version = incident.version + (0 if ts == incident.messages.get(SUMMARY) else 1)
    await services.boards.shows(channel, id_, BASIS, str(version))
    return ts, message


async def make(services: Services, incident: Incident) -> Message:
    """Return the incident's summary as of now."""
    entries = await services.incidents.log(incident.channel, incident.id)
    thread = await _thread(services, incident.channel, incident.root_ts) if incident.root_ts else None
    summary = summarise(incident, entries, thread, now=services.now())
    links = await _links(services, incident.channel, summary.thread.marked if summary.thread else ())
    return summary_message(summary, permalinks=links)


async def when_quiet(services: Services, job: str, request: QuietJob) -> None:
    """Have the summary follow a thread that has gone quiet, where enough is new in it."""
    incident = await services.incidents.read(request.channel, request.incident)
    if incident is None or not incident.is_open:
        return
    if await services.boards.unheard(request.channel, request.incident) >= services.timing.quiet_messages:
        await services.boards.shows(request.channel, request.incident, BASIS, "")
        await refresh_soon(services, incident)


async def when_marked(services: Services, job: str, request: MarkedJob) -> None:
    """Have the summary follow a mark on a message of an incident's thread."""
    root = await services.slack.messages.root_of(request.channel, request.ts)
    id_ = await services.incidents.at_root(request.channel, root)
    incident = await services.incidents.read(request.channel, id_) if id_ else None
    if incident and incident.is_open:
        await services.boards.shows(incident.channel, incident.id, BASIS, "")
        await refresh_soon(services, incident)


async def show_summary(services: Services, job: str, request: SummaryRequest) -> None:
    """Bring the summary up to date and show it, with where it is, to the person who asked."""
    reply = request.reply
    admission = await services.gate.admit(reply.user, reply.channel)
    incident = await find(services, admission, reply, None)
    if incident is None or incident.root_ts is None:
        await services.slack.answer_once(job, "none", reply, no_incident_message())
        return
    ts, message = await write(services, incident)
    link = await services.slack.messages.permalink(incident.channel, ts)
    await services.slack.answer_once(job, "summary", reply, message)
    if link:
        await services.slack.answer_once(job, "where", reply, notice(WHERE.format(id=incident.id, link=link)))


async def summarise_any_thread(services: Services, job: str, request: ThreadSummaryRequest) -> None:
    """Summarise a thread for everybody in it: an incident's like any other summary of it, else what the thread itself says."""
    reply = request.reply
    admission = await services.gate.admit(reply.user, reply.channel)
    if reply.thread_ts is None:
        return
    id_ = await services.incidents.at_root(reply.channel, reply.thread_ts)
    incident = await services.incidents.read(reply.channel, id_) if id_ else None
    if incident and incident.is_open and incident.tenancy == admission.tenancy:
        await show_summary(services, job, SummaryRequest(reply=reply))
        return
    await services.slack.post_once(
        job, "thread", reply, await _of_thread(services, reply.channel, reply.thread_ts, admission.tenancy)
    )


async def _of_thread(services: Services, channel: str, ts: str, tenancy: Tenancy) -> Message:
    summary = summarise_thread(await _thread(services, channel, ts), tenancy=tenancy)
    links = await _links(services, channel, summary.thread.marked)
    return thread_summary_message(summary, permalinks=links)


async def _thread(services: Services, channel: str, ts: str) -> ThreadFacts:
    identity = await services.slack.identify()
    messages = await services.slack.messages.thread(channel, ts)
    # A thread that is there has its root at least.
    return read_thread(messages, bot_user=identity.bot_user_id or "", complete=bool(messages))


async def _links(services: Services, channel: str, marked: tuple[Marked, ...]) -> dict[str, str]:
    return await services.slack.messages.permalinks(channel, [one.ts for one in marked[:QUOTED]])
