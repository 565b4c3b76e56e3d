"""What each channel may read: the tenant and scope it is bound to."""

from datetime import datetime
from typing import Any

from redis.asyncio import Redis

from bot.domain.access.tenancy import Tenancy
from bot.store.keys import Keys


class Bindings:
    """A hash a channel in Redis. The incident script reads its field `tenancy` (bot/store/incident.lua)."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def of(self, channel: str) -> Tenancy | None:
        """Return what a channel is bound to, or None where it is not bound."""
        tenant, scope = await self._redis.hmget(self._keys.binding(channel), "tenant", "scope")
        return Tenancy(str(tenant), str(scope)) if tenant and scope else None

    async def of_all(self, channels: list[str]) -> dict[str, Tenancy | None]:
        """Return what each of many channels is bound to, in one round trip."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for channel in channels:
                pipe.hmget(self._keys.binding(channel), "tenant", "scope")
            found = await pipe.execute()
        pairs = zip(channels, found, strict=True)
        return {channel: Tenancy(tenant, scope) if tenant and scope else None for channel, (tenant, scope) in pairs}

    async def every(self) -> dict[str, Tenancy]:
        """Return channel → what it is bound to, of all channels. Scans the keys: for commands, not for the bot's own work."""
        channels = [
            self._keys.channel_of(name) async for name in self._redis.scan_iter(self._keys.binding("*"), count=1_000)
        ]
        return {channel: tenancy for channel, tenancy in (await self.of_all(channels)).items() if tenancy}

    async def bind(self, channel: str, tenancy: Tenancy, *, by: str, at: datetime) -> None:
        """Bind a channel; what it was bound to before is replaced."""
        fields: dict[Any, Any] = {
            "tenancy": str(tenancy),  # for the script to compare; it is never split, as a scope may have slashes
            "tenant": tenancy.tenant_id,
            "scope": tenancy.scope,
            "by": by,
            "at": at.isoformat(),
        }
        await self._redis.hset(self._keys.binding(channel), mapping=fields)
