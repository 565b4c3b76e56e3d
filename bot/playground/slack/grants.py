"""What a person's action entitles the bot to: a trigger id for one modal, a response_url for five answers."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.slack.errors import SlackError
from bot.playground.slack.ids import Ids


@dataclass(slots=True)
class Trigger:
    """Trigger id's owner and age."""

    user: str
    issued: float
    used: bool = False


@dataclass(slots=True)
class ReplyTo:
    """Where a response_url leads: a channel and a person, and the message that was clicked (if any)."""

    user: str
    channel: str
    issued: float
    message_ts: str | None = None
    is_ephemeral: bool = False
    uses: int = 0


class Grants:
    """Trigger ids (seconds to live: `trigger_lifetime`) and response URLs (`reply_lifetime`, `reply_uses`).

    `dead_replies` is the error (`used_url` or `expired_url`) that every response URL answers while it is set.
    """

    def __init__(self, ids: Ids, clock: Callable[[], float]) -> None:
        self.trigger_lifetime = 3.0
        self.reply_lifetime = 1800.0
        self.reply_uses = 5
        self.dead_replies: str | None = None
        self._ids = ids
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._replies: dict[str, ReplyTo] = {}

    def trigger(self, user: str) -> str:
        """Issue a trigger id for something `user` did."""
        trigger_id = self._ids.trigger()
        self._triggers[trigger_id] = Trigger(user, self._clock())
        return trigger_id

    def has(self, trigger_id: str) -> bool:
        """Whether a trigger id was issued here."""
        return trigger_id in self._triggers

    def exchange(self, trigger_id: str) -> str:
        """Use a trigger id once, in time: the user's id, or SlackError."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if self._clock() - trigger.issued > self.trigger_lifetime:
            raise SlackError("expired_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        trigger.used = True
        return trigger.user

    def reply_token(self, user: str, channel: str, message_ts: str | None = None, *, is_ephemeral: bool = False) -> str:
        """Issue the secret part of a response_url."""
        token = secrets.token_urlsafe(18)
        self._replies[token] = ReplyTo(user, channel, self._clock(), message_ts, is_ephemeral)
        return token

    def reply(self, token: str) -> ReplyTo:
        """Use a response_url once more: SlackError `used_url` or `expired_url` when that is over."""
        known = self._replies.get(token)
        if known is None or self._clock() - known.issued > self.reply_lifetime:
            raise SlackError("expired_url")
        if known.uses >= self.reply_uses:
            raise SlackError("used_url")
        if self.dead_replies:
            raise SlackError(self.dead_replies)
        known.uses += 1
        return known

    def channel_of(self, token: str) -> str | None:
        """Channel that a response_url leads to, whether it still works or not."""
        known = self._replies.get(token)
        return known.channel if known else None

    def renumber(self, old: str, new: str) -> None:
        """Let the response URLs of a channel follow it to its new id."""
        for reply in self._replies.values():
            if reply.channel == old:
                reply.channel = new
