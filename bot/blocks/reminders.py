"""Reminders of open items, with buttons to put them off."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.layout import JSON_BUDGET, Message, json_size
from bot.blocks.routing import Action, NudgeTarget, action_id, encode
from bot.blocks.text import mrkdwn_time, utc
from bot.domain.incident.state import Incident, Item
from bot.domain.run.wording import plural

_TITLES = (120, 60, 30)  # characters of a title, tried in order: at the last, twelve items fit with all their buttons
SNOOZES = {"Snooze 4 h": 4.0, "Snooze 1 d": 24.0}
STOPPED = "You will not be reminded of that again."


def nudge_message(incident: Incident, items: Sequence[Item], *, owner: str | None) -> Message:
    """Return the reminder of one owner's open items; without an owner it is addressed to nobody."""
    to = f"{el.who(owner)}: " if owner else ""
    verb = "is" if len(items) == 1 else "are"
    text = f"{to}{plural(len(items), 'item')} of {incident.id} {verb} still open."
    titles = "; ".join(el.literal(item.spec.title, 60) for item in items)
    renderings = (el.to_dicts([el.mrkdwn(text), *_rows(incident, items, room)]) for room in _TITLES)
    return Message(f"{text} {titles}", next(blocks for blocks in renderings if json_size(blocks) <= JSON_BUDGET))


def snoozed_message(until: datetime) -> Message:
    """Return the answer to a snooze."""
    return _said(f"You will be reminded again after {mrkdwn_time(until)}.", f"Reminded again after {utc(until)}.")


def stopped_message() -> Message:
    """Return the answer to a stop."""
    return _said(STOPPED, STOPPED)


def _rows(incident: Incident, items: Sequence[Item], room: int) -> Iterator[Block]:
    for number, item in enumerate(items):
        yield from _row(incident, item, number, room)


def _row(incident: Incident, item: Item, number: int, room: int) -> Iterator[Block]:
    yield el.mrkdwn(f"☐ *{el.literal(item.spec.title, room)}*")
    target = {"incident": incident.id, "item": item.spec.id}
    snoozes = [
        el.button(
            label, action_id(Action.NUDGE_SNOOZE, number * 10 + place), encode(NudgeTarget(**target, hours=hours))
        )
        for place, (label, hours) in enumerate(SNOOZES.items())
    ]
    yield el.actions(*snoozes, el.button("Stop", action_id(Action.NUDGE_STOP, number), encode(NudgeTarget(**target))))


def _said(text: str, fallback: str) -> Message:
    return Message(fallback, el.to_dicts([el.mrkdwn(text)]))
