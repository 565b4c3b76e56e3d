"""Resolving records: the card, in the incident where there is one, and starting an incident around a card."""

from bot.access.authorization import Admission
from bot.aionis import Aionis
from bot.blocks.resolve import resolve_message, resolve_title
from bot.domain.access.rules import keeps_incidents
from bot.domain.incident import incident_log
from bot.domain.incident.state import Incident, UriDigest
from bot.domain.run.resolution import Resolution
from bot.domain.run.uris import parse_reference
from bot.errors import NotAllowed
from bot.investigation.record import resolve_record
from bot.jobs.common import keep_evidence
from bot.jobs.joining import enter, find, post_into, root_at
from bot.jobs.queueing import refresh_soon
from bot.jobs.requests import ResolveRequest, StartRequest
from bot.runtime.services import Services

NO_INCIDENTS = "No incident is kept here."
NO_INCIDENTS_FIX = "Invite the bot to the incident channel, and start it there."


async def resolve_reference(services: Services, job: str, request: ResolveRequest) -> None:
    """Post the card of a record; where an incident is open it is added to that."""
    reply = request.reply
    admission = await services.gate.admit(reply.user, reply.channel)
    aionis = services.aionis(admission.tenancy)
    resolution = await _read(aionis, admission, request.reference)
    keeps = keeps_incidents(admission.place)
    incident = await find(services, admission, reply, request.incident) if keeps else None
    card = resolve_message(resolution, incident=incident.id if incident else None, startable=keeps and incident is None)
    posted = await post_into(services, job, "card", reply, card, incident)
    if posted and incident:
        await _add(services, job, incident, resolution, aionis, by=reply.user)


async def start_incident(services: Services, job: str, request: StartRequest) -> None:
    """Open an incident in the thread of the card that was clicked on, with the card's record in it."""
    reply = request.reply
    admission = await services.gate.admit(reply.user, reply.channel)
    aionis = services.aionis(admission.tenancy)
    resolution = await _read(aionis, admission, request.uri)
    entrance = await enter(services, job, admission, reply, wanted=None, new=True)
    if entrance is None or reply.thread_ts is None:
        raise NotAllowed(NO_INCIDENTS, fix=NO_INCIDENTS_FIX)
    incident = await root_at(services, entrance.incident, reply.thread_ts, job=job)
    await _add(services, job, incident, resolution, aionis, by=reply.user)


async def _read(aionis: Aionis, admission: Admission, reference: str) -> Resolution:
    return await resolve_record(aionis, parse_reference(reference, admission.tenancy))


async def _add(
    services: Services, job: str, incident: Incident, resolution: Resolution, aionis: Aionis, *, by: str
) -> None:
    digest = UriDigest(uri=str(resolution.uri), title=resolve_title(resolution))
    change = incident_log.uri_added(digest, by=by, at=services.now(), key=f"{job}:uri")
    await services.incidents.append(incident.channel, incident.id, change)
    await keep_evidence(services, job, aionis, incident)
    await refresh_soon(services, incident)
