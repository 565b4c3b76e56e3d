"""The commands, one a file. What a command needs is imported when it runs, so that `--help` and `replay` start quickly."""

import io
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from bot import __version__
from bot.cli import (
    audit,
    bisect,
    compare,
    doctor,
    export,
    forget,
    gate,
    playground,
    rebuild,
    recent,
    replay,
    resolve,
    serve,
    similar,
    verify,
    worker,
)
from bot.cli.running import USAGE_EXIT, error_json, print_json, say
from bot.errors import UsageError
from bot.runtime.garbage_collector import relax_collector

app = typer.Typer(
    name="incident-bot",
    help="A Slack incident bot for AI agents whose runs are recorded by Aionis.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

# In the order of `--help`.
for command in (
    replay.replay,
    recent.recent,
    compare.compare,
    similar.similar,
    bisect.bisect,
    gate.gate,
    resolve.resolve,
    serve.serve,
    worker.worker,
    doctor.doctor,
    audit.audit,
    rebuild.rebuild,
    export.export,
    verify.verify,
    forget.forget,
    playground.playground,
):
    app.command()(command)


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Print the version where that is asked for."""
    if show:
        say(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line."""
    relax_collector()
    _print_anything()
    if "--json" in sys.argv:
        sys.exit(_run_for_machines())
    app()


def _run_for_machines() -> int:
    """Run the command line so that its refusal of arguments, too, is JSON; return the exit code."""
    try:
        return app(standalone_mode=False) or 0
    except TyperException as refused:
        tell = getattr(refused, "format_message", None)
        said = tell() if tell else str(refused)
        print_json(
            {"error": error_json(UsageError(said, fix="`incident-bot --help` lists the commands and their options."))}
        )
        return USAGE_EXIT


def _print_anything() -> None:
    """Let a terminal without Unicode show escapes, where Python would end with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
