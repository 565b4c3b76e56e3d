"""Incidents in Redis: one script per mutation, one round trip, idempotent, versioned."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from bot.domain.access.admission import Admission
from bot.domain.bundle.kept_answers import KeptAnswer, PackedAnswer, StoredAnswer, stored_answers, unpack
from bot.domain.incident.incident_log import Change, Entry, EntryKind, Guard
from bot.domain.incident.log_chain import digest_of
from bot.domain.incident.projection import projected
from bot.domain.incident.state import ROOT, Incident, read_incident
from bot.errors import StaleButton
from bot.runtime import metrics
from bot.store.keys import EVERYWHERE, Keys, incident_address, is_of_watch
from bot.store.known_incidents import NOTHING, KnownFields, KnownIncidents
from bot.store.log_entries import read_entries, to_json

EXPIRED = "{id} is not kept any more: a closed incident is kept for {days}."
UNKNOWN = "{id} is not kept any more, or there never was one of this id: a closed incident is kept for {days}."
UNKNOWN_FIX = "Check the id; `/replay status` shows the incidents that are open here."
EXPIRED_FIX = "Its exported bundle, if there is one in the thread, still has everything."
NOT_HERE = "There is no incident {id} in this channel: that belongs to another channel or incident."
OTHER_TENANCY = "{id} is about {theirs}, and this channel reads {ours} now."
_HERE = Path(__file__).parent
_STATE, _CHANGE = (
    "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)
    for names in (("incident_state.lua",), ("sha256.lua", "incident_state.lua", "incident.lua"))
)
_READ = f"{_STATE}\nreturn incident_state(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], ARGV[3])"
# What comes after the close goes with the rest, and nothing is kept of an incident that is gone.
_KEEP = """
local left = redis.call('TTL', KEYS[2])
if left == -2 then return 0 end
for place = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[place], ARGV[place + 1]) end
if left >= 0 then redis.call('EXPIRE', KEYS[1], math.min(left, tonumber(ARGV[1]))) end
return 1
"""
SALT_BYTES = 16
_ID_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0/O and 1/I, which people mix up on the phone
Fields = Mapping[str, str]

_KEPT_FOR = {EntryKind.OPENED, EntryKind.CLOSED, EntryKind.REOPENED}
_EXPECTED_FOR = timedelta(minutes=10)  # a job that never comes to its end is not waited for longer
_AT_ONCE = 50  # incidents that are read in one round trip
_CLAIM_TTL = timedelta(hours=1)  # of an id that was claimed and never used

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What became of a change."""

    DONE = "done"
    REPEATED = "repeated"  # the same key was taken before: nothing changed now
    REFUSED = "refused"  # a guard did not hold
    EARLY = "early"  # its time is before that of the last entry: tried again with that one's
    JOINED = "joined"  # not opened: another incident of the channel is open


