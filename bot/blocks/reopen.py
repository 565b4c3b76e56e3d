"""Opening a closed incident again: the modal that asks why, and what the thread is told."""

from typing import Any

from bot.blocks import elements as el
from bot.blocks.inputs import reason_input
from bot.blocks.layout import Message
from bot.blocks.modals import modal
from bot.blocks.routing import IncidentModal, Modal
from bot.blocks.spoken import spoken
from bot.blocks.text import linked
from bot.domain.incident.state import Incident


def reopened_message(closed: Incident, *, by: str, reason: str) -> Message:
    """Return what the thread is told of a close that was taken back."""
    because = f": {el.literal(reason, 300)}" if reason else ""
    blocks = el.to_dicts([el.mrkdwn(f"↺ {closed.id} was reopened by {el.who(by)}{because}")])
    return Message(spoken(blocks), blocks)


def reopen_modal(incident: Incident) -> dict[str, Any]:
    """Return the modal that asks why a closed incident is opened again."""
    target = IncidentModal(incident=incident.id, channel=incident.channel)
    return modal(Modal.REOPEN, "Reopen incident", [reason_input("Why?")], target, submit="Reopen")


def open_again_message(incident: str, *, link: str | None) -> Message:
    """Return what somebody is told who had an incident opened again from elsewhere."""
    more = f": {link}" if link else "."
    return Message(
        f"{incident} is open again{more}", el.to_dicts([el.mrkdwn(f"{linked(incident, link)} is open again.")])
    )
