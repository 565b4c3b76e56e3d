"""`/replay close`, *Close incident* with what blocks it shown first, and opening it again."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.close import blocked_modal, reopen_modal
from bot.blocks.inputs import read_reason
from bot.blocks.routing import Action, Modal, action_pattern
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident.state import Incident
from bot.errors import BotError
from bot.jobs.close import CloseRequest, ReopenRequest, closing_rights
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from handlers.interactions import Click, with_incident
from handlers.modals import open_modal
from handlers.naming import named_incident
from handlers.words import Typed, Understood, refused, started, subcommand

CLOSING = "Closing the incident, if nothing blocks that…"


@subcommand("close", arguments="[<incident>]", help="close the incident, or say what blocks that")
def close(typed: Typed) -> Understood:
    """Close the incident that is named, else the thread's, else the channel's only open one."""
    try:
        incident = named_incident(typed, "close", strict=True)
    except BotError as error:
        return refused(error, typed)
    return started(CloseRequest(reply=typed.reply, incident=incident), CLOSING)


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.CLOSE), middleware=[with_incident(services)])
    async def on_close(
        ack: AsyncAck, body: dict[str, Any], click: Click, admission: AskerAdmission, incident: Incident
    ) -> None:
        if incident.is_open and incident.blockers:
            rights = await closing_rights(services, admission, incident)
            await open_modal(services, body, blocked_modal(incident, rights))
        else:
            await enqueue(services, CloseRequest(reply=click.reply, incident=incident.id), key=click.key)
        await ack()

    @app.view(Modal.CLOSE, middleware=[with_incident(services)])
    async def on_close_anyway(
        ack: AsyncAck, view: dict[str, Any], click: Click, admission: AskerAdmission, incident: Incident
    ) -> None:
        await services.authorization.ensure_manager(admission, f"close {incident.id}")  # told in the modal
        reason = read_reason(view["state"]["values"])
        await enqueue(services, CloseRequest(reply=click.reply, incident=incident.id, reason=reason), key=click.key)
        await ack(response_action="clear")

    @app.action(action_pattern(Action.REOPEN), middleware=[with_incident(services)])
    async def on_reopen(ack: AsyncAck, body: dict[str, Any], incident: Incident) -> None:
        await open_modal(services, body, reopen_modal(incident))
        await ack()

    @app.view(Modal.REOPEN, middleware=[with_incident(services)])
    async def on_reopen_submitted(ack: AsyncAck, view: dict[str, Any], click: Click, incident: Incident) -> None:
        reason = read_reason(view["state"]["values"])
        request = ReopenRequest(reply=click.reply, incident=incident.id, reason=reason)
        await enqueue(services, request, key=click.key)
        await ack()
