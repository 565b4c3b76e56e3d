"""The buttons of a reminder: put off, or stop."""

from datetime import timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.reminders import snoozed_message, stopped_message
from bot.blocks.routing import Action, NudgeTarget, action_pattern, decode
from bot.domain.incident import incident_log
from bot.runtime.services import Services
from handlers.interactions import apply, read_click, tell


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.NUDGE_SNOOZE))
    async def on_snooze(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        target, click = decode(NudgeTarget, action.get("value")), read_click(body)
        until = services.now() + timedelta(hours=target.hours)
        change = incident_log.nudge_snoozed(target.item, until, by=click.user, at=services.now(), key=click.key)
        applied = await apply(services, click, target.incident, change)
        if applied.accepted:
            await tell(services, click, snoozed_message(until))
        await ack()

    @app.action(action_pattern(Action.NUDGE_STOP))
    async def on_stop(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        target, click = decode(NudgeTarget, action.get("value")), read_click(body)
        change = incident_log.nudges_stopped(target.item, by=click.user, at=services.now(), key=click.key)
        applied = await apply(services, click, target.incident, change)
        if applied.accepted:
            await tell(services, click, stopped_message())
        await ack()
