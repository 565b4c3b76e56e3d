"""*Choose another…*: moving a run or a record to another incident."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.move import choose_modal, read_choice
from bot.blocks.routing import Action, IncidentModal, Modal, PlacedTarget, action_pattern, decode
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident.state import Incident
from bot.jobs.move import MoveRequest
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from handlers.interactions import Click, with_incident
from handlers.modals import open_modal


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.CHOOSE), middleware=[with_incident(services)])
    async def on_choose(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], admission: AskerAdmission, incident: Incident
    ) -> None:
        target = decode(PlacedTarget, action.get("value"))
        others = [one for one in await services.incidents.open_ones(admission) if one.id != incident.id]
        await open_modal(services, body, choose_modal(target, others, channel=admission.channel))
        await ack()

    @app.view(Modal.CHOOSE, middleware=[with_incident(services)])
    async def on_chosen(ack: AsyncAck, view: dict[str, Any], click: Click, incident: Incident) -> None:
        modal, to = decode(IncidentModal, view["private_metadata"]), read_choice(view["state"]["values"])
        request = MoveRequest(reply=click.reply, incident=incident.id, to=to, run_id=modal.run_id, uri=modal.uri)
        await enqueue(services, request, key=click.key)
        await ack()
