"""`/replay close`, *Close incident* with what blocks it shown first, and opening it again."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.close import blocked_modal, reopen_modal
from bot.blocks.inputs import read_reason
from bot.blocks.routing import Action, IncidentModal, IncidentTarget, View, action_pattern, decode
from bot.domain.run.uris import echo
from bot.errors import UsageError
from bot.jobs.close import CloseRequest, ReopenRequest
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from handlers.interactions import look, read_click
from handlers.modals import open_modal
from handlers.words import Typed, Understood, refused, started, subcommand

CLOSING = "Closing the incident, if nothing blocks that…"
NOT_ONE = "I understood {typed}, which names no incident."
FORM = "Type `/replay close`, or `/replay close INC-…`."
_INCIDENT = re.compile(r"INC-[2-9A-Z]{4,8}")


@subcommand("close", arguments="[<incident>]", help="close the incident, or say what blocks that")
def close(typed: Typed) -> Understood:
    """Close the incident that is named, else the thread's, else the channel's only open one."""
    named = _INCIDENT.search(typed.text.upper())
    if typed.text and named is None:
        return refused(UsageError(NOT_ONE.format(typed=echo(typed.text)), fix=FORM))
    return started(CloseRequest(reply=typed.reply, incident=named.group() if named else None), CLOSING)


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
