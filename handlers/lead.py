"""*I'm on it* and *Step back*: who leads an incident."""

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, action_pattern
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.state import Incident
from bot.runtime.services import Services
from handlers.interactions import Click, apply, with_incident


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.LEAD), middleware=[with_incident(services)])
    async def on_lead(ack: AsyncAck, click: Click, admission: AskerAdmission, incident: Incident) -> None:
        lead = "" if incident.lead else click.user
        change = log_changes.lead_set(lead, by=click.user, at=services.now(), key=click.key)
        await apply(services, click, admission, incident.id, change)
        await ack()
