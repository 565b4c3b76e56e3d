"""Closing an incident, with what blocks it shown first, and opening it again."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.close import blocked_modal, reopen_modal
from bot.blocks.inputs import read_reason
from bot.blocks.routing import Action, IncidentModal, IncidentTarget, View, action_pattern, decode
from bot.jobs.close import CloseRequest, ReopenRequest
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from handlers.interactions import look, read_click
from handlers.modals import open_modal


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.CLOSE))
    async def on_close(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        target, click = decode(IncidentTarget, action.get("value")), read_click(body)
        incident = await look(services, click, target.incident)
        if incident.is_open and incident.blockers:
            await open_modal(services, body, blocked_modal(incident))
        else:
            await enqueue(services, CloseRequest(reply=click.reply, incident=incident.id), key=click.key)
        await ack()

    @app.view(View.CLOSE)
    async def on_close_anyway(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        modal, click = decode(IncidentModal, view["private_metadata"]), read_click(body)
        reason = read_reason(view["state"]["values"])
        await look(services, click, modal.incident)
        await enqueue(services, CloseRequest(reply=click.reply, incident=modal.incident, reason=reason), key=click.key)
        await ack(response_action="clear")

    @app.action(action_pattern(Action.REOPEN))
    async def on_reopen(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        target, click = decode(IncidentTarget, action.get("value")), read_click(body)
        incident = await look(services, click, target.incident)
        await open_modal(services, body, reopen_modal(incident))
        await ack()

    @app.view(View.REOPEN)
    async def on_reopen_submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        modal, click = decode(IncidentModal, view["private_metadata"]), read_click(body)
        reason = read_reason(view["state"]["values"])
        await look(services, click, modal.incident)
        request = ReopenRequest(reply=click.reply, incident=modal.incident, reason=reason)
        await enqueue(services, request, key=click.key)
        await ack()
