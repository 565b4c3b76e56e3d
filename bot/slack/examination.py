"""What Slack says of a token, for `incident-bot doctor`: who it is, what it may do, and what time it is there."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError
from bot.slack.calls import call

_UNKNOWN = frozenset({"user_not_found", "user_not_visible", "no_such_subteam"})


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """Who a token is and what it may. `clock_offset` is in seconds, positive where Slack is ahead of us; None: not told."""

    team: str
    user: str
    scopes: frozenset[str] | None
    clock_offset: float | None


class SlackExamination:
    """Calls of one token that change nothing. Raises the `SlackError` that fits."""

    def __init__(self, token: str, api_url: str) -> None:
        self._client = AsyncWebClient(token=token, base_url=api_url, timeout=10, retry_handlers=[])

    async def token(self) -> TokenFacts:
        """Return what `auth.test` and its headers say."""
        headers: dict[str, str] = {}

        async def ask() -> Any:
            response = await self._client.auth_test()
            headers.update({name.lower(): value for name, value in response.headers.items()})
            return response

        answer = await call("say who the bot is", ask())
        granted = headers.get("x-oauth-scopes")
        return TokenFacts(
            team=str(answer.get("team_id") or ""),
            user=str(answer.get("user_id") or ""),
            scopes=None if granted is None else frozenset(name.strip() for name in granted.split(",") if name.strip()),
            clock_offset=_offset(headers.get("date")),
        )

    async def has_active(self, named: str) -> bool:
        """Tell whether the workspace has a person, or a group (`S…`) with anybody in it, by id."""
        try:
            if named.startswith("S"):
                asked = self._client.usergroups_users_list(usergroup=named)
                return bool((await call("look up who is in a group", asked)).get("users"))
            answer = await call("look up a person", self._client.users_info(user=named))
        except SlackError as refused:
            if refused.code in _UNKNOWN:
                return False
            raise
        return not answer["user"].get("deleted")

    async def opens_socket(self, app_token: str) -> None:
        """Ask for a Socket Mode connection, which is not opened: the app token and the switch are right where this ends."""
        await call("open a socket", self._client.apps_connections_open(app_token=app_token))

    async def validate(self, blocks: Sequence[dict[str, Any]]) -> None:
        """Have Slack check the blocks of a message that is not sent."""
        await call("check blocks", self._client.api_call("blocks.validate", json={"blocks": list(blocks)}))


def _offset(date: str | None) -> float | None:
    if not date:
        return None
    try:
        return parsedate_to_datetime(date).timestamp() - time.time()
    except ValueError:
        return None
