"""Buttons that only open a link: Slack opens it, and wants to be told that this was seen."""

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, action_pattern
from bot.runtime.services import Services


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.LINK))
    async def on_link(ack: AsyncAck) -> None:
        await ack()
