"""`incident-bot doctor`: whether everything the bot needs answers, and is set up as it should be."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson
from bot.cli.running import FAILURE_EXIT, print_json, run

if TYPE_CHECKING:
    from rich.console import Console

    from bot.doctor import DoctorFinding

_MARKS = {"ok": ("✓ ok      ", "green"), "warning": ("! warning ", "yellow"), "problem": ("✗ problem ", "bold red")}


def doctor(
    manifest_schema: Annotated[
        str | None,
        typer.Option("--manifest-schema", help="Slack's schema of manifests, as a URL or file. Default: from GitHub."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the settings, Redis, Slack, Aionis and forges as the bot would use them. Exit code 1 where something is broken."""
    from bot.config.settings import read_settings  # noqa: PLC0415
    from bot.doctor import examine  # noqa: PLC0415
    from bot.runtime.logs import configure_logs  # noqa: PLC0415

    settings, mistakes = read_settings()
    configure_logs("ERROR", settings.log_format)
    findings = run(examine(settings, mistakes, **({"manifest_schema": manifest_schema} if manifest_schema else {})))
    if as_json:
        print_json({"ok": all(one.ok for one in findings), "findings": [_as_json(one) for one in findings]})
    else:
        from bot.cli.terminal_output import terminal  # noqa: PLC0415

        console = terminal()
        for finding in findings:
            _print(console, finding)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILURE_EXIT)


def _as_json(finding: "DoctorFinding") -> dict[str, str]:
    return {"name": finding.name, "level": finding.level.value, "seen": finding.seen, "advice": finding.advice}


def _print(console: "Console", finding: "DoctorFinding") -> None:
    """Print one finding, and its advice below."""
    from rich.text import Text  # noqa: PLC0415

    from bot.blocks.text import outside  # noqa: PLC0415

    console.print(Text.assemble(_MARKS[finding.level.value], (f"{finding.name}: ", "bold"), outside(finding.seen, 600)))
    if finding.advice:
        console.print(Text(f"          {finding.advice}", style="dim"))
