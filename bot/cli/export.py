"""`incident-bot export`: an incident's evidence bundle as a file."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.running import configure_logs, fail, run, say, settings_of
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.config.settings import Settings


def export(
    incident: Annotated[str, typer.Argument(help="The incident's id, such as INC-7Q2K.")],
    target: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write. Default: <id>.zip here.")
    ] = None,
) -> None:
    """Write an incident's evidence bundle to a file."""
    settings = settings_of()
    configure_logs(settings)
    id_ = incident.strip().upper()
    content = run(_bundle(settings, id_))
    path = target or Path(f"{id_}.zip")
    try:
        path.write_bytes(content)
    except OSError as error:
        fail(UsageError(f"{path} cannot be written ({error.strerror}).", fix="Name another file with -o."))
    say(f"{path}  {len(content):,} bytes  SHA-256 {hashlib.sha256(content).hexdigest()}")


async def _bundle(settings: "Settings", id_: str) -> bytes:
    """Return an incident's evidence bundle. Raises `IncidentNotFound`."""
    from bot.cli.incident_lookup import find_incident  # noqa: PLC0415
    from bot.report import bundle_of  # noqa: PLC0415
    from bot.runtime.container import open_maintenance  # noqa: PLC0415

    async with open_maintenance(settings) as incidents:
        channel, entries = await find_incident(incidents, id_)
        return bundle_of(entries, await incidents.answers(channel, id_), id_)
