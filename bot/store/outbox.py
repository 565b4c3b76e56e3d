"""What a job already posted, so that a job done twice posts once."""

from dataclasses import dataclass

from redis.asyncio import Redis

from bot.store import keys

_INTENDED = "?"


@dataclass(frozen=True, slots=True)
class Entry:
    """The state of one part of a job: `posted` is the value kept for it, None while there is none.

    `attempted` tells that an earlier attempt meant to post it, so the post may exist although nothing was kept.
    """

    posted: str | None
    attempted: bool


class Outbox:
    """A hash a job in Redis, kept for a day: part → what was posted (a message's ts, or any text)."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    async def begin(self, job_key: str, part: str) -> Entry:
        """Declare the intent to post a part and return its state before. One round trip."""
        name = keys.outbox(job_key)
        async with self.redis.pipeline(transaction=True) as pipe:
            pipe.hsetnx(name, part, _INTENDED)
            pipe.hget(name, part)
            pipe.expire(name, keys.OUTBOX_TTL_SECONDS)
            first, value, _ = await pipe.execute()
        return Entry(posted=None if value == _INTENDED else value, attempted=not first)

    async def keep(self, job_key: str, part: str, value: str) -> None:
        """Record what was posted for a part."""
        await self.redis.hset(keys.outbox(job_key), part, value)

    async def value(self, job_key: str, part: str) -> str | None:
        """Return what was posted for a part, or None."""
        found = await self.redis.hget(keys.outbox(job_key), part)
        return None if found in {None, _INTENDED} else str(found)
