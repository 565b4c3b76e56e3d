"""*Choose another…*: moving a run or a record to another incident."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.incidents import choose_modal, read_choice
from bot.blocks.routing import Action, IncidentModal, PlacedTarget, View, action_pattern, decode
from bot.jobs.move import MoveRequest
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from handlers.interactions import look, read_click


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.CHOOSE))
    async def on_choose(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        target, click = decode(PlacedTarget, action.get("value")), read_click(body)
        await look(services, click, target.incident)
        admission = await services.authorization.admit(click.user, click.channel)
        others = [one for one in await services.incidents.open_ones(admission) if one.id != target.incident]
        await services.slack.open_view(body["trigger_id"], choose_modal(target, others, channel=click.channel))
        await ack()

    @app.view(View.CHOOSE)
    async def on_chosen(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        modal, click = decode(IncidentModal, view["private_metadata"]), read_click(body)
        request = MoveRequest(
            reply=click.reply,
            incident=modal.incident,
            to=read_choice(view["state"]["values"]),
            run_id=modal.run_id,
            uri=modal.uri,
        )
        await enqueue(services, request, key=click.key)
        await ack()
