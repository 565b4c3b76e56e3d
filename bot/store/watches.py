"""Which channels watch their tenancy, how far each tenancy was looked through, and what was told already."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from bot.domain.access.tenancy import Tenancy
from bot.store.keys import Keys, tenancy_digest
from bot.store.watch_backlog import WatchBacklog

_TOLD_FOR = timedelta(days=2)  # far longer than a poll that was cut off takes to be done again
_OPEN_FOR = timedelta(days=7)  # a tenancy in which nothing began or ended for so long waits for no run's end any more
_OPEN_MOST = 10_000  # runs without an end of a tenancy; of more those that were heard of longest ago are not watched
_STORM = timedelta(minutes=10)  # without a new failure for so long the next digest is a new message


@dataclass(frozen=True, slots=True)
class Watch:
    """A channel that watches. `tenancy` is the one it read when it was asked to; `by` is who asked."""

    channel: str
    tenancy: Tenancy
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SeenUntil:
    """How far a tenancy was looked through: the newest record's time, and the ids of all records of that time."""

    at: datetime
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class BacklogGap:
    """Records that a look did not come to: from the `offset`th on, newest first, down to `since`; missing from `noted` on."""

    since: SeenUntil
    offset: int
    noted: datetime


class Watches:
    """All watches of the workspace, in Redis."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self.backlog = WatchBacklog(redis, keys)

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

    async def of_tenancy(self, tenancy: Tenancy) -> list[Watch]:
        return [one for one in await self.all() if one.tenancy == tenancy]

    async def covers(self, channel: str, tenancy: Tenancy) -> bool:
        """Tell whether a channel watches a tenancy: until the next poll one that was bound anew watches what it read before."""
        watch = await self.of(channel)
        return watch is not None and watch.tenancy == tenancy

    async def seen(self, tenancy: Tenancy) -> SeenUntil | None:
        """Return how far a tenancy was looked through; None: never."""
        return _seen(await self._redis.hget(self._keys.watched(tenancy_digest(tenancy)), "seen"))

    async def gap(self, tenancy: Tenancy) -> BacklogGap | None:
        """Return which records looks did not come to; None: there are none."""
        text = await self._redis.hget(self._keys.watched(tenancy_digest(tenancy)), "gap")
        if not text:
            return None
        offset, noted, seen = json.loads(text)
        since = _seen(seen)
        return BacklogGap(since, offset, datetime.fromisoformat(noted)) if since else None

    async def looked(self, tenancy: Tenancy, seen: SeenUntil, gap: BacklogGap | None, *, now: datetime) -> None:
        """Record how far a tenancy was looked through, when, and what was not come to."""
        left = json.dumps([gap.offset, gap.noted.isoformat(), _seen_text(gap.since)]) if gap else ""
        fields = {"looked": now.isoformat(), "failed": "", "seen": _seen_text(seen), "gap": left}
        await self._redis.hset(self._keys.watched(tenancy_digest(tenancy)), mapping=fields)  # type: ignore[arg-type]

    async def could_not_look(self, tenancy: Tenancy, *, now: datetime, failed: str) -> None:
        """Record that a look failed, and why; the place that was reached stays, and the next look begins there."""
        fields = {"looked": now.isoformat(), "failed": failed}
        await self._redis.hset(self._keys.watched(tenancy_digest(tenancy)), mapping=fields)  # type: ignore[arg-type]

    async def last_look(self, tenancy: Tenancy) -> tuple[datetime | None, str]:
        """Return when a tenancy was looked at last, and why that failed, "" where it did not."""
        at, failed = await self._redis.hmget(self._keys.watched(tenancy_digest(tenancy)), "looked", "failed")
        return datetime.fromisoformat(str(at)) if at else None, str(failed or "")

    async def began(
        self, tenancy: Tenancy, runs: Iterable[tuple[str, datetime]], *, ended: Sequence[str], now: datetime
    ) -> None:
        """Record runs that began, where they are not known yet, and take those out that ended."""
        name = self._keys.open_runs(tenancy_digest(tenancy))
        began = {run_id: at.timestamp() for run_id, at in runs if run_id not in set(ended)}
        async with self._redis.pipeline(transaction=True) as pipe:
            if began:
                pipe.zadd(name, began, nx=True)  # one that was heard of since keeps the later time
            if ended:
                pipe.zrem(name, *ended)
            pipe.expire(name, _OPEN_FOR)
            pipe.zremrangebyrank(name, 0, -_OPEN_MOST - 1)
            *_, too_many = await pipe.execute()
        if too_many:
            await self.backlog.left_out(tenancy, too_many, "more runs go on than are watched", now=now)

    async def heard(self, tenancy: Tenancy, run_ids: Iterable[str], *, now: datetime) -> None:
        """Record that runs without an end go on."""
        looked = {run_id: now.timestamp() for run_id in run_ids}
        if looked:
            name = self._keys.open_runs(tenancy_digest(tenancy))
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.zadd(name, looked)
                pipe.expire(name, _OPEN_FOR)
                await pipe.execute()

    async def waits_no_more(self, tenancy: Tenancy, run_ids: Iterable[str]) -> None:
        """Record that no run's end is waited for: it was told of as crashed, is over, or is read with what is behind."""
        gone = list(run_ids)
        if gone:
            await self._redis.zrem(self._keys.open_runs(tenancy_digest(tenancy)), *gone)

    async def silent_since(self, tenancy: Tenancy, moment: datetime, *, limit: int) -> list[str]:
        """Return runs that began before a moment, or were last heard of before it, and have no end, oldest first."""
        name = self._keys.open_runs(tenancy_digest(tenancy))
        found = await self._redis.zrangebyscore(name, "-inf", moment.timestamp(), start=0, num=limit)
        return [str(run_id) for run_id in found]

    async def begin_anew(self, tenancy: Tenancy) -> None:
        """Forget how far a tenancy was looked through, and what waits: nobody watched it."""
        of, scope = self._keys, tenancy_digest(tenancy)
        names = (of.watched(scope), of.open_runs(scope), of.pending_runs(scope), of.pending_tries(scope))
        await self._redis.delete(*names)

    async def untold(self, tenancy: Tenancy, run_ids: Sequence[str]) -> list[str]:
        """Return those of some runs that were not told of yet."""
        if not run_ids:
            return []
        scores = await self._redis.zmscore(self._keys.told_runs(tenancy_digest(tenancy)), list(run_ids))
        return [run_id for run_id, score in zip(run_ids, scores, strict=True) if score is None]

    async def tell(self, tenancy: Tenancy, run_ids: Iterable[str], *, now: datetime) -> None:
        """Record that runs were told of."""
        name, told = self._keys.told_runs(tenancy_digest(tenancy)), {run_id: now.timestamp() for run_id in run_ids}
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


def _seen(text: object) -> SeenUntil | None:
    if text is None:
        return None
    at, *ids = json.loads(str(text))
    return SeenUntil(datetime.fromisoformat(at), frozenset(ids))


def _seen_text(seen: SeenUntil) -> str:
    return json.dumps([seen.at.isoformat(), *sorted(seen.ids)])


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%d%H%M%S%f}"


def _watch(channel: str, text: str) -> Watch:
    tenant, scope, by, at = json.loads(text)
    return Watch(channel, Tenancy(tenant, scope), by, datetime.fromisoformat(at))
