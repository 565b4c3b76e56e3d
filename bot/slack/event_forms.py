"""The forms of Slack's events, by their type."""

from typing import Any, Self

from pydantic import model_validator

from bot.slack.payload_parts import Dicts, Form, Id, MessageForm, NamedForm, Payload, Ts, ViewForm, Word


class Event(Payload):
    """An event of a type that nothing here reads beyond whose it is."""

    subtype: Word | None = None
    user: Id | NamedForm | None = None
    channel: Id | NamedForm | None = None
    team: Id | NamedForm | None = None
    user_team: Id | None = None
    source_team: Id | None = None
    bot_id: Id | None = None
    item: dict[str, Any] | str | None = None
    text: str | None = None
    ts: Ts | None = None
    event_ts: Ts | None = None
    thread_ts: Ts | None = None
    channel_type: str | None = None
    message: MessageForm | None = None
    previous_message: MessageForm | None = None
    blocks: Dicts | None = None
    attachments: Dicts | None = None
    files: Dicts | None = None
    view: ViewForm | None = None
    tab: str | None = None
    reaction: str | None = None
    inputs: dict[str, Any] | None = None
    function: dict[str, Any] | None = None
    hidden: bool | None = None


class _MessageEvent(Event):
    channel: Id
    ts: Ts
    user: Id | None = None
    team: Id | None = None


class _ReactionItem(Form):
    type: Word
    channel: Id | None = None
    ts: Ts | None = None

    @model_validator(mode="after")
    def _is_found(self) -> Self:
        # Reactions to files have neither, and are nobody's command.
        if self.type == "message" and not (self.channel and self.ts):
            raise ValueError("a message without channel or ts")
        return self


class _ReactionEvent(Event):
    user: Id
    reaction: Word
    item: _ReactionItem  # type: ignore[assignment]  # narrower on purpose


class _HomeEvent(Event):
    user: Id
    channel: Id | None = None
    tab: str


class _ChannelEvent(Event):
    channel: Id


class _InvitationEvent(Event):
    channel: NamedForm | None = None


class _ChannelIdChangedEvent(Event):
    old_channel_id: Id
    new_channel_id: Id


EVENTS: dict[str, type[Event]] = {
    "app_mention": _MessageEvent,
    "message": _MessageEvent,
    "reaction_added": _ReactionEvent,
    "reaction_removed": _ReactionEvent,
    "app_home_opened": _HomeEvent,
    "channel_id_changed": _ChannelIdChangedEvent,
    "channel_shared": _ChannelEvent,
    "channel_unarchive": _ChannelEvent,
    "channel_unshared": _ChannelEvent,
    "group_unarchive": _ChannelEvent,
    "member_joined_channel": _ChannelEvent,
    "shared_channel_invite_accepted": _InvitationEvent,
}
