"""What goes wrong: Slack and Aionis in trouble, processes killed, stopped and restarted, Redis restarted."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from redis import Redis

from bot.playground.aionis import SampleAionis
from bot.playground.slack import LocalSlack
from tests.chaos.crowd import Diary
from tests.conftest import answers, wait_until
from tests.scenarios.processes import answers_http, free_port

POSTS = ("chat.postMessage", "chat.update", "files.completeUploadExternal")
_IS_BACK_WITHIN = 30.0  # seconds


class Process:
    """One process of the bot that may be killed, stopped and restarted at any time."""

    def __init__(self, name: str, command: str, environment: dict[str, str], log: Path, port: int = 0) -> None:
        self.name = name
        self._port = port  # 0: it takes no requests
        self._command = command
        self._environment = environment
        self._log = log
        self._running: subprocess.Popen[bytes] | None = None
        self.trouble = asyncio.Lock()  # two that end it, and start it, would start two

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(  # noqa: S603 our own program
                [sys.executable, "-m", "bot", self._command],
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), **self._environment},
                stdout=log,
                stderr=log,
            )

    def send(self, number: signal.Signals) -> None:
        if self._running and self._running.poll() is None:
            self._running.send_signal(number)

    async def restart(self, number: signal.Signals) -> None:
        """Send a signal that ends it, start it, and wait until it takes requests.

        On a slow machine nobody would get through between two troubles otherwise.
        """
        await asyncio.to_thread(self.end, number)
        self.start()
        deadline = time.monotonic() + _IS_BACK_WITHIN
        while self._port and not await asyncio.to_thread(answers_http, f"http://127.0.0.1:{self._port}/healthz"):
            if time.monotonic() > deadline:
                return
            self.ensure_running()  # as whatever runs it does, where it found no Redis and ended
            await asyncio.sleep(0.1)

    def ensure_running(self) -> None:
        """Start it where a trouble was cut short between its end and its start."""
        if self._running is None or self._running.poll() is not None:
            self.start()

    def end(self, number: signal.Signals) -> int:
        """Send a signal that ends it and wait; a stop has a bound."""
        if self._running is None:
            return 0
        self.send(signal.SIGCONT)
        self.send(number)
        return self._running.wait(timeout=20)


class Server:
    """A Redis server of its own, with its data on disk, that comes back with what was stored."""

    def __init__(self, binary: str, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self._port = free_port()
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        options = ["--dir", str(self._folder), "--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        self._running = subprocess.Popen(  # noqa: S603 the binary of this machine
            [self._binary, "--port", str(self._port), *options], stdout=subprocess.DEVNULL
        )
        with Redis.from_url(self.url) as client:
            wait_until(lambda: answers(client), 30)

    def ensure_running(self) -> None:
        if self._running is None or self._running.poll() is not None:
            self.start()

    def kill(self) -> None:
        if self._running:
            self._running.kill()
            self._running.wait()


class Weather:
    """Lets something go wrong again and again, as the dice fall."""

    def __init__(
        self,
        dice: Random,
        diary: Diary,
        *,
        slack: LocalSlack,
        aionis: SampleAionis,
        processes: list[Process],
        server: Server,
        channels: list[str],
    ) -> None:
        self._dice = dice
        self._diary = diary
        self._slack = slack
        self._aionis = aionis
        self._processes = processes
        self._server = server
        self._channels = channels
        self.happened: dict[str, int] = {}

    @property
    def ended(self) -> int:
        """Return how often a process was killed, stopped or ended."""
        return sum(self.happened.get(name, 0) for name in ("kill", "freeze", "terminate"))

    @asynccontextmanager
    async def blowing(self) -> AsyncIterator[None]:
        """Let things go wrong inside the block, two at a time."""
        winds = {asyncio.create_task(self._wind()) for _ in range(2)}
        try:
            yield
        finally:
            for wind in winds:
                wind.cancel()
            await asyncio.wait(winds)
            self.clear()

    async def _wind(self) -> None:
        kinds = (
            self._away, self._cut, self._lossy, self._slow, self._busy, self._hold,
            self._kill, self._kill, self._freeze, self._terminate, self._restart_redis, self._aionis_trouble,
        )  # fmt: skip
        while True:
            await asyncio.sleep(self._dice.uniform(0.3, 1.2))
            kind = self._dice.choice(kinds)
            name = kind.__name__.strip("_")
            self.happened[name] = self.happened.get(name, 0) + 1
            await kind()

    def clear(self) -> None:
        """Let the sun shine: no faults, everything running."""
        self._slack.faults.clear()
        self._aionis.faults.clear()
        for process in self._processes:
            process.send(signal.SIGCONT)
            process.ensure_running()
        self._server.ensure_running()

    def _note(self, line: str) -> None:
        self._diary.note(f"  ~ {line}")

    async def _away(self) -> None:
        seconds = self._dice.uniform(0.3, 2)
        self._note(f"Slack answers 500 for {seconds:.1f} s")
        with self._slack.faults.outage():
            await asyncio.sleep(seconds)

    async def _cut(self) -> None:
        seconds = self._dice.uniform(0.3, 1)
        self._note(f"Slack closes connections for {seconds:.1f} s")
        with self._slack.faults.outage(drop=True):
            await asyncio.sleep(seconds)

    async def _lossy(self) -> None:
        self._note("answers of Slack are lost, for 2 s")
        with self._slack.faults.sometimes(0.3, self._dice, lose_response=True):
            await asyncio.sleep(2)

    async def _slow(self) -> None:
        self._note("Slack answers late, for 2 s")
        with self._slack.faults.slow(*POSTS, seconds=self._dice.uniform(0.5, 2)):
            await asyncio.sleep(2)

    async def _busy(self) -> None:
        self._note("Slack says 429, for 1 s")
        with self._slack.faults.sometimes(0.5, self._dice, retry_after=1):
            await asyncio.sleep(1)

    async def _hold(self) -> None:
        channel = self._dice.choice(self._channels)
        self._note(f"{channel} takes no message for 3 s")
        self._slack.limits.hold(channel, 3)

    async def _kill(self) -> None:
        process = self._dice.choice(self._processes)
        self._note(f"kill -9 {process.name}")
        async with process.trouble:
            await process.restart(signal.SIGKILL)

    async def _freeze(self) -> None:
        process, seconds = self._dice.choice(self._processes), self._dice.choice((1.0, 2.0, 12.0))
        self._note(f"{process.name} is frozen for {seconds:.0f} s")
        async with process.trouble:
            process.send(signal.SIGSTOP)
            await asyncio.sleep(seconds)
            process.send(signal.SIGCONT)

    async def _terminate(self) -> None:
        process = self._dice.choice(self._processes)
        self._note(f"{process.name} is told to end")
        async with process.trouble:
            await process.restart(signal.SIGTERM)

    async def _restart_redis(self) -> None:
        self._note("Redis is killed and comes back")
        await asyncio.to_thread(self._server.kill)
        await asyncio.sleep(self._dice.uniform(0, 1))
        await asyncio.to_thread(self._server.start)

    async def _aionis_trouble(self) -> None:
        kind = self._dice.choice(("rate_limited", "bad_gateway", "closed"))
        self._note(f"Aionis: {kind}, three times")
        self._aionis.faults.add(endpoint="*", kind=kind, times=3, ms=300)  # type: ignore[arg-type]
