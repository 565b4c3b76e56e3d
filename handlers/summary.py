"""`/replay summary`, and the shortcut that summarises any thread."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Shortcut
from bot.jobs.queueing import enqueue
from bot.jobs.summary import SummaryRequest, ThreadSummaryRequest
from bot.runtime.services import Services
from bot.slack.incoming import reply_to_shortcut
from handlers.words import Typed, Understood, started, subcommand

SUMMARY_COMING = "Bringing the summary up to date…"


@subcommand("summary", help="the incident's summary, brought up to date and shown to you")
def summary(typed: Typed) -> Understood:
    """Summarise the thread's incident, else the channel's latest."""
    return started(SummaryRequest(reply=typed.reply), SUMMARY_COMING)


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.shortcut(Shortcut.SUMMARISE_THREAD)
    async def on_shortcut(ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        request = ThreadSummaryRequest(reply=reply_to_shortcut(shortcut))
        await enqueue(services, request, key=shortcut["trigger_id"])
        await ack()
