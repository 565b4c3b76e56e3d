"""`/resolve`, `@bot resolve`, and the buttons that walk the chain."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, UriTarget, action_pattern, decode
from bot.jobs.queueing import enqueue
from bot.jobs.resolve import ResolveRequest
from bot.runtime.services import Services
from bot.slack.incoming import mentions_with, reply_to_click, reply_to_command
from handlers.commands import accept, take_mention, understand_resolve

COMMAND = "/resolve"


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.command(COMMAND)
    async def on_command(ack: AsyncAck, command: dict[str, Any]) -> None:
        understood = understand_resolve(command.get("text", ""), reply_to_command(command))
        answer = await accept(services, understood, key=command["trigger_id"])
        await ack(text=answer.text, blocks=answer.blocks or None, response_type="ephemeral")

    @app.event("app_mention", matchers=[mentions_with("resolve")])
    async def on_mention(ack: AsyncAck, body: dict[str, Any]) -> None:
        await take_mention(services, understand_resolve, body)
        await ack()

    @app.action(action_pattern(Action.RESOLVE))
    async def on_button(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        target = decode(UriTarget, action.get("value"))
        request = ResolveRequest(reply=reply_to_click(body), reference=target.uri, incident=target.incident)
        await enqueue(services, request, key=body["trigger_id"])
        await ack()
