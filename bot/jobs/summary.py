"""Summaries on demand: of an incident, of any thread somebody asks about, and what has an incident's own follow its thread."""

from typing import ClassVar

from bot.blocks.incidents import no_incident_message
from bot.blocks.layout import Message
from bot.blocks.summary import summary_place_message, thread_summary_message
from bot.domain.access.admission import AskerAdmission, ChannelAdmission
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.state import SUMMARY
from bot.domain.incident.summary import summarise_thread
from bot.errors import NotInChannel, PostingRefused
from bot.jobs.incident_lookup import incident_to_show
from bot.jobs.moved_channels import may_show_alone
from bot.jobs.posting import post_or_show, show_alone
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Job, Request, job, of_asker, of_channel
from bot.live.live_message import sole_writer
from bot.live.summary import facts_of_thread, have_summary_written_anew, links_to_marked, make_summary, write_summary
from bot.runtime.services import Services


class QuietJob(Job):
    """An incident's thread has been quiet for a while: summarise what is new in it."""

    kind: ClassVar[str] = "quiet"
    channel: str
    incident: str


class MarkedJob(Job):
    """A message was marked, or the mark was taken off: if it is in an incident's thread, its summary follows."""

    kind: ClassVar[str] = "marked"
    channel: str
    ts: str


class SummaryRequest(Request):
    """Bring an incident's summary up to date and show it to the person who asked; without one, that of the thread or channel."""

    kind: ClassVar[str] = "summary"
    incident: str | None = None


class ThreadSummaryRequest(Request):
    """Summarise the thread of a message."""

    kind: ClassVar[str] = "thread_summary"


@job(QuietJob, admission=of_channel)
async def when_quiet(services: Services, _key: str, admission: ChannelAdmission, request: QuietJob) -> None:
    """Have the summary follow a thread that has gone quiet, where enough is new in it."""
    incident = await services.incidents.find(admission, request.incident)
    if incident is None or not incident.is_open:
        return
    if await services.live_messages.unheard(incident.channel, incident.id) >= services.timing.quiet_messages:
        await have_summary_written_anew(services, incident)
        await refresh_soon(services, incident)


@job(MarkedJob, admission=of_channel)
async def when_marked(services: Services, _key: str, admission: ChannelAdmission, request: MarkedJob) -> None:
    """Have the summary follow a mark on a message of an incident's thread."""
    # A reaction's event has the message alone: which thread it is in must be asked.
    root = await services.slack.messages.root_of(request.channel, request.ts)
    incident = await services.incidents.at_root(admission, root)
    if incident and incident.is_open:
        await services.live_messages.changed(incident.channel, incident.id)
        await have_summary_written_anew(services, incident)
        await refresh_soon(services, incident)


@job(SummaryRequest, admission=of_asker)
async def answer_with_summary(services: Services, key: str, admission: AskerAdmission, request: SummaryRequest) -> None:
    """Bring the summary up to date and show it, with where it is, to the person who asked."""
    reply = request.reply
    incident = await incident_to_show(services, admission, reply, request.incident)
    if incident is None or incident.root_ts is None:
        await services.slack.answer_once(key, "none", reply, no_incident_message(reply.where))
        return
    first = SUMMARY not in incident.messages
    try:
        async with sole_writer(services, incident, SUMMARY):
            put, message = await write_summary(services, incident)
    except (NotInChannel, PostingRefused) as refused:
        # One person can be shown something where the channel takes nothing; where the bot is not in it, by their URL alone.
        if isinstance(refused, NotInChannel) and not await may_show_alone(services, reply, refused):
            raise
        await show_alone(services, key, "summary", reply, await make_summary(services, incident), refused)
        return
    if put.again:  # an edit that nobody saw the end of may come over it yet
        await refresh_soon(services, incident)
    link = await services.slack.messages.permalink(incident.channel, put.ts)
    # The first one was posted for everybody just now: whoever asked has it before their eyes.
    if not (first and link):
        await services.slack.answer_once(key, "summary", reply, message)
    if link:
        await services.slack.answer_once(key, "where", reply, summary_place_message(incident, link))


@job(ThreadSummaryRequest, admission=of_asker)
async def summarise_any_thread(
    services: Services, key: str, admission: AskerAdmission, request: ThreadSummaryRequest
) -> None:
    """Summarise a thread for everybody in it: an incident's like any other summary of it, else what the thread itself says."""
    reply = request.reply
    if reply.thread_ts is None:
        return
    incident = await services.incidents.at_root(admission, reply.thread_ts)
    if incident and incident.is_open:
        await answer_with_summary(services, key, admission, SummaryRequest(reply=reply))
        return
    message = await _of_thread(services, reply.channel, reply.thread_ts, admission.tenancy)
    await post_or_show(services, key, "thread", reply, message)


async def _of_thread(services: Services, channel: str, ts: str, tenancy: Tenancy) -> Message:
    summary = summarise_thread(await facts_of_thread(services, channel, ts), tenancy=tenancy)
    links = await links_to_marked(services, channel, summary.thread.marked)
    return thread_summary_message(summary, permalinks=links)
