"""The commands, one a file. What a command needs is imported when it runs, so that `--help` and `replay` start quickly."""

import io
import sys
from typing import Annotated

import typer

from bot import __version__
from bot.cli import (
    bisect,
    compare,
    doctor,
    export,
    gate,
    playground,
    rebuild,
    replay,
    resolve,
    serve,
    similar,
    verify,
    worker,
)
from bot.cli.running import say
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
    compare.compare,
    similar.similar,
    bisect.bisect,
    gate.gate,
    resolve.resolve,
    serve.serve,
    worker.worker,
    doctor.doctor,
    rebuild.rebuild,
    export.export,
    verify.verify,
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
    app()


def _print_anything() -> None:
    """Let a terminal without Unicode show escapes, where Python would end with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
