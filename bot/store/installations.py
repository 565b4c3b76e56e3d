"""In which workspaces the app is installed, with their tokens, encrypted; and whose data waits to be erased.

An installation is a workspace's (`T…`), or an organisation's (`E…`) where the app was installed for all of it. Nothing but the
encrypted text is stored of it, and nothing of the person who installed it.
"""

import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from bot.errors import SettingsError
from bot.store import keys

STATE_TTL = timedelta(minutes=10)  # from Slack's page to the redirect
_ROTATES_WITHIN = 30.0  # seconds
NEW_KEY = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in one workspace or organisation. `expires_at` is a Unix time, None where the token stays; `name` is for logs."""

    workspace: str
    name: str
    enterprise: str
    token: str
    refresh_token: str = ""
    expires_at: int | None = None

    @property
    def for_organisation(self) -> bool:
        """Tell whether it is for all workspaces of an organisation."""
        return self.workspace == self.enterprise


class Cipher:
    """Encrypts with the first of some keys, and decrypts with any of them. Raises `SettingsError` for what is no key."""

    def __init__(self, token_keys: Sequence[str]) -> None:
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 30 ms, for several workspaces alone

        try:
            self._fernet: MultiFernet = MultiFernet([Fernet(key) for key in token_keys])
        except ValueError:
            raise SettingsError(
                "TOKEN_KEYS must be one or more Fernet keys, comma-separated.", fix=f"`{NEW_KEY}` makes one."
            ) from None

    def hide(self, text: str) -> str:
        """Return the text encrypted with the first key."""
        return self._fernet.encrypt(text.encode()).decode()

    def show(self, hidden: str) -> str:
        """Return an encrypted text. Raises `SettingsError` where none of the keys fits."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 as above

        try:
            return self._fernet.decrypt(hidden.encode()).decode()
        except InvalidToken:
            raise SettingsError(
                "None of TOKEN_KEYS opens the stored tokens of a workspace.",
                fix="Add the key that they were encrypted with, behind the new one; or have the app installed there again.",
            ) from None


class Installations:
    """All installations, in one hash of Redis: workspace → encrypted JSON."""

    def __init__(self, redis: Redis, cipher: Cipher) -> None:
        self._redis = redis
        self._cipher = cipher

    async def save(self, installation: Installation) -> None:
        """Keep an installation in place of an earlier one; data that waited to be erased stays."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(keys.INSTALLATIONS, installation.workspace, self._cipher.hide(json.dumps(asdict(installation))))
            pipe.zrem(keys.LEFT, installation.workspace)
            await pipe.execute()

    async def replace(self, before: Installation, after: Installation) -> bool:
        """Keep an installation's new token in place of what it had; False, and nothing kept, where it has another by now.

        So it is where the app was removed meanwhile, or removed and installed again.
        """
        hidden = self._cipher.hide(json.dumps(asdict(after)))

        async def put(pipe: Pipeline) -> bool:
            found: Any = await pipe.hget(keys.INSTALLATIONS, before.workspace)  # answered at once, before `multi`
            pipe.multi()  # type: ignore[no-untyped-call]
            if same := bool(found) and self._read(found) == before:
                pipe.hset(keys.INSTALLATIONS, before.workspace, hidden)
            return same

        return bool(await self._redis.transaction(put, keys.INSTALLATIONS, value_from_callable=True))

    async def find(self, workspace: str) -> Installation | None:
        """Return the installation of a workspace or organisation."""
        hidden = await self._redis.hget(keys.INSTALLATIONS, workspace)
        return self._read(hidden) if hidden else None

    async def has(self, workspace: str) -> bool:
        """Tell whether the app is installed there."""
        return bool(await self._redis.hexists(keys.INSTALLATIONS, workspace))

    async def workspaces(self) -> list[str]:
        """Return the workspaces and organisations that the app is installed in."""
        return sorted(str(one) for one in await self._redis.hkeys(keys.INSTALLATIONS))

    async def encrypt_anew(self) -> None:
        """Encrypt everything with the first key, so that older ones can go. Raises `SettingsError` where none fits."""
        for workspace in await self.workspaces():
            if found := await self.find(workspace):
                await self.replace(found, found)

    async def erase(self, workspace: str, *, data_at: datetime) -> bool:
        """Erase the tokens of a workspace now, and note when its data goes. Returns whether there were any."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hdel(keys.INSTALLATIONS, workspace)
            # The first word counts: Slack tells of one removal several times (tokens_revoked, app_uninstalled).
            pipe.zadd(keys.LEFT, {workspace: data_at.timestamp()}, nx=True)
            removed, _ = await pipe.execute()
        return bool(removed)

    async def due(self, now: datetime) -> list[str]:
        """Return the workspaces whose data goes now."""
        return [str(one) for one in await self._redis.zrangebyscore(keys.LEFT, "-inf", now.timestamp())]

    async def erased(self, workspace: str) -> None:
        """Record that a workspace's data is gone."""
        await self._redis.zrem(keys.LEFT, workspace)

    @asynccontextmanager
    async def rotating(self, workspace: str) -> AsyncIterator[bool]:
        """Yield whether this is the only one who exchanges a workspace's refresh token, which can be used once."""
        lock = self._redis.lock(keys.rotating(workspace), timeout=_ROTATES_WITHIN, blocking_timeout=_ROTATES_WITHIN)
        if not await lock.acquire():
            yield False
            return
        try:
            yield True
        finally:
            # It took too long, and somebody else has it by now; or Redis is away, and then its time ends it.
            with contextlib.suppress(RedisError):
                await lock.release()

    async def new_state(self) -> str:
        """Return a value that comes back from Slack's page."""
        state = secrets.token_urlsafe(24)
        await self._redis.set(keys.oauth_state(state), "1", ex=STATE_TTL)
        return state

    async def take_state(self, state: str) -> bool:
        """Tell whether a value is one of ours that has not come back yet."""
        return bool(state) and bool(await self._redis.delete(keys.oauth_state(state)))

    def _read(self, hidden: object) -> Installation:
        return Installation(**json.loads(self._cipher.show(str(hidden))))
