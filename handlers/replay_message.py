"""*Replay this run* on a message, and the reaction (`REPLAY_EMOJI`): what the message names is replayed."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Shortcut
from bot.jobs.queueing import enqueue
from bot.jobs.replay_message import ReactedRequest, replay_each
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.incoming import message_text, reply_to_shortcut


def register(app: AsyncApp, services: Services) -> None:
    @app.shortcut(Shortcut.REPLAY_MESSAGE)
    async def on_shortcut(ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        text, reply = message_text(shortcut["message"]), reply_to_shortcut(shortcut)
        await replay_each(services, text, reply, key=shortcut["trigger_id"])
        await ack()

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
