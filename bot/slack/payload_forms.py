"""The forms of what Slack sends, by their type: interactions, commands, and the envelope of events."""

from typing import Any, Self

from pydantic import Field, model_validator

from bot.slack.payload_parts import (
    ActionForm,
    ContainerForm,
    Form,
    Id,
    MessageForm,
    NamedForm,
    Payload,
    ResponseUrlForm,
    StateForm,
    Ts,
    ViewForm,
    Word,
)


class Interaction(Payload):
    """What somebody did in a message, a modal or a menu."""

    user: NamedForm
    team: NamedForm | None = None
    channel: NamedForm | None = None
    trigger_id: Id | None = None
    callback_id: str | None = None
    action_ts: str | None = None
    response_url: str | None = None
    response_urls: list[ResponseUrlForm] = Field(default_factory=list)
    message_ts: Ts | None = None
    thread_ts: Ts | None = None
    message: MessageForm | None = None
    container: ContainerForm | None = None
    view: ViewForm | None = None
    state: StateForm | None = None
    actions: list[ActionForm] | None = None
    is_cleared: bool | None = None
    hash: str | None = None


class _BlockActions(Interaction):
    trigger_id: Id
    container: ContainerForm
    actions: list[ActionForm] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.view is None and not (self.container.channel_id and self.container.message_ts):
            raise ValueError("neither in a view nor on a message")
        return self


class _SubmittedView(ViewForm):
    callback_id: Word
    private_metadata: str
    state: StateForm


class _ViewSubmission(Interaction):
    trigger_id: Id
    view: _SubmittedView


class _ViewClosed(Interaction):
    view: ViewForm


class _ShortcutForm(Interaction):
    trigger_id: Id
    callback_id: Word


class _MessageAction(_ShortcutForm):
    channel: NamedForm
    message: MessageForm


class _BlockSuggestion(Interaction):
    action_id: Word
    block_id: str
    value: str


class _AuthorizationForm(Form):
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
    authorizations: list[_AuthorizationForm] | None = None
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
    "shortcut": _ShortcutForm,
    "message_action": _MessageAction,
    "block_suggestion": _BlockSuggestion,
    "event_callback": _EventCallback,
    "url_verification": _UrlVerification,
}
