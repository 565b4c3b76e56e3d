"""Which incident is meant: the one that is named, the thread's, the channel's, or the one that a record's run belongs to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.blocks.incidents import none_open
from bot.blocks.layout import Message
from bot.blocks.notices import notice, told_at
from bot.blocks.place import Where
from bot.domain.access.admission import Admission, AskerAdmission
from bot.domain.incident.belonging import belonging
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.state import Incident
from bot.errors import UsageError
from bot.runtime.services import Services
from bot.slack import ReplyTo

WHICH = "Several incidents are open in this channel: {ids}."
WHICH_FIX = "Say it in the incident's thread."
OR_NAME_IT = "Say it in the incident's thread, or with the incident's id behind it."
NONE_CLOSED = "No closed incident is kept in this channel."
NONE_CLOSED_FIX = "Type `/replay status` for what is open."
CLOSED = "{id} is closed."
CLOSED_FIX = "Type `/replay reopen {id}` to open it again."
_MEANT = "meant"
_MEANT_CLOSED = "meant-closed"


@dataclass(frozen=True, slots=True)
class Undecided:
    """A run, or a record of one, of another case than any open incident: whoever asked chooses. The bot's guess comes first."""

    choices: tuple[Incident, ...]
    guess_new: bool


def may_be_reopened(services: Services, incident: Incident) -> bool:
    """Tell whether an incident is closed, and not for too long."""
    return bool(incident.closure and incident.closure.at + services.timing.reopen_for >= services.now())


def closed_notice(services: Services, incident: Incident, where: Where) -> Message:
    """Return what is told of a closed incident that is not changed any more, and how it is opened again while it can be."""
    fix = told_at(where, f" {CLOSED_FIX.format(id=incident.id)}") if may_be_reopened(services, incident) else ""
    return notice(f"{CLOSED.format(id=incident.id)}{fix}")


async def incident_to_show(
    services: Services, admission: AskerAdmission, reply: ReplyTo, wanted: str | None
) -> Incident | None:
    """Return the incident to be shown: the one named, the thread's, the latest open one, else what was closed last; None: none.

    Raises as `incident_spoken_of` does.
    """
    if named := await incident_spoken_of(services, admission, reply, wanted):
        return named
    latest = next(iter(await services.incidents.open_ones(admission)), None)
    return latest or await services.incidents.closed_last(admission)


async def place_of_record(
    services: Services,
    admission: AskerAdmission,
    reply: ReplyTo,
    wanted: str | None,
    read_run: Callable[[], Awaitable[RunDigest | None]],
) -> Incident | Undecided | None:
    """Return the open incident that a record belongs to: the one named, the thread's, else as its run says; None: none is open.

    Of a record of no run nothing says so: it goes to the latest.
    """
    named = await named_incident_in(services, admission, reply, wanted)
    if named and named.is_open:
        return named
    open_ones = await services.incidents.open_ones(admission)
    run = await read_run() if open_ones else None
    if run is None:
        return next(iter(open_ones), None)
    found = belonging([run], open_ones)
    return found.incident or Undecided(found.choices, found.guess_new)


async def named_incident_in(
    services: Services, admission: Admission, reply: ReplyTo, wanted: str | None
) -> Incident | None:
    """Return the incident that is wanted, else the one whose thread this is, open or closed; None: neither."""
    if wanted:
        return await services.incidents.find(admission, wanted)
    return await services.incidents.at_root(admission, reply.thread_ts) if reply.thread_ts else None


async def incident_of_thread(services: Services, admission: Admission, reply: ReplyTo) -> Incident | None:
    """Return the incident whose thread this is, open or closed; None outside of any.

    Raises `StaleButton` where that is about another tenancy by now, or gone: what is said there is meant for no other one.
    """
    return await services.incidents.read_at_root(admission, reply.thread_ts) if reply.thread_ts else None


async def incident_spoken_of(
    services: Services, admission: Admission, reply: ReplyTo, wanted: str | None
) -> Incident | None:
    """Return the incident that somebody named, else the one whose thread this is, open or closed; None: neither.

    Raises `StaleButton` for one that is named and not here, and as `incident_of_thread` does.
    """
    if wanted:
        return await services.incidents.read(admission, wanted, typed=True)
    return await incident_of_thread(services, admission, reply)


async def incident_to_change(
    services: Services,
    job: str,
    admission: AskerAdmission,
    reply: ReplyTo,
    wanted: str | None,
    *,
    fix: str = WHICH_FIX,
) -> Incident:
    """Return the incident that is to be changed: the one named, else the thread's, else the channel's only open one.

    A job done again means the same one as before, though it may have closed it, or another is open by now.
    Raises `StaleButton` for one that is not here, and `UsageError` where none is open, or where it is not clear which.
    """
    if id_ := wanted or await services.outbox.value(job, _MEANT):
        return await services.incidents.read(admission, id_, typed=True)
    named = await incident_of_thread(services, admission, reply)
    # Only where it is clear: a severity or a close for the wrong one of two is worse than a question.
    found = [named] if named else await services.incidents.open_ones(admission)
    if len(found) == 1:
        await services.outbox.keep(job, _MEANT, found[0].id)
        return found[0]
    if not found:
        raise none_open(reply.where)
    raise UsageError(WHICH.format(ids=", ".join(one.id for one in found)), fix=fix)


async def incident_to_reopen(
    services: Services, job: str, admission: AskerAdmission, reply: ReplyTo, wanted: str | None
) -> Incident:
    """Return the incident named, else the thread's, else the one closed last; a job done again means the same as before.

    Raises `UsageError` where none is kept that was closed, else as `incident_spoken_of` does.
    """
    # In its thread the incident is meant, open or not: whoever reopens what is open is told so, and no other one is touched.
    meant = wanted or await services.outbox.value(job, _MEANT_CLOSED)
    found = await incident_spoken_of(services, admission, reply, meant) or await services.incidents.closed_last(
        admission
    )
    if found is None:
        raise none_open(reply.where) if reply.where.direct else UsageError(NONE_CLOSED, fix=NONE_CLOSED_FIX)
    if not meant:
        await services.outbox.keep(job, _MEANT_CLOSED, found.id)
    return found


def asked_elsewhere(reply: ReplyTo, incident: Incident) -> bool:
    """Tell whether somebody asked in another place than an incident's, which they do not have before their eyes."""
    return reply.thread_ts != incident.root_ts
