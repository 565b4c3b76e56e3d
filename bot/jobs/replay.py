"""Replaying runs: the root message, the timeline in its thread, and the run in its incident."""

from typing import ClassVar

from bot.blocks.incidents import joined_message
from bot.blocks.replay import replay_message
from bot.blocks.routing import PlacedTarget
from bot.blocks.timeline import timeline_message
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import incident_log
from bot.domain.incident.digest import run_digest
from bot.domain.incident.state import Incident
from bot.domain.run.diagnosis import Diagnosis
from bot.ids import short
from bot.investigation.run import Investigation
from bot.jobs.common import in_thread, keep_evidence, read_run
from bot.jobs.incident import Entrance, enter, post_into
from bot.jobs.past import PastJob
from bot.jobs.queueing import reschedule
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Request, job, of_asker
from bot.jobs.similar import note_incident
from bot.jobs.timeline_image import show_timeline
from bot.runtime.services import Services
from bot.slack import Posted, ReplyTo


class ReplayRequest(Request):
    """Replay a run: into the incident named, a new one, or the one that its place says."""

    kind: ClassVar[str] = "replay"
    run_id: str
    incident: str | None = None
    new: bool = False


@job(ReplayRequest, admission=of_asker)
async def replay_run(services: Services, key: str, admission: AskerAdmission, request: ReplayRequest) -> None:
    """Post what a run did, its timeline in the thread, and add it to its incident, which opens where there is none."""
    reply = request.reply
    aionis = services.aionis(admission)
    found = await read_run(services, aionis, request.run_id)
    entrance = await enter(services, key, admission, reply, wanted=request.incident, new=request.new)
    incident = entrance.incident if entrance else None
    root = replay_message(found.diagnosis, incident=incident.id if incident else None)
    thread = await post_into(services, key, "root", reply, root, incident)
    if thread is None:
        return
    if incident:
        await _record(services, key, request, incident, found)
    await show_steps(services, key, in_thread(reply, thread), found.diagnosis)
    if entrance:
        await keep_evidence(services, key, aionis, entrance.incident)
        await refresh_soon(services, entrance.incident)
        await _say_where(services, key, admission, request, entrance)
    await _have_past_added(services, key, request, incident)


async def _have_past_added(services: Services, key: str, request: ReplayRequest, incident: Incident | None) -> None:
    """Have what is known of the past said in the root message: it takes its time, and nothing that was asked for waits for it."""
    kept = await services.outbox.value(key, "root-anew") or await services.outbox.value(key, "root")
    if kept:
        known = incident.id if incident else None
        ts = Posted.read(kept).ts
        job = PastJob(channel=request.reply.channel, run_id=request.run_id, ts=ts, incident=known)
        await reschedule(services, job, key=f"{job.channel}:{ts}", at=services.now())


async def show_steps(services: Services, key: str, thread: ReplyTo, diagnosis: Diagnosis) -> None:
    """Post a run's timeline into its thread, in words and as a picture."""
    await services.slack.post_once(key, "timeline", thread, timeline_message(diagnosis))
    await show_timeline(services, key, thread, diagnosis)


async def _record(
    services: Services, key: str, request: ReplayRequest, incident: Incident, found: Investigation
) -> None:
    digest = run_digest(found.diagnosis)
    change = incident_log.run_added(digest, by=request.reply.user, at=services.now(), key=f"{key}:run")
    applied = await services.incidents.append(incident, change)
    await note_incident(services, applied.incident or incident)


async def _say_where(
    services: Services, key: str, admission: AskerAdmission, request: ReplayRequest, entrance: Entrance
) -> None:
    """Tell whoever typed the command which incident was taken, with the button that takes another one."""
    incident, reply = entrance.incident, request.reply
    if not entrance.opened and reply.response_url and reply.thread_ts is None:
        others = len(await services.incidents.open_ones(admission)) - 1
        placed = PlacedTarget(incident=incident.id, run_id=request.run_id)
        message = joined_message(incident, f"Run {short(request.run_id)}", placed, others=others)
        await services.slack.answer_once(key, "joined", reply, message)
