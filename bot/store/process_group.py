"""The processes that share one Redis: all must decide alike, or answers would depend on which of them got the command."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis

from bot.ids import short_hash
from bot.store import keys

BEAT = 5.0  # seconds between two signs of life
INSTALLED_APP = "SLACK_CLIENT_ID"  # the setting by which those that serve several workspaces are known
_GONE_AFTER_MS = 15_000  # three beats: one that is late is not gone
# Its own earlier sign is taken out first: alone, a process may go on with other settings than it had before.
# Returns the names of the settings that differ from those of the others, or nothing, and then this one is among them.
_JOIN = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
local mine = cjson.decode(ARGV[3])
redis.call('ZREM', KEYS[1], ARGV[1])
if redis.call('ZCARD', KEYS[1]) > 0 then
  local differing = {}
  for name, digest in pairs(mine) do
    local theirs = redis.call('HGET', KEYS[2], name)
    if theirs and theirs ~= digest then differing[#differing + 1] = name end
  end
  if differing[1] then return differing end
else
  redis.call('DEL', KEYS[2])
end
for name, digest in pairs(mine) do redis.call('HSET', KEYS[2], name, digest) end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return {}
"""


class ProcessGroup:
    """One process among those of a Redis. `settings` are those that decide answers, by name."""

    def __init__(self, redis: Redis, settings: Mapping[str, str]) -> None:
        self._redis = redis
        self._join = redis.register_script(_JOIN)
        self._digests = json.dumps({name: short_hash(value) for name, value in settings.items()})
        self._me = secrets.token_hex(8)

    async def join(self) -> list[str]:
        """Give a sign of life; returns the names of settings that differ from those of the others, and then it is not there."""
        arguments: list[str | int] = [self._me, _GONE_AFTER_MS, self._digests]
        found: list[str] = await self._join(keys=[keys.PROCESSES, keys.PROCESS_SETTINGS], args=arguments)
        return sorted(found)

    async def differing(self) -> list[str]:
        """Return the names of settings that differ from those of the processes that are there, and leave no sign."""
        seconds, _ = await self._redis.time()
        if not await self._redis.zcount(keys.PROCESSES, seconds * 1000 - _GONE_AFTER_MS, "+inf"):
            return []
        theirs: dict[Any, Any] = await self._redis.hgetall(keys.PROCESS_SETTINGS)
        return sorted(name for name, digest in json.loads(self._digests).items() if theirs.get(name, digest) != digest)

    async def leave(self) -> None:
        """Be gone at once, so that others need not wait to start with other settings."""
        await self._redis.zrem(keys.PROCESSES, self._me)


async def serves_several(redis: Redis) -> bool:
    """Tell whether processes are there that serve the workspaces that the app is installed in."""
    return bool(await redis.hexists(keys.PROCESS_SETTINGS, INSTALLED_APP))
