"""The reaction that replays the run which a message names (`REPLAY_EMOJI`)."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.jobs.named import ReactedRequest
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from bot.slack import ReplyTo


def register(app: AsyncApp, services: Services) -> None:
    """Register the listener of the reaction."""

    async def asks_for_a_replay(event: dict[str, Any]) -> bool:
        item = event.get("item") or {}
        return event.get("reaction") == services.replay_emoji and item.get("type") == "message"

    @app.event("reaction_added", matchers=[asks_for_a_replay])
    async def on_reaction(ack: AsyncAck, event: dict[str, Any]) -> None:
        channel, ts, user = event["item"]["channel"], event["item"]["ts"], event["user"]
        # Its thread is not known yet: until then, what one person alone is told is shown in the channel.
        reply = ReplyTo(channel=channel, user=user, thread_ts=ts, starts_thread=True)
        await enqueue(services, ReactedRequest(reply=reply), key=f"{channel}:{ts}:{user}")
        await ack()
