"""`incident-bot export`: an incident's evidence bundle as a file."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson
from bot.cli.running import configure_logs, fail, print_json, run, say, settings_of
from bot.domain.incident.named import as_incident_id
from bot.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from bot.config.settings import Settings


def export(
    incident: Annotated[str, typer.Argument(help="The incident's id, such as INC-7Q2K.")],
    target: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write. Default: <id>.zip here.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write an incident's evidence bundle to a file; with SIGNING_KEY_FILE, its signature beside it."""
    settings = settings_of()
    configure_logs(settings)
    id_ = as_incident_id(incident)
    content = run(_bundle(settings, id_))
    path = target or Path(f"{id_}.zip")
    files = {path: content, **_signature(settings, content, path)}
    try:
        for place, written in files.items():
            place.write_bytes(written)
    except OSError as error:
        fail(UsageError(f"{path} cannot be written ({error.strerror}).", fix="Name another file with -o."))
    digest, signatures = hashlib.sha256(content).hexdigest(), list(files)[1:]
    if as_json:
        sizes = {"file": str(path), "bytes": len(content), "sha256": digest}
        print_json({"incident": id_, **sizes, "signature": str(signatures[0]) if signatures else None})
        return
    say(f"{path}  {len(content):,} bytes  SHA-256 {digest}")
    for signature in signatures:
        say(f"{signature}  its signature")


def _signature(settings: "Settings", content: bytes, path: Path) -> dict[Path, bytes]:
    """Return the signed statement about a bundle, by the file it goes to; none where there is no key."""
    if settings.signing_key_file is None:
        return {}
    from datetime import UTC, datetime  # noqa: PLC0415 for those who sign

    from bot.config.signing_key import load_signing_key  # noqa: PLC0415 as above
    from bot.domain.bundle.attestation import SUFFIX  # noqa: PLC0415 as above

    try:
        signing = load_signing_key(settings.signing_key_file)
    except SettingsError as error:
        fail(error)
    return {path.with_name(path.name + SUFFIX): signing.attest(content, path.name, at=datetime.now(UTC))}


async def _bundle(settings: "Settings", id_: str) -> bytes:
    """Return an incident's evidence bundle. Raises `IncidentNotFound`."""
    from bot.cli.incident_lookup import find_incident  # noqa: PLC0415
    from bot.report import bundle_of, fitting  # noqa: PLC0415
    from bot.runtime.container import open_maintenance  # noqa: PLC0415

    async with open_maintenance(settings) as incidents:
        place, entries = await find_incident(incidents, id_)
        return bundle_of(entries, fitting(await incidents.answers(place, id_)), id_)
