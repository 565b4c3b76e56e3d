"""The buttons of a reminder: put off, or stop."""

from datetime import timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.reminders import snoozed_message, stopped_message
from bot.blocks.routing import Action, NudgeTarget, action_pattern, decode
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import incident_log
from bot.jobs.show import tell
from bot.runtime.services import Services
from handlers.interactions import Click, apply, with_admission


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.NUDGE_SNOOZE), middleware=[with_admission(services)])
    async def on_snooze(ack: AsyncAck, action: dict[str, Any], click: Click, admission: AskerAdmission) -> None:
        target = decode(NudgeTarget, action.get("value"))
        until = services.now() + timedelta(hours=target.hours)
        change = incident_log.nudge_snoozed(target.item, until, by=click.user, at=services.now(), key=click.key)
        applied = await apply(services, click, admission, target.incident, change)
        if applied.accepted:
            await tell(services, click.reply, snoozed_message(until), key=click.key)
        await ack()

    @app.action(action_pattern(Action.NUDGE_STOP), middleware=[with_admission(services)])
    async def on_stop(ack: AsyncAck, action: dict[str, Any], click: Click, admission: AskerAdmission) -> None:
        target = decode(NudgeTarget, action.get("value"))
        change = incident_log.nudges_stopped(target.item, by=click.user, at=services.now(), key=click.key)
        applied = await apply(services, click, admission, target.incident, change)
        if applied.accepted:
            await tell(services, click.reply, stopped_message(), key=click.key)
        await ack()
