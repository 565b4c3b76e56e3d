"""One local Slack: what tests and the playground hold in their hands."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

from bot.playground.http import LoopServer
from bot.playground.slack.admin import Admin
from bot.playground.slack.app_config import AppConfig
from bot.playground.slack.delivery import BotLink, Delivery
from bot.playground.slack.events import Events
from bot.playground.slack.faults import Faults
from bot.playground.slack.files import File
from bot.playground.slack.limits import Limits
from bot.playground.slack.oauth import OAuth
from bot.playground.slack.person import PersonActions
from bot.playground.slack.policy import Policy
from bot.playground.slack.waiting import wait_until
from bot.playground.slack.web_api.call import ApiCall
from bot.playground.slack.web_api.dispatch import WebApi
from bot.playground.slack.workspace import Notice, Workspace
from bot.playground.slack.world import World, default_world

Json = dict[str, Any]
T = TypeVar("T")


class LocalSlack(PersonActions):
    """A Slack workspace with one app in it, and others beside it. Everything lives in memory and in one event loop.

    `request_url` is where the bot listens (None: nothing is delivered unless it opens a socket); without a `bot_token` the
    app is not installed yet, which `oauth` or its page does. Messages and views are dicts as docs/local-slack.md describes
    them. What people do is inherited, what comes from above is `admin`, what goes wrong is `faults`, `limits` and `policy`;
    `latency` delays every answer. Times are seconds.
    """

    def __init__(
        self,
        *,
        manifest: Json,
        signing_secret: str,
        bot_token: str | None,
        app_token: str,
        world: World | None = None,
        beside: "LocalSlack | None" = None,
    ) -> None:
        self._manifest = manifest
        self.config = AppConfig.from_manifest(manifest)
        if beside:
            self.config = replace(self.config, bot_id=beside.workspace.ids.new("B"))
        self.workspace: Workspace = Workspace(self.config, world or default_world())
        self.world = self.workspace.world
        self.link: BotLink = beside.link if beside else BotLink(self.workspace, signing_secret)
        self.events = Events(self.workspace, self.link)
        self.api = WebApi(self.workspace, beside.faults if beside else None)
        self.bot_token = bot_token or ""
        self.app_token = app_token
        self.latency = 0.0
        self.admin = Admin(self.workspace)
        self.server: LoopServer | None = None
        self.workspaces: list[LocalSlack] = beside.workspaces if beside else []
        self.workspaces.append(self)
        self.oauth: OAuth = beside.oauth if beside else OAuth(self)
        self._open()

    def add_workspace(self, world: World, *, bot_token: str | None = None) -> "LocalSlack":
        """Open another workspace with the same app, served by the same server; without a token it is not installed there.

        Bot, link, faults and OAuth are shared; everything else is the workspace's own, `calls` and `limits` too.
        """
        other = LocalSlack(
            manifest=self._manifest,
            signing_secret="",
            bot_token=bot_token,
            app_token=self.app_token,
            world=world,
            beside=self,
        )
        other.base_url, other.server = self.base_url, self.server
        return other

    def of_team(self, team: str | None) -> "LocalSlack":
        """Return the workspace with this id; the first one where none has it, or none is asked for."""
        return self.where(lambda known: known.world.team.id == team)

    def of_token(self, token: str) -> "LocalSlack":
        """Return the workspace that a token is for; the first one where it is for none."""
        return self.where(lambda known: known.workspace.installation.knows(token))

    def where(self, fits: Callable[["LocalSlack"], bool]) -> "LocalSlack":
        """Return the first workspace that fits, or else the first one."""
        return next((known for known in self.workspaces if fits(known)), self.workspaces[0])

    def meant_by(self, token: str, args: Json) -> "LocalSlack":
        """Return the workspace that a call is about; an organisation's token may be for several."""
        known = [place for place in self.workspaces if place.workspace.installation.knows(token)]
        return next(
            (place for tells in _TELLS for place in known if tells(place, args)), next(iter(known), self.workspaces[0])
        )

    # what there is

    def messages(self, channel: str, thread_ts: str | None = None, viewer: str | None = None) -> list[Json]:
        """List messages, oldest first: all of a channel with its replies, or one thread with its root.

        With a `viewer`, only that person's ephemeral messages are among them; without one, everybody's are.
        """
        kept = self.workspace.messages.seen_by(channel, viewer)
        return [message.as_seen() for message in kept if thread_ts in (None, message.thread_ts, message.ts)]

    def views(self, user: str) -> list[Json]:
        """List a person's open modal views, the top one last."""
        return [view.as_json() for view in self.workspace.views.stacks.get(user, [])]

    def home(self, user: str) -> Json | None:
        """Return what a person sees in App Home."""
        view = self.workspace.views.homes.get(user)
        return view.as_json() if view else None

    def pins(self, channel: str) -> list[str]:
        """List the timestamps of a channel's pinned messages, oldest pin first."""
        return list(self.workspace.pins.get(channel, []))

    @property
    def files(self) -> list[File]:
        """Uploaded files, oldest first."""
        return [file for file in self.workspace.files.by_id.values() if file.completed]

    @property
    def calls(self) -> list[ApiCall]:
        """Every Web API call and every use of a response_url, oldest first."""
        return self.api.calls

    def calls_to(self, method: str) -> list[ApiCall]:
        """List the calls of one method."""
        return [call for call in self.calls if call.method == method]

    @property
    def failed_calls(self) -> list[ApiCall]:
        """Calls that the bot got an error for; unknown methods are among them."""
        return [call for call in self.calls if not call.ok]

    @property
    def deliveries(self) -> list[Delivery]:
        """Every request to the bot, oldest first."""
        return self.link.deliveries

    @property
    def notices(self) -> list[Notice]:
        """What Slackbot told people, oldest first."""
        return self.workspace.notices

    # knobs

    @property
    def request_url(self) -> str | None:
        """Where the bot takes commands, interactions and events."""
        return self.link.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.link.request_url = url

    @property
    def base_url(self) -> str:
        """Address of this Slack, without a slash at the end; `serve` sets it."""
        return self.workspace.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        for known in self.workspaces:
            known.workspace.base_url = url

    @property
    def api_url(self) -> str:
        """Base URL of the Web API."""
        return f"{self.base_url}/api/"

    @property
    def faults(self) -> Faults:
        """Faults of the next calls."""
        return self.api.faults

    @property
    def limits(self) -> Limits:
        """Rate limits."""
        return self.workspace.limits

    @property
    def policy(self) -> Policy:
        """Limits that are no rates."""
        return self.workspace.policy

    @property
    def clock_skew(self) -> float:
        """Seconds that Slack's clock is ahead of this machine's: in `Date`, in signatures, in timestamps."""
        return self.workspace.clock_skew

    @clock_skew.setter
    def clock_skew(self, seconds: float) -> None:
        self.workspace.clock_skew = seconds

    def kill_response_urls(self, code: str = "expired_url") -> None:
        """Let every response_url answer `expired_url` or `used_url` from now on; an empty code revives them."""
        self.workspace.grants.dead_replies = code or None

    def cut_sockets(self) -> None:
        """Cut the bot's open sockets without a word, as a network does; `faults` on `apps.connections.open` keep it away."""
        for scope in self.link.sockets.scopes:
            self._serving().drop(scope)

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Refuse connections inside the block, and cut those that are open. Only for a Slack that `serve` serves."""
        async with self._serving().unreachable():
            yield

    def _serving(self) -> LoopServer:
        if self.server is None:
            raise RuntimeError("nothing serves this Slack")
        return self.server

    # waiting

    async def wait_for(self, condition: Callable[[], T | None], timeout: float = 30.0) -> T:  # noqa: ASYNC109 - the tests' word
        """Wait until `condition` returns something true, and return it.

        It is asked again after every change; a LookupError in it means "not yet". AssertionError after `timeout` seconds,
        with the last messages and everything that failed.
        """
        return await wait_until(self, condition, timeout)

    async def settle(self, timeout: float = 30.0) -> None:  # noqa: ASYNC109
        """Wait until no event is on its way to the bot; retries that are still to come do not count."""
        await self.wait_for(lambda: all(known.events.in_flight == 0 for known in self.workspaces), timeout)

    async def close(self) -> None:
        """Stop deliveries, close sockets and pages."""
        for known in self.workspaces:
            known.workspace.pages.close_all()
            await known.events.close()
        await self.link.close()

    def _open(self) -> None:
        self.workspace.changes = self.workspaces[0].workspace.changes
        self.workspace.installation.issue(self.app_token, "app")
        if self.bot_token:
            self.workspace.installation.issue(self.bot_token)
        oauth = self.oauth
        self.api.extra = {
            "oauth.v2.access": oauth.access,
            "oauth.v2.exchange": oauth.exchange,
            "auth.revoke": oauth.revoke,
            "apps.uninstall": oauth.uninstall,
        }


# What tells which workspace of an organisation a call is about, the surest first.
_TELLS: tuple[Callable[["LocalSlack", Json], object], ...] = (
    lambda place, args: place.world.team.id == args.get("team_id"),
    lambda place, args: (args.get("channel") or args.get("channel_id")) in place.world.channels,
    lambda place, args: place.workspace.grants.has(str(args.get("trigger_id") or "")),
    lambda place, args: place.workspace.views.has(str(args.get("view_id") or "")),
    lambda place, args: (args.get("user") or args.get("user_id")) in place.world.users,
)
