"""How many reruns in a row prove the fix of an incident."""

from typing import ClassVar

from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import incident_log
from bot.domain.run.wording import plural
from bot.jobs.incident import change_and_tell, meant
from bot.jobs.registry import Request, job, of_asker
from bot.runtime.services import Services

MOST = 20
SET = "{id} asks for {reruns} in a row that are fixed."


class RerunsRequest(Request):
    """Set how many reruns prove the fix of the incident that is meant."""

    kind: ClassVar[str] = "reruns"
    reruns: int


@job(RerunsRequest, admission=of_asker)
async def set_reruns(services: Services, key: str, admission: AskerAdmission, request: RerunsRequest) -> None:
    """Set the number, and tell whoever asked."""
    reply = request.reply
    incident = await meant(services, admission, reply, None)
    change = incident_log.fix_reruns_set(request.reruns, by=reply.user, at=services.now(), key=key)
    words = SET.format(id=incident.id, reruns=plural(request.reruns, "rerun"))
    await change_and_tell(services, key, reply, incident, change, part="reruns", words=words)
