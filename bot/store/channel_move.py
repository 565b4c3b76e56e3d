"""A channel that Slack gives another id: all that is stored under the old one goes on under the new one."""

from datetime import datetime

from redis.asyncio import Redis

from bot.domain.incident import log_changes
from bot.store.incident_script import script_of
from bot.store.incidents import IncidentStore
from bot.store.keys import OUTBOX_TTL_SECONDS, Keys, incident_address

_AT_A_TIME = 1_000


class ChannelMoves:
    """Moves the keys of channels; done twice, it comes to the same."""

    def __init__(self, redis: Redis, keys: Keys, incidents: IncidentStore) -> None:
        self._redis = redis
        self._keys = keys
        self._incidents = incidents
        self._rename = redis.register_script(script_of("channel_move.lua"))

    async def move(self, old: str, new: str, *, at: datetime) -> None:
        """Have everything of a channel found under its new id, and say so in the log of each of its incidents."""
        # First: whoever finds nothing under the old id from here on learns why. Of a channel that gets an earlier id back, what
        # led away from that goes before, or whoever asked after a crash between the two would be led in a circle.
        await self._redis.delete(self._keys.moved(new))
        await self._redis.set(self._keys.moved(old), new, ex=OUTBOX_TTL_SECONDS)
        before, after = self._keys.of_channel(old), self._keys.of_channel(new)
        async for name in self._redis.scan_iter(f"{before}*", count=_AT_A_TIME):
            await self._rename(keys=[str(name), after + str(name).removeprefix(before)])
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

    async def id_before(self, channel: str, root_ts: str, incident: str) -> str | None:
        """Return the id that a channel had until now, as a click on an incident's button in a thread shows; None: no other.

        An incident's buttons are in its own thread alone. Clicked in the same thread of another channel, it is that channel under
        an id of which Slack has not told yet, or never could.
        """
        place = await self._redis.get(incident_address(incident))
        here, workspace = self._keys.place(channel), self._keys.place("")
        if place is None or str(place) == here or not str(place).startswith(workspace):
            return None
        before = str(place).removeprefix(workspace)
        async with self._redis.pipeline(transaction=False) as pipe:
            for one in (before, channel):  # under the new id where a move has begun
                pipe.hget(self._keys.roots(one), root_ts)
            return before if incident in await pipe.execute() else None

    async def knows(self, channel: str) -> bool:
        """Tell whether anything is kept of a channel that stays with it."""
        keys = self._keys
        return bool(await self._redis.exists(keys.roots(channel), keys.open_incidents(channel), keys.binding(channel)))

    async def _ids(self, channel: str) -> list[str]:
        rooted = await self._redis.hvals(self._keys.roots(channel))
        opened = await self._redis.zrange(self._keys.open_incidents(channel), 0, -1)
        return sorted({str(id_) for id_ in (*rooted, *opened)})
