"""Exporting the evidence: the bundle into the thread, its hash beside it and in the log."""

import asyncio
import hashlib

from bot.access.authorization import Admission
from bot.blocks.export import exported_message
from bot.blocks.incidents import no_incident_message
from bot.domain.incident import incident_log
from bot.domain.incident.state import Incident
from bot.jobs.common import in_thread
from bot.jobs.joining import find, named_in
from bot.jobs.queueing import refresh_soon
from bot.jobs.requests import ExportRequest
from bot.report import bundle_of
from bot.runtime.services import Services


async def export(services: Services, job: str, request: ExportRequest) -> None:
    """Upload the bundle of an incident as it stands; the entry about it comes after what it shows."""
    reply = request.reply
    admission = await services.gate.admit(reply.user, reply.channel)
    incident = await _wanted(services, admission, request)
    if incident is None:
        await services.slack.answer_once(job, "none", reply, no_incident_message())
        return
    entries = await services.incidents.log(incident.channel, incident.id)
    answers = await services.incidents.answers(incident.channel, incident.id)
    content = await asyncio.to_thread(bundle_of, entries, answers, incident.id)
    digest, place = hashlib.sha256(content).hexdigest(), in_thread(reply, incident.root_ts or reply.thread_ts or "")
    name = f"{incident.id}.zip"
    title = f"Evidence of {incident.id} (version {entries[-1].version})"
    await services.slack.upload_once(job, "bundle", place, filename=name, title=title, content=content)
    message = exported_message(incident, sha256=digest, version=entries[-1].version, size=len(content))
    await services.slack.post_once(job, "hash", place, message)
    change = incident_log.exported(digest, version=entries[-1].version, by=reply.user, at=services.now(), key=job)
    await services.incidents.append(incident.channel, incident.id, change)
    await refresh_soon(services, incident)


async def _wanted(services: Services, admission: Admission, request: ExportRequest) -> Incident | None:
    named = await named_in(services, request.reply, request.incident)
    if named:
        return await services.gate.incident(admission, named)
    return await find(services, admission, request.reply, None)
