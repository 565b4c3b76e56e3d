"""Messages, and where they are kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Message:
    """One message. `thread_ts` is set on replies only; `ephemeral_user` is the only reader of an ephemeral one.

    `user` is empty on posts of workflows and webhooks, which have a `bot_id` alone.
    """

    channel: str
    ts: str
    user: str
    text: str
    team: str = ""
    bot_id: str = ""
    app_id: str = ""
    bot_name: str = ""
    username: str = ""
    subtype: str = ""
    client_msg_id: str = ""
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    replies: list["Message"] = field(default_factory=list)
    edited: Json | None = None
    ephemeral_user: str = ""
    ephemeral_id: str = ""

    @property
    def root_ts(self) -> str:
        """Timestamp of the thread that this message is in or would start."""
        return self.thread_ts or self.ts

    def as_json(self, *, with_metadata: bool = False) -> Json:
        """Message as Slack's methods and events return it."""
        told: Json = {"type": "message", "text": self.text, "ts": self.ts, "team": self.team}
        for key in ("user", "subtype", "client_msg_id", "username"):
            if value := getattr(self, key):
                told[key] = value
        if self.bot_id:
            told |= {"bot_id": self.bot_id, "app_id": self.app_id, "bot_profile": self._bot_profile()}
        for key in ("blocks", "attachments", "files"):
            if value := getattr(self, key):
                told[key] = value
        if self.files:
            told["upload"] = False
        if self.edited:
            told["edited"] = self.edited
        if self.reactions:
            told["reactions"] = [{"name": n, "users": list(u), "count": len(u)} for n, u in self.reactions.items()]
        if with_metadata and self.metadata:
            told["metadata"] = self.metadata
        return told | self._thread()

    def as_seen(self) -> Json:
        """Message as the page shows it: with its channel, its metadata, and the marks of an ephemeral one."""
        told = self.as_json(with_metadata=True) | {"channel": self.channel}
        if not self.bot_id:
            told.pop("blocks", None)  # the page renders what people type from its text
        if self.ephemeral_user:
            told |= {
                "is_ephemeral": True,
                "ephemeral_user": self.ephemeral_user,
                "ephemeral_id": self.ephemeral_id,
            }
        return told

    def _bot_profile(self) -> Json:
        return {
            "id": self.bot_id,
            "app_id": self.app_id,
            "name": self.bot_name,
            "team_id": self.team,
            "deleted": False,
            "icons": {},
        }

    def _thread(self) -> Json:
        if self.thread_ts:
            return {"thread_ts": self.thread_ts}
        if not self.replies:
            return {}
        users = list(dict.fromkeys(reply.user or reply.bot_id for reply in self.replies))
        return {
            "thread_ts": self.ts,
            "reply_count": len(self.replies),
            "reply_users_count": len(users),
            "reply_users": users[:5],
            "latest_reply": self.replies[-1].ts,
            "is_locked": False,
            "subscribed": False,
        }


class MessageStore:
    """All messages by channel, oldest first; ephemeral ones apart, so that no history can hold them."""

    def __init__(self) -> None:
        self._messages: dict[str, dict[str, Message]] = {}
        self._ephemerals: dict[str, dict[str, Message]] = {}
        self._gone: dict[str, set[str]] = {}

    def add(self, message: Message) -> None:
        """Keep a new message and count it on its thread's root."""
        kept = self._ephemerals if message.ephemeral_user else self._messages
        kept.setdefault(message.channel, {})[message.ts] = message
        if message.thread_ts and not message.ephemeral_user:
            root = self.find(message.channel, message.thread_ts)
            if root:
                root.replies.append(message)

    def remove(self, message: Message) -> None:
        """Forget a message and take it off its thread's root."""
        kept = self._ephemerals if message.ephemeral_user else self._messages
        kept.get(message.channel, {}).pop(message.ts, None)
        root = self.find(message.channel, message.thread_ts) if message.thread_ts else None
        if root and message in root.replies:
            root.replies.remove(message)

    def find(self, channel: str, ts: str) -> Message | None:
        """Look up an ordinary message."""
        return self._messages.get(channel, {}).get(ts)

    def delete(self, message: Message) -> None:
        """Remove a message, and remember that there was one."""
        self.remove(message)
        self._gone.setdefault(message.channel, set()).add(message.ts)

    def is_gone(self, channel: str, ts: str) -> bool:
        """Whether there was such a message, and it was deleted without a trace."""
        return ts in self._gone.get(channel, ())

    def renumber(self, old: str, new: str) -> None:
        """Move everything of a channel to its new id."""
        for kept in (self._messages, self._ephemerals):
            moved = kept.pop(old, {})
            for message in moved.values():
                message.channel = new
            kept[new] = moved
        self._gone[new] = self._gone.pop(old, set())

    def find_ephemeral(self, channel: str, ts: str) -> Message | None:
        """Look up an ephemeral message."""
        return self._ephemerals.get(channel, {}).get(ts)

    def newest_first(self, channel: str) -> Iterator[Message]:
        """Ordinary messages of a channel, replies included."""
        return reversed(self._messages.get(channel, {}).values())

    def seen_by(self, channel: str, viewer: str | None) -> list[Message]:
        """Oldest first: the channel's messages and the viewer's ephemeral ones (everybody's without a viewer)."""
        ordinary = self._messages.get(channel, {}).values()
        private = [m for m in self._ephemerals.get(channel, {}).values() if viewer in (None, m.ephemeral_user)]
        return sorted([*ordinary, *private], key=lambda m: m.ts) if private else list(ordinary)
