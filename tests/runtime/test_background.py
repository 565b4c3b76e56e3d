"""Work beside everything else: begun again whatever ends it, and over with its block."""

import asyncio
from collections.abc import Iterator

import pytest
import structlog

from bot.errors import SlackUnreachable
from bot.runtime import background
from bot.runtime.background import keep_running


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_RESTART_AFTER", 0.001)


class Work:
    """Ends as it is told to, again and again; then goes on."""

    def __init__(self, *ends: Exception | None) -> None:
        self._ends: Iterator[Exception | None] = iter(ends)
        self.goes_on = asyncio.Event()

    async def __call__(self) -> None:
        for end in self._ends:
            if end is not None:
                raise end
            return
        self.goes_on.set()
        await asyncio.Event().wait()


async def test_whatever_ends_it_is_told_and_it_begins_again() -> None:
    work = Work(ValueError("odd"), SlackUnreachable("Slack does not answer."), None)
    with structlog.testing.capture_logs() as lines:
        async with keep_running("worker", work):
            await work.goes_on.wait()
    assert [line["event"] for line in lines] == ["background_crashed", "background_failed"]
    assert lines[1]["error"].startswith("Slack does not answer.")


async def test_it_is_over_with_its_block_although_it_takes_being_cancelled_for_an_end() -> None:
    begun = []

    async def ends_quietly() -> None:
        begun.append(1)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return

    async with keep_running("worker", ends_quietly):
        await asyncio.sleep(0)
    assert begun == [1]
    assert [task for task in asyncio.all_tasks() if task.get_name() == "worker"] == []


async def test_what_it_ends_in_does_not_keep_the_rest_from_being_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_GRACE", 0.01)
    let = asyncio.Event()

    async def clings() -> None:
        while not let.is_set():
            try:
                await let.wait()
            except asyncio.CancelledError:
                continue

    async with keep_running("worker", clings):
        await asyncio.sleep(0)
    let.set()
