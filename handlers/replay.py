"""`/replay`, `@bot replay`, the shortcut on a message, and Replay buttons."""

from collections.abc import Iterator
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.notices import notice
from bot.blocks.routing import Action, RunTarget, Shortcut, action_pattern, decode
from bot.domain.run.uris import find_references
from bot.ids import as_uuid
from bot.jobs.queueing import enqueue
from bot.jobs.registry import Request
from bot.jobs.replay import ReplayRequest
from bot.jobs.resolve import ResolveRequest
from bot.jobs.show import ShowRequest
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.incoming import (
    mentions_with,
    message_text,
    reply_to_click,
    reply_to_command,
    reply_to_shortcut,
)
from handlers.commands import accept, asks_to_bind, take_mention, understand_replay

COMMAND = "/replay"
TAKEN = 3  # ids of one message that a shortcut looks at
NOTHING_FOUND = "There is no run id and no Aionis URI in that message."
SOME_LEFT = "That message names {total} ids; I took the first {taken}. Use `/replay` or `/resolve` for the others."


async def _names_no_binding(command: dict[str, Any]) -> bool:
    return not asks_to_bind(command)


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.command(COMMAND, matchers=[_names_no_binding])
    async def on_command(ack: AsyncAck, command: dict[str, Any]) -> None:
        understood = understand_replay(command.get("text", ""), reply_to_command(command))
        answer = await accept(services, understood, key=command["trigger_id"])
        await ack(text=answer.text, blocks=answer.blocks or None, response_type="ephemeral")

    @app.event("app_mention", matchers=[mentions_with("replay")])
    async def on_mention(ack: AsyncAck, body: dict[str, Any]) -> None:
        await take_mention(services, understand_replay, body)
        await ack()

    @app.shortcut(Shortcut.REPLAY_MESSAGE)
    async def on_shortcut(ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        for place, request in enumerate(_requests(shortcut)):
            await enqueue(services, request, key=f"{shortcut['trigger_id']}:{place}")
        await ack()

    @app.action(action_pattern(Action.REPLAY))
    async def on_button(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        target = decode(RunTarget, action.get("value"))
        request = ReplayRequest(reply=reply_to_click(body), run_id=target.run_id, incident=target.incident)
        await enqueue(services, request, key=body["trigger_id"])
        await ack()


def _requests(shortcut: dict[str, Any]) -> Iterator[Request]:
    """Yield a job for each run id and URI that the message names, and one to say what was left."""
    reply = reply_to_shortcut(shortcut)
    found = find_references(message_text(shortcut["message"]))
    for reference in found[:TAKEN]:
        if as_uuid(reference):
            yield ReplayRequest(reply=reply, run_id=reference.lower())
        else:
            yield ResolveRequest(reply=reply, reference=reference)
    if not found:
        yield _saying(reply, NOTHING_FOUND)
    elif len(found) > TAKEN:
        yield _saying(reply, SOME_LEFT.format(total=len(found), taken=TAKEN))


def _saying(reply: ReplyTo, text: str) -> ShowRequest:
    message = notice(text)
    return ShowRequest(reply=reply, text=message.text, blocks=message.blocks)
