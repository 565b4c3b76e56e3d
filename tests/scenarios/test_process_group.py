"""Stopped as service managers do it: every process below gets the signal at once, the embedded Valkey too.

Nothing is printed then, no traceback above all: Valkey hears nothing of it, and is ended by the bot as the last thing.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.bundle import ensure_bundle
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from tests.scenarios.processes import environment, free_port, is_ready

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds; two cores may be busy with other tests
SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)


class Leader:
    """`incident-bot …` as the leader of a process group of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.family: set[int] = set()

    @property
    def exit_code(self) -> int | None:
        return self._process.returncode

    async def printed(self, words: str) -> None:
        """Read what it prints up to a line with these words."""
        assert self._process.stdout
        async with asyncio.timeout(PATIENCE):
            while words not in (line := (await self._process.stdout.readline()).decode()):
                assert line, f"it ended before it printed {words!r}"

    async def stopped_by(self, number: signal.Signals) -> str:
        """Send the signal to everything below and to itself; returns what is printed from then on."""
        self.family = below(self._process.pid)
        for pid in (*self.family, self._process.pid):
            os.kill(pid, number)
        async with asyncio.timeout(PATIENCE):
            printed, _ = await self._process.communicate()
        return printed.decode()

    def leaves_nothing(self) -> bool:
        return not any(Path(f"/proc/{pid}").exists() for pid in self.family)


@asynccontextmanager
async def running(*command: str, given: dict[str, str], folder: Path) -> AsyncIterator[Leader]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *command),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **given},
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield Leader(process)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def below(parent: int) -> set[int]:
    """Every process below a process, whatever group or session it put itself into."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found, todo = set(), [parent]
    while todo:
        some = children.get(todo.pop(), [])
        found |= set(some)
        todo += some
    return found


@SIGNALS
async def test_serve_ends_without_a_word_and_valkey_goes_last(
    slack: LocalSlack, aionis: SampleAionis, tmp_path: Path, number: signal.Signals
) -> None:
    port = free_port()
    given = environment(slack, aionis.base_url, tmp_path / "data", port)
    async with running("serve", given=given, folder=tmp_path) as bot:
        await slack.wait_for(lambda: is_ready(port), PATIENCE)
        slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
        printed = await bot.stopped_by(number)
    assert (bot.exit_code, printed) == (0, "")
    assert bot.family, "there was a Valkey"
    await slack.wait_for(bot.leaves_nothing)
    assert "ready to exit" in (tmp_path / "data" / "valkey.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("number", "when"),
    [
        (signal.SIGINT, "ready: open"),
        (signal.SIGTERM, "ready: open"),
        (signal.SIGTERM, "starting the bot and its Valkey"),
    ],
    ids=["SIGINT", "SIGTERM", "SIGTERM while it starts"],
)
async def test_the_playground_ends_with_one_line(tmp_path: Path, number: signal.Signals, when: str) -> None:
    await asyncio.to_thread(ensure_bundle, lambda _: None)
    given = {"BOT_DATA_DIR": str(tmp_path / "data")}
    async with running("playground", "--port", str(free_port()), given=given, folder=tmp_path) as playground:
        await playground.printed(when)
        printed = await playground.stopped_by(number)
    assert (playground.exit_code, printed) == (0, "[playground] stopped\n")
    assert not (tmp_path / ".incident-bot").exists()
    assert (tmp_path / "data" / "playground").is_dir() or when != "ready: open"
