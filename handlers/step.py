"""The modal of one step: opened from a replay or from the timeline's modal, paged step by step."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, View, action_pattern
from bot.runtime.services import Services
from handlers.run_modals import open_modal, turn_modal


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.STEP))
    async def on_open(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await open_modal(services, View.STEP, body, action)
        await ack()

    @app.action(action_pattern(Action.STEP_PAGE))
    async def on_page(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await turn_modal(services, View.STEP, body, action)
        await ack()
