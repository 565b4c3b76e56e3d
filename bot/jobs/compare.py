"""Comparing a failing run with its rerun: the message, and what it proves in the incident."""

from typing import ClassVar

from bot.blocks.compare import comparison_message
from bot.blocks.compare_modal import comparison_modal
from bot.blocks.reruns import rerun_modal
from bot.blocks.routing import View
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import incident_log
from bot.domain.incident.digest import comparison_digest, run_digest
from bot.domain.incident.state import Incident
from bot.investigation.pair import InvestigatedPair, later_runs_of_case
from bot.jobs.common import in_thread, keep_evidence, read_pair
from bot.jobs.incident import enter, post_into
from bot.jobs.modals import ModalRequest, of_modal, tell_in_modal
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Request, job, of_asker
from bot.jobs.timeline_image import show_comparison
from bot.runtime.services import Services


class CompareRequest(Request):
    """Compare a failing run with its rerun."""

    kind: ClassVar[str] = "compare"
    failing: str
    rerun: str
    incident: str | None = None


class ComparisonRequest(ModalRequest):
    """Fill the modal of a comparison."""

    kind: ClassVar[str] = "comparison"
    view: ClassVar[View] = View.COMPARISON


class RerunRequest(ModalRequest):
    """Fill the modal that asks which rerun to compare a failing run with."""

    kind: ClassVar[str] = "rerun"
    view: ClassVar[View] = View.RERUN


@job(CompareRequest, admission=of_asker)
async def compare(services: Services, key: str, admission: AskerAdmission, request: CompareRequest) -> None:
    """Post what a rerun says about a failing run, and record it in the incident, which opens where there is none."""
    reply = request.reply
    aionis = services.aionis(admission)
    pair = await read_pair(services, aionis, request.failing, request.rerun)
    entrance = await enter(services, key, admission, reply, wanted=request.incident, new=False)
    incident = entrance.incident if entrance else None
    message = comparison_message(pair.comparison)
    posted = await post_into(services, key, "comparison", reply, message, incident)
    if posted:
        failing, rerun = pair.failing.diagnosis, pair.rerun.diagnosis
        await show_comparison(services, key, in_thread(reply, posted), failing, rerun)
    if posted and incident:
        await _record(services, key, request, incident, pair)
        await keep_evidence(services, key, aionis, incident)
        await refresh_soon(services, incident)


async def _record(
    services: Services, key: str, request: CompareRequest, incident: Incident, pair: InvestigatedPair
) -> None:
    """Add both runs and what the comparison says; a run that is there already gets its newest digest."""
    at, by = services.now(), request.reply.user
    changes = [
        incident_log.run_added(run_digest(pair.failing.diagnosis), by=by, at=at, key=f"{key}:failing"),
        incident_log.run_added(run_digest(pair.rerun.diagnosis), by=by, at=at, key=f"{key}:rerun"),
        incident_log.compared(comparison_digest(pair.comparison), by=by, at=at, key=f"{key}:compared"),
    ]
    for change in changes:
        await services.incidents.append(incident, change)


@job(ComparisonRequest, admission=of_modal, tell=tell_in_modal)
async def fill_comparison(services: Services, _key: str, admission: AskerAdmission, request: ComparisonRequest) -> None:
    """Fill the modal of a comparison with its page."""
    target = request.target
    pair = await read_pair(services, services.aionis(admission), target.run_id, target.rerun_id or "")
    await services.slack.update_view(request.view_id, comparison_modal(pair.comparison, target))


@job(RerunRequest, admission=of_modal, tell=tell_in_modal)
async def suggest_reruns(services: Services, _key: str, admission: AskerAdmission, request: RerunRequest) -> None:
    """Fill the modal that asks for a rerun with the later runs of the same case."""
    runs = await later_runs_of_case(services.aionis(admission), request.target.run_id)
    await services.slack.update_view(request.view_id, rerun_modal(runs, request.target, now=services.now()))
