"""Answers of Slack's that are kept for a while, shared by all processes."""

import json
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from bot.store.keys import Keys


class Cache:
    """JSON values that expire."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def recall(self, what: str) -> Any | None:
        """Return a value, or None where it was never kept or has expired."""
        text = await self._redis.get(self._keys.remembered(what))
        return None if text is None else json.loads(text)

    async def forget(self, what: str) -> None:
        """Have the next one ask Slack anew."""
        await self._redis.delete(self._keys.remembered(what))

    async def keep(self, what: str, value: Any, *, for_: timedelta) -> None:
        """Keep a value, which JSON must be able to hold, in place of an older one."""
        await self._redis.set(self._keys.remembered(what), json.dumps(value), ex=for_)
