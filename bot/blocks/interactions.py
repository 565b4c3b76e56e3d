"""What a click is told that was refused: it came second, or from elsewhere."""

from datetime import datetime

from bot.blocks import elements as el
from bot.blocks.layout import Message
from bot.blocks.text import duration
from bot.domain.incident.checklist import ItemState
from bot.domain.incident.state import BOT, Incident, Item
from bot.domain.run.steps import seconds_between

FOREIGN_BUTTON = "That button belongs to another channel or incident; nothing was done."
_TITLE = 120


def item_refused_message(item: Item, *, now: datetime) -> Message:
    """Return what a click on an item is told that came second: who was first, and how long ago."""
    by = el.who(item.facts.by or BOT)
    did = {
        ItemState.ASSERTED: f"Already done by {by}",
        ItemState.VERIFIED: "Already verified by the bot",
        ItemState.OPEN: f"Already open again, by {by}",
    }[item.state]
    return _said(f"{did}, {_ago(item.facts.at, now)}. *{el.literal(item.spec.title, _TITLE)}*")


def incident_closed_message(incident: Incident, *, now: datetime) -> Message:
    """Return what a click in a closed incident is told."""
    closure = incident.closure
    how = f" by {el.who(closure.by)}, {_ago(closure.at, now)}" if closure else ""
    return _said(f"{incident.id} was closed{how}; nothing was done.")


def foreign_button_message() -> Message:
    """Return what a click on a button that was copied from elsewhere is told."""
    return _said(FOREIGN_BUTTON)


def _ago(at: datetime | None, now: datetime) -> str:
    seconds = seconds_between(at, now) or 0
    return f"{seconds:.0f} s ago" if seconds < 60 else f"{duration(seconds)} ago"


def _said(text: str) -> Message:
    return Message(text, el.to_dicts([el.mrkdwn(text)]))
