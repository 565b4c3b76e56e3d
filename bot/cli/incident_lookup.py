"""Finding an incident that a command names."""

from bot.domain.incident.incident_log import Entry
from bot.errors import IncidentNotFound
from bot.store.maintenance import Maintenance


async def find_incident(incidents: Maintenance, id_: str) -> tuple[str, list[Entry]]:
    """Return an incident's channel and its log. Raises `IncidentNotFound`."""
    channel = await incidents.channel_of(id_)
    entries = await incidents.log(channel, id_) if channel else []
    if channel is None or not entries:
        raise IncidentNotFound(f"There is no incident {id_}.")
    return channel, entries