@dataclass(frozen=True)
class Applied:
    """The answer of a change: its outcome, and the incident as it stands right after.

    `because` is the field whose guard did not hold, or the id of the incident that is open already.
    """

    outcome: Outcome
    because: str
    fields: Fields

    @property
    def accepted(self) -> bool:
        """Tell whether the change is in the log, now or from an earlier try."""
        return self.outcome in {Outcome.DONE, Outcome.REPEATED}

    @cached_property
    def incident(self) -> Incident | None:
        """Return the incident, or None where there is none (expired, or never opened)."""
        return read_incident(self.fields) if "head" in self.fields else None


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
        self.script = redis.register_script(_CHANGE)
        self._state = redis.register_script(_READ)
        self._known = KnownIncidents()
        self._keep = redis.register_script(_KEEP)
        self._retention = int(retention.total_seconds())
        self._answer_retention = int(min(answer_retention or retention, retention).total_seconds())
        self._default_tenancy = default_tenancy

    async def claim_id(self, channel: str) -> str:
        """Return a new id such as `INC-7Q2K`, reserved for a channel. Longer ones come once the short ones collide."""
        length = 4
        while True:
            id_ = "INC-" + "".join(secrets.choice(_ID_LETTERS) for _ in range(length))
            if await self._redis.set(incident_address(id_), self._keys.place(channel), nx=True, ex=_CLAIM_TTL):
                return id_
            length = min(length + 1, 8)

    async def open(self, admission: Admission, id_: str, change: Change, *, alone: bool) -> Applied:
        """Open an incident under a claimed id; `alone` only where the channel has no other open one of its tenancy."""
        return await self._run(admission.channel, id_, change, alone=alone)

    async def apply(self, admission: Admission, id_: str, change: Change) -> Applied:
        """Apply a change to an incident by its id; whether it is the admission's, the script looks. One round trip."""
        guards = (Guard("team", (admission.team,)), *change.guards)
        return await self._run(admission.channel, id_, replace(change, guards=guards))

    async def moved(self, id_: str, channel: str, change: Change) -> Applied:
        """Apply the change of an incident's channel, under the keys of the new one (bot/store/channel_move.py)."""
        return await self._run(channel, id_, change)

    async def append(self, incident: Incident, change: Change) -> Applied:
        """Apply a change to an incident at hand, where its channel still reads its tenancy. One round trip."""
        return await self._run(incident.channel, incident.id, change)

    async def _run(self, channel: str, id_: str, change: Change, *, alone: bool = False) -> Applied:
        known = self._known_of(channel, id_)
        names, arguments = self.script_call(channel, id_, change, alone=alone, known=known)
        structlog.contextvars.bind_contextvars(incident=id_)
        with metrics.timed("store_seconds", operation="incident"):
            outcome, because, state = await self.script(keys=names, args=arguments)
        if outcome == Outcome.EARLY:
            return await self._run(channel, id_, replace(change, at=datetime.fromisoformat(because)), alone=alone)
        applied = Applied(Outcome(outcome), because, await self._fields(channel, id_, known, state))
        if applied.outcome is Outcome.DONE:
            _count(change)
        # Not in the script: the address is on another slot of a cluster. A crash between the two is mended by the job's
        # repetition, which is accepted as well.
        if change.kind in _KEPT_FOR and applied.accepted:
            await self._keep_address(id_, change.kind)
        return applied

    def script_call(
        self, channel: str, id_: str, change: Change, *, alone: bool = False, known: KnownFields = NOTHING
    ) -> tuple[list[str], list[str | int]]:
        """Return the keys and arguments with which the script applies a change (bot/store/incident.lua)."""
        names = [
            self._keys.incident_fields(channel, id_),
            self._keys.incident_log(channel, id_),
            self._keys.incident_seen(channel, id_),
            self._keys.open_incidents(channel),
            self._keys.roots(channel),
            self._keys.binding(channel),
            self._keys.incident_answers(channel, id_),
        ]
        arguments = [
            *_arguments(id_, change),
            self._retention,
            _milliseconds(change.at),
            _root(change),
            "alone" if alone else "",
            self._default_tenancy,
            *_sealed(change),
            self._answer_retention,
            *known.arguments,
        ]
        return names, arguments

    async def find(self, admission: Admission, id_: str) -> Incident | None:
        """Return an incident as it stands, or None where the admission's channel and tenancy have none of this id."""
        # Not there and not theirs look the same here; whoever clicked is told which by `read`.
        found = await self._read_all([(admission, id_)])
        return found[0] if found else None

    async def read(self, admission: Admission, id_: str, *, typed: bool = False) -> Incident:
        """Return an incident as it stands; raises `StaleButton` where the admission's place has none of this id.

        A button is made for an incident; an id that somebody has `typed` may never have been one.
        """
        fields = await self._read_anew(admission.channel, id_, self._known_of(admission.channel, id_))
        incident = read_incident(fields) if "head" in fields else None
        if incident is None or not _is_of(admission, incident):
            log.warning("foreign_button_refused", channel=admission.channel, incident=id_)
            if incident is None and not await self._is_elsewhere(id_):
                what, fix = (UNKNOWN, UNKNOWN_FIX) if typed else (EXPIRED, EXPIRED_FIX)
                raise StaleButton(what.format(id=id_, days=_days(self._retention)), fix=fix)
            raise _refused(admission, id_, incident)
        return incident

    async def log(self, incident: Incident) -> list[Entry]:
        """Return an incident's whole log, oldest first."""
        return await read_log(self._redis, self._keys.place(incident.channel), incident.id)

    async def keep_answers(self, incident: Incident, answers: Iterable[PackedAnswer]) -> None:
        """Keep the answers that a job of an incident has used; the same answer to the same question is kept once."""
        answers = list(answers)
        for answer in answers:
            for rule, count in answer.rules.items():
                metrics.count("redactions", count, rule=rule)
        kept: dict[Any, Any] = {answer.name: answer.text for answer in answers}
        if kept:
            names = self._keys.incident_answers, self._keys.incident_fields
            await self._keep(
                keys=[name(incident.channel, incident.id) for name in names],
                args=[self._answer_retention, *(part for pair in kept.items() for part in pair)],
            )

    async def expect_answers(self, incident: Incident, job: str) -> None:
        """Say that a job is going to keep answers of an incident."""
        name = self._keys.expected_answers(incident.channel, incident.id)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.sadd(name, job)
            pipe.expire(name, _EXPECTED_FOR)
            await pipe.execute()

    async def has_answers(self, incident: Incident, job: str) -> None:
        """Say that a job has kept its answers."""
        await self._redis.srem(self._keys.expected_answers(incident.channel, incident.id), job)

    async def expects_answers(self, incident: Incident) -> bool:
        """Tell whether a job still keeps answers of an incident."""
        return bool(await self._redis.exists(self._keys.expected_answers(incident.channel, incident.id)))

    async def packed_answers(self, incident: Incident) -> dict[str, str]:
        """Return the answers that an incident keeps as they are stored, by the job that kept them."""
        kept: Any = await self._redis.hgetall(self._keys.incident_answers(incident.channel, incident.id))
        return dict(kept)

    async def stored_log(self, incident: Incident) -> list[Any]:
        """Return an incident's log as it is stored, for `read_entries`."""
        stored: Any = await self._redis.xrange(self._keys.incident_log(incident.channel, incident.id))
        return list(stored)

    async def answers(self, incident: Incident) -> list[StoredAnswer]:
        """Return the answers that an incident keeps, in the order they were read."""
        return await read_answers(self._redis, self._keys.place(incident.channel), incident.id)

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

    async def at_root(self, admission: Admission, ts: str) -> Incident | None:
        """Return the incident that lives in the thread of a message, open or closed; None: another's, or none."""
        id_ = await self.id_at_root(admission.channel, ts)
        return await self.find(admission, id_) if id_ else None

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

    async def _is_elsewhere(self, id_: str) -> bool:
        """Tell whether another channel of this workspace has an incident; of other workspaces nothing is said."""
        place = await self._redis.get(incident_address(id_))
        return place is not None and str(place).startswith(self._keys.place(""))

    async def _keep_address(self, id_: str, kind: EntryKind) -> None:
        if kind is EntryKind.CLOSED:
            await self._redis.expire(incident_address(id_), self._retention)
        else:
            await self._redis.persist(incident_address(id_))

    async def _read_all(self, places: list[tuple[Admission, str]]) -> list[Incident]:
        known = [self._known_of(admission.channel, id_) for admission, id_ in places]
        try:
            states = await self._states(places, known)
        except NoScriptError:
            await self._redis.script_load(_READ)
            states = await self._states(places, known)
        read = []
        for (admission, id_), knew, state in zip(places, known, states, strict=True):
            fields = await self._fields(admission.channel, id_, knew, state)
            incident = read_incident(fields) if "head" in fields else None
            if incident and _is_of(admission, incident):
                read.append(incident)
        return read

    async def _states(self, places: list[tuple[Admission, str]], known: list[KnownFields]) -> list[Any]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for (admission, id_), knew in zip(places, known, strict=True):
                names = self._state_names(admission.channel, id_)
                pipe.evalsha(self._state.sha, len(names), *names, *knew.arguments)
            return list(await pipe.execute())

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

    def _known_of(self, channel: str, id_: str) -> KnownFields:
        return self._known.of(self._keys.incident_fields(channel, id_))

    def _state_names(self, channel: str, id_: str) -> list[str]:
        keys = self._keys
        return [keys.incident_fields(channel, id_), keys.incident_log(channel, id_), keys.incident_seen(channel, id_)]


