"""The incident that something is added to, opened where there is none, and posting into its thread."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.blocks.incident_root import root_message
from bot.blocks.layout import Message
from bot.blocks.notices import notice
from bot.domain.access.admission import Admission
from bot.domain.access.rules import keeps_incidents
from bot.domain.incident import log_changes
from bot.domain.incident.belonging import belonging
from bot.domain.incident.incident_log import Change
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.state import LIVE_ROOT, ROOT, Incident
from bot.domain.incident.verification import checks_after
from bot.errors import NotInChannel, PostingRefused, SlackRefused
from bot.jobs.incident_lookup import Undecided, closed_notice, named_incident_in
from bot.jobs.moved_channels import may_show_alone
from bot.jobs.posting import post_or_show, show_alone
from bot.jobs.refresh import refresh_soon
from bot.jobs.unposted_incidents import NOT_OPENED, OPENED, discard
from bot.live.live_message import digest
from bot.live.roots import post_below, rooted_at
from bot.live.verification import verify_checks
from bot.runtime.services import Services
from bot.slack import THREAD_GONE, ReplyTo
from bot.store.incident_changes import Outcome
from bot.store.outbox import anew

# A message that takes its time, as a picture is uploaded for it.
Wording = Callable[[], Awaitable[Message]]
NO_INCIDENTS = "No incident is kept here."
_YES, _NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Entrance:
    """The incident that something is added to, and whether it was opened for that.

    `own`: by this job, so that nobody else's is in it, and what has arrived is.
    `others` are the open ones of the channel beside it, where they were looked at.
    """

    incident: Incident
    opened: bool
    own: bool = False
    others: int | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What comes into an incident: the runs that say which, and the changes that add it; `watched`: a watch brings it."""

    runs: Sequence[RunDigest] = ()
    changes: Sequence[Change] = ()
    watched: bool = False


NOTHING_YET = Arrival()


@dataclass(frozen=True, slots=True)
class Reservation:
    """The id under which a job opens an incident; None: whether it opens one is still to be decided."""

    id: str | None


async def as_first_found(services: Services, job: str, part: str, found: bool) -> bool:
    """Return what the first try of a job found: a repetition finds what that has added."""
    return await services.outbox.keep_first(job, part, _YES if found else _NO) == _YES


async def change_and_tell(
    services: Services,
    job: str,
    reply: ReplyTo,
    incident: Incident,
    change: Change,
    *,
    part: str,
    words: str,
) -> None:
    """Change an incident and tell whoever asked, in these words; one that is closed stays as it is, and that is told."""
    applied = await services.incidents.append(incident, change)
    await refresh_soon(services, incident)  # first: whoever asked may not be reachable, and everybody else sees it
    told = notice(words) if applied.accepted else closed_notice(services, applied.incident or incident, reply.where)
    await services.slack.answer_once(job, part, reply, told)


async def reserve_ahead(
    services: Services, job: str, admission: Admission, reply: ReplyTo, *, wanted: str | None, new: bool
) -> Reservation:
    """Reserve the id of the incident that a job opens, where nothing else is open that it could belong to.

    For while Aionis is waited for. Somebody may open one meanwhile: that is decided when this one is opened, as ever.
    """
    if not keeps_incidents(admission.place):
        return Reservation(None)
    reserved = await services.outbox.value(job, OPENED)
    may_join = not new and (wanted or reply.thread_ts or await services.incidents.has_open(admission))
    return Reservation(reserved if reserved or may_join else await _reserve(services, job, reply.channel))


async def _reserve(services: Services, job: str, channel: str) -> str:
    # Kept before it is opened: a crash in between costs an id that nobody uses, the other way round it costs a second incident.
    id_ = await services.incidents.claim_id(channel)
    await services.outbox.keep(job, OPENED, id_)
    return id_


