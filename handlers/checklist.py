"""The checklist's other controls: move here, and which run to replay into the incident."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.checklist_items import ask_run_modal, read_typed_run_id
from bot.blocks.inputs import RUN
from bot.blocks.notices import in_field
from bot.blocks.routing import Action, Modal, action_pattern
from bot.domain.incident.state import Incident
from bot.domain.run.run_ids import parse_run_id
from bot.errors import BotError
from bot.jobs.checklist import MoveHereRequest
from bot.jobs.queueing import enqueue
from bot.jobs.replay import ReplayRequest
from bot.runtime.services import Services
from handlers.interactions import Click, with_incident
from handlers.modals import open_modal


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.MOVE_HERE), middleware=[with_incident(services)])
    async def on_move(ack: AsyncAck, click: Click, incident: Incident) -> None:
        await enqueue(services, MoveHereRequest(reply=click.reply, incident=incident.id), key=click.key)
        await ack()

    @app.action(action_pattern(Action.ASK_RUN), middleware=[with_incident(services)])
    async def on_ask_run(ack: AsyncAck, body: dict[str, Any], click: Click, incident: Incident) -> None:
        await open_modal(services, body, ask_run_modal(incident, parent=click.view_id))
        await ack()

    @app.view(Modal.ASK_RUN, middleware=[with_incident(services)])
    async def on_run_submitted(ack: AsyncAck, view: dict[str, Any], click: Click, incident: Incident) -> None:
        try:
            run_id = parse_run_id(read_typed_run_id(view["state"]["values"]))
        except BotError as refused:
            await ack(response_action="errors", errors={RUN: in_field(refused)})
            return
        # Not where the modal was opened: what blocks a close, with its buttons, is shown outside of the thread, too.
        place = click.reply.below(incident.root_ts)
        await enqueue(services, ReplayRequest(reply=place, run_id=run_id, incident=incident.id), key=click.key)
        await ack()
