"""`/replay export`, and *Export evidence*."""

import re

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, MenuChoice, action_pattern
from bot.domain.incident.state import Incident
from bot.errors import BotError
from bot.jobs.export import ExportRequest
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from handlers.interactions import Click, chosen, with_incident
from handlers.named_incident import named_incident
from handlers.words import Typed, Understood, refused, started, subcommand

EXPORTING = "Putting the evidence together; the bundle comes into the incident's thread."


@subcommand(
    "export",
    arguments="[<incident>]",
    help="the incident's evidence as one archive that can be checked, in its thread",
    doc="docs/bundle.md",
    phrases=re.compile(
        r"(?:download (?:it|this|(?:the )?(?:evidence|bundle))|evidence|(?:evidence )?bundle)(?: of it)?"
    ),
)
def export(typed: Typed) -> Understood:
    """Export the incident that is named, the thread's, the channel's latest open one, else the one closed last."""
    try:
        incident = named_incident(typed, "export")
    except BotError as error:
        return refused(error, typed)
    told = typed.reply.response_url is not None  # a slash command is answered at once, a mention by its emoji
    return started(ExportRequest(reply=typed.reply, incident=incident, told=told), EXPORTING)


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.EXPORT), middleware=[with_incident(services)])
    @app.action(action_pattern(Action.MENU), matchers=[chosen(MenuChoice.EXPORT)], middleware=[with_incident(services)])
    async def on_export(ack: AsyncAck, click: Click, incident: Incident) -> None:
        await enqueue(services, ExportRequest(reply=click.reply, incident=incident.id), key=click.key)
        await ack()
