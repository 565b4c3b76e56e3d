"""Raw JSON: Aionis' own answer for a run, uploaded into the thread with secrets masked."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, RunTarget, action_pattern, decode
from bot.jobs.queueing import enqueue
from bot.jobs.raw_json import RawJsonRequest
from bot.runtime.services import Services
from handlers.interactions import Click, with_admission


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.RAW_JSON), middleware=[with_admission(services)])
    async def on_button(ack: AsyncAck, action: dict[str, Any], click: Click) -> None:
        target = decode(RunTarget, action.get("value"))
        request = RawJsonRequest(reply=click.reply, run_id=target.run_id, incident=target.incident)
        await enqueue(services, request, key=click.key)
        await ack()
