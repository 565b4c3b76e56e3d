"""How a channel's incidents stand."""

from typing import ClassVar

from bot.blocks.incidents import no_incident_message, status_message
from bot.domain.access.admission import AskerAdmission
from bot.jobs.registry import Request, job, of_asker
from bot.runtime.services import Services


class StatusRequest(Request):
    """Show how the channel's incidents stand to the person who asked."""

    kind: ClassVar[str] = "status"
    ordered: ClassVar[bool] = False


@job(StatusRequest, admission=of_asker)
async def show_status(services: Services, key: str, admission: AskerAdmission, request: StatusRequest) -> None:
    """Show how the channel's open incidents stand to the person who asked."""
    reply = request.reply
    incidents = await services.incidents.open_ones(admission)
    if not incidents:
        await services.slack.answer_once(key, "none", reply, no_incident_message(in_thread=reply.in_thread))
        return
    roots = [incident.root_ts for incident in incidents if incident.root_ts]
    links = await services.slack.messages.permalinks(reply.channel, roots)
    message = status_message(incidents, permalinks=links, now=services.now())
    await services.slack.answer_once(key, "status", reply, message)
