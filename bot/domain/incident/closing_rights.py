"""Who may close an incident that nothing blocks, besides those who manage: whoever it is about."""

from dataclasses import dataclass

from bot.domain.incident.state import BOT, Incident


@dataclass(frozen=True, slots=True)
class ClosingRights:
    """What one person may do: close where nothing blocks, and close although something does. `others` may, in words."""

    close: bool
    override: bool
    others: str


def may_close(incident: Incident) -> frozenset[str]:
    """Return the user ids of the opener, the lead, and the owners of items and of the remediation."""
    owners = {item.facts.owner for item in incident.items}
    cause = {incident.root_cause.owner} if incident.root_cause else set()
    return frozenset({incident.head.by, incident.lead, *owners, *cause} - {"", BOT})
