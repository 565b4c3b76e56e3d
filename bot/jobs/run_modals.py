"""Filling modals about a run."""

from typing import Any

from bot.blocks.compare_modal import comparison_modal
from bot.blocks.modals import failed_modal
from bot.blocks.reruns import rerun_modal
from bot.blocks.routing import ModalTarget, View
from bot.blocks.step import no_step_modal, step_modal
from bot.blocks.timeline import timeline_modal
from bot.domain.access.tenancy import Tenancy
from bot.errors import BotError, SlackUnreachable
from bot.investigation.pair import later_runs_of_case
from bot.jobs.common import read_pair, read_run
from bot.jobs.requests import FillRequest
from bot.runtime.services import Services


async def fill_modal(services: Services, job: str, request: FillRequest) -> None:
    """Fill a modal with its page, or with why that is not possible."""
    try:
        view = await _view(services, request)
    except SlackUnreachable:
        raise
    except BotError as error:
        view = failed_modal(request.view, request.target, error)
    await services.slack.update_view(request.view_id, view)


async def _view(services: Services, request: FillRequest) -> dict[str, Any]:
    target = request.target
    admission = await services.gate.admit(request.reply.user, target.channel)
    if target.incident:
        await services.gate.incident(admission, target.incident)
    return await _VIEWS[request.view](services, admission.tenancy, target)


async def _timeline(services: Services, tenancy: Tenancy, target: ModalTarget) -> dict[str, Any]:
    return timeline_modal((await read_run(services, services.aionis(tenancy), target.run_id)).diagnosis, target)


async def _step(services: Services, tenancy: Tenancy, target: ModalTarget) -> dict[str, Any]:
    found = await read_run(services, services.aionis(tenancy), target.run_id, step_number=target.step)
    steps = found.diagnosis.steps
    step = found.diagnosis.critical_step if target.step is None else None
    if step is None and steps:
        number = target.step or 1
        step = steps[number - 1] if number <= len(steps) else None
    return step_modal(found.diagnosis, found.detail(step), target) if step else no_step_modal(target)


async def _comparison(services: Services, tenancy: Tenancy, target: ModalTarget) -> dict[str, Any]:
    pair = await read_pair(services, services.aionis(tenancy), target.run_id, target.rerun_id or "")
    return comparison_modal(pair.comparison, target)


async def _rerun(services: Services, tenancy: Tenancy, target: ModalTarget) -> dict[str, Any]:
    runs = await later_runs_of_case(services.aionis(tenancy), target.run_id)
    return rerun_modal(runs, target, now=services.now())


_VIEWS = {View.TIMELINE: _timeline, View.STEP: _step, View.COMPARISON: _comparison, View.RERUN: _rerun}
