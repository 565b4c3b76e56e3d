"""Work that goes on beside everything else, for as long as a block lasts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from bot.errors import BotError

_RESTART_AFTER = 1.0  # seconds
_GRACE = 9.0  # what is under way may end before the process does; docker kills after 10 s, and Redis has the rest

log = structlog.get_logger(__name__)


@asynccontextmanager
async def keep_running(name: str, run: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Keep a coroutine running while the block lasts; when it ends by itself it is started again, and that is logged."""
    stopping = False

    async def keep() -> None:
        while not stopping:
            try:
                await run()
            except BotError as error:
                log.error("background_failed", name=name, error=str(error))  # noqa: TRY400 the sentence says it all
            except Exception:
                # Whatever ends the worker must not end the bot: jobs wait in Redis until it is back.
                log.exception("background_crashed", name=name)
            if not stopping:
                await asyncio.sleep(_RESTART_AFTER)

    task = asyncio.create_task(keep(), name=name)
    try:
        yield
    finally:
        stopping = True  # what ends quietly when cancelled must not be started again
        task.cancel()
        # Waited for, not awaited: what it ends in was logged, and must not keep the rest from being closed.
        await asyncio.wait({task}, timeout=_GRACE)
