"""Reading Slack's payloads: where the answer goes, and the words behind a mention."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from bot.slack.replies import ReplyTo

Payload = dict[str, Any]
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")


def reply_to_command(command: Payload) -> ReplyTo:
    """Return where a slash command is answered: the channel it was typed in (commands do not work in threads)."""
    return ReplyTo(channel=command["channel_id"], user=command["user_id"], response_url=command.get("response_url"))


def reply_to_mention(event: Payload) -> ReplyTo:
    """Return where a mention is answered: in its thread, or in the thread it starts."""
    thread_ts = event.get("thread_ts")
    return ReplyTo(
        channel=event["channel"],
        user=event["user"],
        thread_ts=thread_ts or event["ts"],
        starts_thread=thread_ts is None,
    )


def reply_to_shortcut(shortcut: Payload) -> ReplyTo:
    """Return where a message shortcut is answered: in the message's thread."""
    message = shortcut["message"]
    return ReplyTo(
        channel=shortcut["channel"]["id"],
        user=shortcut["user"]["id"],
        thread_ts=message.get("thread_ts") or message["ts"],
        response_url=shortcut.get("response_url"),
    )


def reply_to_click(body: Payload) -> ReplyTo:
    """Return where a click on a message's button is answered: in the message's thread.

    An ephemeral message has no thread of its own: then in the channel, or in the thread it was shown in.
    """
    container = body["container"]
    thread_ts = container.get("thread_ts")
    if not container.get("is_ephemeral"):
        thread_ts = thread_ts or container["message_ts"]
    return ReplyTo(
        channel=container["channel_id"],
        user=body["user"]["id"],
        thread_ts=thread_ts,
        response_url=body.get("response_url"),
    )


def mention_words(event: Payload) -> tuple[str, str]:
    """Return the first word behind the mentions of an event, in lower case, and the rest."""
    words = _MENTION.sub(" ", event.get("text") or "").split(maxsplit=1)
    first = words[0].lower().strip("`/:,") if words else ""
    return first, words[1] if len(words) > 1 else ""


def mentions_with(verb: str) -> Callable[[Payload], Awaitable[bool]]:
    """Return a Bolt matcher for mentions whose first word is `verb`."""

    async def matches(event: Payload) -> bool:
        return mention_words(event)[0] == verb

    return matches


def message_text(message: Payload) -> str:
    """Return all the text of a message: its own, and that inside its blocks and attachments."""
    return " ".join(
        [str(message.get("text") or ""), *_texts(message.get("blocks")), *_texts(message.get("attachments"))]
    )


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for item in value.values() if isinstance(item, dict | list) for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return []