async def enter(
    services: Services,
    job: str,
    admission: Admission,
    reply: ReplyTo,
    *,
    wanted: str | None,
    new: bool,
    arrival: Arrival = NOTHING_YET,
    ahead: Reservation | None = None,
) -> Entrance | Undecided | None:
    """Return the incident to add runs to, opened where there is none or a new one is asked for; None where none are kept.

    Doing it again for the same job gives the same incident. `ahead` is what `reserve_ahead` returned, where that was asked.
    What arrives is added here where one is opened, with all that follows from it, in the same round trip.
    """
    if not keeps_incidents(admission.place):
        return None
    # A repetition goes on with the id that its first try has reserved, even where another incident would be found by now.
    reserved = ahead.id if ahead else await services.outbox.value(job, OPENED)
    if not new and reserved is None:
        named = await named_incident_in(services, admission, reply, wanted)
        if named and named.is_open:
            return Entrance(named, opened=False)
        open_ones = await services.incidents.open_ones(admission)
        found = belonging(arrival.runs, open_ones)
        if found.incident:
            return Entrance(found.incident, opened=False, others=len(open_ones) - 1)
        if found.choices:
            return Undecided(found.choices, found.guess_new)
    return await _open(services, job, admission, reply, reserved, arrival, new=new)


async def open_new(
    services: Services, job: str, admission: Admission, reply: ReplyTo, *, arrival: Arrival = NOTHING_YET
) -> Incident | None:
    """Open an incident, whatever else is open; None where none are kept."""
    entrance = await enter(services, job, admission, reply, wanted=None, new=True, arrival=arrival)
    return entrance.incident if isinstance(entrance, Entrance) else None


async def _open(
    services: Services,
    job: str,
    admission: Admission,
    reply: ReplyTo,
    reserved: str | None,
    arrival: Arrival,
    *,
    new: bool,
) -> Entrance | Undecided | None:
    id_ = reserved or await _reserve(services, job, reply.channel)
    # Not after what arrives, which would have to be tried again with the time of the opening.
    at = arrival.changes[0].at if arrival.changes else services.now()
    change = log_changes.opened(
        team=admission.team,
        channel=admission.channel,
        tenancy=admission.tenancy,
        checklist=services.checklist,
        by=reply.user,
        at=at,
        key=job,
        fix_reruns=services.fix_reruns,
    )
    change = log_changes.by_watch(change) if arrival.watched else change
    then = arrival.changes and [*arrival.changes, *checks_after(id_, [change, *arrival.changes])]
    applied = await services.incidents.open(admission, id_, change, alone=not new, then=then)
    if applied.outcome is Outcome.JOINED:
        # As if nothing had been reserved: several may have been opened since, and the latest need not be the one of the case.
        shown = await services.incidents.open_ones(admission)
        joined = await services.incidents.find(admission, applied.because)
        unseen = [joined] if joined and joined.is_open and joined.root_ts is None else []
        if found := belonging(arrival.runs, [*shown, *unseen]).incident:
            # One without a root is of somebody whose message never came to be: this message becomes its root.
            return Entrance(found, opened=found.root_ts is None)
        if shown:
            among = belonging(arrival.runs, shown)
            return Undecided(among.choices, among.guess_new)
        # Nobody sees that one, and it is of another case, or gone: nothing to be asked about, and nothing to join.
        applied = await services.incidents.open(admission, id_, change, alone=False, then=then)
    return Entrance(applied.incident, opened=True, own=True) if applied.incident else None


