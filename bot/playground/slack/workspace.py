"""The state of one Slack workspace, and the only way to change it: every change reaches pages, waiting tests and the bot."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.playground.slack.app_config import AppConfig
from bot.playground.slack.changes import Changes, Pages
from bot.playground.slack.errors import RefusedError, SlackError
from bot.playground.slack.files import File, FileStore
from bot.playground.slack.grants import Grants
from bot.playground.slack.ids import Ids
from bot.playground.slack.installation import Installation
from bot.playground.slack.limits import Limits
from bot.playground.slack.messages import Message, MessageStore
from bot.playground.slack.policy import Policy
from bot.playground.slack.views import View, ViewStore
from bot.playground.slack.world import Channel, Enterprise, World

Json = dict[str, Any]
TOMBSTONE = "This message was deleted."
SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Notice:
    """What Slackbot would tell one person, outside of any message."""

    user: str
    text: str
    channel: str | None = None


class Workspace:
    """Messages, channels, pins, views and files of one workspace with one app in it.

    `emit` is called with every event (Slack's inner event object) and its channel; whoever delivers events sets it.
    `clock_skew` is how many seconds Slack's clock is ahead of this machine's, `hidden_users` those whom the Web API does not
    know.
    """

    def __init__(self, config: AppConfig, world: World, clock: Callable[[], float] = time.time) -> None:
        self.config = config
        self.world = world
        self.clock_skew = 0.0
        self.base_url = ""
        self.hidden_users: set[str] = set()
        self.policy = Policy()
        self._machine_clock = clock
        self.ids = Ids(self.clock)
        self.installation = Installation(config.scopes, self.clock)
        self.messages = MessageStore()
        self._owner = {
            "team_id": world.team.id,
            "app_id": config.app_id,
            "app_installed_team_id": world.team.id,
            "bot_id": config.bot_id,
        }
        self.views = ViewStore(self.ids, self._owner)
        self.files = FileStore()
        self.grants = Grants(self.ids, self.clock)
        self.limits = Limits()
        self.tickets: set[str] = set()
        self.pins: dict[str, list[str]] = {}
        self.notices: list[Notice] = []
        self.changes = Changes()
        self.pages = Pages()
        self.emit: Callable[[Json, Channel | None], None] = lambda _event, _channel: None
        bot = world.users[world.bot_user]
        bot.name, bot.real_name = config.bot_name, config.name

    def clock(self) -> float:
        """Slack's time, in Unix seconds."""
        return self._machine_clock() + self.clock_skew

    @property
    def scopes(self) -> list[str]:
        """Scopes that the bot was granted."""
        return self.installation.scopes

    @property
    def org_wide(self) -> Enterprise | None:
        """Organisation that the app is installed for, if it is installed for a whole one."""
        return self.world.enterprise if self.installation.org_wide else None

    def set_org_wide(self, *, org_wide: bool) -> None:
        """Say whether the app is installed for the whole organisation, or for this workspace."""
        self.installation.org_wide = org_wide
        organisation = self.world.enterprise
        self._owner["app_installed_team_id"] = organisation.id if org_wide and organisation else self.world.team.id

    def need_app(self) -> None:
        """RefusedError where the app is not installed: its commands and buttons lead nowhere."""
        if not self.installation.active:
            raise RefusedError("app_not_installed", f"{self.config.name} is not installed in this workspace.", 404)

    # messages

    def bot_message(self, channel: str, text: str) -> Message:
        """Make a message of the app's bot; `post` sends it."""
        return Message(
            channel,
            self.ids.ts(),
            self.world.bot_user,
            text,
            self.world.team.id,
            bot_id=self.config.bot_id,
            app_id=self.config.app_id,
            bot_name=self.config.name,
        )

    def post(self, message: Message) -> None:
        """Send a message to its channel (an ephemeral one to its reader)."""
        self.messages.add(message)
        self.show(message)
        if message.ephemeral_user:
            return
        self._show_root(message)
        self.emit(self.message_event(message), self._channel(message))

    def change(self, message: Message, previous: Json) -> None:
        """Tell everybody that a message changed; `previous` is what it was."""
        self.show(message)
        if message.ephemeral_user:
            return
        now = message.as_json()
        self._emit_hidden("message_changed", message, {"message": now, "previous_message": previous})

    def delete(self, message: Message) -> None:
        """Delete a message. A thread's root leaves a tombstone until its last reply goes, and Slack calls that a change."""
        if message.replies and not message.ephemeral_user:
            self._bury(message)
            return
        root = self._root(message)
        previous = message.as_json()
        self.messages.delete(message)
        self.unpin(message.channel, message.ts)
        self._tell("message_deleted", message, {"channel": message.channel, "ts": message.ts})
        if not message.ephemeral_user:
            self._emit_hidden("message_deleted", message, {"deleted_ts": message.ts, "previous_message": previous})
        if root and root.subtype == "tombstone" and not root.replies:
            self.delete(root)
        elif root:
            self.show(root)

    def show(self, message: Message) -> None:
        """Send a message's present state to the pages that show it."""
        self.changes.happened()
        if self.pages:
            self._tell("message", message, {"channel": message.channel, "message": message.as_seen()})

    def message_event(self, message: Message) -> Json:
        """Inner `message` event of a posted message."""
        channel = self._channel(message)
        told = message.as_json()
        if message.thread_ts:
            root = self.messages.find(message.channel, message.thread_ts)
            told["parent_user_id"] = root.user if root else ""
        return told | {"channel": channel.id, "event_ts": message.ts, "channel_type": channel.event_kind}

    def is_processed(self, file: File) -> bool:
        """Whether a file's upload is finished, and old enough to be shown inside a message."""
        return file.completed_at is not None and self.clock() - file.completed_at >= self.policy.file_processing

    # pins, channels, views, notices

    def pin(self, channel: str, ts: str) -> bool:
        """Pin a message; False if it is pinned already. SlackError `too_many_pins` where the channel is full."""
        pinned = self.pins.setdefault(channel, [])
        if ts in pinned:
            return False
        if len(pinned) >= self.policy.most_pins:
            raise SlackError("too_many_pins")
        pinned.append(ts)
        self._show_pins(channel)
        return True

    def unpin(self, channel: str, ts: str) -> bool:
        """Take a pin off; False if there is none."""
        pinned = self.pins.get(channel, [])
        if ts not in pinned:
            return False
        pinned.remove(ts)
        self._show_pins(channel)
        return True

    def direct_message(self, user: str) -> Channel:
        """Find or open the conversation between the bot and a person."""
        bot = self.world.bot_user
        for channel in self.world.channels.values():
            if channel.is_im and set(channel.members) == {user, bot}:
                return channel
        channel = Channel(self.ids.new("D"), user, [user, bot], is_im=True, creator=user)
        self.world.channels[channel.id] = channel
        self.show_channel(channel)
        return channel

    def show_channel(self, channel: Channel) -> None:
        """Send a channel's present state to the pages that show it."""
        self.changes.happened()
        self.pages.tell("channel", {"channel": channel_as_seen(channel)}, self._seers(channel))

    def show_views(self, user: str) -> None:
        """Send a person's open modals to their page."""
        self.changes.happened()
        if self.pages:
            open_views = [view.as_json() for view in self.views.stacks.get(user, [])]
            self.pages.tell("views", {"views": open_views}, user.__eq__)

    def show_home(self, view: View) -> None:
        """Send a person's Home tab to their page."""
        self.changes.happened()
        self.pages.tell("home", {"view": view.as_json()}, view.user.__eq__)

    def notice(self, user: str, text: str, channel: str | None = None) -> None:
        """Tell one person what Slackbot would."""
        self.notices.append(Notice(user, text, channel))
        self.changes.happened()
        self.pages.tell("notice", {"text": text} | ({"channel": channel} if channel else {}), user.__eq__)

    # helpers

    def _channel(self, message: Message) -> Channel:
        return self.world.channels[message.channel]

    def _seers(self, channel: Channel) -> Callable[[str], bool]:
        return partial(self.world.sees, channel=channel)

    def _tell(self, event: str, message: Message, data: Json) -> None:
        self.changes.happened()
        audience = message.ephemeral_user.__eq__ if message.ephemeral_user else self._seers(self._channel(message))
        self.pages.tell(event, data, audience)

    def _bury(self, root: Message) -> None:
        previous = root.as_json()
        root.text, root.subtype, root.user, root.bot_id = TOMBSTONE, "tombstone", SLACKBOT, ""
        root.blocks, root.attachments, root.metadata, root.files = None, None, None, []
        root.edited, root.reactions = None, {}
        self.unpin(root.channel, root.ts)
        self.change(root, previous)

    def _root(self, message: Message) -> Message | None:
        return self.messages.find(message.channel, message.thread_ts) if message.thread_ts else None

    def _show_root(self, message: Message) -> None:
        if root := self._root(message):
            self.show(root)

    def _show_pins(self, channel: str) -> None:
        self.changes.happened()
        audience = self._seers(self.world.channels[channel])
        self.pages.tell("pins", {"channel": channel, "pins": list(self.pins.get(channel, []))}, audience)

    def _emit_hidden(self, subtype: str, message: Message, extra: Json) -> None:
        channel = self._channel(message)
        ts = self.ids.ts()
        event = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel.id, "ts": ts, **extra}
        self.emit(event | {"event_ts": ts, "channel_type": channel.event_kind}, channel)


def channel_as_seen(channel: Channel) -> Json:
    """Channel as the page shows it."""
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_ext_shared": channel.is_ext_shared,
        "is_im": channel.is_im,
        "members": list(channel.members),
        "topic": channel.topic,
    }
