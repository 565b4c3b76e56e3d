"""`/replay status`: how the channel's incidents stand; *Show its messages again*: their messages where somebody deleted them."""

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, action_pattern
from bot.domain.incident.state import Incident
from bot.errors import BotError
from bot.jobs.queueing import enqueue
from bot.jobs.status import ShowAgainRequest, StatusRequest
from bot.runtime.services import Services
from handlers.interactions import Click, with_incident
from handlers.named_incident import named_incident
from handlers.words import Typed, Understood, refused, started, subcommand

STATUS_COMING = "Looking at the incidents of this channel…"


@subcommand(
    "status",
    arguments="[<incident>]",
    help="how the incident that is named or the thread's stands, or all of the channel's, for you alone",
)
def status(typed: Typed) -> Understood:
    """Show them to whoever asked."""
    try:
        incident = named_incident(typed, "status")
    except BotError as error:
        return refused(error, typed)
    return started(StatusRequest(reply=typed.reply, incident=incident), STATUS_COMING)


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.SHOW_AGAIN), middleware=[with_incident(services)])
    async def on_show_again(ack: AsyncAck, click: Click, incident: Incident) -> None:
        await enqueue(services, ShowAgainRequest(reply=click.reply, incident=incident.id), key=click.key)
        await ack()
