"""`incident-bot doctor`: whether everything the bot needs answers, and is set up as it should be."""

from typing import TYPE_CHECKING

import typer

from bot.cli.running import FAILURE_EXIT, run, settings_of

if TYPE_CHECKING:
    from rich.console import Console


def doctor() -> None:
    """Check Redis, Slack and Aionis with the settings as they are. Exit code 1 where something is wrong."""
    settings = settings_of()
    from bot.cli.terminal_output import terminal  # noqa: PLC0415
    from bot.runtime.checks import examine  # noqa: PLC0415
    from bot.runtime.logs import configure_logs  # noqa: PLC0415

    configure_logs("ERROR", settings.log_format)
    findings = run(examine(settings))
    for finding in findings:
        _print(terminal(), finding.name, ok=finding.ok, seen=finding.seen, advice=finding.advice)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILURE_EXIT)


def _print(console: "Console", name: str, *, ok: bool, seen: str, advice: str) -> None:
    """Print one line of the doctor's, and its advice below."""
    from rich.text import Text  # noqa: PLC0415

    from bot.blocks.text import outside  # noqa: PLC0415

    mark = ("✓ ok      ", "green") if ok else ("✗ problem ", "bold red")
    console.print(Text.assemble(mark, (f"{name}: ", "bold"), outside(seen, 600)))
    if advice:
        console.print(Text(f"          {advice}", style="dim"))
