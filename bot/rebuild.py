"""Folding an incident's log again, for when its fields are lost or doubted."""

from dataclasses import dataclass

from bot.app import open_incidents
from bot.domain.incident import Incident, read_incident
from bot.errors import IncidentNotFound
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """An incident as its log tells it, and the names of the fields that said something else before."""

    incident: Incident
    mended: list[str]


async def rebuild(settings: Settings, id_: str) -> Rebuilt:
    """Put what the log says in place of an incident's fields. Raises `IncidentNotFound`."""
    async with open_incidents(settings) as incidents:
        channel = await incidents.whereabouts(id_)
        if channel is None or not await incidents.log(channel, id_):
            raise IncidentNotFound(f"There is no incident {id_}.")
        before, after = await incidents.rebuild(channel, id_)
        mended = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        return Rebuilt(read_incident(after), mended)
