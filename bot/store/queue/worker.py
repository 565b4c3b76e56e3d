"""Doing jobs: so many at a time, each with a lease that is renewed while it runs."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from redis.exceptions import RedisError

from bot.store.queue.job_queue import JobQueue
from bot.store.queue.lease import LEASE, Delivery, HandedBack, Lease, current_lease

GRACE = 6.0  # seconds that running jobs get when the worker stops; docker kills after 10
_RENEW_EVERY = LEASE / 4
_FIRST_PAUSE, _LAST_PAUSE = 0.1, 2.0  # seconds without Redis
_SETTLE_WITHIN = 2.0  # seconds; a job that is not settled then comes back when its lease runs out
_AFTER_SURPRISE = 60.0  # seconds until a job is tried again that ended in a way nobody foresaw
_SURPRISES = 10  # after which it is put away: it would keep those behind it in its lane waiting for ever

Perform = Callable[[Delivery], Awaitable[None]]
"""Does a job, or raises `HandedBack`."""

log = structlog.get_logger(__name__)


class Worker:
    """Takes jobs from a queue and does at most `concurrency` of them at a time; those that pause do not count."""

    def __init__(self, queue: JobQueue, perform: Perform, *, concurrency: int) -> None:
        self._queue = queue
        self._perform = perform
        self._slots = asyncio.Semaphore(concurrency)
        self._stopping = asyncio.Event()
        self._running: dict[asyncio.Task[None], Lease] = {}
        self._taking: asyncio.Future[list[Any]] | None = None
        self._pause = _FIRST_PAUSE

    async def run(self) -> None:
        """Do jobs until cancelled; then nothing new is begun, and what runs gets `GRACE` seconds."""
        renewing = asyncio.create_task(self._renew())
        try:
            while True:
                await self._take_one()
        finally:
            self._stopping.set()
            await asyncio.gather(self._put_back(), self._drain())
            renewing.cancel()

    async def _take_one(self) -> None:
        """Start the next job that can be done, or wait a little for one, without keeping the slot from a job that paused."""
        # The slot before the job: one that waited for a slot would let its lease run, while another worker may be idle.
        await self._slots.acquire()
        found: list[Any] = []
        asked_at = time.monotonic()  # and not when it came: of an answer that took long the lease has run meanwhile
        try:
            found = await self._take()
        except (RedisError, OSError) as error:
            log.warning("worker_without_redis", error=type(error).__name__, pause=self._pause)
        if len(found) > 1:
            try:
                self._start(_delivery(found), asked_at)
            except ValueError:
                await self._drop(found)
                self._slots.release()
            return
        self._slots.release()
        await self._wait(found[0] / 1000 if found else None)

    async def _drop(self, found: list[Any]) -> None:
        """Put away what is no job of the bot's: read again and again, it would keep everybody's jobs from being done."""
        key, kind, token = str(found[0]), str(found[1]), int(found[4])
        log.error("job_unreadable", job=key, kind=kind)
        await self._settle(key, token, "done")

    async def _wait(self, seconds: float | None) -> None:
        """Wait until a job is stored, for so many seconds at most; None: until Redis may be back."""
        if seconds is None or not await self._woken(seconds):
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, _LAST_PAUSE)
        else:
            self._pause = _FIRST_PAUSE

    async def _woken(self, seconds: float) -> bool:
        # A task of its own: cancelled while it reads, redis-py may take the cancellation for a timeout and go on.
        waking = asyncio.ensure_future(self._queue.redis.blpop(f"{self._queue.name}:wake", timeout=seconds))
        try:
            await asyncio.wait({waking})
        finally:
            waking.cancel()
        error = waking.exception()
        if error:
            log.warning("worker_without_redis", error=type(error).__name__, pause=self._pause)
        return error is None

    async def _take(self) -> list[Any]:
        # Shielded: cut off here, the script may have run all the same, and its job would be held by nobody until the lease ends.
        self._taking = asyncio.ensure_future(self._queue.scripts.take(lease=LEASE))
        found = await asyncio.shield(self._taking)
        self._taking = None
        return found

    async def _put_back(self) -> None:
        """Have another worker do a job at once that comes when this one has been told to stop."""
        if self._taking is None:
            return
        await asyncio.wait({self._taking}, timeout=GRACE)
        if not self._taking.done() or self._taking.exception():
            return  # if it was taken nevertheless, its lease runs out
        found = self._taking.result()
        if len(found) > 1:
            await self._settle(str(found[0]), int(found[4]), "later")

    def _start(self, delivery: Delivery, asked_at: float) -> None:
        lease = Lease(delivery, asked_at, self._slots, self._stopping, self._queue.scripts)
        task = asyncio.create_task(self._do(lease), name=f"job {delivery.key}")
        self._running[task] = lease
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task).end()

    async def _do(self, lease: Lease) -> None:
        current_lease.set(lease)
        delivery = lease.delivery
        became, delay, count = "later", 0.0, ""
        try:
            lease.ensure_may_begin()
            await self._perform(delivery)
            became = "done"
        except HandedBack as back:
            delay, count = back.after, back.count
        except asyncio.CancelledError:
            # Lost to another worker, and then settling changes nothing; or stopped, and then another one begins at once.
            log.warning("job_cut_off", job=delivery.key, kind=delivery.kind)
        except Exception:
            last = delivery.crashes + 1 >= _SURPRISES
            log.exception("job_put_away" if last else "job_ended_unforeseen", job=delivery.key, kind=delivery.kind)
            became, delay, count = "done" if last else "later", _AFTER_SURPRISE, "crashes"
        await self._settle(delivery.key, delivery.token, became, delay=delay, count=count)

    async def _settle(self, key: str, token: int, became: str, *, delay: float = 0.0, count: str = "") -> None:
        """Tell the queue; where that cannot be, the lease runs out and the job is done again, which posts nothing twice."""
        try:
            async with asyncio.timeout(_SETTLE_WITHIN):
                await self._queue.scripts.settle(key, token, became, delay=delay, count=count)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("job_not_settled", job=key, became=became, error=type(error).__name__)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_EVERY)
            held = {lease.delivery.key: (task, lease) for task, lease in self._running.items()}
            if not held:
                continue
            asked_at = time.monotonic()  # before the call: Redis counts from later on, which errs on the safe side
            tokens = [(key, lease.delivery.token) for key, (_, lease) in held.items()]
            try:
                async with asyncio.timeout(_RENEW_EVERY):
                    lost = await self._queue.scripts.renew(tokens, lease=LEASE)
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("leases_not_renewed", error=type(error).__name__)
                continue
            for key, (task, lease) in held.items():
                if key in lost:
                    task.cancel()
                else:
                    lease.renewed(asked_at)

    async def _drain(self) -> None:
        # Leases are renewed until the last job is settled: with one that ran out meanwhile, two workers would do the job.
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE)
        for task in list(self._running):
            task.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=_SETTLE_WITHIN)


def _delivery(found: list[str | int]) -> Delivery:
    key, kind, payload, lane, token, age, troubles, crashes = found
    return Delivery(
        kind=str(kind),
        key=str(key),
        payload=json.loads(str(payload)),
        age=int(age) / 1000,
        troubles=int(troubles),
        crashes=int(crashes),
        lane=str(lane),
        token=int(token),
    )
