"""Items that the bot checks itself: turned when their proof has come, and turned back when it is gone."""

from bot.domain.incident.state import Incident
from bot.domain.incident.verification import due_checks
from bot.runtime.services import Services


async def verify_due(services: Services, incident: Incident) -> Incident:
    """Turn every item whose proof has come or gone, and return the incident as it stands then."""
    for change in due_checks(incident, at=services.now()):
        applied = await services.incidents.append(incident, change)
        incident = applied.incident or incident
    return incident
