"""The forms of what Slack sends, as far as Bolt and the listeners read it.

Source: Slack's reference of payloads. Strict in what is there (a number is no text), open for what is not listed. A field that
may be missing may be null as well. What Slack calls required is required here where something of ours reads it.
"""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

# Wider than Slack's own: what matters is that they can stand in keys and log lines, not which letter they begin with.
Id = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,255}$")]
Ts = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}\.[0-9]{1,9}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Dicts = list[dict[str, Any]]


class Form(BaseModel):
    """Anything that Slack sends, or a part of it."""

    model_config = ConfigDict(strict=True, extra="ignore", defer_build=True)


class _Named(Form):
    id: Id
    name: str | None = None
    username: str | None = None
    domain: str | None = None
    team_id: Id | None = None
    enterprise_id: Id | None = None


class _Option(Form):
    value: str | None = None
    text: dict[str, Any] | None = None


class _Entered(Form):
    """What an input or an element of a block holds."""

    type: Word | None = None
    value: str | None = None
    selected_option: _Option | None = None
    selected_options: list[_Option] | None = None
    selected_user: Id | None = None
    selected_users: list[Id] | None = None
    selected_channel: Id | None = None
    selected_channels: list[Id] | None = None
    selected_conversation: Id | None = None
    selected_conversations: list[Id] | None = None
    selected_date: str | None = None
    selected_time: str | None = None
    selected_date_time: int | None = None
    rich_text_value: dict[str, Any] | None = None
    files: Dicts | None = None


class _Action(_Entered):
    action_id: Word
    block_id: str | None = None
    action_ts: str | None = None
    text: dict[str, Any] | None = None
    placeholder: dict[str, Any] | None = None
    confirm: dict[str, Any] | None = None


class _State(Form):
    values: dict[str, dict[str, _Entered]]


class _View(Form):
    id: Id
    type: Word
    callback_id: str = ""
    private_metadata: str = ""
    state: _State | None = None
    blocks: Dicts | None = None
    title: dict[str, Any] | None = None
    submit: dict[str, Any] | None = None
    close: dict[str, Any] | None = None
    hash: str | None = None
    external_id: str | None = None
    team_id: Id | None = None
    app_id: Id | None = None
    bot_id: Id | None = None
    app_installed_team_id: Id | None = None
    root_view_id: Id | None = None
    previous_view_id: Id | None = None
    clear_on_close: bool | None = None
    notify_on_close: bool | None = None


class _Message(Form):
    type: Word | None = None
    subtype: Word | None = None
    ts: Ts
    thread_ts: Ts | None = None
    text: str | None = None
    user: Id | None = None
    bot_id: Id | None = None
    app_id: Id | None = None
    team: Id | None = None
    channel: Id | None = None
    blocks: Dicts | None = None
    attachments: Dicts | None = None
    files: Dicts | None = None
    reactions: Dicts | None = None
    metadata: dict[str, Any] | None = None
    edited: dict[str, Any] | None = None
    bot_profile: dict[str, Any] | None = None
    reply_count: int | None = None


class _Container(Form):
    type: Word | None = None
    channel_id: Id | None = None
    message_ts: Ts | None = None
    thread_ts: Ts | None = None
    view_id: Id | None = None
    is_ephemeral: bool | None = None
    is_app_unfurl: bool | None = None


class _ResponseUrl(Form):
    response_url: str | None = None
    channel_id: Id | None = None
    block_id: str | None = None
    action_id: str | None = None


class Payload(Form):
    """What Bolt looks for in every payload, to learn whose it is."""

    type: Word
    token: str | None = None
    api_app_id: Id | None = None
    team_id: Id | None = None
    user_id: Id | None = None
    channel_id: Id | None = None
    enterprise_id: Id | None = None
    enterprise: _Named | Id | None = None
    is_enterprise_install: bool | str | None = None
    bot_access_token: str | None = None
    function_data: dict[str, Any] | None = None
    function_execution_id: str | None = None
    assistant_thread: dict[str, Any] | None = None


class Interaction(Payload):
    """What somebody did in a message, a modal or a menu."""

    user: _Named
    team: _Named | None = None
    channel: _Named | None = None
    trigger_id: Id | None = None
    callback_id: str | None = None
    action_ts: str | None = None
    response_url: str | None = None
    response_urls: list[_ResponseUrl] = []
    message_ts: Ts | None = None
    thread_ts: Ts | None = None
    message: _Message | None = None
    container: _Container | None = None
    view: _View | None = None
    state: _State | None = None
    actions: list[_Action] | None = None
    is_cleared: bool | None = None
    hash: str | None = None


class _BlockActions(Interaction):
    trigger_id: Id
    container: _Container
    actions: list[_Action] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.view is None and not (self.container.channel_id and self.container.message_ts):
            raise ValueError("neither in a view nor on a message")
        return self


class _SubmittedView(_View):
    callback_id: Word
    private_metadata: str
    state: _State


class _ViewSubmission(Interaction):
    trigger_id: Id
    view: _SubmittedView


class _ViewClosed(Interaction):
    view: _View


class _Shortcut(Interaction):
    trigger_id: Id
    callback_id: Word


class _MessageAction(_Shortcut):
    channel: _Named
    message: _Message


class _BlockSuggestion(Interaction):
    action_id: Word
    block_id: str
    value: str


class Event(Payload):
    """An event of a type that nothing here reads beyond whose it is."""

    subtype: Word | None = None
    user: Id | _Named | None = None
    channel: Id | _Named | None = None
    team: Id | _Named | None = None
    user_team: Id | None = None
    source_team: Id | None = None
    bot_id: Id | None = None
    item: dict[str, Any] | str | None = None
    text: str | None = None
    ts: Ts | None = None
    event_ts: Ts | None = None
    thread_ts: Ts | None = None
    channel_type: str | None = None
    message: _Message | None = None
    previous_message: _Message | None = None
    blocks: Dicts | None = None
    attachments: Dicts | None = None
    files: Dicts | None = None
    view: _View | None = None
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


class _ChannelIdChangedEvent(Event):
    old_channel_id: Id
    new_channel_id: Id


class _Authorization(Form):
    team_id: Id | None = None
    enterprise_id: Id | None = None
    user_id: Id | None = None
    is_bot: bool | None = None
    is_enterprise_install: bool | None = None


class _EventCallback(Payload):
    event_id: Id
    event_time: int | None = None
    event_context: str | None = None
    context_team_id: Id | None = None
    context_enterprise_id: Id | None = None
    is_ext_shared_channel: bool | None = None
    authorizations: list[_Authorization] | None = None
    authed_users: list[Id] | None = None
    event: dict[str, Any]


class _UrlVerification(Payload):
    challenge: str


class Command(Form):
    """A slash command: a form, so that every field is text."""

    command: Word
    user_id: Id
    channel_id: Id
    trigger_id: Id
    team_id: Id | None = None


PAYLOADS: dict[str, type[Payload]] = {
    "block_actions": _BlockActions,
    "view_submission": _ViewSubmission,
    "view_closed": _ViewClosed,
    "shortcut": _Shortcut,
    "message_action": _MessageAction,
    "block_suggestion": _BlockSuggestion,
    "event_callback": _EventCallback,
    "url_verification": _UrlVerification,
}
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
}
