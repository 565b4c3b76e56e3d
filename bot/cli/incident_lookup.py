"""Finding an incident that a command names."""

from bot.domain.incident.incident_log import Entry
from bot.errors import IncidentNotFound
from bot.store.maintenance import Maintenance


async def find_incident(incidents: Maintenance, id_: str) -> tuple[str, list[Entry]]:
    """Return an incident's place and its log. Raises `IncidentNotFound`."""
    place = await incidents.place_of(id_)
    entries = await incidents.log(place, id_) if place else []
    if place is None or not entries:
        raise IncidentNotFound(f"There is no incident {id_}.")
    return place, entries
