"""`/replay status`: how the channel's incidents stand; *Show its messages again*: their messages where somebody deleted them."""

import re

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


# What people ask a colleague.
_PHRASES = re.compile(
    r"(?:what(?:'s| is)|whats) (?:open|left|missing|going on|the (?:status|state)|block(?:ed|ing)(?: (?:it|this|us))?)"
    r"|what blocks(?: (?:it|this|us|the close))?|(?:how|where) (?:is|are|does) (?:it|this|we|things)(?: (?:going|stand|now))?"
    r"|how's it(?: going)?|(?:who(?:'s| is| are)? (?:on (?:it|this)|leading(?: it)?|the lead)|who leads(?: it)?)"
    r"|(?:show|tell|give|get)(?: (?:me|us))? (?:the |who )?(?:lead|leader|leads|is leading)"
    r"|(?:is (?:it|this) )?(?:fixed|closed|open|done)(?: (?:yet|now))?|(?:all |open )?incidents|state"
)


@subcommand(
    "status",
    arguments="[<incident>]",
    help="how the incident that is named or the thread's stands, or all of the channel's, for you alone",
    phrases=_PHRASES,
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
