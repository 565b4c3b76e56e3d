"""The modal of one step."""

from typing import ClassVar

from bot.blocks.routing import Modal
from bot.blocks.step import no_step_modal, step_modal
from bot.domain.access.admission import AskerAdmission
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.steps import Step
from bot.jobs.modals import ModalRequest, of_modal, tell_in_modal
from bot.jobs.reading import read_run
from bot.jobs.registry import job
from bot.runtime.services import Services


class StepRequest(ModalRequest):
    """Fill the modal of one step."""

    kind: ClassVar[str] = "step"
    view: ClassVar[Modal] = Modal.STEP


@job(StepRequest, admission=of_modal, tell=tell_in_modal)
async def fill_step(services: Services, _key: str, admission: AskerAdmission, request: StepRequest) -> None:
    """Fill the modal of a step with its evidence."""
    target = request.target
    found = await read_run(services, services.aionis(admission), target.run_id, step_number=target.step)
    step = _wanted(found.diagnosis, target.step)
    view = step_modal(found.diagnosis, found.detail(step), target) if step else no_step_modal(target)
    await services.slack.update_view(request.view_id, view)


def _wanted(diagnosis: Diagnosis, number: int | None) -> Step | None:
    """Return the step at a 1-based place; None is the critical one, or the first where there is none."""
    if number is None and diagnosis.critical_step:
        return diagnosis.critical_step
    place = number or 1
    return diagnosis.steps[place - 1] if place <= len(diagnosis.steps) else None
