"""*I'm on it*, *Step back* and *Take over*: who leads an incident."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.lead import lead_message, taken_over_message
from bot.blocks.routing import Action, LeadChoice, LeadTarget, action_pattern, decode
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.incident_log import ABSENT
from bot.domain.incident.state import Incident
from bot.jobs.refresh import refresh_soon
from bot.jobs.show import tell
from bot.runtime.services import Services
from handlers.interactions import Click, apply, with_incident


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.LEAD), middleware=[with_incident(services)])
    async def on_lead(
        ack: AsyncAck, body: dict[str, Any], click: Click, admission: AskerAdmission, incident: Incident
    ) -> None:
        target = decode(LeadTarget, body["actions"][0].get("value"))
        if target.choice is None and incident.is_open:  # older than the choices: the right button is offered
            await tell(services, click.reply, lead_message(incident, click.user), key=click.key)
            await refresh_soon(services, incident)
        else:
            await _choose(services, click, admission, target)
        await ack()


async def _choose(services: Services, click: Click, admission: AskerAdmission, target: LeadTarget) -> None:
    """Do what the button says, where who leads is still who led: two clicks on one screen do not undo each other."""
    steps_back = target.choice is LeadChoice.STEP_BACK
    before = {LeadChoice.STEP_BACK: (click.user,), LeadChoice.TAKE_OVER: (ABSENT, target.of or ABSENT)}
    change = log_changes.lead_set(
        "" if steps_back else click.user,
        by=click.user,
        at=services.now(),
        key=click.key,
        instead_of=before.get(target.choice or LeadChoice.TAKE, (ABSENT,)),
    )
    applied = await apply(services, click, admission, target.incident, change)
    if applied.accepted and applied.incident and target.choice is LeadChoice.TAKE_OVER and target.of:
        await tell(services, click.reply, taken_over_message(applied.incident, target.of), key=click.key)
