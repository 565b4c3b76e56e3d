"""The menu of a reminder: put all of it off, or end it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.reminders import nothing_left_message, snoozed_message, stopped_message
from bot.blocks.routing import Action, ReminderTarget, action_pattern, decode
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.state import Incident, Item
from bot.jobs.reminders import reminded_of
from bot.jobs.show import tell
from bot.runtime.services import Services
from handlers.interactions import Click, apply, chosen_value, with_incident


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.REMINDER_SNOOZE), middleware=[with_incident(services)])
    async def on_snooze(
        ack: AsyncAck, action: dict[str, Any], click: Click, admission: AskerAdmission, incident: Incident
    ) -> None:
        target = decode(ReminderTarget, chosen_value(action))
        until = services.now() + timedelta(hours=target.hours)
        said = snoozed_message(until) if target.hours else stopped_message()
        items = await reminded_of(services, incident, target.owner or None)
        if await _put_off(services, click, admission, incident, items, until if target.hours else None):
            await tell(services, click.reply, said if items else nothing_left_message(), key=click.key)
        await ack()


async def _put_off(
    services: Services,
    click: Click,
    admission: AskerAdmission,
    incident: Incident,
    items: Sequence[Item],
    until: datetime | None,
) -> bool:
    """Put every item off, or end its reminders where `until` is None; False where the incident takes no change any more."""
    for item in items:
        # A key an item: what is in the log under Slack's id of the click alone would be taken for done.
        by: dict[str, Any] = {"by": click.user, "at": services.now(), "key": f"{click.key}:{item.spec.id}"}
        change = (
            log_changes.reminder_snoozed(item.spec.id, until, **by)
            if until
            else log_changes.reminders_stopped(item.spec.id, **by)
        )
        if not (await apply(services, click, admission, incident.id, change)).accepted:
            return False
    return True
