"""Opening a closed incident again."""

from typing import ClassVar

from bot.blocks.notices import notice
from bot.blocks.reopen import open_again_message, reopened_message
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.state import Incident
from bot.errors import NotAllowed
from bot.jobs.incident_lookup import asked_elsewhere, incident_to_reopen, may_be_reopened
from bot.jobs.posting import say_or_tell
from bot.jobs.recording import note_incident
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Request, job, of_asker
from bot.live.closing_line import say_overtaken
from bot.live.roots import post_below, root_link
from bot.live.summary import with_names
from bot.runtime.services import Services

OPEN_AGAIN = "{id} is open again"
NOT_CLOSED = "{id} is not closed."
TOO_LATE = "{id} was closed too long ago to be reopened."
TOO_LATE_FIX = "Replay the run again: that opens a new incident."


class ReopenRequest(Request):
    """Open a closed incident again: the one that is named, else the thread's, else the one closed last.

    `typed`: whoever asked elsewhere than in its thread is told where it is.
    """

    kind: ClassVar[str] = "reopen"
    shown_by: ClassVar[str] = "/replay status"
    incident: str | None = None
    reason: str = ""
    typed: bool = False


@job(ReopenRequest, admission=of_asker)
async def reopen(services: Services, key: str, admission: AskerAdmission, request: ReopenRequest) -> None:
    """Open a closed incident again, within the time for that."""
    reply = request.reply
    incident = await incident_to_reopen(services, key, admission, reply, request.incident)
    # Checked although the button goes when its time is over: the edit that takes it away may be on its way.
    if incident.closure and not may_be_reopened(services, incident):
        raise NotAllowed(TOO_LATE.format(id=incident.id), fix=TOO_LATE_FIX)
    change = log_changes.reopened(request.reason, by=reply.user, at=services.now(), key=key)
    applied = await services.incidents.append(incident, change)
    if not applied.accepted:
        await services.slack.answer_once(key, "open", reply, notice(NOT_CLOSED.format(id=incident.id)))
        return
    await note_incident(services, applied.incident or incident)
    await refresh_soon(services, incident)
    saying = _say_reopened(services, key, incident, request)
    await say_or_tell(services, key, reply, saying, part="unsaid", done=OPEN_AGAIN.format(id=incident.id))
    if request.typed and asked_elsewhere(reply, incident):
        link = await root_link(services, incident)
        await services.slack.answer_once(key, "where", reply, open_again_message(incident.id, link=link))


async def _say_reopened(services: Services, key: str, incident: Incident, request: ReopenRequest) -> None:
    by = request.reply.user
    await say_overtaken(services, incident, by=by, at=services.now())
    line = await with_names(services, reopened_message(incident, by=by, reason=request.reason))
    await post_below(services, key, "reopened", incident, line, user=by)
