"""Reading Slack's payloads: where the answer goes, and what was said to the bot."""

import re
from collections.abc import Iterator
from typing import Any

from bot.domain.text.typed import LONGEST
from bot.domain.text.word_list import words
from bot.slack.replies import ReplyTo

Payload = dict[str, Any]
_LONGEST = 40_000  # characters, as long as Slack's longest message
# Nobody's words, and they may look like the id of a run: a `client_msg_id` is a UUID.
_SLACKS_OWN = frozenset({"client_msg_id", "block_id", "action_id", "callback_id", "external_id", "type"})
_SLACKBOT = "USLACKBOT"
_WORD = re.compile(r"\w+")
_THANKS = words("please pls plz bitte thanks thank you thx ty cheers")
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^<>]*)?>")


def reply_to_command(command: Payload) -> ReplyTo:
    """Return where a slash command is answered: the channel it was typed in (commands do not work in threads)."""
    return ReplyTo(channel=command["channel_id"], user=command["user_id"], response_url=command.get("response_url"))


def reply_to_message(event: Payload, *, starts_thread: bool) -> ReplyTo:
    """Return where what somebody wrote is answered: in its thread, else in the one it starts, or in the conversation itself."""
    thread_ts = event.get("thread_ts")
    return ReplyTo(
        channel=event["channel"],
        user=event["user"],
        thread_ts=thread_ts or (event["ts"] if starts_thread else None),
        starts_thread=starts_thread and thread_ts is None,
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


def is_by_person(message: Payload) -> bool:
    """Tell whether a person wrote a message: no app, no workflow, and not Slackbot, which says what `/remind` was told to."""
    return bool(message.get("user")) and not message.get("bot_id") and message["user"] != _SLACKBOT


def said_to_bot(event: Payload, bot_user: str) -> str:
    """Return what a mention says: what follows the bot's name, else what stands before it; other people's names left out.

    Bounded to what anybody types before it is looked at.
    """
    text = str(event.get("text") or "")[:LONGEST]
    own = re.search(rf"<@{re.escape(bot_user)}(?:\|[^<>]*)?>", text) if bot_user else _MENTION.search(text)
    before, after = (text[: own.start()], text[own.end() :]) if own else ("", text)
    behind = _MENTION.sub(" ", after)
    says = set(_WORD.findall(behind.lower())) - _THANKS
    return behind if says or not _WORD.search(before) else _MENTION.sub(" ", before)


def names_others(event: Payload, bot_user: str) -> bool:
    """Tell whether people besides the bot are named in what was said to it."""
    text = str(event.get("text") or "")[:LONGEST]
    return any(bot_user not in named for named in _MENTION.findall(text)) if bot_user else False


def carried_by(event: Payload) -> str:
    """Return what a message carries besides what its author typed: a message that it forwards, a card, a file's preview."""
    return message_text({"attachments": event.get("attachments"), "files": event.get("files")})


def message_text(message: Payload) -> str:
    """Return all the text of a message: its own, and whatever its blocks, attachments and files say, show or link to.

    Alerts of other tools carry their ids in an attachment's fields, title, link, pretext or fallback, in a button's address, in a
    link's, or in a file's preview. What comes first is what people read first; very long ones are cut.
    """
    found = [str(message.get("text") or "")]
    for place in ("blocks", "attachments", "files"):
        found += _texts(message.get(place))
    return " ".join(found)[:_LONGEST]


def _texts(value: Any) -> Iterator[str]:
    """Yield every text inside of a part of a message, ids of Slack's own apart. No deeper than JSON itself can be."""
    waiting = [value]  # a stack, not recursion: whoever posts an alert decides how deep it is
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, dict):
            if said := _said_in_one(item):
                yield said
            waiting.extend(inner for key, inner in reversed(item.items()) if key not in _SLACKS_OWN)


def _said_in_one(part: Payload) -> str:
    """Return what a piece of rich text says where its elements are texts, joined as people see it: an id may be half bold.

    "" where there is nothing to join. A link, or anybody's name, is between words; a line's end is in the texts themselves.
    """
    elements = part.get("elements")
    if not str(part.get("type") or "").startswith("rich_text_") or not isinstance(elements, list) or len(elements) < 2:
        return ""
    texts = [
        one["text"] if isinstance(one, dict) and one.get("type") == "text" and isinstance(one.get("text"), str) else " "
        for one in elements
    ]
    return "".join(texts).strip()
