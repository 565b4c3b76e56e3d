"""How long a channel takes no posts, as Slack said: known to all workers, so that each need not be told by itself."""

from redis.asyncio import Redis

from bot.store.keys import Keys


class Pace:
    """A key a channel, there for as long as it must wait."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def hold(self, channel: str, seconds: float) -> None:
        """Have all workers post nothing in a channel for so long."""
        await self._redis.set(self._keys.held(channel), "1", px=max(1, round(seconds * 1000)))

    async def left(self, channel: str) -> float:
        """Return how many seconds a channel must wait; 0.0: it takes posts."""
        return max(0.0, int(await self._redis.pttl(self._keys.held(channel))) / 1000)
