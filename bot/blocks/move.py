"""The modal of *Choose another…*: which incident a run or a record is moved to."""

from collections.abc import Sequence
from typing import Any

from bot.blocks.incidents import choice_words
from bot.blocks.inputs import Values, choice_input, entered_choice
from bot.blocks.modals import modal
from bot.blocks.routing import IncidentModal, Modal, PlacedTarget, outdated
from bot.domain.incident.state import Incident

_NEW = "new"
_CHOICE = "choice"
_LISTED = 20


def choose_modal(placed: PlacedTarget, others: Sequence[Incident], *, channel: str) -> dict[str, Any]:
    """Return the modal that moves a run or a record to another open incident, or a new one."""
    target = IncidentModal(incident=placed.incident, channel=channel, run_id=placed.run_id, uri=placed.uri)
    choices = {one.id: choice_words(one) for one in others[:_LISTED]} | {_NEW: "A new incident"}
    return modal(
        Modal.CHOOSE,
        "Choose an incident",
        [choice_input(_CHOICE, "Move it to", choices, initial=next(iter(choices)), optional=False)],
        target,
        submit="Move",
    )


def read_choice(values: Values) -> str | None:
    """Return the id of the incident that was chosen; None: a new one."""
    chosen = entered_choice(values, _CHOICE)
    if not chosen:
        raise outdated()
    return None if chosen == _NEW else chosen
