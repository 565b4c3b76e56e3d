"""Filling modals about a run."""

from typing import Any

from bot.blocks.modals import failed_modal
from bot.blocks.routing import View
from bot.blocks.step import TITLE as STEP_TITLE
from bot.blocks.step import no_step_modal, step_modal
from bot.blocks.timeline import TITLE as TIMELINE_TITLE
from bot.blocks.timeline import timeline_modal
from bot.errors import BotError, SlackUnreachable
from bot.jobs.common import read_run
from bot.jobs.requests import FillRequest
from bot.services import Services


async def fill_modal(services: Services, job: str, request: FillRequest) -> None:
    """Fill a modal with its page, or with why that is not possible."""
    try:
        view = await _view(services, request)
    except SlackUnreachable:
        raise
    except BotError as error:
        title = STEP_TITLE if request.view is View.STEP else TIMELINE_TITLE
        view = failed_modal(request.view, title, request.target, error)
    await services.slack.update_view(request.view_id, view)


async def _view(services: Services, request: FillRequest) -> dict[str, Any]:
    target = request.target
    admission = await services.gate.admit(request.reply.user, target.channel)
    if target.incident:
        await services.gate.incident(admission, target.incident)
    found = await read_run(services, admission.tenancy, target.run_id, step_number=target.step)
    if request.view is View.TIMELINE:
        return timeline_modal(found.diagnosis, target)
    steps = found.diagnosis.steps
    step = found.diagnosis.critical_step if target.step is None else None
    if step is None and steps:
        number = target.step or 1
        step = steps[number - 1] if number <= len(steps) else None
    return step_modal(found.diagnosis, found.detail(step), target) if step else no_step_modal(target)
