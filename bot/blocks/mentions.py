"""Naming people without notifying them: Slack notifies whoever a posted message mentions."""

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.blocks.layout import Message
from bot.blocks.text import escape, outside

_MENTION = re.compile(r"<@([UW][A-Z0-9]{2,})>")
_ANY_MENTION = re.compile(r'<@([UW][A-Z0-9]{2,})>|"user_id": "([UW][A-Z0-9]{2,})"')
_LONGEST = 80


def mentioned_in(message: Message) -> list[str]:
    """Return the user ids that a message mentions, in order, without repeats."""
    said = message.text + json.dumps(message.blocks)
    found = [first or second for first, second in _ANY_MENTION.findall(said)]
    return list(dict.fromkeys(found))


def without_mentions(message: Message, names: Mapping[str, str]) -> Message:
    """Return a message in which people are named instead of mentioned; `names` lead from user id to name, "" where not known."""
    plainer = _named(message.plainer, names) if message.plainer else None
    return Message(_in_text(message.text, names), _named(message.blocks, names), plainer)


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_named(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "user" and "user_id" in value:
        return {"type": "text", "text": _name(value["user_id"], names)}
    is_mrkdwn = value.get("type") == "mrkdwn"
    return {
        key: _in_text(item, names) if is_mrkdwn and key == "text" else _named(item, names)
        for key, item in value.items()
    }


def _in_text(text: str, names: Mapping[str, str]) -> str:
    return _MENTION.sub(lambda match: escape(_name(match.group(1), names)), text)


def _name(user: str, names: Mapping[str, str]) -> str:
    return f"@{outside(names.get(user) or user, _LONGEST, one_line=True)}"
