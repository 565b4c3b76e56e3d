"""`incident-bot verify`: whether a bundle holds together, and with a key whether it is as it was exported."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import AsJson
from bot.cli.running import FAILURE_EXIT, fail, print_json, say
from bot.errors import SettingsError, UsageError

_KEY = typer.Option("--key", help="The public key (PEM) that its signature must be of.")
_SIGNATURE = typer.Option("--signature", help="The signature. Default: the bundle's name with .intoto.json behind it.")


def verify(
    bundle: Annotated[Path, typer.Argument(help="An exported evidence bundle.")],
    key: Annotated[Path | None, _KEY] = None,
    signature: Annotated[Path | None, _SIGNATURE] = None,
    as_json: AsJson = False,
) -> None:
    """Check every hash of an evidence bundle, and with --key its signature. Exit code 1 where something was altered."""
    from bot.domain.bundle.archive import held_by_manifest_alone, problems_of  # noqa: PLC0415
    from bot.domain.bundle.zip_file import MOST_BYTES  # noqa: PLC0415

    content = _read(bundle, MOST_BYTES + 1, fix="Name an exported bundle.")
    digest = hashlib.sha256(content).hexdigest()
    problems = problems_of(content)
    beside = signature or bundle.with_name(f"{bundle.name}.intoto.json")
    if key:
        problems += _signature_problems(content, beside, key)
    if as_json:
        signed = not problems if key else None  # None: nobody asked
        held = [] if signed or problems else held_by_manifest_alone(content)
        print_json(
            {
                "ok": not problems,
                "sha256": digest,
                "problems": problems,
                "signed": signed,
                "held_by_manifest_alone": held,
            }
        )
    else:
        for line in (f"SHA-256 {digest}", *(f"✗ {problem}" for problem in problems)):
            say(line)
    if problems:
        raise typer.Exit(FAILURE_EXIT)
    if not as_json:
        _say_as_exported(beside, key, looked_for=signature is not None or beside.is_file())


def _say_as_exported(beside: Path, key: Path | None, *, looked_for: bool) -> None:
    if key:
        say("Every file and every log entry is as it was exported.")
        say(f"{beside.name} was signed with {key.name}.")
        return
    # No more than that: whoever rewrites a whole bundle makes a manifest and a log that agree.
    say("Every file agrees with the bundle's own manifest, and every log entry with the one before.")
    say(
        "The log is held by its own chain. All else, reports, answers, gate and recurrence among it, is held by that manifest"
    )
    say("alone: nothing is made anew from the log and compared.")
    say("Who made it is not proved: compare the SHA-256 with the one in the incident's thread, or give a --key.")
    if looked_for:
        say(f"{beside.name} was not looked at: give the public key with --key.")


def _signature_problems(content: bytes, signature: Path, key: Path) -> list[str]:
    from bot.config.signing_key import key_file  # noqa: PLC0415 for those who have a key
    from bot.domain.bundle.attestation import MOST_BYTES, NotAKey, attestation_problems, public_key  # noqa: PLC0415

    try:
        known = public_key(key_file(key, "--key").text().encode())
    except SettingsError as error:
        fail(UsageError(error.what, fix="Name the public key that belongs to SIGNING_KEY_FILE."))
    except NotAKey as error:
        fail(UsageError(f"{key.name} is {error}.", fix="Name the public key that belongs to SIGNING_KEY_FILE."))
    if not signature.exists():
        return [f"{signature.name} is missing: nobody vouches for this bundle."]
    attestation = _read(signature, MOST_BYTES + 1, fix="Name the bundle's signature with --signature.")
    return attestation_problems(attestation, content, known)


def _read(path: Path, most: int, *, fix: str) -> bytes:
    try:
        if path.exists() and not path.is_file():  # reading a pipe or a device may never end
            fail(UsageError(f"{path} is not a file.", fix=fix))
        with path.open("rb") as file:
            return file.read(most)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        fail(UsageError(f"{path} cannot be read ({why}).", fix=fix))
