"""The modal of all steps: opened from a replay, turned page by page."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, action_pattern
from bot.jobs.timeline import TimelineRequest
from bot.runtime.services import Services
from handlers.interactions import with_admission
from handlers.modals import open_run_modal, turn_page


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.TIMELINE), middleware=[with_admission(services)])
    async def on_open(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await open_run_modal(services, TimelineRequest, body, action)
        await ack()

    @app.action(action_pattern(Action.TIMELINE_PAGE), middleware=[with_admission(services)])
    async def on_page(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await turn_page(services, TimelineRequest, body, action)
        await ack()
