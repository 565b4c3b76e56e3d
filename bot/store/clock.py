"""The time of the Redis server, which all processes share: their own clocks may differ, and jump."""

import asyncio
import time
from datetime import UTC, datetime

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

_EVERY = 30.0  # seconds; quartz drifts less than a millisecond in that time

log = structlog.get_logger(__name__)


class StoreClock:
    """Tells Redis' time from how much time has passed since it was asked. Until it was asked it tells this machine's."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._offset = time.time() - time.monotonic()

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self._offset + time.monotonic(), UTC)

    async def ask(self) -> None:
        """Ask Redis for its time; half of what the answer took has passed since it was made."""
        asked = time.monotonic()
        seconds, microseconds = await self._redis.time()
        self._offset = seconds + microseconds / 1_000_000 - (asked + time.monotonic()) / 2

    async def keep(self) -> None:
        """Ask again and again, until cancelled."""
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self.ask()
            except (RedisError, OSError) as error:
                log.warning("clock_not_compared", error=type(error).__name__)
