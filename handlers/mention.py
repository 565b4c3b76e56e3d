"""Mentions that no other feature understood: say what can be asked."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.notices import REPLAY_HELP, RESOLVE_HELP, help_message
from bot.runtime.services import Services
from bot.slack.incoming import reply_to_mention
from handlers.commands import Understood, accept_mention

TITLE = "What I can do here"


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.event("app_mention")
    async def on_mention(ack: AsyncAck, event: dict[str, Any], body: dict[str, Any]) -> None:
        answer = help_message(TITLE, (*REPLAY_HELP, *RESOLVE_HELP))
        await accept_mention(services, Understood(None, answer), reply_to_mention(event), key=body["event_id"])
        await ack()
