"""How many incidents are open, of all workspaces: a number alone, for metrics, which passes no admission."""

from redis.asyncio import Redis

from bot.store.keys import EVERYWHERE, is_of_watch


async def count_open_incidents(redis: Redis) -> int:
    """Return how many incidents are open in all workspaces. Goes through all keys: for metrics."""
    found = [str(name) async for name in redis.scan_iter(EVERYWHERE.open_incidents("*"), count=5_000)]
    names = [name for name in found if not is_of_watch(name)]
    async with redis.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.zcard(name)
        return sum(await pipe.execute()) if names else 0
