"""Processes of a measurement: started with a clean environment, waited for, and gone afterwards whatever happens."""

import contextlib
import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from redis import Redis

from bot.config.settings import Settings
from bot.store.embedded import EmbeddedValkey

LOOPBACK = "127.0.0.1"
BOT = (sys.executable, "-m", "bot")
START_TIMEOUT = 30.0  # seconds
_PR_SET_PDEATHSIG = 1
_ROOT = Path(__file__).parents[1]


class BenchmarkError(Exception):
    """A measurement that cannot be made; the message says why."""


class Bench:
    """A folder of its own, made-up credentials, and the processes started so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.signing_secret = secrets.token_hex(16)
        self.bot_token = f"xo{'xb'}-{secrets.token_hex(12)}"

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Return this process's environment without the bot's own settings, plus the given ones.

        Byte code is kept in the folder: an installation that could not write any would measure the compiler instead.
        """
        ours = {name.upper() for name in Settings.model_fields} | {"BASE_URL", "PYTHONDONTWRITEBYTECODE"}
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        return {**kept, "PYTHONPYCACHEPREFIX": str(self.folder / "pycache"), "PYTHONPATH": str(_ROOT), **settings}

    def bot_settings(
        self, *, port: int, redis_url: str, slack_url: str, aionis_url: str, **more: str
    ) -> dict[str, str]:
        """Return the environment variables that put the bot between a Slack and an Aionis."""
        return {
            "SLACK_BOT_TOKEN": self.bot_token,
            "SLACK_SIGNING_SECRET": self.signing_secret,
            "SLACK_API_URL": f"{slack_url}/api/",
            "AIONIS_BASE_URL": aionis_url,
            "AIONIS_SCOPE": "support",
            "REDIS_URL": redis_url,
            "BOT_PORT": str(port),
            "LOG_LEVEL": "WARNING",
            **{name.upper(): value for name, value in more.items()},
        }

    @contextmanager
    def running(self, command: Sequence[str], settings: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command until the block ends. It works in the folder, where there is no `.env`; its errors go to `bench.log`."""
        with (self.folder / "bench.log").open("ab") as log:
            process = subprocess.Popen(
                list(command),
                cwd=self.folder,
                env=self.environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 takes no locks
            )
        try:
            yield process
        finally:
            process.kill()  # nothing that it would still say or save is wanted
            process.wait()

    @contextmanager
    def serving(self, command: Sequence[str], settings: Mapping[str, str], port: int) -> Iterator[str]:
        """Run a command that serves HTTP on a port; yields its base URL once it takes connections."""
        with self.running(command, settings) as process:
            wait_for_port(port, process, self.last_words)
            yield f"http://{LOOPBACK}:{port}"

    def last_words(self) -> str:
        """Return the end of what the processes wrote."""
        log = self.folder / "bench.log"
        return log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""

    def run(self, command: Sequence[str], settings: Mapping[str, str], *, given: bytes = b"", within: float) -> bytes:
        """Run a command to its end and return what it printed. Raises `BenchmarkError` with its words where it fails."""
        try:
            done = subprocess.run(
                list(command),
                cwd=self.folder,
                env=self.environment(settings),
                input=given,
                capture_output=True,
                timeout=within,
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failed:
            raise BenchmarkError(f"{command[-1]} failed: {(failed.stderr or b'').decode()[-2000:]}") from failed
        return done.stdout


@contextmanager
def open_bench() -> Iterator[Bench]:
    """Make a folder for one measurement and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ib-bench-"))
    try:
        yield Bench(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def open_valkey(bench: Bench) -> Iterator[EmbeddedValkey]:
    """Run an embedded Valkey, append-only file and all, until the block ends."""
    valkey = EmbeddedValkey(bench.folder / "valkey")
    valkey.start()
    try:
        yield valkey
    finally:
        valkey.stop()


def empty(valkey: EmbeddedValkey) -> None:
    """Forget all jobs."""
    with Redis(unix_socket_path=str(valkey.socket)) as client:
        client.flushall()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server((LOOPBACK, 0)) as probe:
        return int(probe.getsockname()[1])


def module(name: str) -> tuple[str, ...]:
    """Return the command that runs a module of this package in a process of its own."""
    return (sys.executable, "-m", f"benchmarks.{name}")


def wait_for_port(port: int, process: subprocess.Popen[bytes], words: Callable[[], str]) -> None:
    """Wait until something listens. Raises `BenchmarkError` where the process ends first or takes too long."""
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchmarkError(f"a server did not start: {words()}")
        time.sleep(0.02)


def _die_with_parent() -> None:
    """Have the kernel end a child whose parent is gone, however it went."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
