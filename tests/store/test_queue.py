"""The queue opens beside the rest of the start: what comes before it is open is stored and done all the same."""

import asyncio
from typing import Any

from bot.store.queue import open_queue


async def test_a_job_that_comes_before_the_queue_is_open_is_done(redis_url: str) -> None:
    done: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    async def perform(kind: str, key: str, payload: dict[str, Any], last: bool) -> None:
        await done.put((kind, payload))

    async with open_queue(redis_url, perform) as queue:
        assert not queue.is_open()
        await queue.enqueue("greet", {"whom": "Maya"}, key="1")
        assert queue.is_open()
        working = asyncio.create_task(queue.work(concurrency=1))
        assert await asyncio.wait_for(done.get(), timeout=10) == ("greet", {"whom": "Maya"})
        working.cancel()
        await asyncio.wait({working})


async def test_a_start_that_ends_at_once_does_not_wait_for_the_queue(redis_url: str) -> None:
    async def perform(kind: str, key: str, payload: dict[str, Any], last: bool) -> None:
        raise AssertionError("nothing was enqueued")

    async with open_queue(redis_url, perform) as queue:
        pass
    assert not queue.is_open()
