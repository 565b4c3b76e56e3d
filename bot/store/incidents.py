"""Incidents in Redis: one script per mutation, one round trip, idempotent, versioned."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from redis.asyncio import Redis

from bot.domain.access.admission import Admission, ensure_admission
from bot.domain.incident.incident_log import Change, Entry, EntryKind, Guard
from bot.domain.incident.state import Incident, read_incident
from bot.runtime import metrics
from bot.store.incident_answers import IncidentAnswers
from bot.store.incident_changes import KEPT_FOR, Applied, Fields, Outcome, count_change
from bot.store.incident_refusals import bound_since, foreign_incident, gone, moved_since
from bot.store.incident_script import IncidentScript, in_one_round_trip, script_of
from bot.store.keys import EVERYWHERE, OUTBOX_TTL_SECONDS, Keys, incident_address
from bot.store.known_incidents import NOTHING, KnownFields, KnownIncidents
from bot.store.log_entries import read_entries

_READ = (
    f"{script_of('incident_state.lua')}\nreturn incident_state(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], ARGV[3])"
)
_ID_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0/O and 1/I, which people mix up on the phone

_AT_ONCE = 50  # incidents that are read in one round trip
_CLAIM_TTL = timedelta(
    seconds=OUTBOX_TTL_SECONDS
)  # of an id that was claimed and never used: as long as its job may come back

log = structlog.get_logger(__name__)


class IncidentStore:
    """All incidents, each handed out for an admission of its place and tenancy alone.

    `retention` is how long a closed one is kept, `answer_retention` how long Aionis' answers of it are, where that is less.
    `default_tenancy` (`tenant/scope`, or "" for none) is what a channel that is not bound reads.
    """

    def __init__(
        self,
        redis: Redis,
        keys: Keys,
        *,
        retention: timedelta,
        default_tenancy: str,
        answer_retention: timedelta | None = None,
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._state = redis.register_script(_READ)
        self._known = KnownIncidents()
        self._retention = int(retention.total_seconds())
        self._answer_retention = int(min(answer_retention or retention, retention).total_seconds())
        self.answers = IncidentAnswers(redis, keys, retention=self._answer_retention)
        self.script = IncidentScript(
            redis,
            keys,
            retention=self._retention,
            answer_retention=self._answer_retention,
            default_tenancy=default_tenancy,
        )

    async def claim_id(self, channel: str) -> str:
        """Return a new id such as `INC-7Q2K`, reserved for a channel. Longer ones come once the short ones collide."""
        length = 4
        while True:
            id_ = "INC-" + "".join(secrets.choice(_ID_LETTERS) for _ in range(length))
            if await self._redis.set(incident_address(id_), self._keys.place(channel), nx=True, ex=_CLAIM_TTL):
                return id_
            length = min(length + 1, 8)

    async def open(
        self, admission: Admission, id_: str, change: Change, *, alone: bool, then: Sequence[Change] = ()
    ) -> Applied:
        """Open an incident under a claimed id; `alone` only where the channel has no other open one of its tenancy.

        What comes `then` is taken in the same round trip, where this has opened it. Raises `StaleButton` where the channel was
        bound to another tenancy since the admission, or since an earlier try opened it: of one that nobody there may change,
        nothing would ever be shown. So it does where the channel has got another id since.
        """
        ensure_admission(admission)
        applied = await self._run(admission.channel, id_, change, *then, alone=alone)
        if applied.is_of_another_tenancy:
            raise bound_since(admission.tenancy)
        if applied.is_of_earlier_channel:
            raise moved_since(admission.channel)
        if applied.incident and not _is_of(
            admission, applied.incident
        ):  # an earlier try was admitted to something else
            raise foreign_incident(admission, id_, applied.incident)
        return applied

    async def apply(self, admission: Admission, id_: str, change: Change) -> Applied:
        """Apply a change to an incident by its id; whether it is the admission's, the script looks. One round trip."""
        ensure_admission(admission)
        guards = (Guard("team", (admission.team,)), *change.guards)
        return await self._run(admission.channel, id_, replace(change, guards=guards))

    async def append_by_id(self, channel: str, id_: str, change: Change) -> Applied:
        """Apply a change of the bot's own to an incident that it has the id of alone."""
        return await self._run(channel, id_, change)

    async def append(self, incident: Incident, change: Change) -> Applied:
        """Apply a change to an incident at hand, where its channel still reads its tenancy. One round trip."""
        return await self._run(incident.channel, incident.id, change)

    async def append_all(self, incident: Incident, changes: Sequence[Change]) -> Incident:
        """Apply changes to an incident at hand in their order, in one round trip; returns it as it stands after them.

        Raises `StaleButton` where its channel was bound to another tenancy since it was read.
        """
        applied = await self._run(incident.channel, incident.id, *changes) if changes else None
        if applied and applied.is_of_another_tenancy:
            raise bound_since(incident.tenancy)
        return (applied and applied.incident) or incident

    async def _run(self, channel: str, id_: str, *changes: Change, alone: bool = False) -> Applied:
        """Return what became of the first change, with the fields as they are after the last."""
        known = self._known_of(channel, id_)
        structlog.contextvars.bind_contextvars(incident=id_)
        with metrics.timed("store_seconds", operation="incident"):
            answers = await self.script.apply(channel, id_, changes, alone=alone, known=known)
        outcomes = [Outcome(outcome) for outcome, _, _ in answers]
        for change, outcome in zip(changes, outcomes, strict=True):
            if outcome is Outcome.DONE:
                count_change(change)
        if Outcome.EARLY in outcomes:  # what was taken is repeated, which changes nothing
            at = datetime.fromisoformat(answers[outcomes.index(Outcome.EARLY)][1])
            later = [replace(change, at=max(change.at, at)) for change in changes]
            return await self._run(channel, id_, *later, alone=alone)
        applied = Applied(outcomes[0], answers[0][1], await self._fields(channel, id_, known, answers[-1][2]))
        # Not in the script, whose keys are all of one channel. A crash between the two is mended by the job's repetition, which
        # is accepted as well.
        if changes[0].kind in KEPT_FOR:
            await self._keep_address(id_, changes[0].kind, applied)
        return applied

    async def find(self, admission: Admission, id_: str) -> Incident | None:
        """Return an incident as it stands, or None where the admission's channel and tenancy have none of this id."""
        # Not there and not theirs look the same here; whoever clicked is told which by `read`.
        found = await self._read_all([(admission, id_)])
        return found[0] if found else None

    async def read(self, admission: Admission, id_: str, *, typed: bool = False) -> Incident:
        """Return an incident as it stands; raises `StaleButton` where the admission's place has none of this id.

        A button is made for an incident; an id that somebody has `typed` may never have been one.
        """
        known = self._known_by(admission, id_)
        fields = await self._read_anew(admission.channel, id_, known)
        incident = read_incident(fields) if "head" in fields else None
        if incident is None or not _is_of(admission, incident):
            log.warning("foreign_button_refused", channel=admission.channel, incident=id_)
            if incident is None and not await self._is_elsewhere(id_):
                raise gone(id_, retention=self._retention, typed=typed)
            raise foreign_incident(admission, id_, incident)
        return incident

    async def log(self, incident: Incident) -> list[Entry]:
        """Return an incident's whole log, oldest first."""
        return await read_log(self._redis, self._keys.place(incident.channel), incident.id)

    async def stored_log(self, incident: Incident) -> list[Any]:
        """Return an incident's log as it is stored, for `read_entries`."""
        stored: Any = await self._redis.xrange(self._keys.incident_log(incident.channel, incident.id))
        return list(stored)

    async def open_ones(self, *admissions: Admission) -> list[Incident]:
        """Return the open incidents of one or more admissions, the latest of each first; without those whose root is not posted.

        One round trip for the ids of all, and one for the rest.
        """
        async with self._redis.pipeline(transaction=False) as pipe:
            for admission in admissions:
                pipe.zrevrange(self._keys.open_incidents(admission.channel), 0, -1)
            found = await pipe.execute()
        read = await self._read_all([(one, id_) for one, ids in zip(admissions, found, strict=True) for id_ in ids])
        # Without a root it was opened by a job that has not posted yet: nobody knows of it.
        return [incident for incident in read if incident.root_ts]

    async def has_open(self, admission: Admission) -> bool:
        """Tell whether an admission's channel has an open incident, of whatever tenancy, or one that is being opened."""
        ensure_admission(admission)
        return bool(await self._redis.exists(self._keys.open_incidents(admission.channel)))

    async def at_root(self, admission: Admission, ts: str) -> Incident | None:
        """Return the incident that lives in the thread of a message, open or closed; None: another's, or none."""
        id_ = await self.id_at_root(admission.channel, ts)
        return await self.find(admission, id_) if id_ else None

    async def read_at_root(self, admission: Admission, ts: str) -> Incident | None:
        """Return the incident in the thread of a message, None where none ever was.

        Raises `StaleButton` for one that is not the admission's any more, or not kept any more.
        """
        id_ = await self.id_at_root(admission.channel, ts)
        return await self.read(admission, id_) if id_ else None

    async def closed_last(self, admission: Admission) -> Incident | None:
        """Return the incident that was closed last of those whose threads are the latest, while it is kept; None: none is."""
        roots: Any = await self._redis.hgetall(self._keys.roots(admission.channel))
        ids = list(dict.fromkeys(roots[ts] for ts in sorted(roots, key=float, reverse=True)))
        for begin in range(0, len(ids), _AT_ONCE):
            read = await self._read_all([(admission, id_) for id_ in ids[begin : begin + _AT_ONCE]])
            closed = [(one.closure.at, one) for one in read if one.closure]
            if closed:
                return max(closed, key=lambda pair: pair[0])[1]
        return None

    async def id_at_root(self, channel: str, ts: str) -> str | None:
        """Return the bare id of the incident in a message's thread: enough to count what is heard there, and no more."""
        found = await self._redis.hget(self._keys.roots(channel), ts)
        return str(found) if found else None

    async def may_have_said(self, channel: str, ts: str) -> bool:
        """Tell whether a message may be in the thread of an open incident: whether one is open, and has a root that is as old."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.exists(self._keys.open_incidents(channel))
            pipe.hkeys(self._keys.roots(channel))
            is_open, roots = await pipe.execute()
        return bool(is_open) and any(float(root) <= float(ts) for root in roots)

    async def _is_elsewhere(self, id_: str) -> bool:
        """Tell whether another channel of this workspace has an incident; of other workspaces nothing is said."""
        place = await self._redis.get(incident_address(id_))
        return place is not None and str(place).startswith(self._keys.place(""))

    async def _keep_address(self, id_: str, kind: EntryKind, applied: Applied) -> None:
        """Have an id lead to its channel for as long as its incident is kept."""
        if kind is EntryKind.OPENED:  # the script's round trip has kept it for good
            await self._keep_opened(id_, applied)
        elif kind is EntryKind.CLOSED and applied.accepted:
            await self._redis.expire(incident_address(id_), self._retention)
        elif kind is EntryKind.REOPENED and applied.accepted:
            await self._redis.persist(incident_address(id_))

    async def _keep_opened(self, id_: str, applied: Applied) -> None:
        if not applied.accepted:
            await self._redis.expire(incident_address(id_), _CLAIM_TTL)
        elif applied.incident and not applied.incident.is_open:  # done again by a job that was away for long
            await self._redis.expire(incident_address(id_), self._retention)

    async def _read_all(self, places: list[tuple[Admission, str]]) -> list[Incident]:
        known = [self._known_by(admission, id_) for admission, id_ in places]
        calls = [
            (self._state_names(admission.channel, id_), knew.arguments)
            for (admission, id_), knew in zip(places, known, strict=True)
        ]
        states = await in_one_round_trip(self._redis, self._state, calls)
        read = []
        for (admission, id_), knew, state in zip(places, known, states, strict=True):
            fields = await self._fields(admission.channel, id_, knew, state)
            incident = read_incident(fields) if "head" in fields else None
            if incident and _is_of(admission, incident):
                read.append(incident)
        return read

    async def _read_anew(self, channel: str, id_: str, known: KnownFields) -> Fields:
        state = await self._state(keys=self._state_names(channel, id_), args=known.arguments)
        return await self._fields(channel, id_, known, state)

    async def _fields(self, channel: str, id_: str, known: KnownFields, state: Any) -> Fields:
        """Return the fields that a script's answer leads to from what was known when it was asked."""
        now = known.after(state)
        if now is None:
            return await self._read_anew(channel, id_, NOTHING)
        self._known.keep(self._keys.incident_fields(channel, id_), now)
        return now.fields

    def _known_by(self, admission: Admission, id_: str) -> KnownFields:
        ensure_admission(admission)
        return self._known_of(admission.channel, id_)

    def _known_of(self, channel: str, id_: str) -> KnownFields:
        return self._known.of(self._keys.incident_fields(channel, id_))

    def _state_names(self, channel: str, id_: str) -> list[str]:
        keys = self._keys
        return [keys.incident_fields(channel, id_), keys.incident_log(channel, id_), keys.incident_seen(channel, id_)]


def _is_of(admission: Admission, incident: Incident) -> bool:
    """Tell whether an incident is the admission's: the one comparison of tenancies (the script's guard is a second lock)."""
    theirs = (incident.head.team, incident.channel, incident.tenancy)
    return theirs == (admission.team, admission.channel, admission.tenancy)


async def read_log(redis: Redis, place: str, id_: str) -> list[Entry]:
    """Return the log of whatever incident, oldest first."""
    return read_entries(await redis.xrange(EVERYWHERE.incident_log(place, id_)))
