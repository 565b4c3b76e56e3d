"""The bot as processes of its own, to be killed."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
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
            stderr=subprocess.PIPE if os.environ.get("QUIET_BOT") else None,
        )

    def kill(self) -> None:
        """End it as hard as can be."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


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


@contextmanager
def process(command: str, given: dict[str, str]) -> Iterator[BotProcess]:
    """Run a bot process until the block ends."""
    started = BotProcess(command, given)
    started.start()
    try:
        yield started
    finally:
        started.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def is_ready(port: int) -> bool:
    """Tell whether the bot on a port says that it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
