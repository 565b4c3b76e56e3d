"""The index of failures of each tenancy: how often, when, in which runs, and which incidents a failure had.

It keeps what was seen under the fingerprint it was seen with; what people decide about fingerprints is applied when it is read.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bot.domain.access.tenancy import Tenancy
from bot.domain.recurrence.decisions import Decisions, Join, Split, fold
from bot.domain.recurrence.fingerprint import READING, FailureKind, Ingredients
from bot.domain.recurrence.occurrences import FailedRun, PastIncident
from bot.runtime import metrics
from bot.runtime.masking import mask_value
from bot.store.keys import Keys, tenancy_digest

_SCRIPT = (Path(__file__).parent / "recurrence.lua").read_text(encoding="utf-8")
LISTED_RUNS = 200  # of each failure; older ones are counted
_LISTED_INCIDENTS = 50  # of each failure: they are read whole with every run that fails that way
_READ_AGAIN = timedelta(minutes=30)  # after that more may have failed, which nobody replayed and no watch saw
_READING_FOR = timedelta(minutes=2)  # that long others leave it to whoever reads a tenancy's failures back
_DECISIONS = 1_000  # of each tenancy: they are folded whole with every run that fails


class Recorded(StrEnum):
    """What became of a run that was put into the index."""

    NEW = "new"  # the first run of its failure
    KNOWN = "known"
    REPEATED = "repeated"  # the run was there
    MOVED = "moved"  # it was there as another failure: it has ended since, or is read better by a newer version


@dataclass(frozen=True, slots=True)
class Failure:
    """What the index knows of a failure. `days` is runs a day; `runs` are the newest, newest first; times in UTC."""

    fingerprint: str
    days: dict[date, int] = field(default_factory=dict)
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    incidents: tuple[PastIncident, ...] = ()
    runs: tuple[tuple[str, datetime], ...] = ()
    ingredients: Ingredients | None = None

    @property
    def count(self) -> int:
        """Return how many runs failed this way."""
        return sum(self.days.values())

    def since(self, day: date) -> int:
        """Return how many runs failed this way on a day or after it."""
        return sum(count for at, count in self.days.items() if at >= day)


class FailureIndex:
    """All tenancies' failures. `retention` is how long a failure is remembered after it was last seen."""

    def __init__(self, redis: Redis, keys: Keys, *, retention: timedelta) -> None:
        self._redis = redis
        self._keys = keys
        self._script = redis.register_script(_SCRIPT)
        self._retention = retention

    async def record(self, tenancy: Tenancy, run: FailedRun, *, now: datetime) -> tuple[Recorded, Failure]:
        """Put a failed run into the index, once, and return what is known of its failure then (without its runs).

        One round trip. The same runs in any order, any number of times, by any process, give the same index; where processes
        of two versions read a run differently, the newer one counts.
        """
        at = run.at or now
        oldest = now - self._retention
        fingerprint = run.ingredients.fingerprint
        scope = tenancy_digest(tenancy)
        outcome, days, incidents, seen = await self._script(
            keys=[
                self._keys.failed_run(scope, run.run_id),
                self._keys.failures(scope),
                self._keys.failure_prefix(scope),
            ],
            args=[
                fingerprint,
                run.run_id,
                2 * READING + int(run.ended),
                _milliseconds(at),
                at.astimezone(UTC).date().isoformat(),
                json.dumps(mask_value(asdict(run.ingredients)), ensure_ascii=False),
                int(self._retention.total_seconds()),
                LISTED_RUNS,
                oldest.date().isoformat(),
                _milliseconds(oldest),
            ],
        )
        metrics.count("recurrences", outcome=outcome)
        return Recorded(outcome), _failure(fingerprint, days, incidents, seen)

    async def find(self, tenancy: Tenancy, fingerprints: Iterable[str]) -> list[Failure]:
        """Return what is known of failures, in their order; those never seen have no days. One round trip."""
        prefix, wanted = self._keys.failure_prefix(tenancy_digest(tenancy)), list(fingerprints)
        async with self._redis.pipeline(transaction=True) as pipe:
            for one in wanted:
                pipe.hgetall(f"{prefix}{one}:days")
                pipe.hgetall(f"{prefix}{one}:incidents")
                pipe.hmget(f"{prefix}{one}:facts", "first", "last", "ingredients")
                pipe.zrevrange(f"{prefix}{one}:runs", 0, -1, withscores=True)
            found = await pipe.execute()
        return [_failure(one, *found[4 * place : 4 * place + 4]) for place, one in enumerate(wanted)]

    async def latest(self, tenancy: Tenancy, *, limit: int) -> list[str]:
        """Return the fingerprints that were seen last, newest first."""
        found = await self._redis.zrevrange(self._keys.failures(tenancy_digest(tenancy)), 0, limit - 1)
        return [str(one) for one in found]

    async def fingerprint_of(self, tenancy: Tenancy, run_id: str) -> str | None:
        """Return the fingerprint that a run stands under, or None where it is not in the index."""
        found = await self._redis.get(self._keys.failed_run(tenancy_digest(tenancy), run_id))
        return None if found is None else str(found).split("|", 3)[3]

    async def fingerprints_of(self, tenancy: Tenancy, run_ids: Sequence[str]) -> dict[str, str]:
        """Return run id → fingerprint for those runs that are in the index. One round trip."""
        scope = tenancy_digest(tenancy)
        found = await self._redis.mget([self._keys.failed_run(scope, run_id) for run_id in run_ids]) if run_ids else []
        return {run_id: str(text).split("|", 3)[3] for run_id, text in zip(run_ids, found, strict=True) if text}

    async def had_incident(self, tenancy: Tenancy, fingerprint: str, incident: PastIncident) -> None:
        """Record an incident of a failure, or how it stands now."""
        name = f"{self._keys.failure_prefix(tenancy_digest(tenancy))}{fingerprint}:incidents"
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(name, incident.id, json.dumps(mask_value(_incident_json(incident)), ensure_ascii=False))
            pipe.expire(name, self._retention)
            pipe.hlen(name)
            *_, count = await pipe.execute()
        if count > _LISTED_INCIDENTS:
            await self._drop_oldest_incidents(name)

    async def lost_incident(self, tenancy: Tenancy, fingerprint: str, incident: str) -> None:
        """Record that an incident is not about a failure any more: its run was moved to another one."""
        await self._redis.hdel(f"{self._keys.failure_prefix(tenancy_digest(tenancy))}{fingerprint}:incidents", incident)

    async def _drop_oldest_incidents(self, name: str) -> None:
        known = sorted((_incident(str(text)) for text in (await self._redis.hgetall(name)).values()), key=_when)
        for one in known[:-_LISTED_INCIDENTS]:
            await self._redis.hdel(name, one.id)

    async def decide(self, tenancy: Tenancy, decision: Split | Join, *, by: str, at: datetime) -> None:
        """Record what a person decided about a failure, and who did; the newest decision counts."""
        name = self._keys.failure_decisions(tenancy_digest(tenancy))
        kind = "split" if isinstance(decision, Split) else "join"
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.rpush(name, json.dumps([kind, *asdict(decision).values(), by, at.isoformat()]))
            pipe.ltrim(name, -_DECISIONS, -1)
            pipe.expire(name, self._retention)
            await pipe.execute()

    async def decisions(self, tenancy: Tenancy) -> Decisions:
        """Return what people decided about a tenancy's failures."""
        kept = await self._redis.lrange(self._keys.failure_decisions(tenancy_digest(tenancy)), 0, -1)
        return fold(_decision(str(text)) for text in kept)

    async def begin_reading(self, tenancy: Tenancy) -> bool:
        """Tell whether the tenancy's failures have yet to be read back from Aionis; whoever is told so does it."""
        name = self._keys.failures_read(tenancy_digest(tenancy), READING)
        # Set before the reading, which takes long: two workers would otherwise read the whole scope side by side. Not for long: a
        # worker that is killed gives nothing back.
        return bool(await self._redis.set(name, "reading", nx=True, ex=_READING_FOR))

    async def is_up_to_date(self, tenancy: Tenancy, *, now: datetime) -> bool:
        """Tell whether the tenancy's failures are read back, or being so, and that was not long ago."""
        digest = tenancy_digest(tenancy)
        names = self._keys.failures_read(digest, READING), self._keys.failures_looked_at(digest)
        marker, looked_at = await self._redis.mget(names)
        if marker != "read":
            return marker is not None
        if looked_at is None:  # an older version did not say when
            await self._looked(tenancy, now)
            return True
        return now.timestamp() - float(looked_at) < _READ_AGAIN.total_seconds()

    async def begin_again(self, tenancy: Tenancy, *, now: datetime) -> bool:
        """Note that they are read back now; tell whether nobody has begun to lately. `end_reading` says how it ended."""
        before = await self._looked(tenancy, now)
        return before is None or now.timestamp() - float(before) >= _READ_AGAIN.total_seconds()

    async def _looked(self, tenancy: Tenancy, at: datetime) -> str | None:
        name = self._keys.failures_looked_at(tenancy_digest(tenancy))
        before = await self._redis.set(name, at.timestamp(), ex=int(self._retention.total_seconds()), get=True)
        return None if before is None else str(before)

    async def was_read_back(self, tenancy: Tenancy) -> bool:
        """Tell whether the tenancy's failures were read back to the end; until then more may have failed than is counted."""
        return bool(await self._redis.get(self._keys.failures_read(tenancy_digest(tenancy), READING)) == "read")

    async def end_reading(self, tenancy: Tenancy, *, done: bool) -> None:
        """Remember that the failures were read back; where they were not, let somebody else do it."""
        name = self._keys.failures_read(tenancy_digest(tenancy), READING)
        if done:
            await self._redis.set(name, "read", ex=int(self._retention.total_seconds()))
        else:
            await self._redis.delete(name)


