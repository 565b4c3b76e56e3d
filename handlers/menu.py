"""The menu of an incident's root: Raw JSON, the decision, the bundle, severity, and the channel's binding."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.items import read_severity, severity_modal
from bot.blocks.routing import Action, MenuChoice, MenuTarget, View, action_pattern, decode
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.state import Incident
from bot.errors import StaleButton
from bot.jobs.binding import OfferRequest
from bot.jobs.export import ExportRequest
from bot.jobs.queueing import enqueue
from bot.jobs.raw_json import RawJsonRequest
from bot.jobs.registry import Request
from bot.jobs.resolve import ResolveRequest
from bot.runtime.services import Services
from bot.slack import ReplyTo
from handlers.interactions import Click, apply, with_incident
from handlers.modals import open_modal

NO_DECISION = "No decision of that run is known."


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.MENU), middleware=[with_incident(services)])
    async def on_choice(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], click: Click, incident: Incident
    ) -> None:
        target = decode(MenuTarget, action["selected_option"]["value"])
        if target.choice is MenuChoice.SEVERITY:
            await open_modal(services, body, severity_modal(incident))
        else:
            await enqueue(services, _request(target, incident, click.reply), key=click.key)
        await ack()

    @app.view(View.SEVERITY, middleware=[with_incident(services)])
    async def on_severity(
        ack: AsyncAck, view: dict[str, Any], click: Click, admission: AskerAdmission, incident: Incident
    ) -> None:
        severity = read_severity(view["state"]["values"])
        change = log_changes.severity_set(severity, by=click.user, at=services.now(), key=click.key)
        await apply(services, click, admission, incident.id, change)
        await ack()


def _request(target: MenuTarget, incident: Incident, reply: ReplyTo) -> Request:
    if target.choice is MenuChoice.BINDING:
        return OfferRequest(reply=reply)
    if target.choice is MenuChoice.EXPORT or target.run_id is None:
        return ExportRequest(reply=reply, incident=incident.id)
    if target.choice is MenuChoice.RAW_JSON:
        return RawJsonRequest(reply=reply, run_id=target.run_id, incident=incident.id)
    run = next((run for run in incident.runs if run.run_id == target.run_id and run.decisions), None)
    if run is None:
        raise StaleButton(NO_DECISION)
    return ResolveRequest(reply=reply, reference=run.decisions[0], incident=incident.id)
