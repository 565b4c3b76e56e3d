"""Raw JSON: Aionis' own answer for a run, uploaded into the thread with secrets masked."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, RunTarget, action_pattern, decode
from bot.jobs.queueing import enqueue
from bot.jobs.raw_json import RawJsonRequest
from bot.runtime.services import Services
from bot.slack.incoming import reply_to_click


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.RAW_JSON))
    async def on_button(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        target = decode(RunTarget, action.get("value"))
        request = RawJsonRequest(reply=reply_to_click(body), run_id=target.run_id, incident=target.incident)
        await enqueue(services, request, key=body["trigger_id"])
        await ack()
