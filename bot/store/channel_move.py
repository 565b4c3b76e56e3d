"""A channel that Slack gives another id: all that is stored under the old one goes on under the new one."""

from datetime import datetime
from typing import Any

from redis.asyncio import Redis

from bot.domain.incident import log_changes
from bot.store.incidents import IncidentStore
from bot.store.keys import OUTBOX_TTL_SECONDS, Keys, incident_address

_AT_A_TIME = 1_000


class ChannelMoves:
    """Moves the keys of channels; done twice, it comes to the same."""

    def __init__(self, redis: Redis, keys: Keys, incidents: IncidentStore) -> None:
        self._redis = redis
        self._keys = keys
        self._incidents = incidents

    async def move(self, old: str, new: str, *, at: datetime) -> None:
        """Have everything of a channel found under its new id, and say so in the log of each of its incidents."""
        # First: whoever finds nothing under the old id from here on learns why. Of a channel that gets an earlier id back, what
        # led away from that goes before, or whoever asked after a crash between the two would be led in a circle.
        await self._redis.delete(self._keys.moved(new))
        await self._redis.set(self._keys.moved(old), new, ex=OUTBOX_TTL_SECONDS)
        before, after = self._keys.of_channel(old), self._keys.of_channel(new)
        async for name in self._redis.scan_iter(f"{before}*", count=_AT_A_TIME):
            await self._rename(str(name), after + str(name).removeprefix(before))
        watch = await self._redis.hget(self._keys.watches, old)
        if watch:
            await self._redis.hsetnx(self._keys.watches, new, str(watch))
            # Whoever did that: of a move that was cut off here the channel watches under its new id already.
            await self._redis.hdel(self._keys.watches, old)
        change = log_changes.channel_changed(old, new, at=at, key=f"channel:{old}:{new}")
        for id_ in await self._ids(new):
            await self._redis.set(incident_address(id_), self._keys.place(new), xx=True, keepttl=True)
            await self._incidents.append_by_id(new, id_, change)

    async def new_id(self, channel: str) -> str | None:
        """Return the id that a channel has now, where it was given another one in the last days."""
        found: str | None = None
        while after := await self._redis.get(self._keys.moved(found or channel)):
            found = str(after)
        return found

    async def knows(self, channel: str) -> bool:
        """Tell whether anything is kept of a channel that stays with it."""
        keys = self._keys
        return bool(await self._redis.exists(keys.roots(channel), keys.open_incidents(channel), keys.binding(channel)))

    async def _ids(self, channel: str) -> list[str]:
        rooted = await self._redis.hvals(self._keys.roots(channel))
        opened = await self._redis.zrange(self._keys.open_incidents(channel), 0, -1)
        return sorted({str(id_) for id_ in (*rooted, *opened)})

    async def _rename(self, old: str, new: str) -> None:
        """Rename a key; what was stored under the new name meanwhile stays, and gets what it does not have."""
        if await self._redis.renamenx(old, new):
            return
        kind: Any = await self._redis.type(old)
        if kind == "hash":
            for field, value in (await self._redis.hgetall(old)).items():
                await self._redis.hsetnx(new, str(field), str(value))
        elif kind == "zset":
            members: Any = await self._redis.zrange(old, 0, -1, withscores=True)
            await self._redis.zadd(new, dict(members), nx=True)
        await self._redis.delete(old)
