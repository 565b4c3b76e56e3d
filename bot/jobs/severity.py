"""How bad an incident is, said in words."""

from typing import ClassVar

from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.jobs.incident import change_and_tell
from bot.jobs.incident_lookup import OR_NAME_IT, incident_to_change
from bot.jobs.registry import Request, job, of_asker
from bot.runtime.services import Services

SET = "{id} is {severity} now."
TAKEN_AWAY = "{id} has no severity now."


class SeverityRequest(Request):
    """Set the severity of the incident that is named, or meant; "" takes it away."""

    kind: ClassVar[str] = "severity"
    shown_by: ClassVar[str] = "/replay status"
    severity: str
    incident: str | None = None


@job(SeverityRequest, admission=of_asker)
async def set_severity(services: Services, key: str, admission: AskerAdmission, request: SeverityRequest) -> None:
    """Set the severity, and tell whoever asked."""
    reply = request.reply
    incident = await incident_to_change(services, key, admission, reply, request.incident, fix=OR_NAME_IT)
    change = log_changes.severity_set(request.severity, by=reply.user, at=services.now(), key=key)
    words = (SET if request.severity else TAKEN_AWAY).format(id=incident.id, severity=request.severity)
    await change_and_tell(services, key, reply, incident, change, part="severity", words=words)
