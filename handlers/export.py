"""*Export evidence*, and `@bot export`."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, IncidentTarget, action_pattern, decode
from bot.jobs.export import ExportRequest
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from bot.slack.incoming import mentions_with, reply_to_mention
from handlers.interactions import look, read_click


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.EXPORT))
    async def on_button(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        target, click = decode(IncidentTarget, action.get("value")), read_click(body)
        await look(services, click, target.incident)
        await enqueue(services, ExportRequest(reply=click.reply, incident=target.incident), key=click.key)
        await ack()

    @app.event("app_mention", matchers=[mentions_with("export")])
    async def on_mention(ack: AsyncAck, event: dict[str, Any], body: dict[str, Any]) -> None:
        await enqueue(services, ExportRequest(reply=reply_to_mention(event)), key=body["event_id"])
        await ack()
