"""What Slack's payloads are made of, as far as Bolt and the listeners read it.

Source: Slack's reference of payloads. Strict in what is there (a number is no text), open for what is not listed. A field that
may be missing may be null as well. What Slack calls required is required here where something of ours reads it.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

# Wider than Slack's own: what matters is that they can stand in keys and log lines, not which letter they begin with.
Id = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,255}$")]
Ts = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}\.[0-9]{1,9}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Dicts = list[dict[str, Any]]


class Form(BaseModel):
    """Anything that Slack sends, or a part of it."""

    model_config = ConfigDict(strict=True, extra="ignore", defer_build=True)


class NamedForm(Form):
    """Somebody or something with an id, such as a user, a channel or a team."""

    id: Id
    name: str | None = None
    username: str | None = None
    domain: str | None = None
    team_id: Id | None = None
    enterprise_id: Id | None = None


class OptionForm(Form):
    """A menu's choice."""

    value: str | None = None
    text: dict[str, Any] | None = None


class EnteredForm(Form):
    """What an input or an element of a block holds."""

    type: Word | None = None
    value: str | None = None
    selected_option: OptionForm | None = None
    selected_options: list[OptionForm] | None = None
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


class ActionForm(EnteredForm):
    """What was clicked or chosen, of an element."""

    action_id: Word
    block_id: str | None = None
    action_ts: str | None = None
    text: dict[str, Any] | None = None
    placeholder: dict[str, Any] | None = None
    confirm: dict[str, Any] | None = None


class StateForm(Form):
    """What the inputs of a message or a modal hold."""

    values: dict[str, dict[str, EnteredForm]]


class ViewForm(Form):
    """A modal, or the Home tab."""

    id: Id
    type: Word
    callback_id: str = ""
    private_metadata: str = ""
    state: StateForm | None = None
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


class MessageForm(Form):
    """A message, whoever's it is."""

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


class ContainerForm(Form):
    """Where something was clicked."""

    type: Word | None = None
    channel_id: Id | None = None
    message_ts: Ts | None = None
    thread_ts: Ts | None = None
    view_id: Id | None = None
    is_ephemeral: bool | None = None
    is_app_unfurl: bool | None = None


class ResponseUrlForm(Form):
    """An address to answer at, which a modal asked for."""

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
    enterprise: NamedForm | Id | None = None
    is_enterprise_install: bool | str | None = None
    bot_access_token: str | None = None
    function_data: dict[str, Any] | None = None
    function_execution_id: str | None = None
    assistant_thread: dict[str, Any] | None = None
