"""The bot as processes of its own, to be killed."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.error import URLError

from bot.playground.slack import LocalSlack
from tests.conftest import SIGNING_SECRET


class BotProcess:
    """`incident-bot serve` or `incident-bot worker` in a process of its own."""

    def __init__(self, command: str, environment: dict[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 our own program
            [sys.executable, "-m", "bot", self._command],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), **self._environment},
        )

    def kill(self) -> None:
        """End it as hard as can be."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end; it must do so by itself and well."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            assert self._process.wait(timeout=20) == 0


def environment(slack: LocalSlack, aionis_url: str, data_dir: Path, port: int, **more: str) -> dict[str, str]:
    """Return the environment of a bot process between a local Slack and an Aionis, on an embedded Valkey."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": slack.api_url,
        "AIONIS_BASE_URL": aionis_url,
        "AIONIS_SCOPE": "support",
        "BOT_DATA_DIR": str(data_dir),
        "BOT_PORT": str(port),
        "LOG_LEVEL": "WARNING",
        **more,
    }


@asynccontextmanager
async def process(command: str, given: dict[str, str]) -> AsyncIterator[BotProcess]:
    """Run a bot process until the block ends. It is waited for in a thread: this loop serves Slack and Aionis to it."""
    started = BotProcess(command, given)
    started.start()
    try:
        yield started
    finally:
        await asyncio.to_thread(started.stop)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def is_ready(port: int) -> bool:
    """Tell whether the bot on a port says that it is ready."""
    return answers_http(f"http://127.0.0.1:{port}/readyz")


def answers_http(url: str) -> bool:
    """Tell whether a GET is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 loopback
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
