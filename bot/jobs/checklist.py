"""The checklist's *Move here*."""

from typing import ClassVar

from bot.domain.access.admission import AskerAdmission
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Request, job, of_asker
from bot.live.live_message import sole_writer
from bot.live.reconcile import post_checklist_anew
from bot.runtime.services import Services


class MoveHereRequest(Request):
    """Post an incident's checklist again at the bottom of its thread."""

    kind: ClassVar[str] = "move_here"
    incident: str


@job(MoveHereRequest, admission=of_asker)
async def move_here(services: Services, key: str, admission: AskerAdmission, request: MoveHereRequest) -> None:
    """Post the checklist at the bottom of the thread and take the old one away."""
    incident = await services.incidents.read(admission, request.incident)
    if incident.root_ts:
        async with sole_writer(services, incident):
            await post_checklist_anew(services, key, incident, request.reply.below(incident.root_ts))
        await refresh_soon(services, incident)  # something may have changed between reading and posting
