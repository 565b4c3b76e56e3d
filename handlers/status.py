"""`/replay status`: how the channel's incidents stand; *Show again*: their messages where somebody deleted them."""

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, action_pattern
from bot.domain.incident.state import Incident
from bot.jobs.queueing import enqueue
from bot.jobs.status import ShowAgainRequest, StatusRequest
from bot.runtime.services import Services
from handlers.interactions import Click, with_incident
from handlers.words import Typed, Understood, started, subcommand

STATUS_COMING = "Looking at the incidents of this channel…"


@subcommand("status", help="how the thread's incident stands, or all of the channel's, for you alone")
def status(typed: Typed) -> Understood:
    """Show them to whoever asked."""
    return started(StatusRequest(reply=typed.reply), STATUS_COMING)


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.SHOW_AGAIN), middleware=[with_incident(services)])
    async def on_show_again(ack: AsyncAck, click: Click, incident: Incident) -> None:
        await enqueue(services, ShowAgainRequest(reply=click.reply, incident=incident.id), key=click.key)
        await ack()
