"""`/replay bind`: which tenant and scope a channel may read."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.binding import SCOPE, bind_modal, read_binding
from bot.blocks.notices import BINDING, accepted, failure_message
from bot.blocks.routing import Action, ChannelTarget, View, action_pattern, decode
from bot.domain.access.rules import parse_binding
from bot.errors import BotError
from bot.jobs.binding import BindRequest
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.incoming import reply_to_click, reply_to_command
from handlers.commands import BIND, asks_to_bind

COMMAND = "/replay"


async def _asks_to_bind(command: dict[str, Any]) -> bool:
    return asks_to_bind(command)


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.command(COMMAND, matchers=[_asks_to_bind])
    async def on_command(ack: AsyncAck, command: dict[str, Any]) -> None:
        reply, rest = reply_to_command(command), command["text"].strip()[len(BIND) :].strip()
        if not rest:
            await _open(services, command["trigger_id"], reply.channel)
            await ack()
            return
        try:
            tenancy = parse_binding(rest)
        except BotError as error:
            answer = failure_message(error)
        else:
            request = BindRequest(reply=reply, tenant=tenancy.tenant_id, scope=tenancy.scope)
            await enqueue(services, request, key=command["trigger_id"])
            answer = accepted(BINDING)
        await ack(text=answer.text, blocks=answer.blocks or None, response_type="ephemeral")

    @app.action(action_pattern(Action.OPEN_BINDING))
    async def on_open(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _open(services, body["trigger_id"], reply_to_click(body).channel)
        await ack()

    @app.view(View.BINDING)
    async def on_submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        target = decode(ChannelTarget, view["private_metadata"])
        try:
            tenancy = read_binding(view["state"]["values"])
        except BotError as error:
            await ack(response_action="errors", errors={SCOPE: str(error)})
            return
        reply = ReplyTo(channel=target.channel, user=body["user"]["id"])
        request = BindRequest(reply=reply, tenant=tenancy.tenant_id, scope=tenancy.scope)
        await enqueue(services, request, key=body["trigger_id"])
        await ack()


async def _open(services: Services, trigger_id: str, channel: str) -> None:
    current = await services.bindings.of(channel)
    view = bind_modal(channel, current, services.authorization.rules)
    await services.slack.open_view(trigger_id, view)
