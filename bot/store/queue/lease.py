"""What a job has while it runs: a lease on its lane, and a slot of its worker."""

import asyncio
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from bot.store.queue.scripts import Scripts

LEASE = 10.0  # seconds after which a job of a worker that is gone is somebody else's; a live one renews
_MARGIN = 1.5  # seconds before its end, from which on nothing new is begun: what is begun then must reach Slack in time


@dataclass(frozen=True, slots=True)
class Delivery:
    """A job as it was taken. `age` is how long ago it was stored, or became due, in seconds; `lane` None: it is alone.

    `troubles` counts how often it was handed back because something outside failed, `crashes` because of a defect.
    """

    kind: str
    key: str
    payload: dict[str, Any]
    age: float
    troubles: int
    crashes: int
    lane: str
    token: int


class HandedBack(Exception):
    """Ends a job for now: it is done again, from its beginning, after so many seconds. Nothing else may catch it.

    `count` says why, for the next try to know: `troubles`, `crashes`, or "" where neither is to blame.
    """

    def __init__(self, after: float, *, count: str = "") -> None:
        super().__init__(f"to be done again in {after:.1f} s")
        self.after = after
        self.count = count


class Lease:
    """The hold of one running job on its lane and slot."""

    def __init__(
        self, delivery: Delivery, asked_at: float, slots: asyncio.Semaphore, stopping: asyncio.Event, scripts: Scripts
    ) -> None:
        self.delivery = delivery
        self._scripts = scripts
        self._slots = slots
        self._stopping = stopping
        self._has_slot = True
        self.renewed(asked_at)
        self._is_over = False
        self._retaking = asyncio.Lock()

    def renewed(self, asked_at: float) -> None:
        """Count the lease from when (`time.monotonic()`) the job, or a renewal, was asked for: Redis counts from later on."""
        self._until = asked_at + LEASE

    def ensure_may_begin(self) -> None:
        """Raise `HandedBack` where nothing new may be begun: the worker stops, or somebody else may have the job by now."""
        # By this machine's monotonic clock: Redis may be the one that does not answer.
        if self._stopping.is_set() or time.monotonic() > self._until - _MARGIN:
            raise HandedBack(0.0)

    async def pause(self, seconds: float) -> None:
        """Wait without using the worker's slot. Raises `HandedBack` where the worker stops meanwhile."""
        self.give_slot_back()
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            await self._take_slot()
        self.ensure_may_begin()

    async def _take_slot(self) -> None:
        """Have a slot again. Of several calls of one job that pause at once, the first takes it for all of them."""
        # The lease goes on being renewed here, however long the slot takes: the job is still among those that run.
        async with self._retaking:
            if not self._has_slot and not self._is_over:
                await self._slots.acquire()
                self._has_slot = True
        if self._is_over:  # a call that the job left behind: nobody would ever give this one back
            self.give_slot_back()

    async def leave_lane(self) -> None:
        """Let those behind this job begin, and another job have the slot: what is left is nothing that anybody waits for."""
        asked_at = time.monotonic()
        if not await self._scripts.leave(self.delivery.key, self.delivery.token, lease=LEASE):
            raise HandedBack(0.0)
        self.renewed(asked_at)
        self.give_slot_back()

    def end(self) -> None:
        """Give the slot back for good: the job is over."""
        self._is_over = True
        self.give_slot_back()

    def give_slot_back(self) -> None:
        """Let another job have the slot, where this one has it."""
        if self._has_slot:
            self._has_slot = False
            self._slots.release()


current_lease: ContextVar[Lease | None] = ContextVar("current_lease", default=None)
