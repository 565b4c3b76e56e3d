"""Reminders of open items: each with the button that takes it further, one menu that puts all off, and where the checklist is."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.checklist import item_button
from bot.blocks.layout import JSON_BUDGET, Message, json_size
from bot.blocks.routing import Action, ReminderTarget, action_id, encode
from bot.blocks.text import mrkdwn_time, utc
from bot.domain.incident.state import Incident, Item
from bot.domain.run.phrases import plural

_TITLES = (120, 60, 30)  # characters of a title, tried in order: at the last, twelve items fit with all their buttons
_LONGEST_ID = 30  # of a person, as Slack's are; an option's value takes 150 characters
SNOOZES = {"for 4 hours": 4.0, "for 1 day": 24.0, "for 3 days": 72.0}
STOP = "for good: remind nobody again"
STOPPED = "Nobody will be reminded of that again."
NOTHING_LEFT = "Nothing of that reminder is open any more."


def reminder_message(incident: Incident, items: Sequence[Item], *, owner: str | None, link: str | None) -> Message:
    """Return the reminder of one owner's open items; without an owner it is addressed to nobody."""
    to = f"{el.who(owner)}: " if owner else ""
    verb = "is" if len(items) == 1 else "are"
    text = f"{to}{plural(len(items), 'item')} of {incident.id} {verb} still open."
    titles = "; ".join(el.literal(item.spec.title, 60) for item in items)
    renderings = (
        el.to_dicts([el.mrkdwn(text), *_rows(incident, items, room), _foot(incident, owner, link)]) for room in _TITLES
    )
    return Message(f"{text} {titles}", next(blocks for blocks in renderings if json_size(blocks) <= JSON_BUDGET))


def snoozed_message(until: datetime) -> Message:
    """Return the answer to a snooze."""
    return _said(f"You will be reminded again after {mrkdwn_time(until)}.", f"Reminded again after {utc(until)}.")


def nothing_left_message() -> Message:
    """Return the answer where everything was done meanwhile."""
    return _said(NOTHING_LEFT, NOTHING_LEFT)


def stopped_message() -> Message:
    """Return the answer to a stop."""
    return _said(STOPPED, STOPPED)


def _rows(incident: Incident, items: Sequence[Item], room: int) -> Iterator[Block]:
    for number, item in enumerate(items, start=1):
        yield el.mrkdwn(f"☐ *{el.literal(item.spec.title, room)}*", item_button(incident, item, number))


def _foot(incident: Incident, owner: str | None, link: str | None) -> Block:
    named = owner if owner and el.is_user(owner) and len(owner) <= _LONGEST_ID else ""
    target = ReminderTarget(incident=incident.id, owner=named)
    choices = {encode(target.model_copy(update={"hours": hours})): words for words, hours in SNOOZES.items()}
    menu = el.select(action_id(Action.REMINDER_SNOOZE), "Snooze…", {**choices, encode(target): STOP})
    opens = [el.link_button("Open the checklist", action_id(Action.LINK), link)] if link else []
    return el.actions(menu, *opens)


def _said(text: str, fallback: str) -> Message:
    return Message(fallback, el.to_dicts([el.mrkdwn(text)]))
