"""How a channel's incidents stand."""

from typing import ClassVar

from bot.blocks.incidents import no_incident_message
from bot.blocks.notices import notice
from bot.blocks.status import LISTED, status_message
from bot.blocks.text import age
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident.state import CHECKLIST, Incident
from bot.domain.run.steps import seconds_between
from bot.jobs.analysis import analyses_soon
from bot.jobs.incident_lookup import closed_notice, incident_spoken_of, may_be_reopened
from bot.jobs.refresh import RefreshJob, SummaryRefreshJob, refresh_soon
from bot.jobs.registry import Request, job, of_asker
from bot.live.reconcile import checklist_of
from bot.live.summary import have_summary_written_anew
from bot.runtime.services import Services

CLOSED_LAST = "{id} was closed last, {ago} ago. Type `/replay reopen {id}` to open it again."
SHOWN_AGAIN = "What I keep in the thread of {id} is brought up to date, and posted anew where it was deleted."
NOT_TAKEN = "The thread of {id} has not taken its checklist so far. This one you alone see, as of now:"


class StatusRequest(Request):
    """Show how the channel's incidents stand to the person who asked, or the one that is named."""

    kind: ClassVar[str] = "status"
    ordered: ClassVar[bool] = False
    incident: str | None = None


class ShowAgainRequest(Request):
    """Have an incident's own messages shown where they were deleted."""

    kind: ClassVar[str] = "show_again"
    incident: str


@job(StatusRequest, admission=of_asker)
async def show_status(services: Services, key: str, admission: AskerAdmission, request: StatusRequest) -> None:
    """Show how the incident named or the thread's stands to the person who asked, elsewhere how the channel's open ones do."""
    reply = request.reply
    named = await incident_spoken_of(services, admission, reply, request.incident)
    if named and not named.is_open:
        await services.slack.answer_once(key, "closed", reply, closed_notice(services, named, reply.where))
        return
    incidents = [named] if named else await services.incidents.open_ones(admission)
    if not incidents:
        closed = await services.incidents.closed_last(admission)
        told = _closed_last(services, closed) if closed and may_be_reopened(services, closed) else ""
        message = no_incident_message(reply.where, closed=told)
        await services.slack.answer_once(key, "none", reply, message)
        return
    roots = [(reply.channel, incident.root_ts) for incident in incidents[:LISTED] if incident.root_ts]
    links = await services.slack.messages.permalinks(roots)
    message = status_message(incidents, permalinks=links, now=services.now())
    await services.slack.answer_once(key, "status", reply, message)


def _closed_last(services: Services, incident: Incident) -> str:
    closed_at = incident.closure.at if incident.closure else None
    return CLOSED_LAST.format(id=incident.id, ago=age(seconds_between(closed_at, services.now())))


@job(ShowAgainRequest, admission=of_asker)
async def show_again(services: Services, key: str, admission: AskerAdmission, request: ShowAgainRequest) -> None:
    """Post anew what was deleted of an incident's messages, also while the bot did not hear of it."""
    incident = await services.incidents.read(admission, request.incident)
    for part in incident.messages:
        await services.live_messages.forget(incident.channel, incident.id, part)
    for kind in (RefreshJob, SummaryRefreshJob):  # whoever asks may have seen to it that Slack takes edits again
        await services.live_messages.taken(incident.channel, incident.id, kind.part)
    await have_summary_written_anew(services, incident)
    await refresh_soon(services, incident)
    await analyses_soon(services, incident.channel, incident.id)
    await services.slack.answer_once(key, "again", request.reply, notice(SHOWN_AGAIN.format(id=incident.id)))
    if CHECKLIST not in incident.messages:  # the thread has never taken it: whoever asks has its buttons all the same
        await services.slack.answer_once(key, "checklist", request.reply, notice(NOT_TAKEN.format(id=incident.id)))
        await services.slack.answer_once(key, "alone", request.reply, checklist_of(services, incident))