async def post_into(
    services: Services,
    job: str,
    part: str,
    reply: ReplyTo,
    message: Message | Wording,
    incident: Incident | None,
    *,
    for_asker: Callable[[], Message] | None = None,
) -> str | None:
    """Post what was asked for, into the thread of its incident, and return the thread's root; None: only the asker saw it.

    Where the incident has no root yet, that is posted first; where it may not be, the incident is discarded and the asker sees
    the message, or what `for_asker` makes of it, without an incident. Where its thread takes no message, the asker alone sees
    that. One whose thread is gone goes on below a new root.
    A `Wording` is asked for its message once the root is there: that has the verdict, and does not wait for pictures.
    """
    if incident is None:
        return await _post_alone(services, job, part, reply, await _worded(message))
    try:
        rooted = await _rooted(services, job, reply, incident)
    except (NotInChannel, PostingRefused) as refused:
        if not await may_show_alone(services, reply, refused):
            raise
        await discard(services, incident.channel, incident.id, because=refused.what)
        seen = for_asker() if for_asker else await _worded(message)
        await show_alone(services, job, part, reply, seen, refused, more=NOT_OPENED)
        return None
    worded = await _worded(message)
    try:
        posted = await post_below(services, job, part, rooted, worded, user=reply.user)
    except (NotInChannel, PostingRefused) as refused:  # the thread takes none: the incident has what the message says
        if not await may_show_alone(services, reply, refused):
            raise
        await show_alone(services, job, part, reply, worded, refused)
        return None
    return posted.thread_ts or rooted.root_ts


@asynccontextmanager
async def shown_although_refused(services: Services, incident: Incident) -> AsyncIterator[None]:
    """Have what was recorded of an incident shown behind the message about it, also where Slack refuses that."""
    try:
        yield
    except (NotInChannel, PostingRefused, SlackRefused):
        await refresh_soon(services, incident)
        raise
    await refresh_soon(services, incident)


async def is_kept(services: Services, admission: Admission, incident: Incident) -> bool:
    """Tell whether an incident is there, although its message was refused: one whose root was refused is discarded."""
    found = await services.incidents.find(admission, incident.id)
    return found is not None and found.is_open


async def _worded(message: Message | Wording) -> Message:
    return message if isinstance(message, Message) else await message()


async def _post_alone(services: Services, job: str, part: str, reply: ReplyTo, message: Message) -> str | None:
    """Post where it was asked for; where that thread is gone, in the channel."""
    try:
        posted = await post_or_show(services, job, part, reply, message)
    except SlackRefused as refused:
        if refused.code != THREAD_GONE or reply.thread_ts is None:
            raise
        in_channel = reply.below(None)
        posted = await post_or_show(services, job, anew(part), in_channel, message)
    return (posted.thread_ts or posted.ts) if posted else None


async def _rooted(services: Services, job: str, reply: ReplyTo, incident: Incident) -> Incident:
    """Return an incident that has its root, which is posted where there is none yet."""
    if incident.root_ts:
        return incident
    if incident.closure:  # discarded by an earlier try of this job, which was cut off after that
        raise PostingRefused(incident.closure.reason, fix="")
    # What the run proves by itself is in the first message already; what watch and forge say comes with the first edit.
    incident = await verify_checks(services, incident)
    message = root_message(incident)
    # The thread of another incident, closed or of another tenancy by now, stays that one's.
    if reply.thread_ts and await services.incidents.id_at_root(reply.channel, reply.thread_ts):
        reply = reply.below(None)
    try:
        posted = await services.slack.post_once(job, ROOT, reply, message)
    except SlackRefused as refused:
        if refused.code != THREAD_GONE or reply.thread_ts is None:
            raise
        posted = await services.slack.post_once(job, anew(ROOT), reply.below(None), message)
    if posted.new:  # before anybody knows where it is, and edits it
        shown = digest(message, posted.thread_ts or posted.ts)
        await services.live_messages.shows(incident.channel, incident.id, LIVE_ROOT, shown)
    return await rooted_at(services, incident, posted)


async def root_at(services: Services, incident: Incident, ts: str, *, job: str) -> Incident:
    """Make a message the root of an incident, in place of the one it had; returns the incident as it stands."""
    change = log_changes.message_posted(ROOT, ts, at=services.now(), key=f"{job}:{ROOT}", instead_of=incident.root_ts)
    applied = await services.incidents.append(incident, change)
    return applied.incident or incident
