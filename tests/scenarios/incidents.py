"""What the scenarios of an incident do again and again."""

import re
from typing import Any

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from tests.scenarios.steps import Json, posted, replayed, text_of

ID = re.compile(r"INC-[2-9A-Z]+")


async def opened(slack: LocalSlack, aionis: SampleAionis, run: str = "refund-failed", channel: str = INCIDENTS) -> Json:
    """Open an incident with a replay and return its checklist, when checklist and summary are in the thread."""
    root = await replayed(slack, aionis.runs[run].run_id, channel)
    return await checklist(slack, containing="", incident=incident_id(root), channel=channel)


def incident_id(message: Json) -> str:
    """Return the id of the incident that a message names."""
    found = ID.search(text_of(message))
    assert found, message
    return found.group()


async def checklist(slack: LocalSlack, containing: str, *, incident: str = "", channel: str = INCIDENTS) -> Json:
    """Return the latest checklist of an incident once it shows a text."""

    def found() -> Json | None:
        kept = [m for m in slack.messages(channel) if is_checklist(m) and incident in m["text"]]
        return kept[-1] if kept and containing in text_of(kept[-1]) else None

    message: Json = await slack.wait_for(found)
    return message


def is_checklist(message: Json) -> bool:
    return "Checklist of INC-" in message.get("text", "")


def summaries(slack: LocalSlack, incident: str = "", channel: str = INCIDENTS) -> list[Json]:
    """Return the summaries of an incident, oldest first."""
    return [
        m
        for m in slack.messages(channel)
        if m.get("bot_id") and not m.get("is_ephemeral") and '"Summary · INC-' in text_of(m) and incident in text_of(m)
    ]


async def summary(slack: LocalSlack, containing: str, channel: str = INCIDENTS) -> Json:
    """Return the latest summary once it shows a text."""
    found: Json = await slack.wait_for(
        lambda: next((m for m in summaries(slack, channel=channel)[-1:] if containing in text_of(m)), None)
    )
    return found


def button(message: Json, item: str) -> str:
    """Return the action id of the button beside an item, found by its title."""
    for block in message["blocks"]:
        if block["type"] == "section" and item in block.get("text", {}).get("text", "") and block.get("accessory"):
            return str(block["accessory"]["action_id"])
    raise AssertionError(f"no button beside {item!r}")


def buttons(message: Json) -> list[str]:
    """Return the labels of all buttons of a message."""
    found = [block["accessory"] for block in message["blocks"] if block.get("accessory", {}).get("type") == "button"]
    found += [e for block in message["blocks"] for e in block.get("elements", []) if e.get("type") == "button"]
    return [element["text"]["text"] for element in found]


def text_entered(value: str) -> dict[str, Any]:
    return {"entered": {"value": value}}


def user_entered(user: str) -> dict[str, Any]:
    return {"entered": {"selected_user": user}}


def choice_entered(value: str, words: str) -> dict[str, Any]:
    option = {"text": {"type": "plain_text", "text": words, "emoji": False}, "value": value}
    return {"entered": {"selected_option": option}}


async def mark_done(slack: LocalSlack, message: Json, item: str, values: dict[str, Any], user: str = MAYA) -> Any:
    """Click on an item's button, fill in its modal, and return the delivery of what was submitted."""
    assert (await slack.click(user, message, action_id=button(message, item))).ok
    view = slack.views(user)[-1]
    return await slack.submit(user, view, values)


def severity_choice(shown: Json, severity: str) -> dict[str, str]:
    """Return what `click` needs to choose a severity in the menu of a checklist."""
    menu = next(e for block in shown["blocks"] for e in block.get("elements", []) if e["type"] == "static_select")
    value = next(option["value"] for option in menu["options"] if option["text"]["text"] == severity)
    return {"action_id": menu["action_id"], "value": value}


def option(root: Json, label: str) -> dict[str, str]:
    """Return what `click` needs to choose an option of a root's menu."""
    menu = next(e for block in root["blocks"] for e in block.get("elements", []) if e["type"] == "overflow")
    value = next(one["value"] for one in menu["options"] if one["text"]["text"] == label)
    return {"action_id": menu["action_id"], "value": value}


async def set_severity(slack: LocalSlack, shown: Json, severity: str, user: str = MAYA) -> None:
    """Choose a severity in the menu of a checklist."""
    assert (await slack.click(user, shown, **severity_choice(shown, severity))).ok


def roots(slack: LocalSlack, channel: str = INCIDENTS) -> list[Json]:
    """Return the messages that incidents live below: the bot's own at the top level of the channel."""
    return [m for m in posted(slack, channel) if m.get("thread_ts") in {None, m["ts"]}]


def delete_unheard(slack: LocalSlack, ts: str, channel: str = INCIDENTS) -> None:
    """Delete a message, where it is there, without an event."""
    if found := slack.workspace.messages.find(channel, ts):
        slack.workspace.messages.remove(found)
