"""What people do in a workspace, and what comes from other apps."""

from typing import Any, Unpack

from bot.playground.slack import commands, interactions, others
from bot.playground.slack.delivery import BotLink, Delivery
from bot.playground.slack.errors import RefusedError
from bot.playground.slack.inputs import interaction
from bot.playground.slack.reactions import react
from bot.playground.slack.workspace import Workspace

Json = dict[str, Any]


class PersonActions:
    """Everything that a person can do by Slack's client; RefusedError where the client would not allow it."""

    workspace: Workspace
    link: BotLink

    async def command(self, *, user: str, channel: str, text: str, thread_ts: str | None = None) -> Delivery:
        """Run a slash command: `text` is the whole line. A failure is told to the person as a notice."""
        return await commands.command(self.workspace, self.link, user, channel, text, thread_ts)

    async def say(
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        *,
        attachments: list[Json] | None = None,
    ) -> Json:
        """Post a message as a person; its events are delivered in the background."""
        return self._seen(commands.say(self.workspace, user, channel, text, thread_ts, attachments).ts, channel)

    async def upload(
        self, user: str, channel: str, name: str, content: bytes, *, text: str = "", thread_ts: str | None = None
    ) -> Json:
        """Share a file as a person; a text file comes with a preview of its first lines."""
        sent = others.upload(self.workspace, user, channel, name, content, text=text, thread_ts=thread_ts)
        return self._seen(sent.ts, channel)

    async def app_says(self, channel: str, text: str, *, name: str = "Alerts", **post: Unpack[others.Post]) -> Json:
        """Post as another app or a workflow: with a `bot_id` and, unless `as_user`, without a `user`."""
        return self._seen(others.app_says(self.workspace, channel, text, name, **post).ts, channel)

    async def unfurl(self, channel: str, ts: str, attachments: list[Json]) -> Json:
        """Put previews of links below somebody's message, as Slack does a moment after it was posted."""
        return self._seen(others.unfurl(self.workspace, channel, ts, attachments).ts, channel)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> Json:
        """Change one's own message."""
        commands.edit(self.workspace, user, channel, ts, text)
        return self._seen(ts, channel)

    async def delete(self, user: str, channel: str, ts: str) -> None:
        """Delete one's own message."""
        self.workspace.delete(commands.own(self.workspace, user, channel, ts))

    async def invite(self, user: str, channel: str, name: str) -> None:
        """Add somebody (the bot too) to a channel, by `@name` or id."""
        commands.invite(self.workspace, user, channel, name)

    async def react(self, user: str, channel: str, ts: str, name: str, *, remove: bool = False) -> bool:
        """Add or remove a reaction; False if that changes nothing."""
        message = interactions.message_seen_by(self.workspace, user, channel, ts)
        if message.ephemeral_user:
            raise RefusedError("is_ephemeral", "Nobody can react to a message that only you see.")
        return react(self.workspace, message, user, name.strip(":"), remove=remove)

    async def click(
        self,
        user: str,
        message: Json,
        *,
        action_id: str | None = None,
        text: str | None = None,
        block_id: str | None = None,
        value: Any = None,
    ) -> Delivery:
        """Use an element of a message, found by action id, label or block.

        The element is looked up in the message as it is given: an old dict is a stale screen. `value` is what is chosen in
        a menu or input: an option's value (a list of them for checkboxes and multi-selects), an id, a date, a text.
        """
        block, element = interactions.find_element(
            message.get("blocks") or [], action_id=action_id, text=text, block_id=block_id
        )
        kept = interactions.message_seen_by(self.workspace, user, message["channel"], message["ts"])
        return await interactions.act_on_message(
            self.workspace, self.link, user, kept, interaction(block, element, value)
        )

    async def click_view(
        self,
        user: str,
        view: Json,
        *,
        action_id: str | None = None,
        text: str | None = None,
        block_id: str | None = None,
        value: Any = None,
    ) -> Delivery:
        """Use an element of an open view or Home tab, like `click`."""
        kept = interactions.view_of(self.workspace, user, view["id"])
        block, element = interactions.find_element(view["blocks"], action_id=action_id, text=text, block_id=block_id)
        return await interactions.act_in_view(self.workspace, self.link, kept, interaction(block, element, value))

    async def submit(self, user: str, view: Json, values: Json | None = None) -> Delivery:
        """Submit a modal. `values` goes over what its inputs hold: `{block_id: {action_id: {"value": …}}}`.

        IncompleteError (a RefusedError) if a required field is empty, as Slack's client would not submit it either.
        """
        kept = interactions.view_of(self.workspace, user, view["id"])
        return await interactions.submit(self.workspace, self.link, kept, values)

    async def close_view(self, user: str, view: Json) -> Delivery | None:
        """Close a modal; the Delivery of `view_closed`, if the view asked for it."""
        return await interactions.close(
            self.workspace, self.link, interactions.view_of(self.workspace, user, view["id"])
        )

    async def shortcut(self, user: str, callback_id: str, message: Json | None = None) -> Delivery:
        """Run a shortcut, on a message or from anywhere."""
        kept = (
            interactions.message_seen_by(self.workspace, user, message["channel"], message["ts"]) if message else None
        )
        return await interactions.shortcut(self.workspace, self.link, user, callback_id, kept)

    async def open_home(self, user: str) -> Json | None:
        """Open App Home: the view that is there now, if any; the bot is told if it subscribed."""
        view = self.workspace.views.homes.get(user)
        event = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.workspace.direct_message(user).id,
            "tab": "home",
            "event_ts": self.workspace.ids.ts(),
        }
        self.workspace.emit(event | ({"view": view.as_json()} if view else {}), None)
        return view.as_json() if view else None

    def _seen(self, ts: str, channel: str) -> Json:
        message = self.workspace.messages.find(channel, ts)
        return message.as_seen() if message else {}
