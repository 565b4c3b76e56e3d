"""What a Redis or Valkey server says of itself, for `incident-bot doctor` and for readiness."""

import time
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.errors import SettingsError
from bot.store import keys


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """A server's own account. Memory is in bytes, 0 for no bound; `clock_offset` in seconds, positive where it is ahead of us."""

    version: str
    role: str
    maxmemory: int
    used_memory: int
    maxmemory_policy: str
    persistent: bool
    clock_offset: float

    @property
    def evicts(self) -> bool:
        """Tell whether a full memory makes the server forget instead of refuse."""
        return evicts(self.maxmemory_policy)


def evicts(policy: str) -> bool:
    """Tell whether a maxmemory-policy forgets instead of refuses; "" is of a server that does not tell."""
    return policy not in {"", "noeviction"}


async def read_redis_facts(redis: Redis) -> RedisFacts:
    """Ask the server. What it does not tell (managed ones hide CONFIG) is empty, and persistence then counts as on."""
    info: dict[str, Any] = await redis.info()
    seconds, microseconds = await redis.time()
    return RedisFacts(
        version=str(info.get("valkey_version") or info.get("redis_version") or "unknown"),
        role=str(info.get("role", "")),
        maxmemory=int(info.get("maxmemory", 0)),
        used_memory=int(info.get("used_memory", 0)),
        maxmemory_policy=str(info.get("maxmemory_policy", "")),
        persistent=bool(int(info.get("aof_enabled", 0))) or bool(await _snapshots(redis)),
        clock_offset=seconds + microseconds / 1_000_000 - time.time(),
    )


async def _snapshots(redis: Redis) -> str:
    try:
        found: dict[Any, Any] = await redis.config_get("save")
    except ResponseError:
        return "not told"
    return str(found.get("save") or "")


async def ensure_types(redis: Redis) -> None:
    """Raise `SettingsError` where something else than the bot has written a key that all of its processes share."""
    wanted = {
        keys.WORKSPACES: "hash",
        keys.INSTALLATIONS: "hash",
        keys.PROCESSES: "zset",
        keys.PROCESS_SETTINGS: "hash",
    }
    for key, type_ in wanted.items():
        found = str(await redis.type(key))
        if found not in {type_, "none"}:
            raise SettingsError(
                f"The key {key} in Redis is a {found}, and the bot keeps a {type_} there: something else has written it.",
                fix=f"Look at what writes to this Redis, rename the key (RENAME {key} {key}:found), and restart the bot.",
            )
