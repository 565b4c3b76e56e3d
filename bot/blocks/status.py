"""`/replay status`: how a channel's open incidents stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.blocks import elements as el
from bot.blocks.checklist import progress
from bot.blocks.incidents import incident_blocks
from bot.blocks.layout import Message, Part, fit
from bot.blocks.text import escape
from bot.domain.incident.state import Incident

LISTED = 20


def status_message(incidents: Sequence[Incident], *, permalinks: Mapping[str, str], now: datetime) -> Message:
    """Return how a channel's open incidents stand, the latest first. `permalinks` lead from a root's ts to its address."""
    parts = [
        Part(incident.id, list(incident_blocks(incident, permalinks, now=now, number=rank, show_again=True)), rank=rank)
        for rank, incident in enumerate(incidents[:LISTED])
    ]
    text = "; ".join(f"{one.id} open, {progress(one)}" for one in incidents[:LISTED])
    if len(incidents) > LISTED:
        more = len(incidents) - LISTED
        words = f"{more} more {'is' if more == 1 else 'are'} open; name one to see how it stands: /replay status INC-…"
        parts.append(Part("more", [el.context(words)], rank=0))
        text = f"{text}; {words}"
    return Message(escape(text), fit(parts))
