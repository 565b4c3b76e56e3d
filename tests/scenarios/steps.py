"""What the scenario tests do again and again: type, wait for what is posted, read it."""

import json
from typing import Any

from bot.playground.slack import INCIDENTS, MAYA, LocalSlack

Json = dict[str, Any]


def posted(slack: LocalSlack, channel: str = INCIDENTS) -> list[Json]:
    """Return the bot's messages that everybody sees in a channel: at its top level, or shown there from a thread."""
    return [m for m in slack.messages(channel) if m.get("bot_id") and not m.get("is_ephemeral") and in_channel(m)]


def replies(slack: LocalSlack, root: Json, channel: str = INCIDENTS) -> list[Json]:
    """Return the bot's messages in the thread of a message that everybody sees."""
    thread = slack.messages(channel, thread_ts=root.get("thread_ts") or root["ts"])
    return [m for m in thread if m["ts"] != root["ts"] and m.get("bot_id") and not m.get("is_ephemeral")]


def ephemeral(slack: LocalSlack, user: str = MAYA, channel: str = INCIDENTS) -> list[Json]:
    """Return what only one person sees."""
    return [m for m in slack.messages(channel, viewer=user) if m.get("is_ephemeral")]


async def replied(slack: LocalSlack, root: Json, containing: str, channel: str = INCIDENTS) -> Json:
    """Return the first reply in the thread of a message that shows a text."""
    found: Json = await slack.wait_for(
        lambda: next((reply for reply in replies(slack, root, channel) if containing in text_of(reply)), None)
    )
    return found


def in_thread(message: Json) -> bool:
    return message.get("thread_ts") not in {None, message["ts"]}


def in_channel(message: Json) -> bool:
    return not in_thread(message) or message.get("subtype") == "thread_broadcast"


def text_of(message: Json) -> str:
    """Return a message's texts and blocks as one string to look into."""
    return json.dumps([message.get("text"), message.get("blocks")], ensure_ascii=False)


async def replayed(slack: LocalSlack, run_id: str, channel: str = INCIDENTS) -> Json:
    """Type `/replay` and return the analysis that is posted for it."""
    before = {one["ts"] for one in analyses(slack, channel)}
    delivery = await slack.command(user=MAYA, channel=channel, text=f"/replay {run_id}")
    assert delivery.ok, delivery
    found: Json = await slack.wait_for(
        lambda: next((one for one in analyses(slack, channel) if one["ts"] not in before), None)
    )
    return found


def analyses(slack: LocalSlack, channel: str = INCIDENTS) -> list[Json]:
    """Return the analyses of runs, which hold their timelines, in a channel and its threads."""
    shown = [m for m in slack.messages(channel) if m.get("bot_id") and not m.get("is_ephemeral")]
    return [one for one in shown if "Timeline ·" in text_of(one) or "No step was recorded" in text_of(one)]


def comparisons(slack: LocalSlack) -> list[Json]:
    """Return the messages of comparisons, which stand in threads."""
    return [m for m in slack.messages(INCIDENTS) if not m.get("is_ephemeral") and "Comparison: " in text_of(m)]


async def modal(slack: LocalSlack, containing: str, user: str = MAYA) -> Json:
    """Return the top modal when it shows a text."""
    found: Json = await slack.wait_for(
        lambda: next((v for v in slack.views(user)[-1:] if containing in json.dumps(v, ensure_ascii=False)), None)
    )
    return found


async def told(slack: LocalSlack, containing: str, user: str = MAYA, channel: str = INCIDENTS) -> Json:
    """Return the ephemeral message that contains a text."""
    found: Json = await slack.wait_for(
        lambda: next((m for m in ephemeral(slack, user, channel) if containing in text_of(m)), None)
    )
    return found
