"""The bot tokens of the workspaces that the app is installed in: the one in force, exchanged for a new one in time."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import Fate, SlackError, SlackRefused, SlackUnreachable
from bot.slack.calls import call
from bot.slack.pacing import WaitAsTold
from bot.slack.posts import CALL_TIMEOUT
from bot.store.connection import STORE_IS_AWAY
from bot.store.installations import Installation, Installations

ROTATED_BEFORE = 2 * 3600  # seconds before its end, of the twelve hours that a token lives
_OVER = frozenset({"token_expired"})
NOT_INSTALLED = "not_installed"
NOT_SERVED = "not_served"  # installed, and not in SLACK_WORKSPACES
_FIRST_PAUSE, _LAST_PAUSE = 0.1, 2.0  # seconds without Redis
_ENDS_WITHIN = 5.0  # seconds that an exchange gets when the process ends

log = structlog.get_logger(__name__)


class Tokens:
    """Looks tokens up at every call, so that one that was erased is used no more by any process."""

    def __init__(self, installations: Installations, *, client_id: str, client_secret: str, api_url: str) -> None:
        self._installations = installations
        self._client_id = client_id
        self._client_secret = client_secret
        self._api_url = api_url
        self._renewing: dict[tuple[str, str], asyncio.Task[str]] = {}

    async def close(self) -> None:
        """Wait until what Slack is giving is stored."""
        if self._renewing:
            await asyncio.wait(self._renewing.values(), timeout=_ENDS_WITHIN)

    async def of(self, workspace: str) -> str:
        """Return the token to call Slack with. Raises `SlackRefused` where the app is not installed there."""
        found = await self._found(workspace)
        if found.expires_at is None or found.expires_at - time.time() > ROTATED_BEFORE:
            return found.token
        try:
            return await self.renewed(workspace, found.token)
        except SlackError as error:
            if found.expires_at <= time.time():
                raise  # until then the old one is good, and the next call tries again
            log.warning("token_not_rotated", workspace=workspace, because=error.what)
            return found.token

    async def renewed(self, workspace: str, used: str) -> str:
        """Return a newer token than the one that was used; whoever comes first gets it from Slack."""
        # In a task of its own: whoever is cut off meanwhile must not take the new refresh token along, which is given once.
        key = (workspace, used)
        if key not in self._renewing:
            task = self._renewing[key] = asyncio.create_task(self._renew(workspace, used))
            task.add_done_callback(lambda _: self._renewing.pop(key))
        return await asyncio.shield(self._renewing[key])

    async def _renew(self, workspace: str, used: str) -> str:
        async with self._installations.rotating(workspace) as alone:
            if not alone:
                raise SlackUnreachable("Another process exchanges the workspace's token just now.", fate=Fate.NOT_TAKEN)
            # Looked up again: a refresh token can be used once, and whoever held the lock before may have used it.
            found = await self._found(workspace)
            if found.token != used or not found.refresh_token:
                return found.token
            after = await self._exchanged(found)
            if not await self._store(found, after):
                return (await self._found(workspace)).token
        log.info("token_rotated", workspace=workspace)
        return after.token

    async def _store(self, before: Installation, after: Installation) -> bool:
        """Store a new token, however long Redis is away: the one before cannot be exchanged any more. Returns as `replace`."""
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._installations.replace(before, after)
            except STORE_IS_AWAY as away:
                log.error("token_not_stored", workspace=before.workspace, because=type(away).__name__, pause=pause)  # noqa: TRY400 tried again
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LAST_PAUSE)

    async def _found(self, workspace: str) -> Installation:
        found = await self._installations.find(workspace)
        if found is None:
            raise SlackRefused("The app is not installed in this workspace any more.", code=NOT_INSTALLED)
        return found

    async def _exchanged(self, found: Installation) -> Installation:
        client = AsyncWebClient(base_url=self._api_url, timeout=int(CALL_TIMEOUT), retry_handlers=[])
        request = client.oauth_v2_access(
            client_id=self._client_id,
            client_secret=self._client_secret,
            grant_type="refresh_token",
            refresh_token=found.refresh_token,
        )
        answer = await call("exchange the workspace's token", request)
        return replace(
            found,
            token=str(answer["access_token"]),
            refresh_token=str(answer.get("refresh_token") or ""),
            # By our clock, as it is compared with it: Slack says for how long, not until when.
            expires_at=int(time.time()) + int(answer["expires_in"]) if answer.get("expires_in") else None,
        )


class InstalledClient(AsyncWebClient):
    """Calls Slack with the token that the workspace has then."""

    def __init__(self, tokens: Tokens, workspace: str, api_url: str) -> None:
        super().__init__(base_url=api_url, timeout=int(CALL_TIMEOUT), retry_handlers=[WaitAsTold()])
        self._tokens = tokens
        self._workspace = workspace

    async def api_call(self, api_method: str, **options: Any) -> AsyncSlackResponse:
        """Call a method; once more where Slack says that the token's time is over before we thought so."""
        self.token = used = await self._tokens.of(self._workspace)
        try:
            return await super().api_call(api_method, **options)
        except SlackApiError as error:
            code = error.response.get("error") if isinstance(error.response.data, dict) else None
            if code not in _OVER:
                raise
        self.token = await self._tokens.renewed(self._workspace, used)
        return await super().api_call(api_method, **options)
