"""Starting an incident from a card, moving a run or record to another one, and buttons that only open a link."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.incidents import choose_modal, read_choice
from bot.blocks.routing import Action, IncidentModal, PlacedTarget, UriTarget, View, action_pattern, decode
from bot.jobs.move import MoveRequest
from bot.jobs.queueing import enqueue
from bot.jobs.resolve import StartRequest
from bot.jobs.status import StatusRequest
from bot.runtime.services import Services
from bot.slack.incoming import mentions_with, reply_to_click, reply_to_mention
from handlers.interactions import look, read_click


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.action(action_pattern(Action.START_INCIDENT))
    async def on_start(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        target = decode(UriTarget, action.get("value"))
        await enqueue(services, StartRequest(reply=reply_to_click(body), uri=target.uri), key=body["trigger_id"])
        await ack()

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

    @app.event("app_mention", matchers=[mentions_with("status")])
    async def on_status(ack: AsyncAck, event: dict[str, Any], body: dict[str, Any]) -> None:
        await enqueue(services, StatusRequest(reply=reply_to_mention(event)), key=body["event_id"])
        await ack()

    @app.action(action_pattern(Action.LINK))
    async def on_link(ack: AsyncAck) -> None:
        await ack()
