"""`incident-bot rebuild`: an incident's log folded again, in place of its fields."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson
from bot.cli.running import configure_logs, print_json, run, settings_of
from bot.domain.incident.named import as_incident_id

if TYPE_CHECKING:
    from rich.console import Console

    from bot.config.settings import Settings
    from bot.domain.incident.state import Incident


def rebuild(
    incident: Annotated[str, typer.Argument(help="The incident's id, such as INC-7Q2K.")], as_json: AsJson = False
) -> None:
    """Fold an incident's log again and put the result in place of its fields."""
    from bot.cli.terminal_output import terminal  # noqa: PLC0415

    settings = settings_of()
    configure_logs(settings)
    rebuilt = run(_rebuild(settings, as_incident_id(incident)))
    if as_json:
        print_json(_json(rebuilt.incident, rebuilt.mended))
    else:
        _print(terminal(), rebuilt.incident, rebuilt.mended)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """An incident as its log tells it, and the names of the fields that said something else before."""

    incident: "Incident"
    mended: list[str]


async def _rebuild(settings: "Settings", id_: str) -> Rebuilt:
    from bot.cli.incident_lookup import find_incident  # noqa: PLC0415
    from bot.domain.incident.state import read_incident  # noqa: PLC0415
    from bot.runtime.container import open_maintenance  # noqa: PLC0415

    async with open_maintenance(settings) as incidents:
        place, _ = await find_incident(incidents, id_)
        before, after = await incidents.rebuild(place, id_)
        mended = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        return Rebuilt(read_incident(after), mended)


def _json(incident: "Incident", mended: list[str]) -> dict[str, object]:
    told = {"incident": incident.id, "channel": incident.channel, "status": incident.status}
    return {**told, "done": incident.done, "items": len(incident.items), "entries": incident.version, "mended": mended}


def _print(console: "Console", incident: "Incident", mended: list[str]) -> None:
    """Print what folding an incident's log again has changed; `mended` are the fields that said something else before."""
    from rich.text import Text  # noqa: PLC0415

    where = f"{incident.id} in {incident.channel}: {incident.status}, {incident.done} of {len(incident.items)} done"
    console.print(Text(f"{where}, {incident.version} log entries."))
    if mended:
        console.print(Text(f"Mended, because the log says otherwise: {', '.join(mended)}."))
    else:
        console.print(Text("Its fields were what the log says; nothing was changed."))
