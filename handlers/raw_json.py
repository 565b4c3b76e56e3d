"""Raw JSON: Aionis' own answer for a run, uploaded into the thread with secrets masked."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, MenuChoice, RunTarget, action_pattern, decode
from bot.domain.incident.state import Incident
from bot.jobs.queueing import enqueue
from bot.jobs.raw_json import RawJsonRequest
from bot.runtime.services import Services
from handlers.interactions import Click, chosen, chosen_value, with_admission, with_incident


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.RAW_JSON), middleware=[with_admission(services)])
    async def on_button(ack: AsyncAck, action: dict[str, Any], click: Click) -> None:
        target = decode(RunTarget, action.get("value"))
        request = RawJsonRequest(reply=click.reply, run_id=target.run_id, incident=target.incident)
        await enqueue(services, request, key=click.key)
        await ack()

    @app.action(
        action_pattern(Action.MENU), matchers=[chosen(MenuChoice.RAW_JSON)], middleware=[with_incident(services)]
    )
    async def on_option(ack: AsyncAck, action: dict[str, Any], click: Click, incident: Incident) -> None:
        target = decode(RunTarget, chosen_value(action))
        request = RawJsonRequest(reply=click.reply, run_id=target.run_id, incident=incident.id)
        await enqueue(services, request, key=click.key)
        await ack()
