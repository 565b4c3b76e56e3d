"""What Slack tells the bot of its own posts and edits is passed over before any listener is asked: each replay makes several."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.runtime.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Register the middleware. Bolt's own for this would pass over deletions, too, which are somebody else's."""

    @app.middleware
    async def pass_over_own(
        body: dict[str, Any],
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[None]],  # noqa: A002 as Bolt has it
    ) -> BoltResponse | None:
        if context.bot_id and is_own(body.get("event") or {}, context.bot_id):
            return BoltResponse(status=200, body="")
        await next()
        return None


def is_own(event: dict[str, Any], bot_id: str) -> bool:
    """Tell whether an event is of a message that the bot has posted or edited; one that is deleted is not."""
    if event.get("type") != "message" or event.get("subtype") == "message_deleted":
        return False
    message = event.get("message") or event
    return bool(message.get("bot_id") == bot_id and message.get("subtype") != "tombstone")
