"""What is done with an incident from the command line: its log folded again, its evidence exported."""

from dataclasses import dataclass

from bot.config.settings import Settings
from bot.domain.incident.incident_log import Entry
from bot.domain.incident.state import Incident, read_incident
from bot.errors import IncidentNotFound
from bot.report import bundle_of
from bot.runtime.container import open_incidents
from bot.store.incidents import IncidentStore


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """An incident as its log tells it, and the names of the fields that said something else before."""

    incident: Incident
    mended: list[str]


async def rebuild(settings: Settings, id_: str) -> Rebuilt:
    """Put what the log says in place of an incident's fields. Raises `IncidentNotFound`."""
    async with open_incidents(settings) as incidents:
        channel, _ = await _whereabouts(incidents, id_)
        before, after = await incidents.rebuild(channel, id_)
        mended = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        return Rebuilt(read_incident(after), mended)


async def bundle(settings: Settings, id_: str) -> bytes:
    """Return an incident's evidence bundle. Raises `IncidentNotFound`."""
    async with open_incidents(settings) as incidents:
        channel, entries = await _whereabouts(incidents, id_)
        return bundle_of(entries, await incidents.answers(channel, id_), id_)


async def _whereabouts(incidents: IncidentStore, id_: str) -> tuple[str, list[Entry]]:
    """Return an incident's channel and its log."""
    channel = await incidents.whereabouts(id_)
    entries = await incidents.log(channel, id_) if channel else []
    if channel is None or not entries:
        raise IncidentNotFound(f"There is no incident {id_}.")
    return channel, entries
