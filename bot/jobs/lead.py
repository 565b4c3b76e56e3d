"""Who leads an incident, said in words."""

from typing import ClassVar

from bot.blocks.lead import lead_message
from bot.blocks.notices import notice
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.incident_log import ABSENT
from bot.jobs.incident_lookup import OR_NAME_IT, closed_notice, incident_to_change
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Request, job, of_asker
from bot.runtime.services import Services

TAKEN = "You lead {id} now."
STEPPED_BACK = "You do not lead {id} any more."


class LeadRequest(Request):
    """Lead the incident that is named, or meant, or step back from that."""

    kind: ClassVar[str] = "lead"
    shown_by: ClassVar[str] = "/replay status"
    step_back: bool = False
    incident: str | None = None


@job(LeadRequest, admission=of_asker)
async def lead(services: Services, key: str, admission: AskerAdmission, request: LeadRequest) -> None:
    """Take the lead where nobody has it, or step back; whoever cannot is told who leads, with what they can do about it."""
    reply = request.reply
    incident = await incident_to_change(services, key, admission, reply, request.incident, fix=OR_NAME_IT)
    new, before = ("", reply.user) if request.step_back else (reply.user, ABSENT)
    # Guarded by who led when it was asked: of two who take it at the same time, one hears of the other.
    change = log_changes.lead_set(new, by=reply.user, at=services.now(), key=key, instead_of=(before,))
    applied = await services.incidents.append(incident, change)
    incident = applied.incident or incident
    await refresh_soon(services, incident)  # first: whoever asked may not be reachable, and everybody else sees it
    if applied.accepted:
        told = notice((STEPPED_BACK if request.step_back else TAKEN).format(id=incident.id))
    elif incident.is_open:
        told = lead_message(incident, reply.user)
    else:
        told = closed_notice(services, incident, reply.where)
    await services.slack.answer_once(key, "lead", reply, told)
