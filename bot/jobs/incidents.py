"""What people ask about a channel's incidents: how they stand, moving a run to another one, what the channel may read."""

from bot.blocks.binding import bound_message
from bot.blocks.incidents import no_incident_message, status_message
from bot.domain.access.rules import allows
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import incident_log
from bot.domain.incident.state import Incident
from bot.errors import NotAllowed
from bot.jobs.common import in_thread
from bot.jobs.queueing import enqueue, refresh_soon
from bot.jobs.requests import BindRequest, MoveRequest, ReplayRequest, ResolveRequest, StatusRequest
from bot.runtime.services import Services

_NEW = "new"  # in the log, where the incident that is moved to has no id yet
NOT_ALLOWED = "{tenancy} is not among the scopes that channels may be bound to."
NOT_ALLOWED_FIX = "Whoever runs the bot can add it to AIONIS_ALLOWED_SCOPES."


async def show_status(services: Services, job: str, request: StatusRequest) -> None:
    """Show how the channel's open incidents stand to the person who asked."""
    reply = request.reply
    await services.gate.admit(reply.user, reply.channel)
    incidents = await services.incidents.open_in(reply.channel)
    if not incidents:
        await services.slack.answer_once(job, "none", reply, no_incident_message())
        return
    links = await services.slack.messages.permalinks(reply.channel, _roots(incidents))
    message = status_message(incidents, permalinks=links, now=services.now())
    await services.slack.answer_once(job, "status", reply, message)


async def move(services: Services, job: str, request: MoveRequest) -> None:
    """Take a run or a record out of an incident and put it into another one, or a new one."""
    reply = request.reply
    admission = await services.gate.admit(reply.user, reply.channel)
    source = await services.gate.incident(admission, request.incident)
    at, key, to = services.now(), f"{job}:out", request.to or _NEW
    if request.run_id:
        change = incident_log.run_removed(request.run_id, to, by=reply.user, at=at, key=key)
    else:
        change = incident_log.uri_removed(request.uri or "", to, by=reply.user, at=at, key=key)
    await services.incidents.append(source.channel, source.id, change)
    await refresh_soon(services, source)
    target = await services.gate.incident(admission, request.to) if request.to else None
    place = in_thread(reply, target.root_ts) if target and target.root_ts else reply
    if request.run_id:
        again = ReplayRequest(reply=place, run_id=request.run_id, incident=request.to, new=target is None)
        await enqueue(services, again, key=job)
    elif request.uri:
        await enqueue(services, ResolveRequest(reply=place, reference=request.uri, incident=request.to), key=job)


async def bind(services: Services, job: str, request: BindRequest) -> None:
    """Bind the channel to a tenant and scope, and tell everybody in it."""
    reply = request.reply
    admission = await services.gate.enter(reply.user, reply.channel)
    await services.gate.ensure_manager(admission, "bind this channel")
    tenancy = Tenancy(request.tenant, request.scope)
    if not allows(services.gate.rules, tenancy):
        raise NotAllowed(NOT_ALLOWED.format(tenancy=tenancy), fix=NOT_ALLOWED_FIX)
    await services.bindings.bind(reply.channel, tenancy, by=reply.user, at=services.now())
    await services.slack.post_once(job, "bound", reply, bound_message(tenancy, reply.user))


def _roots(incidents: list[Incident]) -> list[str]:
    return [incident.root_ts for incident in incidents if incident.root_ts]
