"""`/replay status`: how a channel's open incidents stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.blocks.checklist import progress
from bot.blocks.incidents import incident_blocks
from bot.blocks.layout import Message, Part, fit
from bot.blocks.text import escape
from bot.domain.incident.state import Incident

_LISTED = 20


def status_message(incidents: Sequence[Incident], *, permalinks: Mapping[str, str], now: datetime) -> Message:
    """Return how a channel's open incidents stand, the latest first. `permalinks` lead from a root's ts to its address."""
    parts = [
        Part(incident.id, list(incident_blocks(incident, permalinks, now=now, number=rank, show_again=True)), rank=rank)
        for rank, incident in enumerate(incidents[:_LISTED])
    ]
    text = "; ".join(f"{one.id} open, {progress(one)}" for one in incidents[:_LISTED])
    return Message(escape(text), fit(parts))
