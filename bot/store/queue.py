"""The durable job queue, over docket: what is enqueued survives every crash and is done until it is done.

Docket forgets a key when its job has ended, so a key keeps a job from running twice at a time; the outbox keeps a later
repetition from posting twice. Arguments are pickled by docket: whoever can write to Redis can run code, so it must be private.
"""

import asyncio
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.errors import StoreTimeout
from bot.store import keys
from bot.store.connection import with_pool_size

if TYPE_CHECKING:
    from docket import Docket

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

    def __init__(self, opening: "asyncio.Task[Docket]") -> None:
        self._opening = opening

    def is_open(self) -> bool:
        """Tell whether jobs are stored at once, without waiting for the queue to open."""
        return self._opening.done() and not self._opening.cancelled() and self._opening.exception() is None

    async def opened(self) -> None:
        """Wait until the queue is open."""
        await self._docket()

    async def enqueue(self, kind: str, payload: dict[str, Any], *, key: str) -> None:
        """Store a job; when this returns it will be done. One round trip. While one waits or runs under the key, that is it.

        Raises `StoreTimeout` where that is not clear within the time that Slack gives a listener.
        """
        try:
            async with asyncio.timeout(_STORED_WITHIN):
                docket = await self._docket()
                await docket.add("perform", key=key)(kind, key, payload)
        except TimeoutError as slow:
            raise StoreTimeout(
                "The bot's store did not answer in time, so it is not certain that this was started."
            ) from slow

    async def reschedule(self, kind: str, payload: dict[str, Any], *, key: str, after: timedelta) -> None:
        """Store a job for later, in place of the one that waits under the key.

        One that runs under the key goes on and this one comes after it, so that nothing that changes meanwhile is missed.
        """
        docket = await self._docket()
        await docket.replace("perform", when=datetime.now(UTC) + after, key=key)(kind, key, payload)

    async def work(self, *, concurrency: int) -> None:
        """Do jobs until cancelled."""
        docket = await self._docket()
        from docket import Worker  # noqa: PLC0415 see `_open`

        async with Worker(
            docket,
            concurrency=concurrency,
            minimum_check_interval=_PICKUP,
            scheduling_resolution=timedelta(milliseconds=100),
            redelivery_timeout=REDELIVERY,
            reconnection_delay=_RECONNECT,
        ) as worker:
            await worker.run_forever()

    async def _docket(self) -> "Docket":
        return self._opening.result() if self._opening.done() else await asyncio.shield(self._opening)


@asynccontextmanager
async def open_queue(redis_url: str, perform: Perform) -> AsyncIterator[JobQueue]:
    """Open the queue while the start goes on. `perform(kind, key, payload, last)` does a job; `last`: no retry follows."""
    async with AsyncExitStack() as stack:
        opening = asyncio.create_task(_open(stack, redis_url, perform))
        try:
            yield JobQueue(opening)
        finally:
            opening.cancel()
            await asyncio.wait({opening})


async def _open(stack: AsyncExitStack, redis_url: str, perform: Perform) -> "Docket":
    # Importing docket takes 0.15 s, a fifth of a start; Slack's first request need not find a closed door for so long.
    await asyncio.to_thread(importlib.import_module, "docket")
    from docket import Docket  # noqa: PLC0415

    docket = await stack.enter_async_context(Docket(name=keys.QUEUE_NAME, url=with_pool_size(redis_url)))
    docket.register(_task(perform), names=["perform"])
    return docket


def _task(perform: Perform) -> Callable[..., Awaitable[None]]:
    from docket import ExponentialRetry  # noqa: PLC0415 see `_open`

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
