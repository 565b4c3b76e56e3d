"""`incident-bot verify`: whether a bundle is as it was exported."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.running import FAILURE_EXIT, fail, say
from bot.errors import UsageError


def verify(bundle: Annotated[Path, typer.Argument(help="An exported evidence bundle.")]) -> None:
    """Check every hash of an evidence bundle, and say what was altered. Exit code 1 where something was."""
    from bot.domain.bundle.archive import problems_of  # noqa: PLC0415
    from bot.domain.bundle.zip_file import MOST_BYTES  # noqa: PLC0415

    try:
        if bundle.exists() and not bundle.is_file():  # reading a pipe or a device may never end
            fail(UsageError(f"{bundle} is not a file.", fix="Name an exported bundle."))
        with bundle.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        fail(UsageError(f"{bundle} cannot be read ({why}).", fix="Name an exported bundle."))
    say(f"SHA-256 {hashlib.sha256(content).hexdigest()}")
    problems = problems_of(content)
    for problem in problems:
        say(f"✗ {problem}")
    if problems:
        raise typer.Exit(FAILURE_EXIT)
    say("Every file and every log entry is as it was exported.")
