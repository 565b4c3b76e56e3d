"""What a watch has yet to read: failed runs that Aionis did not answer for, and records that one look did not come to.

Both are tried for two days at most, and bounded; what is left out for good is counted, logged, and told by the watch's status.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from redis.asyncio import Redis

from bot.domain.access.tenancy import Tenancy
from bot.runtime import metrics
from bot.store.keys import Keys, tenancy_digest

TRIED_FOR = timedelta(days=2)  # then a run is left out, and that is said
MOST = 5_000  # runs of a tenancy that wait to be read
_KEPT_FOR = timedelta(days=7)  # where nobody looks any more
_LONGEST_PAUSE = timedelta(hours=1)
_MOST_DOUBLINGS = 12  # past the longest pause from any interval; of more the number would have no end

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How a watch is behind: runs that wait to be read, how many were left out for good, when last and why."""

    waiting: int = 0
    left_out: int = 0
    left_at: datetime | None = None
    because: str = ""


class WatchBacklog:
    """The backlogs of all watched tenancies."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def due(self, tenancy: Tenancy, *, now: datetime, limit: int) -> list[str]:
        """Return runs whose next try has come, those that wait longest first."""
        name = self._keys.pending_runs(tenancy_digest(tenancy))
        return [str(run) for run in await self._redis.zrangebyscore(name, "-inf", now.timestamp(), start=0, num=limit)]

    async def keep(
        self, tenancy: Tenancy, unread: Sequence[str], *, later: Sequence[str], now: datetime, every: timedelta
    ) -> list[str]:
        """Have runs read again: those that could not be after a pause that doubles, `later` ones at the next look.

        Returns those that are left out for good.
        """
        scope = tenancy_digest(tenancy)
        name, tries = self._keys.pending_runs(scope), self._keys.pending_tries(scope)
        times, given_up = dict.fromkeys(later, now.timestamp()), []
        known = await self._redis.hmget(tries, list(unread)) if unread else []
        tried: dict[str, str] = {}
        for run, text in zip(unread, known, strict=True):
            since, count = json.loads(text) if text else (now.timestamp(), 0)
            if now.timestamp() - since > TRIED_FOR.total_seconds():
                given_up.append(run)
                continue
            pause = min(every * 2 ** min(count, _MOST_DOUBLINGS), _LONGEST_PAUSE)
            times[run], tried[run] = (now + pause).timestamp(), json.dumps([since, count + 1])
        async with self._redis.pipeline(transaction=True) as pipe:
            if times:
                pipe.zadd(name, times)
            if tried:
                pipe.hset(tries, mapping=tried)  # type: ignore[arg-type]
            for one in (name, tries):
                pipe.expire(one, _KEPT_FOR)
            pipe.zcard(name)
            *_, count = await pipe.execute()
        await self._leave_out(tenancy, given_up, "could not be read for two days", now=now)
        if count > MOST:  # those that failed most often
            most = await self._redis.zrevrange(name, 0, count - MOST - 1)
            too_many = [str(run) for run in most]
            await self._leave_out(tenancy, too_many, "more wait than are kept", now=now)
            given_up += too_many
        return given_up

    async def waiting(self, tenancy: Tenancy, runs: Sequence[str]) -> set[str]:
        """Return those of some runs that wait to be read."""
        name = self._keys.pending_runs(tenancy_digest(tenancy))
        scores = await self._redis.zmscore(name, list(runs)) if runs else []
        return {run for run, score in zip(runs, scores, strict=True) if score is not None}

    async def settle(self, tenancy: Tenancy, runs: Iterable[str]) -> None:
        """Record that runs were read, or are waited for no longer."""
        scope, done = tenancy_digest(tenancy), list(runs)
        if done:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.zrem(self._keys.pending_runs(scope), *done)
                pipe.hdel(self._keys.pending_tries(scope), *done)
                await pipe.execute()

    async def _leave_out(self, tenancy: Tenancy, runs: Sequence[str], because: str, *, now: datetime) -> None:
        if runs:
            await self.settle(tenancy, runs)
            await self.left_out(tenancy, len(runs), because, now=now, runs=runs[:20])

    async def left_out(
        self, tenancy: Tenancy, count: int, because: str, *, now: datetime, runs: Sequence[str] = ()
    ) -> None:
        """Say that so many runs, or stretches of records, are left out for good."""
        log.warning("watch_left_out", tenancy=str(tenancy), count=count, because=because, runs=list(runs))
        metrics.count("watch_left_out", count, because=because)
        name = self._keys.watched(tenancy_digest(tenancy))
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hincrby(name, "left_out", count)
            pipe.hset(name, mapping={"left_at": now.isoformat(), "left_because": because})
            await pipe.execute()

    async def of(self, tenancy: Tenancy) -> Backlog:
        """Return how far a tenancy's watch is behind."""
        scope = tenancy_digest(tenancy)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zcard(self._keys.pending_runs(scope))
            pipe.hmget(self._keys.watched(scope), "left_out", "left_at", "left_because")
            waiting, (left_out, at, because) = await pipe.execute()
        left_at = datetime.fromisoformat(str(at)).astimezone(UTC) if at else None
        return Backlog(int(waiting), int(left_out or 0), left_at, str(because or ""))
