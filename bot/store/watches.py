"""Which channels watch their tenancy, how far each tenancy was looked through, and what was told already."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from bot.domain.access.tenancy import Tenancy
from bot.store.keys import Keys

_TOLD_FOR = timedelta(days=2)  # far longer than a poll that was cut off takes to be done again
_OPEN_FOR = timedelta(days=7)  # a tenancy in which nothing began or ended for so long waits for no run's end any more
_STORM = timedelta(minutes=10)  # without a new failure for so long the next digest is a new message


@dataclass(frozen=True, slots=True)
class Watch:
    """A channel that watches. `tenancy` is the one it read when it was asked to; `by` is who asked."""

    channel: str
    tenancy: Tenancy
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a tenancy was looked through: the newest record's time, and the ids of all records of that time."""

    at: datetime
    ids: frozenset[str]


class Watches:
    """All watches of the workspace, in Redis."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def start(self, watch: Watch) -> None:
        """Have a channel watch, in place of how it did before."""
        value = [watch.tenancy.tenant_id, watch.tenancy.scope, watch.by, watch.at.isoformat()]
        await self._redis.hset(self._keys.watches, watch.channel, json.dumps(value))

    async def stop(self, channel: str) -> bool:
        """Have a channel watch no longer; returns whether it did."""
        return bool(await self._redis.hdel(self._keys.watches, channel))

    async def of(self, channel: str) -> Watch | None:
        """Return how a channel watches, or None where it does not."""
        text = await self._redis.hget(self._keys.watches, channel)
        return _watch(channel, str(text)) if text else None

    async def all(self) -> list[Watch]:
        """Return every watch of the workspace, whatever its channel reads by now."""
        return [
            _watch(str(channel), str(text)) for channel, text in (await self._redis.hgetall(self._keys.watches)).items()
        ]

    async def seen(self, tenancy: Tenancy) -> Seen | None:
        """Return how far a tenancy was looked through; None: never."""
        text = await self._redis.hget(self._keys.watched(_digest(tenancy)), "seen")
        if text is None:
            return None
        at, *ids = json.loads(text)
        return Seen(datetime.fromisoformat(at), frozenset(ids))

    async def looked(self, tenancy: Tenancy, seen: Seen | None, *, now: datetime, failed: str = "") -> None:
        """Record how far a tenancy was looked through, when, and why not where that failed."""
        fields = {"looked": now.isoformat(), "failed": failed}
        if seen:
            fields["seen"] = json.dumps([seen.at.isoformat(), *sorted(seen.ids)])
        await self._redis.hset(self._keys.watched(_digest(tenancy)), mapping=fields)  # type: ignore[arg-type]

    async def last_look(self, tenancy: Tenancy) -> tuple[datetime | None, str]:
        """Return when a tenancy was looked at last, and why that failed, "" where it did not."""
        at, failed = await self._redis.hmget(self._keys.watched(_digest(tenancy)), "looked", "failed")
        return datetime.fromisoformat(str(at)) if at else None, str(failed or "")

    async def began(self, tenancy: Tenancy, runs: Iterable[tuple[str, datetime]], *, ended: Sequence[str]) -> None:
        """Record runs that began, where they are not known yet, and take those out that ended."""
        name = self._keys.open_runs(_digest(tenancy))
        began = {run_id: at.timestamp() for run_id, at in runs if run_id not in set(ended)}
        async with self._redis.pipeline(transaction=True) as pipe:
            if began:
                pipe.zadd(name, began, nx=True)  # one that was heard of since keeps the later time
            if ended:
                pipe.zrem(name, *ended)
            pipe.expire(name, _OPEN_FOR)
            await pipe.execute()

    async def heard(self, tenancy: Tenancy, run_ids: Iterable[str], *, now: datetime) -> None:
        """Record that runs without an end were looked at."""
        looked = {run_id: now.timestamp() for run_id in run_ids}
        if looked:
            # Only those that are still there: one may have ended, and been taken out, while it was looked at.
            await self._redis.zadd(self._keys.open_runs(_digest(tenancy)), looked, xx=True)

    async def silent_since(self, tenancy: Tenancy, moment: datetime, *, limit: int) -> list[str]:
        """Return runs that began before a moment, or were last heard of before it, and have no end, oldest first."""
        name = self._keys.open_runs(_digest(tenancy))
        found = await self._redis.zrangebyscore(name, "-inf", moment.timestamp(), start=0, num=limit)
        return [str(run_id) for run_id in found]

    async def pend(self, tenancy: Tenancy, run_ids: Sequence[str], *, now: datetime) -> None:
        """Record failed runs that are to be read, where they are not waiting yet."""
        name = self._keys.pending_runs(_digest(tenancy))
        if run_ids:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.zadd(name, dict.fromkeys(run_ids, now.timestamp()), nx=True)
                pipe.expire(name, _OPEN_FOR)
                await pipe.execute()

    async def pending(self, tenancy: Tenancy, *, limit: int) -> list[str]:
        """Return failed runs that wait to be read, those that wait longest first."""
        found = await self._redis.zrange(self._keys.pending_runs(_digest(tenancy)), 0, limit - 1)
        return [str(run_id) for run_id in found]

    async def settle(self, tenancy: Tenancy, run_ids: Sequence[str], *, later: Sequence[str], now: datetime) -> None:
        """Record that runs were told of; those for `later` go to the end of the line."""
        name = self._keys.pending_runs(_digest(tenancy))
        async with self._redis.pipeline(transaction=True) as pipe:
            if run_ids:
                pipe.zrem(name, *run_ids)
            if later:
                pipe.zadd(name, dict.fromkeys(later, now.timestamp()), xx=True)
            await pipe.execute()

    async def begin_anew(self, tenancy: Tenancy) -> None:
        """Forget how far a tenancy was looked through, and what waits: nobody watched it."""
        digest = _digest(tenancy)
        names = (self._keys.watched(digest), self._keys.open_runs(digest), self._keys.pending_runs(digest))
        await self._redis.delete(*names)

    async def untold(self, tenancy: Tenancy, run_ids: Sequence[str]) -> list[str]:
        """Return those of some runs that were not told of yet."""
        if not run_ids:
            return []
        scores = await self._redis.zmscore(self._keys.told_runs(_digest(tenancy)), list(run_ids))
        return [run_id for run_id, score in zip(run_ids, scores, strict=True) if score is None]

    async def tell(self, tenancy: Tenancy, run_ids: Iterable[str], *, now: datetime) -> None:
        """Record that runs were told of."""
        name, told = self._keys.told_runs(_digest(tenancy)), {run_id: now.timestamp() for run_id in run_ids}
        if told:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.zadd(name, told)
                pipe.zremrangebyscore(name, "-inf", (now - _TOLD_FOR).timestamp())
                pipe.expire(name, _TOLD_FOR)
                await pipe.execute()

    async def may_post(self, channel: str, what: str, *, most: int, within: timedelta) -> bool:
        """Tell whether a new message may be posted into a channel; what was let in before is let in again."""
        name = self._keys.watch_posts(channel)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.sismember(name, what)
            pipe.scard(name)
            known, count = await pipe.execute()
        # Two workers at once may let one message too many in, which nobody minds; a script for it is not worth its while.
        if known:
            return True
        if count >= most:
            return False
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.sadd(name, what)
            pipe.expire(name, within, nx=True)  # counted from the first: one that each post renewed would never end
            await pipe.execute()
        return True

    async def digest(self, channel: str, runs: Iterable[tuple[str, str]]) -> tuple[dict[str, int], str]:
        """Add runs, each with its failure, to a channel's digest; returns failure → runs, and the storm's name.

        A run counts once. The digest is over when nothing was added for ten minutes.
        """
        name = self._keys.watch_digest(channel)
        fields = dict(runs)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hsetnx(name, "storm", _stamp())  # names the message to edit, so that the next storm is another one
            if fields:
                pipe.hset(name, mapping=fields)  # type: ignore[arg-type]
            pipe.expire(name, _STORM)
            pipe.hgetall(name)
            *_, found = await pipe.execute()
        storm = str(found.pop("storm"))
        counts: dict[str, int] = {}
        for failure in found.values():
            counts[str(failure)] = counts.get(str(failure), 0) + 1
        return counts, storm


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%d%H%M%S%f}"


def _watch(channel: str, text: str) -> Watch:
    tenant, scope, by, at = json.loads(text)
    return Watch(channel, Tenancy(tenant, scope), by, datetime.fromisoformat(at))


def _digest(tenancy: Tenancy) -> str:
    return hashlib.sha256(json.dumps([tenancy.tenant_id, tenancy.scope]).encode()).hexdigest()[:32]
