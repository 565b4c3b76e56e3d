"""`/replay summary`, and the shortcut that summarises any thread."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Shortcut
from bot.domain.incident.named import ALONE
from bot.errors import BotError
from bot.jobs.queueing import enqueue
from bot.jobs.summary import SummaryRequest, ThreadSummaryRequest
from bot.runtime.services import Services
from bot.slack.incoming import reply_to_shortcut
from handlers.named_incident import named_incident
from handlers.words import Typed, Understood, refused, started, subcommand

SUMMARY_COMING = "Bringing the summary up to date…"


# `summarise this thread`, as the shortcut is called; an incident's id alone.
_PHRASES = re.compile(
    rf"(?:summari[sz]e|sum(?: up)?|tl;?dr|recap|catch me up)(?: (?:this|it|the))?(?: (?:thread|incident))?(?: up)?|(?i:{ALONE})"
)


@subcommand(
    "summary",
    arguments="[<incident>]",
    help="the incident's summary, brought up to date and shown to you",
    phrases=_PHRASES,
)
def summary(typed: Typed) -> Understood:
    """Summarise the incident that is named, the thread's, the channel's latest open one, else the one closed last."""
    try:
        incident = named_incident(typed, "summary")
    except BotError as error:
        return refused(error, typed)
    return started(SummaryRequest(reply=typed.reply, incident=incident), SUMMARY_COMING)


def register(app: AsyncApp, services: Services) -> None:
    @app.shortcut(Shortcut.SUMMARISE_THREAD)
    async def on_shortcut(ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        request = ThreadSummaryRequest(reply=reply_to_shortcut(shortcut))
        await enqueue(services, request, key=shortcut["trigger_id"])
        await ack()
