"""`incident-bot audit`: whether an incident's log in Redis is as it was written."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson
from bot.cli.running import FAILURE_EXIT, configure_logs, print_json, run, say, settings_of
from bot.domain.incident.named import as_incident_id

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.domain.incident.audit import Audit


def audit(
    incident: Annotated[str, typer.Argument(help="The incident's id, such as INC-7Q2K.")], as_json: AsJson = False
) -> None:
    """Check the hash chain of an incident's log, and say what was altered. Exit code 1 where something was."""
    settings = settings_of()
    configure_logs(settings)
    id_ = as_incident_id(incident)
    found = run(_audit(settings, id_))
    if as_json:
        print_json({"incident": id_, "ok": not found.problems, "head": found.head, "problems": list(found.problems)})
    else:
        for line in _lines(id_, found):
            say(line)
    if found.problems:
        raise typer.Exit(FAILURE_EXIT)


async def _audit(settings: "Settings", id_: str) -> "Audit":
    """Return what an audit finds. Raises `IncidentNotFound`."""
    from bot.errors import IncidentNotFound  # noqa: PLC0415
    from bot.runtime.container import open_maintenance  # noqa: PLC0415

    async with open_maintenance(settings) as incidents:
        place = await incidents.place_of(id_)
        if place is None:
            raise IncidentNotFound(f"There is no incident {id_}.")
        return await incidents.audit(place, id_)


def _lines(id_: str, found: "Audit") -> Iterator[str]:
    yield from (f"✗ {problem}" for problem in found.problems)
    if found.head:
        yield f"Chain {found.head}"
    if found.unchained:
        verb = "is" if found.unchained == 1 else "are"
        yield f"{found.unchained} of its entries {verb} older than the chain, and held by the entries after them."
    if found.tombstones:
        verb = "says" if found.tombstones == 1 else "say"
        yield f"{found.tombstones} of its entries {verb} that a name was taken out of earlier ones."
    if not found.problems:
        yield f"The log of {id_} is as it was written."
