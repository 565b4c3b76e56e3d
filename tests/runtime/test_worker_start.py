"""A worker that is told to stop while it starts ends, whatever became of the cancellation."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from bot.app import run_worker
from bot.playground.aionis import SampleAionis
from bot.playground.slack import LocalSlack
from bot.runtime.process_group import joined_group
from tests.conftest import settings_for


async def test_a_signal_that_a_library_swallows_at_the_start_ends_the_worker_all_the_same(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextlib.asynccontextmanager
    async def told_meanwhile(*given: object) -> AsyncIterator[None]:
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        async with joined_group(*given):  # type: ignore[arg-type]
            yield

    monkeypatch.setattr("bot.app.joined_group", told_meanwhile)
    worker = asyncio.create_task(run_worker(settings_for(slack, aionis.base_url, redis_url)))
    await asyncio.wait({worker}, timeout=10)
    assert worker.cancelled()
