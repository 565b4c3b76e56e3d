"""The queue's scripts: each one step of a job's life, one round trip, all or nothing."""

from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

_FOLDER = Path(__file__).parent
_SHARED = (_FOLDER / "lib.lua").read_text(encoding="utf-8")


class Scripts:
    """The scripts of one queue, by name of their files."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._name = name
        self._put = _load(redis, "put")
        self._take = _load(redis, "take")
        self._settle = _load(redis, "settle")
        self._renew = _load(redis, "renew")
        self._leave = _load(redis, "leave")
        self._drop = _load(redis, "drop")

    async def put(self, key: str, lane: str, kind: str, payload: str, *, delay: float, replace: bool) -> str:
        """Store a job to be done `delay` seconds from now; returns stored, known, replaced or after."""
        mode = "replace" if replace else ""
        return str(await self._run(self._put, key, lane, kind, payload, _milliseconds(delay), mode))

    async def take(self, *, lease: float) -> list[Any]:
        """Take a job; see take.lua for what is returned."""
        found: list[Any] = await self._run(self._take, _milliseconds(lease))
        return found

    async def settle(self, key: str, token: int, became: str, *, delay: float = 0.0, count: str = "") -> bool:
        """Say what became of a job (`done` or `later`); False where it is somebody else's by now."""
        return bool(await self._run(self._settle, key, token, became, _milliseconds(delay), count))

    async def renew(self, held: list[tuple[str, int]], *, lease: float) -> list[str]:
        """Hold on to jobs, by key and token; returns the keys of those that are somebody else's by now."""
        lost: list[str] = await self._run(self._renew, _milliseconds(lease), *(part for one in held for part in one))
        return lost

    async def leave(self, key: str, token: int, *, lease: float) -> bool:
        """Have a job go on in a lane of its own; False where it is somebody else's by now."""
        return bool(await self._run(self._leave, key, token, _milliseconds(lease)))

    async def drop(self, key: str) -> None:
        """Take a job out, done or not."""
        await self._run(self._drop, key)

    async def _run(self, script: AsyncScript, *arguments: str | int) -> Any:
        return await script(keys=[self._name], args=arguments)


def _load(redis: Redis, name: str) -> AsyncScript:
    own = (_FOLDER / f"{name}.lua").read_text(encoding="utf-8")
    return redis.register_script(f"{_SHARED}\n{own}")


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))
