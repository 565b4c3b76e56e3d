"""`/replay export`, and *Export evidence*."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, IncidentTarget, action_pattern, decode
from bot.jobs.export import ExportRequest
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from handlers.interactions import look, read_click
from handlers.words import Typed, Understood, started, subcommand

EXPORTING = "Putting the evidence together; the bundle comes into the incident's thread."


@subcommand(
    "export", help="the incident's evidence as one archive that can be checked, in its thread", doc="docs/bundle.md"
)
def export(typed: Typed) -> Understood:
    """Export the thread's incident, else the channel's latest."""
    return started(ExportRequest(reply=typed.reply), EXPORTING)


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.EXPORT))
    async def on_button(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        target, click = decode(IncidentTarget, action.get("value")), read_click(body)
        await look(services, click, target.incident)
        await enqueue(services, ExportRequest(reply=click.reply, incident=target.incident), key=click.key)
        await ack()
