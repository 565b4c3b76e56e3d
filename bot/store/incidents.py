"""Incidents in Redis: one script per mutation, one round trip, idempotent, versioned."""

import base64
import json
import secrets
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from bot.domain.bundle.kept_answers import KeptAnswer
from bot.domain.incident.incident_log import Change, Entry, Kind, projected, rebuilt
from bot.domain.incident.state import ROOT, Incident, read_incident
from bot.store import keys

_SCRIPT = (Path(__file__).parent / "incident.lua").read_text()
_ID_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0/O and 1/I, which people mix up on the phone
Fields = dict[str, str]

_KEPT_FOR = {Kind.OPENED, Kind.CLOSED, Kind.REOPENED}
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_CLAIM_TTL = timedelta(hours=1)  # of an id that was claimed and never used


class Outcome(StrEnum):
    """What became of a change."""

    DONE = "done"
    REPEATED = "repeated"  # the same key was taken before: nothing changed now
    REFUSED = "refused"  # a guard did not hold
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
    """All incidents. `retention` is how long a closed one is kept.

    `default_tenancy` (`tenant/scope`, or "" for none) is what a channel reads that is not bound.
    """

    def __init__(self, redis: Redis, *, retention: timedelta, default_tenancy: str) -> None:
        self._redis = redis
        self.script = redis.register_script(_SCRIPT)
        self._retention = int(retention.total_seconds())
        self._default_tenancy = default_tenancy

    async def claim_id(self, channel: str) -> str:
        """Return a new id such as `INC-7Q2K`, reserved for a channel. Longer ones come once the short ones collide."""
        length = 4
        while True:
            id_ = "INC-" + "".join(secrets.choice(_ID_LETTERS) for _ in range(length))
            if await self._redis.set(keys.whereabouts(id_), channel, nx=True, ex=_CLAIM_TTL):
                return id_
            length = min(length + 1, 8)

    async def open(self, id_: str, change: Change, *, alone: bool) -> Applied:
        """Open an incident under a claimed id; `alone` only where the channel has no other open one."""
        return await self.append(change.payload["head"]["channel"], id_, change, alone=alone)

    async def append(self, channel: str, id_: str, change: Change, *, alone: bool = False) -> Applied:
        """Apply a change where the channel is still bound to the incident's tenancy. One round trip."""
        names, arguments = self.script_call(channel, id_, change, alone=alone)
        outcome, because, flat = await self.script(keys=names, args=arguments)
        applied = Applied(Outcome(outcome), because, dict(zip(flat[::2], flat[1::2], strict=True)))
        if change.kind in _KEPT_FOR and applied.accepted:
            await self._keep_whereabouts(id_, change.kind)
        return applied

    def script_call(
        self, channel: str, id_: str, change: Change, *, alone: bool = False
    ) -> tuple[list[str], list[str | int]]:
        """Return the keys and arguments with which the script applies a change (bot/store/incident.lua)."""
        names = [
            keys.incident_fields(channel, id_),
            keys.incident_log(channel, id_),
            keys.incident_seen(channel, id_),
            keys.open_incidents(channel),
            keys.roots(channel),
            keys.binding(channel),
            keys.incident_answers(channel, id_),
        ]
        arguments = [
            *_arguments(id_, change),
            self._retention,
            _milliseconds(change.at),
            _root(change),
            "alone" if alone else "",
            self._default_tenancy,
        ]
        return names, arguments

    async def read(self, channel: str, id_: str) -> Incident | None:
        """Return an incident as it stands, or None."""
        fields: Any = await self._redis.hgetall(keys.incident_fields(channel, id_))
        return read_incident(fields) if "head" in fields else None

    async def log(self, channel: str, id_: str) -> list[Entry]:
        """Return an incident's whole log, oldest first."""
        raw: Any = await self._redis.xrange(keys.incident_log(channel, id_))
        return [_entry(identifier, fields) for identifier, fields in raw]

    async def keep_answers(self, channel: str, id_: str, job: str, answers: Iterable[KeptAnswer]) -> None:
        """Keep the answers that a job of an incident has used; the same job again replaces them."""
        packed: dict[Any, Any] = {f"{job}:{number}": _packed(answer) for number, answer in enumerate(answers)}
        if packed:
            await self._redis.hset(keys.incident_answers(channel, id_), mapping=packed)

    async def answers(self, channel: str, id_: str) -> list[KeptAnswer]:
        """Return the answers that an incident keeps, in the order they were read."""
        kept: Any = await self._redis.hgetall(keys.incident_answers(channel, id_))
        found = [(field, _unpacked(text)) for field, text in kept.items()]
        return [answer for _, answer in sorted(found, key=lambda pair: (pair[1].read_at, pair[0]))]

    async def open_in(self, channel: str) -> list[Incident]:
        """Return a channel's open incidents, the latest first."""
        ids: Any = await self._redis.zrevrange(keys.open_incidents(channel), 0, -1)
        return await self._read_places([(channel, id_) for id_ in ids])

    async def open_in_channels(self, channels: Iterable[str]) -> list[Incident]:
        """Return the open incidents of many channels, in one round trip for the ids and one for the rest."""
        wanted = list(channels)
        async with self._redis.pipeline(transaction=False) as pipe:
            for channel in wanted:
                pipe.zrevrange(keys.open_incidents(channel), 0, -1)
            found = await pipe.execute()
        places = [(channel, id_) for channel, ids in zip(wanted, found, strict=True) for id_ in ids]
        return await self._read_places(places)

    async def at_root(self, channel: str, ts: str) -> str | None:
        """Return the id of the incident that lives in the thread of a message."""
        found = await self._redis.hget(keys.roots(channel), ts)
        return str(found) if found else None

    async def whereabouts(self, id_: str) -> str | None:
        """Return the channel of an incident, or None for an id that is not in use."""
        found = await self._redis.get(keys.whereabouts(id_))
        return str(found) if found else None

    async def rebuild(self, channel: str, id_: str) -> tuple[Fields, Fields]:
        """Fold an incident's log again and put the result in place of its fields. Returns the fields before and after."""
        name = keys.incident_fields(channel, id_)

        async def put(pipe: Pipeline) -> tuple[Fields, Fields]:
            before: Any = await pipe.hgetall(name)
            ttl = await pipe.pttl(name)
            after = rebuilt(id_, await self.log(channel, id_))
            pipe.multi()  # type: ignore[no-untyped-call]
            pipe.delete(name)
            pipe.hset(name, mapping=dict[Any, Any](after))
            if ttl > 0:
                pipe.pexpire(name, ttl)
            return before, after

        # Watching the fields makes it start again when somebody changes the incident meanwhile.
        found: tuple[Fields, Fields] = await self._redis.transaction(put, name, value_from_callable=True)
        return found

    async def _keep_whereabouts(self, id_: str, kind: Kind) -> None:
        if kind is Kind.CLOSED:
            await self._redis.expire(keys.whereabouts(id_), self._retention)
        else:
            await self._redis.persist(keys.whereabouts(id_))

    async def _read_places(self, places: list[tuple[str, str]]) -> list[Incident]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for channel, id_ in places:
                pipe.hgetall(keys.incident_fields(channel, id_))
            found = await pipe.execute()
        return [read_incident(fields) for fields in found if "head" in fields]


