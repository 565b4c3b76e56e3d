"""One queue for several workspaces: each stores its jobs under its own name, and gets them back as if the queue were its own."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from bot.store.queue.job_queue import JobQueue, Waiting
from bot.store.queue.lease import Delivery

_OF = "workspace"  # in a job's payload
_RANKS = 2  # characters before the name of a lane


class WorkspaceQueue(JobQueue):
    """A workspace's side of the shared queue."""

    def __init__(self, redis: Redis, name: str, workspace: str) -> None:
        super().__init__(redis, name)
        self._workspace = workspace

    async def enqueue(self, kind: str, payload: dict[str, Any], *, key: str, lane: str | None = None) -> None:
        """Store a job that somebody waits for."""
        own_lane = None if lane is None else self._own(lane)
        await super().enqueue(kind, {**payload, _OF: self._workspace}, key=self._own(key), lane=own_lane)

    async def reschedule(self, kind: str, payload: dict[str, Any], *, key: str, after: timedelta) -> None:
        """Store a job that nobody waits for, in place of the one that waits under the key."""
        await super().reschedule(kind, {**payload, _OF: self._workspace}, key=self._own(key), after=after)

    async def behind(self, lane: str, *, for_at_least: float) -> list[Waiting]:
        """Return the jobs that wait behind the first one of a lane."""
        found = await super().behind(lane, for_at_least=for_at_least)
        return [replace(one, key=one.key.removeprefix(self._own(""))) for one in found]

    async def move_in(self, old: JobQueue) -> int:
        """Take over what waits in a queue that was the workspace's alone, in its order; returns how many jobs.

        Nobody works on it any more. Cut off anywhere, it is done again: a job that is here already stays as it is.
        """
        lanes = sorted([str(name) async for name in self.redis.scan_iter(f"{old.name}:lane:*")])
        seconds, microseconds = await self.redis.time()
        now, moved = seconds + microseconds / 1_000_000, 0
        for name in lanes:
            for key in await self.redis.zrange(name, 0, -1):
                moved += await self._move(old, str(key), name.removeprefix(f"{old.name}:lane:"), now)
        return moved

    async def _move(self, old: JobQueue, key: str, lane: str, now: float) -> int:
        kind, payload, first = await self.redis.hmget(f"{old.name}:job:{key}", "kind", "payload", "first")
        if kind and payload:
            own_lane = lane[:_RANKS] + self._own(lane[_RANKS:])
            text = json.dumps({**json.loads(str(payload)), _OF: self._workspace}, ensure_ascii=False)
            delay = max(0.0, int(first or 0) / 1000 - now)
            await self.scripts.put(self._own(key), own_lane, str(kind), text, delay=delay, replace=False)
        # After it was put: cut off in between it is in both, and the next put finds it known.
        await old.scripts.drop(key)
        return 1

    def _own(self, key: str) -> str:
        return f"{self._workspace}/{key}"


def delivered(delivery: Delivery) -> tuple[str, Delivery]:
    """Return whose job it is, and the job as that workspace stored it."""
    payload = dict(delivery.payload)
    workspace = str(payload.pop(_OF, ""))
    return workspace, replace(delivery, payload=payload, key=delivery.key.removeprefix(f"{workspace}/"))
