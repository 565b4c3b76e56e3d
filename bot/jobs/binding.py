"""Binding a channel to a tenant and scope."""

from typing import ClassVar

from bot.blocks.binding import bound_message, offer_message
from bot.domain.access.admission import Visitor
from bot.domain.access.rules import ensure_allowed
from bot.domain.access.tenancy import Tenancy
from bot.jobs.posting import post_or_tell
from bot.jobs.registry import Request, job, of_visitor
from bot.runtime.services import Services

TO_BIND = "bind this channel"


class BindRequest(Request):
    """Bind the channel to a tenant and scope."""

    kind: ClassVar[str] = "bind"
    shown_by: ClassVar[str] = "/replay bind"
    tenant: str
    scope: str


class OfferRequest(Request):
    """Offer the button that opens the form, where there is no trigger for the form itself."""

    kind: ClassVar[str] = "offer_binding"
    ordered: ClassVar[bool] = False


@job(OfferRequest, admission=of_visitor)
async def offer(services: Services, key: str, visitor: Visitor, request: OfferRequest) -> None:
    """Show whoever may bind the channel what it reads, and the button that changes that."""
    await services.authorization.ensure_manager(visitor, TO_BIND)
    reads = await services.bindings.of(visitor.place.id) or services.authorization.rules.default
    await services.slack.answer_once(key, "offer", request.reply, offer_message(reads, visitor.place.id))


@job(BindRequest, admission=of_visitor)
async def bind(services: Services, key: str, visitor: Visitor, request: BindRequest) -> None:
    """Bind the channel to a tenant and scope, and tell everybody in it."""
    reply = request.reply
    # A visitor, and no asker: a channel that is not bound has no tenancy yet that somebody could be admitted to.
    await services.authorization.ensure_manager(visitor, TO_BIND)
    tenancy = Tenancy(request.tenant, request.scope)
    ensure_allowed(services.authorization.rules, tenancy)
    # Its incidents stay: those of another tenancy are refused from now on, and go on where the channel is bound back.
    await services.bindings.bind(reply.channel, tenancy, by=reply.user, at=services.now())
    message = bound_message(tenancy, reply.user)
    await post_or_tell(services, key, "bound", reply, message, done=f"This channel reads {tenancy} now")
