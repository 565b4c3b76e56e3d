"""The modal of all steps."""

from typing import ClassVar

from bot.blocks.routing import Modal
from bot.blocks.timeline import timeline_modal
from bot.domain.access.admission import AskerAdmission
from bot.jobs.modals import ModalRequest, of_modal, tell_in_modal
from bot.jobs.reading import read_run
from bot.jobs.registry import job
from bot.runtime.services import Services


class TimelineRequest(ModalRequest):
    """Fill the modal of all steps."""

    kind: ClassVar[str] = "timeline"
    view: ClassVar[Modal] = Modal.TIMELINE


@job(TimelineRequest, admission=of_modal, tell=tell_in_modal)
async def fill_timeline(services: Services, _key: str, admission: AskerAdmission, request: TimelineRequest) -> None:
    """Fill the modal of all steps with its page."""
    found = await read_run(services, services.aionis(admission), request.target.run_id)
    await services.slack.update_view(request.view_id, timeline_modal(found.diagnosis, request.target))
