"""`incident-bot doctor`: whether everything the bot needs answers, and is set up as it should be."""

from typing import TYPE_CHECKING

import typer

from bot.cli.options import AsJson
from bot.cli.running import FAILURE_EXIT, print_json, run, settings_of

if TYPE_CHECKING:
    from rich.console import Console

    from bot.doctor import Finding

_MARKS = {"ok": ("✓ ok      ", "green"), "warning": ("! warning ", "yellow"), "problem": ("✗ problem ", "bold red")}


def doctor(as_json: AsJson = False) -> None:
    """Check Redis, Slack and Aionis with the settings as they are. Exit code 1 where something is broken."""
    settings = settings_of()
    from bot.doctor import examine  # noqa: PLC0415
    from bot.runtime.logs import configure_logs  # noqa: PLC0415

    configure_logs("ERROR", settings.log_format)
    findings = run(examine(settings))
    if as_json:
        print_json({"ok": all(one.ok for one in findings), "findings": [_as_json(one) for one in findings]})
    else:
        from bot.cli.terminal_output import terminal  # noqa: PLC0415

        console = terminal()
        for finding in findings:
            _print(console, finding)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILURE_EXIT)


def _as_json(finding: "Finding") -> dict[str, str]:
    return {"name": finding.name, "level": finding.level.value, "seen": finding.seen, "advice": finding.advice}


def _print(console: "Console", finding: "Finding") -> None:
    """Print one finding, and its advice below."""
    from rich.text import Text  # noqa: PLC0415

    from bot.blocks.text import outside  # noqa: PLC0415

    console.print(Text.assemble(_MARKS[finding.level.value], (f"{finding.name}: ", "bold"), outside(finding.seen, 600)))
    if finding.advice:
        console.print(Text(f"          {finding.advice}", style="dim"))
