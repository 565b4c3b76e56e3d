"""Comparing a failing run with its rerun: the message, and what it proves in the incident."""

from bot.blocks.compare import comparison_message
from bot.domain.incident import incident_log
from bot.domain.incident.digest import comparison_digest, run_digest
from bot.domain.incident.state import Incident
from bot.investigation.pair import InvestigatedPair
from bot.jobs.common import in_thread, keep_evidence, read_pair
from bot.jobs.joining import enter, post_into
from bot.jobs.queueing import refresh_soon
from bot.jobs.requests import CompareRequest
from bot.jobs.timeline_image import show_comparison
from bot.runtime.services import Services


async def compare(services: Services, job: str, request: CompareRequest) -> None:
    """Post what a rerun says about a failing run, and record it in the incident, which opens where there is none."""
    reply = request.reply
    admission = await services.gate.admit(reply.user, reply.channel)
    aionis = services.aionis(admission.tenancy)
    pair = await read_pair(services, aionis, request.failing, request.rerun)
    entrance = await enter(services, job, admission, reply, wanted=request.incident, new=False)
    incident = entrance.incident if entrance else None
    message = comparison_message(pair.comparison)
    posted = await post_into(services, job, "comparison", reply, message, incident)
    if posted:
        failing, rerun = pair.failing.diagnosis, pair.rerun.diagnosis
        await show_comparison(services, job, in_thread(reply, posted), failing, rerun)
    if posted and incident:
        await _record(services, job, request, incident, pair)
        await keep_evidence(services, job, aionis, incident)
        await refresh_soon(services, incident)


async def _record(
    services: Services, job: str, request: CompareRequest, incident: Incident, pair: InvestigatedPair
) -> None:
    """Add both runs and what the comparison says; a run that is there already gets its newest digest."""
    at, by = services.now(), request.reply.user
    changes = [
        incident_log.run_added(run_digest(pair.failing.diagnosis), by=by, at=at, key=f"{job}:failing"),
        incident_log.run_added(run_digest(pair.rerun.diagnosis), by=by, at=at, key=f"{job}:rerun"),
        incident_log.compared(comparison_digest(pair.comparison), by=by, at=at, key=f"{job}:compared"),
    ]
    for change in changes:
        await services.incidents.append(incident.channel, incident.id, change)
