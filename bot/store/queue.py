"""The durable job queue, over docket: what is enqueued survives every crash and is done until it is done.

Docket forgets a key when its job has ended, so a key keeps a job from running twice at a time; the outbox keeps a later
repetition from posting twice. Arguments are pickled by docket: whoever can write to Redis can run code, so it must be private.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from docket import Docket, ExponentialRetry, Worker

from bot.errors import StoreTimeout
from bot.store import keys
from bot.store.connection import with_pool_size

ATTEMPTS = 4
_FIRST_RETRY = timedelta(seconds=1)
_LAST_RETRY = timedelta(seconds=20)
_PICKUP = timedelta(milliseconds=5)  # docket's default caps a worker at about 127 jobs a second
_STORED_WITHIN = 1.5  # seconds, of the three that Slack waits
_RECONNECT = timedelta(seconds=1)
REDELIVERY = timedelta(seconds=10)  # how long a killed worker's job stays away; a live one renews its lease

Perform = Callable[[str, str, dict[str, Any], bool], Awaitable[None]]


class JobQueue:
    """Enqueues jobs, and does them. A job is a kind, a key that Slack's repetitions share, and a JSON-like payload."""

    def __init__(self, docket: Docket) -> None:
        self._docket = docket

    async def enqueue(self, kind: str, payload: dict[str, Any], *, key: str) -> None:
        """Store a job; when this returns it will be done. One round trip. While one waits or runs under the key, that is it.

        Raises `StoreTimeout` where that is not clear within the time that Slack gives a listener.
        """
        try:
            async with asyncio.timeout(_STORED_WITHIN):
                await self._docket.add("perform", key=key)(kind, key, payload)
        except TimeoutError as slow:
            raise StoreTimeout(
                "The bot's store did not answer in time, so it is not certain that this was started."
            ) from slow

    async def reschedule(self, kind: str, payload: dict[str, Any], *, key: str, after: timedelta) -> None:
        """Store a job for later, in place of the one that waits under the key.

        One that runs under the key goes on and this one comes after it, so that nothing that changes meanwhile is missed.
        """
        await self._docket.replace("perform", when=datetime.now(UTC) + after, key=key)(kind, key, payload)

    async def work(self, *, concurrency: int) -> None:
        """Do jobs until cancelled."""
        async with Worker(
            self._docket,
            concurrency=concurrency,
            minimum_check_interval=_PICKUP,
            scheduling_resolution=timedelta(milliseconds=100),
            redelivery_timeout=REDELIVERY,
            reconnection_delay=_RECONNECT,
        ) as worker:
            await worker.run_forever()


@asynccontextmanager
async def open_queue(redis_url: str, perform: Perform) -> AsyncIterator[JobQueue]:
    """Connect the queue. `perform(kind, key, payload, last)` does a job; `last` says that no retry follows."""
    async with Docket(name=keys.QUEUE_NAME, url=with_pool_size(redis_url)) as docket:
        docket.register(_task(perform), names=["perform"])
        yield JobQueue(docket)


def _task(perform: Perform) -> Callable[..., Awaitable[None]]:
    async def job(
        kind: str,
        key: str,
        payload: dict[str, Any],
        retry: ExponentialRetry = ExponentialRetry(  # noqa: B008 docket's way of declaring it
            attempts=ATTEMPTS, minimum_delay=_FIRST_RETRY, maximum_delay=_LAST_RETRY
        ),
    ) -> None:
        await perform(kind, key, payload, retry.attempt >= ATTEMPTS)

    return job