def _failure(
    fingerprint: str,
    days: Any,
    incidents: Any,
    facts: Sequence[Any],
    runs: Sequence[tuple[str, float]] = (),
) -> Failure:
    first, last, *rest = facts
    per_day, past = _mapping(days), _mapping(incidents)
    return Failure(
        fingerprint=fingerprint,
        days={date.fromisoformat(day): int(count) for day, count in per_day.items()},
        first_seen=_moment(first),
        last_seen=_moment(last),
        incidents=tuple(sorted(map(_incident, past.values()), key=_when, reverse=True)),
        runs=tuple((str(run), datetime.fromtimestamp(score / 1000, UTC)) for run, score in runs),
        ingredients=_ingredients(rest[0]) if rest and rest[0] else None,
    )


def _mapping(found: Any) -> dict[str, str]:
    """Return a hash, which a script gives as a flat list."""
    return dict(found) if isinstance(found, dict) else dict(zip(found[::2], found[1::2], strict=True))


def _ingredients(text: str) -> Ingredients:
    value = json.loads(text)
    return Ingredients(
        **{**value, "postconditions": tuple(value["postconditions"]), "kind": FailureKind(value["kind"])}
    )


def _incident(text: str) -> PastIncident:
    value = json.loads(text)
    at = value.pop("at", None)
    return PastIncident(**value, at=datetime.fromisoformat(at) if at else None)


def _incident_json(incident: PastIncident) -> dict[str, Any]:
    return {**asdict(incident), "at": incident.at.isoformat() if incident.at else None}


def _when(incident: PastIncident) -> tuple[bool, datetime, str]:
    return incident.at is not None, incident.at or datetime.min.replace(tzinfo=UTC), incident.id


def _decision(text: str) -> Split | Join:
    kind, first, second, *_ = json.loads(text)
    return Split(first, second) if kind == "split" else Join(first, second)


def _milliseconds(moment: datetime) -> int:
    return max(0, int(moment.timestamp() * 1000))


def _moment(milliseconds: Any) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
