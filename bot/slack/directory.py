"""Who people are and what channels are, as Slack says, remembered for five minutes.

Redis remembers for all processes, and of people and groups each process for some seconds by itself, too.
"""

import functools
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.access.rules import Person, Place
from bot.errors import NotInChannel, PostingRefused, SlackRefused
from bot.slack.calls import call
from bot.slack.replies import is_direct
from bot.store.cache import Cache

REMEMBERED = timedelta(minutes=5)
_NEAR_SECONDS = 15.0  # a person or group that changes is seen so much later than Redis forgets
_MOST_NEAR = 2_000  # answers; then all are dropped, which costs a round trip each and needs no bookkeeping
_PAGE, _MOST_PAGES = 999, 2  # channels of one answer, which is Slack's most, and answers that a Home tab is worth
NO_ACCESS = "team_access_not_granted"  # Slack's code for a workspace of the organisation that the app is not in
_MEMBERS = 1_000  # of one page, which is Slack's most


class Directory:
    """Lookups in one workspace, or in all of an organisation that has the app. Raises the `SlackError` that fits."""

    def __init__(self, client: AsyncWebClient, cache: Cache, *, for_organisation: bool = False) -> None:
        self._client = client
        self._for_organisation = for_organisation
        self._cache = cache
        self._near: dict[str, tuple[float, dict[str, Any]]] = {}

    async def person(self, user: str) -> Person:
        """Return a person, as they were up to five minutes ago. Raises `SlackRefused` for whom Slack does not know."""
        found = await self._remembered(f"user:{user}", lambda: self._user(user))
        return Person(
            id=user,
            name=str(found.get("name") or ""),
            tz=str(found.get("tz") or "UTC"),
            team_id=str(found.get("team_id") or ""),
            is_admin=bool(found.get("is_admin") or found.get("is_owner") or found.get("is_primary_owner")),
            is_guest=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
            is_bot=bool(found.get("is_bot")),
            enterprise_id=str((found.get("enterprise_user") or {}).get("enterprise_id") or ""),
            teams=tuple(str(team) for team in (found.get("enterprise_user") or {}).get("teams") or ()),
            is_deleted=bool(found.get("deleted")),
            real_name=str(found.get("real_name") or ""),
        )

    async def place(self, channel: str) -> Place:
        """Return a channel. Of a direct message nothing needs to be asked; one the bot cannot see or is not in is not known."""
        if is_direct(channel):
            return Place(id=channel, creator="", is_direct=True, is_ext_shared=False, known=True)
        # Not kept near: when it becomes shared with another company, every process must know at once.
        found = await self._shared(_channel_key(channel), lambda: self._channel(channel))
        return _place_of({**found, "id": channel}, known=bool(found.get("is_member")))

    async def forget_place(self, channel: str) -> None:
        """Ask Slack anew about a channel when it is next asked for."""
        await self._cache.forget(_channel_key(channel))

    async def is_in(self, user: str, channel: str) -> bool:
        """Tell whether a person is in a channel now; nothing of this is remembered. One's direct message one is always in."""
        if is_direct(channel):
            return True
        cursor = None
        while True:
            request = self._client.conversations_members(channel=channel, limit=_MEMBERS, cursor=cursor)
            page = await call("see who is in this channel", request)
            # All pages at worst: Slack has no call that asks about one person.
            if user in page.get("members", []):
                return True
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return False

    async def members_of(self, group: str, asker: Person) -> list[str]:
        """Return the user ids of a user group, in an organisation as the workspaces of whoever asks know it."""
        members: list[str] = []
        for team in self._teams(asker):
            what = f"group:{group}:{team}" if team else f"group:{group}"
            found = await self._remembered(what, functools.partial(self._group, group, team))
            members += [str(user) for user in found.get("users", [])]
        return members

    async def places_of(self, user: str) -> list[Place]:
        """Return the channels, public and private, that a person is in, as far as the bot sees them.

        Two lists of a workspace say it all: a call for each channel would use up Slack's rate limit. Of more than two thousand
        channels the rest is left out.
        """
        found: dict[str, Place] = {}
        for team in self._teams(await self.person(user)):
            try:
                own = {str(channel["id"]) for channel in await self._conversations(None, team)}
                theirs = await self._conversations(user, team)
            except PostingRefused as refused:
                if refused.code != NO_ACCESS:
                    raise
                continue
            found |= {str(one["id"]): _place_of(one, known=str(one["id"]) in own) for one in theirs}
        return list(found.values())

    def _teams(self, person: Person) -> Sequence[str | None]:
        """Return the workspaces to ask about: with an organisation's token Slack wants each named."""
        return person.teams if self._for_organisation else (None,)

    async def _conversations(self, user: str | None, team: str | None) -> list[dict[str, Any]]:
        """Return the channels of a person, of the bot itself for None."""
        found: list[dict[str, Any]] = []
        cursor = None
        for _ in range(_MOST_PAGES):
            page = await call(
                "list your channels",
                self._client.users_conversations(
                    user=user,
                    types="public_channel,private_channel",
                    exclude_archived=True,
                    limit=_PAGE,
                    cursor=cursor,
                    team_id=team,
                ),
            )
            found += page.get("channels", [])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return found

    async def _remembered(self, what: str, ask: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        until, near = self._near.get(what, (0.0, {}))
        if time.monotonic() < until:
            return near
        known = await self._shared(what, ask)
        self._keep_near(what, known)
        return known

    async def _shared(self, what: str, ask: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        known: dict[str, Any] | None = await self._cache.recall(what)
        if known is None:
            known = await ask()
            if known.get("is_member", True):  # a bot that is not there may be invited any moment
                await self._cache.keep(what, known, for_=REMEMBERED)
        return known

    def _keep_near(self, what: str, known: dict[str, Any]) -> None:
        if len(self._near) >= _MOST_NEAR:
            self._near.clear()
        self._near[what] = (time.monotonic() + _NEAR_SECONDS, known)

    async def _user(self, user: str) -> dict[str, Any]:
        answer = await call("look you up", self._client.users_info(user=user))
        fields = ("name", "real_name", "tz", "team_id", "is_admin", "is_owner", "is_primary_owner")
        known = (*fields, "is_restricted", "is_ultra_restricted", "is_bot", "deleted", "enterprise_user")
        return {name: answer["user"].get(name) for name in known}

    async def _channel(self, channel: str) -> dict[str, Any]:
        try:
            answer = await call("look at this channel", self._client.conversations_info(channel=channel))
        except NotInChannel:  # a private channel without the bot; Slack does not tell it from one that does not exist
            return {"is_member": False}
        except SlackRefused as refused:
            # Of a group of people the bot may be told nothing but that: it asks for no scope to look into such.
            if "mpim:read" not in refused.needed:
                raise
            return {"is_mpim": True, "is_member": False}
        fields = ("creator", "is_im", "is_mpim", "is_ext_shared", "is_pending_ext_shared", "is_member")
        return {name: answer["channel"].get(name) for name in fields}

    async def _group(self, group: str, team: str | None) -> dict[str, Any]:
        try:
            request = self._client.usergroups_users_list(usergroup=group, team_id=team)
            answer = await call("look up who is in the group", request)
        except (SlackRefused, PostingRefused) as refused:
            if refused.code not in {"no_such_subteam", NO_ACCESS}:
                raise
            return {"users": []}
        return {"users": answer.get("users", [])}


def _place_of(channel: dict[str, Any], *, known: bool) -> Place:
    return Place(
        id=str(channel["id"]),
        creator=str(channel.get("creator") or ""),
        is_direct=bool(channel.get("is_im")),
        is_group=bool(channel.get("is_mpim")),
        # An invitation to another company counts already: it is accepted over there, at any moment.
        is_ext_shared=bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")),
        known=known,
    )


def _channel_key(channel: str) -> str:
    return f"channel:{channel}"
