"""A terminal to type commands into: in this process, or in one of their own where that is the point."""

import contextvars
import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from bot.cli import main
from bot.playground.aionis import SampleAionis

RUNS = SampleAionis().runs
UNKNOWN = "00000000-0000-0000-0000-000000000001"
_ROOT = Path(__file__).parents[2]


def environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(_ROOT), "COLUMNS": "120", **more}


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command that only reads: without the second that a process takes to import everything."""
    printed, told = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with (
        patch.dict(os.environ, environment(**settings), clear=True),
        patch.object(sys, "argv", ["incident-bot", *arguments]),
        redirect_stdout(printed),
        redirect_stderr(told),
    ):
        code = 0
        try:
            # What it remembers of its arguments ends with it.
            contextvars.copy_context().run(main)
        except SystemExit as ended:
            code = int(ended.code or 0)
    return subprocess.CompletedProcess(arguments, code, _text(printed), _text(told))


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def run_process(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a person does."""
    return subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-m", "bot", *arguments],
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
