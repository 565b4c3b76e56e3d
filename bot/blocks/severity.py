"""How bad an incident is: the menu beside its checklist, and the modal behind its root's menu."""

from typing import Any

from slack_sdk.models.blocks import StaticSelectElement

from bot.blocks import elements as el
from bot.blocks.inputs import Values, choice_input, chosen_of
from bot.blocks.modals import modal
from bot.blocks.routing import Action, IncidentModal, Modal, SeverityTarget, action_id, encode
from bot.domain.incident.state import SEVERITIES, Incident

_SEVERITY, _NONE = "severity", "none"
_NO_SEVERITY = "No severity"


def severity_menu(incident: Incident) -> StaticSelectElement:
    """Return the menu that sets the severity at once."""

    def value(severity: str) -> str:
        return encode(SeverityTarget(incident=incident.id, severity=severity))

    choices = {**{value(severity): severity for severity in SEVERITIES}, value(""): _NO_SEVERITY}
    chosen = value(incident.severity) if incident.severity else None
    return el.select(action_id(Action.SEVERITY), "Severity", choices, chosen)


def severity_modal(incident: Incident) -> dict[str, Any]:
    """Return the modal that asks how severe an incident is."""
    choices = {**{severity: severity for severity in SEVERITIES}, _NONE: _NO_SEVERITY}
    blocks = [choice_input(_SEVERITY, "Severity", choices, initial=incident.severity or _NONE, optional=False)]
    target = IncidentModal(incident=incident.id, channel=incident.channel)
    return modal(Modal.SEVERITY, "Severity", blocks, target, submit="Set")


def read_severity(values: Values) -> str:
    """Return the severity that was chosen; "" for none."""
    chosen = chosen_of(values, _SEVERITY, {*SEVERITIES, _NONE})
    return "" if chosen == _NONE else chosen
