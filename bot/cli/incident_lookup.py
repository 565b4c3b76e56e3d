"""Finding an incident that a command names."""

from bot.domain.incident.incident_log import Entry
from bot.errors import IncidentNotFound
from bot.store.incidents import IncidentStore


async def find_incident(incidents: IncidentStore, id_: str) -> tuple[str, list[Entry]]:
    """Return an incident's channel and its log. Raises `IncidentNotFound`."""
    channel = await incidents.whereabouts(id_)
    entries = await incidents.log(channel, id_) if channel else []
    if channel is None or not entries:
        raise IncidentNotFound(f"There is no incident {id_}.")
    return channel, entries
