"""The modal of one step: opened from a replay or from the timeline's modal, paged step by step."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, action_pattern
from bot.jobs.step import StepRequest
from bot.runtime.services import Services
from handlers.interactions import with_admission
from handlers.modals import open_run_modal, turn_page


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.STEP), middleware=[with_admission(services)])
    async def on_open(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await open_run_modal(services, StepRequest, body, action)
        await ack()

    @app.action(action_pattern(Action.STEP_PAGE), middleware=[with_admission(services)])
    async def on_page(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await turn_page(services, StepRequest, body, action)
        await ack()
