"""What is said to the bot without its name: in a direct message, and behind an exclamation mark in an incident's thread."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.runtime.services import Services
from bot.slack.incoming import carried_by, is_by_person, names_others, reply_to_message, said_to_bot
from handlers.commands import is_marked, take_words, understand_mention

_WRITTEN = frozenset(
    {None, "thread_broadcast", "file_share", "me_message"}
)  # every other subtype is Slack's own notice


def register(app: AsyncApp, services: Services) -> None:
    @app.event("message", matchers=[_is_direct])
    async def on_direct_message(ack: AsyncAck, event: dict[str, Any]) -> None:
        if said := _said(event):
            await _take(services, said)
        await ack()

    @app.event("message", matchers=[_is_marked])
    async def on_marked_message(ack: AsyncAck, event: dict[str, Any]) -> None:
        if said := _said(event):
            await _take_marked(services, said)
        await ack()


async def _is_direct(event: dict[str, Any]) -> bool:
    return event.get("channel_type") == "im"


async def _is_marked(event: dict[str, Any]) -> bool:
    """Tell whether a message stands in a thread and begins with an exclamation mark and a word of the bot's."""
    said = _said(event)
    return bool(said and said.get("thread_ts") and is_marked(str(said.get("text") or "")))


def _said(event: dict[str, Any]) -> dict[str, Any] | None:
    """Return what a person wrote or edited, as a message with its channel; None for all else.

    A change that leaves the text as it is, such as the preview of a link, says nothing.
    """
    message = event
    if event.get("subtype") == "message_changed":
        message, before = event.get("message") or {}, event.get("previous_message") or {}
        if message.get("text") == before.get("text"):
            return None
    written = is_by_person(message) and message.get("subtype") in _WRITTEN
    return {**message, "channel": event["channel"]} if written else None


async def _take_marked(services: Services, said: dict[str, Any]) -> None:
    if await services.incidents.id_at_root(said["channel"], said["thread_ts"]):
        await _take(services, said)


async def _take(services: Services, said: dict[str, Any]) -> None:
    reply = reply_to_message(said, starts_thread=False)
    bot_user = (await services.slack.identify()).bot_user_id or ""
    asked = understand_mention(
        said_to_bot(said, bot_user), reply, others=names_others(said, bot_user), carried=carried_by(said)
    )
    await take_words(services, said, asked, reply)