def _packed(answer: KeptAnswer) -> str:
    return base64.b64encode(zlib.compress(answer.model_dump_json().encode())).decode()


def _unpacked(text: str) -> KeptAnswer:
    return KeptAnswer.model_validate_json(zlib.decompress(base64.b64decode(text)))


def _arguments(id_: str, change: Change) -> list[str]:
    fields = projected(change.kind, change.actor, change.at, change.payload)
    return [
        id_,
        change.kind.value,
        change.actor,
        change.at.isoformat(),
        change.key,
        _to_json(change.payload),
        _to_json([[guard.field, *guard.allowed] for guard in change.guards]),
        _to_json({name: value for name, value in fields.items() if value is not None}),
        _to_json([name for name, value in fields.items() if value is None]),
    ]


def _root(change: Change) -> str:
    payload = change.payload
    return str(payload["ts"]) if change.kind is Kind.MESSAGE_POSTED and payload["part"] == ROOT else ""


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _entry(identifier: str, fields: dict[str, str]) -> Entry:
    return Entry(
        version=int(identifier.partition("-")[0]),
        kind=Kind(fields["kind"]),
        actor=fields["actor"],
        at=datetime.fromisoformat(fields["at"]),
        key=fields["key"],
        payload=json.loads(fields["payload"]),
    )