def _is_of(admission: Admission, incident: Incident) -> bool:
    """Tell whether an incident is the admission's: the one comparison of tenancies (the script's guard is a second lock)."""
    theirs = (incident.head.team, incident.channel, incident.tenancy)
    return theirs == (admission.team, admission.channel, admission.tenancy)


def _days(seconds: int) -> str:
    """Return a time of keeping in days, in hours where it is less than two."""
    return f"{seconds // 86_400} days" if seconds >= 2 * 86_400 else f"{max(1, seconds // 3_600)} hours"


def _refused(admission: Admission, id_: str, incident: Incident | None) -> StaleButton:
    if incident is None or incident.tenancy == admission.tenancy:
        return StaleButton(NOT_HERE.format(id=id_))
    return StaleButton(OTHER_TENANCY.format(id=id_, theirs=incident.tenancy, ours=admission.tenancy))


async def open_incidents(redis: Redis) -> int:
    """Return how many incidents are open in all workspaces. Goes through all keys: for metrics."""
    found = [str(name) async for name in redis.scan_iter(EVERYWHERE.open_incidents("*"), count=5_000)]
    names = [name for name in found if not is_of_watch(name)]
    async with redis.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.zcard(name)
        return sum(await pipe.execute()) if names else 0


async def read_log(redis: Redis, place: str, id_: str) -> list[Entry]:
    """Return the log of whatever incident, oldest first."""
    return read_entries(await redis.xrange(EVERYWHERE.incident_log(place, id_)))


