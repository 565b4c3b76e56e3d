"""`/replay bind`: which tenant and scope a channel may read."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.binding import SCOPE, bind_modal, read_binding
from bot.blocks.notices import accepted
from bot.blocks.routing import Action, MenuChoice, Modal, action_pattern
from bot.domain.access.admission import Visitor
from bot.domain.access.rules import ensure_allowed, parse_binding
from bot.errors import BotError
from bot.jobs.binding import TO_BIND, BindRequest, OfferRequest
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from handlers.interactions import Click, chosen, with_visitor
from handlers.modals import open_modal
from handlers.words import Typed, Understood, refused, started, subcommand

BINDING = "Binding this channel; everybody in it is told when that is done."
_LINKED = re.compile(r"<(?:https?://|mailto:)[^<>|\s]{1,500}\|([^<>|]{1,300})>")  # Slack makes a link of `acme.io`


@subcommand(
    "bind",
    arguments="[tenant=<tenant> scope=<scope>]",
    help="which tenant and scope the channel reads; without them a form opens",
    doc="docs/permissions.md",
)
def bind(typed: Typed) -> Understood:
    """Read a tenant and a scope; without them, open the form where Slack lets us, else offer its button."""
    if not typed.text:
        return Understood(OfferRequest(reply=typed.reply), accepted(BINDING), opens=_form)
    try:
        tenancy = parse_binding(_LINKED.sub(r"\1", typed.raw))
    except BotError as error:
        return refused(error, typed)
    return started(BindRequest(reply=typed.reply, tenant=tenancy.tenant_id, scope=tenancy.scope), BINDING)


def register(app: AsyncApp, services: Services) -> None:
    # A visitor is enough, and all that there may be: nobody is admitted to a channel before it is bound.
    @app.action(action_pattern(Action.OPEN_BINDING), middleware=[with_visitor(services)])
    async def on_open(ack: AsyncAck, body: dict[str, Any], visitor: Visitor) -> None:
        await open_modal(services, body, await _form(services, visitor))
        await ack()

    # Not held to the incident: where the channel was bound to something else, this is the way back to it.
    @app.action(action_pattern(Action.MENU), matchers=[chosen(MenuChoice.BINDING)], middleware=[with_visitor(services)])
    async def on_option(ack: AsyncAck, click: Click) -> None:
        await enqueue(services, OfferRequest(reply=click.reply), key=click.key)
        await ack()

    @app.view(Modal.BINDING, middleware=[with_visitor(services)])
    async def on_submitted(ack: AsyncAck, view: dict[str, Any], click: Click, visitor: Visitor) -> None:
        # Asked once more: the form may have been open for hours, in which somebody else became the channel's manager.
        await services.authorization.ensure_manager(visitor, TO_BIND)
        try:
            tenancy = read_binding(view["state"]["values"])
            ensure_allowed(services.authorization.rules, tenancy)
        except BotError as error:
            await ack(response_action="errors", errors={SCOPE: str(error)})
            return
        request = BindRequest(reply=click.reply, tenant=tenancy.tenant_id, scope=tenancy.scope)
        await enqueue(services, request, key=click.key)
        await ack()


async def _form(services: Services, visitor: Visitor) -> dict[str, Any]:
    """Return the form; what it may be bound to is for those alone who may bind it."""
    await services.authorization.ensure_manager(visitor, TO_BIND)
    current = await services.bindings.of(visitor.place.id)
    return bind_modal(visitor.place.id, current, services.authorization.rules)
