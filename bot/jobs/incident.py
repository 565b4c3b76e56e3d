"""Which incident a replay or a record belongs to, and opening one."""

from dataclasses import dataclass

from bot.blocks.incidents import NONE_OPEN, NONE_OPEN_FIX
from bot.blocks.layout import Message
from bot.domain.access.admission import AskerAdmission
from bot.domain.access.rules import keeps_incidents
from bot.domain.incident import incident_log
from bot.domain.incident.state import ROOT, Incident
from bot.errors import SlackRefused, UsageError
from bot.jobs.common import in_thread, post_or_show
from bot.runtime.services import Services
from bot.slack import THREAD_GONE, ReplyTo
from bot.store.incidents import Outcome

_ID = "incident"
WHICH = "Several incidents are open in this channel: {ids}."
WHICH_FIX = "Say it in the incident's thread."


@dataclass(frozen=True, slots=True)
class Entrance:
    """The incident that something is added to, and whether it was opened for that."""

    incident: Incident
    opened: bool


async def find(services: Services, admission: AskerAdmission, reply: ReplyTo, wanted: str | None) -> Incident | None:
    """Return the open incident that is meant: the one named, else the thread's, else the channel's latest, if any."""
    named = await named_in(services, admission, reply, wanted)
    if named and named.is_open:
        return named
    return next(iter(await services.incidents.open_ones(admission)), None)


async def named_in(
    services: Services, admission: AskerAdmission, reply: ReplyTo, wanted: str | None
) -> Incident | None:
    """Return the incident that is wanted, else the one whose thread this is, open or closed; None: neither."""
    if wanted:
        return await services.incidents.find(admission, wanted)
    return await services.incidents.at_root(admission, reply.thread_ts) if reply.thread_ts else None


async def meant(services: Services, admission: AskerAdmission, reply: ReplyTo, wanted: str | None) -> Incident:
    """Return the incident that is to be changed: the one named, else the thread's, else the channel's only open one.

    Raises `StaleButton` for one that is not here, and `UsageError` where none is open, or where it is not clear which.
    """
    if wanted:
        return await services.incidents.read(admission, wanted)
    named = await named_in(services, admission, reply, None)
    if named:
        return named
    found = await services.incidents.open_ones(admission)
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(NONE_OPEN, fix=NONE_OPEN_FIX)
    raise UsageError(WHICH.format(ids=", ".join(one.id for one in found)), fix=WHICH_FIX)


async def enter(
    services: Services, job: str, admission: AskerAdmission, reply: ReplyTo, *, wanted: str | None, new: bool
) -> Entrance | None:
    """Return the incident to add to, opened where there is none or a new one is asked for; None where none are kept.

    Doing it again for the same job gives the same incident.
    """
    if not keeps_incidents(admission.place):
        return None
    reserved = await services.outbox.value(job, _ID)
    if not new and reserved is None:
        found = await find(services, admission, reply, wanted)
        if found:
            return Entrance(found, opened=False)
    return await _open(services, job, admission, reply, reserved, new=new)


async def _open(
    services: Services, job: str, admission: AskerAdmission, reply: ReplyTo, reserved: str | None, *, new: bool
) -> Entrance | None:
    id_ = reserved or await services.incidents.claim_id(reply.channel)
    await services.outbox.keep(job, _ID, id_)
    change = incident_log.opened(
        team=admission.team,
        channel=admission.channel,
        tenancy=admission.tenancy,
        checklist=services.checklist,
        by=reply.user,
        at=services.now(),
        key=job,
        fix_reruns=services.fix_reruns,
    )
    applied = await services.incidents.open(admission, id_, change, alone=not new)
    if applied.outcome is Outcome.JOINED:
        joined = await services.incidents.find(admission, applied.because)
        # One without a root is of somebody whose message never came to be: this message becomes its root.
        return Entrance(joined, opened=joined.root_ts is None) if joined else None
    return Entrance(applied.incident, opened=True) if applied.incident else None


async def post_into(
    services: Services, job: str, part: str, reply: ReplyTo, message: Message, incident: Incident | None
) -> str | None:
    """Post what was asked for, into the thread of its incident, and return the thread's root; None: only the asker saw it.

    What was asked for in the channel is shown there, too. An incident whose thread is gone goes on below this message.
    """
    root = incident.root_ts if incident else None
    where = reply if reply.thread_ts or root is None else in_thread(reply, root)
    try:
        posted = await post_or_show(services, job, part, where, message, broadcast=reply.thread_ts is None)
    except SlackRefused as refused:
        if refused.code != THREAD_GONE or where.thread_ts is None:
            raise
        root = None if root == where.thread_ts else root
        in_channel = where.model_copy(update={"thread_ts": None})
        posted = await post_or_show(services, job, f"{part}-anew", in_channel, message)
    if posted is None:
        return None
    thread = posted.thread_ts or posted.ts
    if incident and root is None:
        await root_at(services, incident, thread, job=job)
    return thread


async def root_at(services: Services, incident: Incident, ts: str, *, job: str) -> Incident:
    """Make a message the root of an incident, in place of the one it had; returns the incident as it stands."""
    change = incident_log.message_posted(ROOT, ts, at=services.now(), key=f"{job}:{ROOT}", instead_of=incident.root_ts)
    applied = await services.incidents.append(incident, change)
    return applied.incident or incident