async def read_answers(redis: Redis, place: str, id_: str) -> list[StoredAnswer]:
    """Return the answers that whatever incident keeps, in the order they were read."""
    kept: Any = await redis.hvals(EVERYWHERE.incident_answers(place, id_))
    return await asyncio.to_thread(stored_answers, kept)


async def read_placed_answers(redis: Redis, place: str, id_: str) -> dict[str, KeptAnswer]:
    """Return the same by their places in the hash."""
    kept: Any = await redis.hgetall(EVERYWHERE.incident_answers(place, id_))
    return {place: unpack(text) for place, text in kept.items()}


def _arguments(id_: str, change: Change) -> list[str]:
    fields = projected(change.kind, change.actor, change.at, change.payload)
    return [
        id_,
        change.kind.value,
        change.actor,
        change.at.isoformat(),
        change.key,
        to_json(change.payload),
        to_json([[guard.field, *guard.allowed] for guard in change.guards]),
        to_json({name: value for name, value in fields.items() if value is not None}),
        to_json([name for name, value in fields.items() if value is None]),
    ]


def _count(change: Change) -> None:
    """Count what became true with a change."""
    if change.kind in _KEPT_FOR:
        metrics.count("incidents", change=change.kind)
    elif change.kind.startswith("item_"):
        metrics.count("checklist", basis=change.kind.removeprefix("item_"))
    elif change.kind is EntryKind.COMPARED:
        metrics.count("fix_verdicts", verdict=change.payload["comparison"]["verdict"].replace("_", " "))


def _sealed(change: Change) -> tuple[str, str]:
    salt = secrets.token_hex(SALT_BYTES)
    return salt, digest_of(salt, change.kind, change.actor, change.at, change.key, change.payload)


def _root(change: Change) -> str:
    payload = change.payload
    return str(payload["ts"]) if change.kind is EntryKind.MESSAGE_POSTED and payload["part"] == ROOT else ""


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
