"""Replaying runs: the root message, the timeline in its thread, and the run in its incident."""

import json

from bot.blocks.incidents import joined_message
from bot.blocks.layout import Message
from bot.blocks.recent import recent_message
from bot.blocks.replay import replay_message
from bot.blocks.routing import PlacedTarget
from bot.blocks.timeline import timeline_message
from bot.domain.incident import incident_log
from bot.domain.incident.digest import run_digest
from bot.domain.incident.state import Incident
from bot.domain.redaction import installed
from bot.domain.run.wording import plural
from bot.domain.text.json_text import read_json
from bot.ids import short
from bot.investigation.run import Investigation, recent_failures
from bot.jobs.common import in_thread, keep_evidence, read_run
from bot.jobs.joining import Entrance, enter, post_into
from bot.jobs.queueing import refresh_soon
from bot.jobs.requests import RawJsonRequest, RecentRequest, ReplayRequest, ShowRequest
from bot.jobs.timeline_image import show_timeline
from bot.runtime.services import Services


async def replay_run(services: Services, job: str, request: ReplayRequest) -> None:
    """Post what a run did, its timeline in the thread, and add it to its incident, which opens where there is none."""
    reply = request.reply
    admission = await services.gate.admit(reply.user, reply.channel)
    aionis = services.aionis(admission.tenancy)
    found = await read_run(services, aionis, request.run_id)
    entrance = await enter(services, job, admission, reply, wanted=request.incident, new=request.new)
    incident = entrance.incident if entrance else None
    root = replay_message(found.diagnosis, incident=incident.id if incident else None)
    thread = await post_into(services, job, "root", reply, root, incident)
    if thread is None:
        return
    if incident:
        await _record(services, job, request, incident, found)
    place = in_thread(reply, thread)
    await services.slack.post_once(job, "timeline", place, timeline_message(found.diagnosis))
    await show_timeline(services, job, place, found.diagnosis)
    if entrance:
        await keep_evidence(services, job, aionis, entrance.incident)
        await refresh_soon(services, entrance.incident)
        await _say_where(services, job, request, entrance)


async def _record(
    services: Services, job: str, request: ReplayRequest, incident: Incident, found: Investigation
) -> None:
    digest = run_digest(found.diagnosis)
    change = incident_log.run_added(digest, by=request.reply.user, at=services.now(), key=f"{job}:run")
    await services.incidents.append(incident.channel, incident.id, change)


async def _say_where(services: Services, job: str, request: ReplayRequest, entrance: Entrance) -> None:
    """Tell whoever typed the command which incident was taken, with the button that takes another one."""
    incident, reply = entrance.incident, request.reply
    if not entrance.opened and reply.response_url and reply.thread_ts is None:
        others = len(await services.incidents.open_in(reply.channel)) - 1
        placed = PlacedTarget(incident=incident.id, run_id=request.run_id)
        message = joined_message(incident, f"Run {short(request.run_id)}", placed, others=others)
        await services.slack.answer_once(job, "joined", reply, message)


async def list_recent(services: Services, job: str, request: RecentRequest) -> None:
    """Show the latest failed runs to the person who asked."""
    admission = await services.gate.admit(request.reply.user, request.reply.channel)
    answer = await recent_failures(services.aionis(admission.tenancy))
    message = recent_message(
        answer.value.nodes, admission.tenancy, now=services.now(), has_more=answer.value.page.has_more
    )
    await services.slack.answer_once(job, "list", request.reply, message)


async def upload_raw_json(services: Services, job: str, request: RawJsonRequest) -> None:
    """Upload Aionis' answer for a run into the thread, with secrets masked."""
    admission = await services.gate.admit(request.reply.user, request.reply.channel)
    if request.incident:
        await services.gate.incident(admission, request.incident)
    answer = await services.aionis(admission.tenancy).get_own_run(request.run_id)
    masked = installed().redact_value(read_json(answer.body))
    content = json.dumps(masked.value, ensure_ascii=False, indent=2).encode()
    masked_words = f"{plural(len(masked.findings), 'value')} masked"
    await services.slack.upload_once(
        job,
        "file",
        request.reply,
        filename=f"run-{request.run_id}.json",
        title=f"Run {short(request.run_id)}, as read from Aionis (request id {answer.request_id}, {masked_words})",
        content=content,
    )


async def show(services: Services, job: str, request: ShowRequest) -> None:
    """Show a ready message to the person who asked."""
    await services.slack.answer_once(job, "shown", request.reply, Message(request.text, request.blocks))
