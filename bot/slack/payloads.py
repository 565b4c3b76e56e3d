"""The forms of what Slack sends, as far as Bolt and the listeners read it: whatever does not fit is refused before either does.

Source: Slack's reference of payloads. Strict in what is there (a number is no text), open for what is not listed. A field that
may be missing may be null as well. What Slack calls required is required here where something of ours reads it.
"""

from typing import Annotated, Any, Self
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import from_json

_MOST_FIELDS = 100  # of a form; a slash command has about fifteen
_JSON = "application/json"

Id = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,255}$")]
Ts = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}\.[0-9]{1,9}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Dicts = list[dict[str, Any]]


class Malformed(Exception):
    """A request that is not of any form that Slack sends. The message says where, and nothing of what stands there."""


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", defer_build=True)


class _Named(_Part):
    id: Id
    name: str | None = None
    username: str | None = None
    domain: str | None = None
    team_id: Id | None = None
    enterprise_id: Id | None = None


class _Option(_Part):
    value: str | None = None
    text: dict[str, Any] | None = None


class _Entered(_Part):
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


class _State(_Part):
    values: dict[str, dict[str, _Entered]]


class _View(_Part):
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


class _Message(_Part):
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


class _Container(_Part):
    type: Word | None = None
    channel_id: Id | None = None
    message_ts: Ts | None = None
    thread_ts: Ts | None = None
    view_id: Id | None = None
    is_ephemeral: bool | None = None
    is_app_unfurl: bool | None = None


class _ResponseUrl(_Part):
    response_url: str | None = None
    channel_id: Id | None = None
    block_id: str | None = None
    action_id: str | None = None


class _Outer(_Part):
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


class _Interaction(_Outer):
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


class _BlockActions(_Interaction):
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


class _ViewSubmission(_Interaction):
    trigger_id: Id
    view: _SubmittedView


class _ViewClosed(_Interaction):
    view: _View


class _Shortcut(_Interaction):
    trigger_id: Id
    callback_id: Word


class _MessageAction(_Shortcut):
    channel: _Named
    message: _Message


class _BlockSuggestion(_Interaction):
    action_id: Word
    block_id: str
    value: str


class _Event(_Outer):
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


class _MessageEvent(_Event):
    channel: Id
    ts: Ts
    user: Id | None = None
    team: Id | None = None


class _ReactionItem(_Part):
    type: Word
    channel: Id | None = None
    ts: Ts | None = None

    @model_validator(mode="after")
    def _is_found(self) -> Self:
        if self.type == "message" and not (self.channel and self.ts):
            raise ValueError("a message without channel or ts")
        return self


class _ReactionEvent(_Event):
    user: Id
    reaction: Word
    item: _ReactionItem  # type: ignore[assignment]  # narrower on purpose


class _HomeEvent(_Event):
    user: Id
    channel: Id | None = None
    tab: str


class _Authorization(_Part):
    team_id: Id | None = None
    enterprise_id: Id | None = None
    user_id: Id | None = None
    is_bot: bool | None = None
    is_enterprise_install: bool | None = None


class _EventCallback(_Outer):
    event_id: Id
    event_time: int | None = None
    event_context: str | None = None
    context_team_id: Id | None = None
    context_enterprise_id: Id | None = None
    is_ext_shared_channel: bool | None = None
    authorizations: list[_Authorization] | None = None
    authed_users: list[Id] | None = None
    event: dict[str, Any]


class _UrlVerification(_Outer):
    challenge: str


class _Command(_Part):
    """A slash command: a form, so that every field is text."""

    command: Word
    user_id: Id
    channel_id: Id
    trigger_id: Id
    team_id: Id | None = None


_PAYLOADS: dict[str, type[_Outer]] = {
    "block_actions": _BlockActions,
    "view_submission": _ViewSubmission,
    "view_closed": _ViewClosed,
    "shortcut": _Shortcut,
    "message_action": _MessageAction,
    "block_suggestion": _BlockSuggestion,
    "event_callback": _EventCallback,
    "url_verification": _UrlVerification,
}
_EVENTS: dict[str, type[_Event]] = {
    "app_mention": _MessageEvent,
    "message": _MessageEvent,
    "reaction_added": _ReactionEvent,
    "reaction_removed": _ReactionEvent,
    "app_home_opened": _HomeEvent,
}


def ensure_well_formed(body: bytes, content_type: str) -> None:
    """Raise `Malformed` for a body that is not of any form that Slack sends. Reads it as Bolt will."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Malformed("the body is not UTF-8") from error
    if content_type.partition(";")[0] == _JSON or text.startswith("{"):
        _ensure_payload(_json(text))
        return
    try:
        form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise Malformed("the form has too many fields") from error
    if "payload" in form:
        _ensure_payload(_json(form["payload"]))
    elif "ssl_check" not in form:
        _ensure(_Command, form, "command")


def _json(text: str) -> dict[str, Any]:
    try:
        value = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed("the payload is not JSON") from error
    if not isinstance(value, dict):
        raise Malformed("the payload is no JSON object")
    return value


def _ensure_payload(payload: dict[str, Any]) -> None:
    kind = payload.get("type")
    if not isinstance(kind, str):
        raise Malformed("the payload has no type")
    _ensure(_PAYLOADS.get(kind, _Interaction if "user" in payload else _Outer), payload, "payload")
    if kind == "event_callback":
        event = payload["event"]
        name = event.get("type")
        _ensure(_EVENTS.get(name, _Event) if isinstance(name, str) else _Event, event, "event")


def _ensure(form: type[_Part], value: dict[str, Any], what: str) -> None:
    try:
        form.model_validate(value)
    except ValidationError as invalid:
        place = [str(part) for part in invalid.errors(include_input=False, include_url=False)[0]["loc"]]
        listed = [part if part in form.model_fields else "…" for part in place[:4]]  # keys may be anybody's
        raise Malformed(f"{what}: {'.'.join(listed) or 'its place'} is not as Slack sends it") from invalid
