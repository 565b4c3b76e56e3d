"""`@bot summary`, and the shortcut that summarises any thread."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Shortcut
from bot.jobs.queueing import enqueue
from bot.jobs.summary import SummaryRequest, ThreadSummaryRequest
from bot.runtime.services import Services
from bot.slack.incoming import mentions_with, reply_to_mention, reply_to_shortcut


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.event("app_mention", matchers=[mentions_with("summary")])
    async def on_mention(ack: AsyncAck, event: dict[str, Any], body: dict[str, Any]) -> None:
        await enqueue(services, SummaryRequest(reply=reply_to_mention(event)), key=body["event_id"])
        await ack()

    @app.shortcut(Shortcut.SUMMARISE_THREAD)
    async def on_shortcut(ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        request = ThreadSummaryRequest(reply=reply_to_shortcut(shortcut))
        await enqueue(services, request, key=shortcut["trigger_id"])
        await ack()
