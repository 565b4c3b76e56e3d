"""What a channel may read: the modal that binds it, and what everybody is told."""

from typing import Any

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import elements as el
from bot.blocks.inputs import Values, entered, text_input
from bot.blocks.layout import Message
from bot.blocks.modals import modal
from bot.blocks.notices import failure_message
from bot.blocks.routing import Action, ChannelTarget, Modal, action_id, encode
from bot.blocks.text import escape
from bot.domain.access.rules import AccessRules, tenancy_of
from bot.domain.access.tenancy import Tenancy
from bot.errors import BotError

TENANT, SCOPE = "tenant", "scope"


def bind_modal(channel: str, current: Tenancy | None, rules: AccessRules) -> dict[str, Any]:
    """Return the modal that binds a channel, with what it reads now."""
    start = current or rules.own
    allowed = ", ".join([str(rules.own), *rules.allowed_scopes])
    now = f"This channel reads {current or rules.default or 'nothing yet'}{'' if current else ', as it is not bound'}."
    blocks = [
        el.context(now, f"It may be bound to: {allowed}"),
        text_input(TENANT, "Tenant", initial=start.tenant_id, optional=False, longest=64),
        text_input(SCOPE, "Scope", initial=start.scope, optional=False),
    ]
    return modal(Modal.BINDING, "Bind this channel", blocks, ChannelTarget(channel=channel), submit="Bind")


def read_binding(values: Values) -> Tenancy:
    """Return the tenancy in `bind_modal`; raises `UsageError` for what Aionis would refuse."""
    return tenancy_of(entered(values, TENANT), entered(values, SCOPE))


def offer_message(reads: Tenancy | None, channel: str) -> Message:
    """Return what a channel reads now, with the button that binds it."""
    text = f"This channel reads {reads or 'nothing yet'}."
    return Message(escape(text), el.to_dicts([el.rich(el.line(el.plain(text))), el.actions(_bind_button(channel))]))


def unbound_message(error: BotError, channel: str) -> Message:
    """Return what somebody is told in a channel that is not bound, with the button that binds it."""
    told = failure_message(error)
    return Message(told.text, [*told.blocks, *el.to_dicts([el.actions(_bind_button(channel))])])


def _bind_button(channel: str) -> ButtonElement:
    return el.button("Bind this channel…", action_id(Action.OPEN_BINDING), encode(ChannelTarget(channel=channel)))


def bound_message(tenancy: Tenancy, by: str) -> Message:
    """Return what everybody in the channel is told."""
    text = (
        f"{el.who(by)} bound this channel to {el.code_text(str(tenancy), 200)}: that is what it reads from Aionis now."
    )
    return Message(escape(f"This channel reads {tenancy} now."), el.to_dicts([el.mrkdwn(text)]))
