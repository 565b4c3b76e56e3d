"""Storing jobs: in one round trip, so that a command is acked as soon as it cannot be lost any more."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from bot.errors import StoreTimeout
from bot.runtime import metrics
from bot.store.queue.scripts import Scripts

_STORED_WITHIN = 1.5  # seconds, of the three that Slack waits
_TOLD_AT_ONCE = 50  # of a lane: each of them is a call of Slack's, made while the first job waits
_LANES_COUNTED = 10_000  # of each place: a queue that is longer than that is told to be so long
_SOON, _LATER = "0", "1"  # ranks: what somebody waits for goes before what nobody waits for

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job that waits in its lane for those before it."""

    kind: str
    key: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Depth:
    """How many jobs are ready to be done, due later, and held by a worker; `oldest`: seconds that the oldest ready one waits.

    `patient` are those among the due that wait because Slack or Redis was away, and `longest` for how many seconds one does.
    """

    jobs: dict[str, int]
    oldest: float
    patient: int = 0
    longest: float = 0.0


class JobQueue:
    """Stores jobs. A job is a kind, a key that Slack's repetitions share, and a JSON-like payload."""

    def __init__(self, redis: Redis, name: str) -> None:
        self.redis = redis
        self.name = name
        self.scripts = Scripts(redis, name)

    async def enqueue(self, kind: str, payload: dict[str, Any], *, key: str, lane: str | None = None) -> None:
        """Store a job that somebody waits for; when this returns it will be done. One round trip.

        While a job waits or runs under the key, that is it. Jobs of one `lane` are done in the order in which they are stored.
        Raises `StoreTimeout` where it is not clear within the time that Slack gives a listener.
        """
        try:
            async with asyncio.timeout(_STORED_WITHIN):
                rank = f"{_SOON}:{key if lane is None else lane}"
                with metrics.timed("store_seconds", operation="enqueue"):
                    await self.scripts.put(key, rank, kind, _to_json(payload), delay=0.0, replace=False)
        except TimeoutError as slow:
            raise StoreTimeout(
                "The bot's store did not answer in time, so it is not certain that this was started."
            ) from slow

    async def reschedule(self, kind: str, payload: dict[str, Any], *, key: str, after: timedelta) -> None:
        """Store a job that nobody waits for, in place of the one that waits under the key.

        One that runs under the key goes on and this one comes after it, so that nothing that changes meanwhile is missed.
        """
        # A lane of its own: what must wait for its time would keep a channel's commands waiting behind it.
        delay = after.total_seconds()
        await self.scripts.put(key, f"{_LATER}:{key}", kind, _to_json(payload), delay=delay, replace=True)

    async def depth(self) -> Depth:
        """Return how much waits. It looks at every lane: for metrics, not for the bot's own work."""
        places = {"ready": (":ready:0", ":ready:1"), "due": (":due",), "held": (":held",)}
        async with self.redis.pipeline(transaction=False) as pipe:
            pipe.time()
            for name in (name for names in places.values() for name in names):
                pipe.zrange(self.name + name, 0, _LANES_COUNTED, withscores=True)
            (seconds, _), soon, later, due, held = await pipe.execute()
        ready = [*soon, *later]
        oldest = max((seconds - since / 1000 for _, since in ready), default=0.0)
        counts = [await self._jobs_of([lane for lane, _ in lanes]) for lanes in (ready, due, held)]
        patient, longest = await self._patient([lane for lane, _ in due], seconds)
        return Depth(dict(zip(places, counts, strict=True)), max(0.0, oldest), patient, longest)

    async def _patient(self, due: list[str], now: int) -> tuple[int, float]:
        """Return how many jobs wait behind a first one that met trouble, it included, and since how many seconds."""
        async with self.redis.pipeline(transaction=False) as pipe:
            for lane in due:
                pipe.zrange(f"{self.name}:lane:{lane}", 0, 0)
            firsts = await pipe.execute() if due else []
            held = [(lane, first[0]) for lane, first in zip(due, firsts, strict=True) if first]
            for _, key in held:
                pipe.hmget(f"{self.name}:job:{key}", "troubles", "first")
            found = await pipe.execute() if held else []
        troubled = [
            (lane, int(first or 0)) for (lane, _), (times, first) in zip(held, found, strict=True) if int(times or 0)
        ]
        longest = max((now - first / 1000 for _, first in troubled), default=0.0)
        return await self._jobs_of([lane for lane, _ in troubled]), max(0.0, longest)

    async def _jobs_of(self, lanes: list[str]) -> int:
        async with self.redis.pipeline(transaction=False) as pipe:
            for lane in lanes:
                pipe.zcard(f"{self.name}:lane:{lane}")
            return sum(await pipe.execute()) if lanes else 0

    async def behind(self, lane: str, *, for_at_least: float) -> list[Waiting]:
        """Return the jobs that have waited behind the first one of a lane (a `Delivery`'s) for so many seconds, at most 50."""
        keys: Any = await self.redis.zrange(f"{self.name}:lane:{lane}", 1, _TOLD_AT_ONCE)
        async with self.redis.pipeline(transaction=False) as pipe:
            pipe.time()
            for key in keys:
                pipe.hmget(f"{self.name}:job:{key}", "kind", "payload", "first")
            (seconds, microseconds), *found = await pipe.execute()
        now = seconds + microseconds / 1_000_000
        return [
            Waiting(kind, key, json.loads(payload))
            for key, (kind, payload, first) in zip(keys, found, strict=True)
            if kind and now - int(first) / 1000 >= for_at_least
        ]
