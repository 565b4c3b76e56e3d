"""The queue: one at a time in a lane and in order, nothing lost, nothing at the mercy of a worker that is gone."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.store.queue import Delivery, HandedBack, JobQueue, Worker, current_lease
from bot.store.queue.lease import _MARGIN


@pytest.fixture
def queue(redis: Redis) -> JobQueue:
    return JobQueue(redis, "{tests}")


@asynccontextmanager
async def working(
    queue: JobQueue, perform: Callable[[Delivery], Awaitable[None]], *, concurrency: int = 5
) -> AsyncIterator[None]:
    task = asyncio.create_task(Worker(queue, perform, concurrency=concurrency).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


async def test_jobs_of_a_lane_are_done_in_order_even_where_one_must_wait(queue: JobQueue, redis: Redis) -> None:
    done: list[str] = []
    running: set[str] = set()

    async def perform(delivery: Delivery) -> None:
        assert not running, "one at a time"
        running.add(delivery.key)
        await asyncio.sleep(0)
        running.clear()
        if delivery.key == "job-3" and delivery.troubles < 2:
            raise HandedBack(0.01, count="troubles")
        done.append(delivery.key)

    for number in range(10):
        await queue.enqueue("k", {}, key=f"job-{number}", lane="C1")
    async with working(queue, perform), working(queue, perform):
        await until(lambda: len(done) == 10)
    assert done == [f"job-{number}" for number in range(10)]
    assert {key async for key in redis.scan_iter("*")} <= {"{tests}:count", "{tests}:wake"}


async def test_a_lane_that_waits_keeps_nobody_else_waiting(queue: JobQueue) -> None:
    done: list[str] = []
    released = asyncio.Event()

    async def perform(delivery: Delivery) -> None:
        if delivery.lane == "0:C1" and not released.is_set():
            lease = current_lease.get()
            assert lease
            await lease.pause(0.05)  # gives the only slot back
            raise HandedBack(0.05)
        done.append(delivery.key)

    await queue.enqueue("k", {}, key="first", lane="C1")
    await queue.enqueue("k", {}, key="second", lane="C1")
    async with working(queue, perform, concurrency=1):
        for number in range(5):
            await queue.enqueue("k", {}, key=f"other-{number}", lane="C2")
        await until(lambda: len(done) == 5)
        assert all(key.startswith("other") for key in done)
        released.set()
        await until(lambda: len(done) == 7)
    assert done[5:] == ["first", "second"]


async def test_a_job_whose_calls_pause_together_gives_one_slot_back_and_takes_one(queue: JobQueue) -> None:
    done: list[str] = []

    async def perform(delivery: Delivery) -> None:
        lease = current_lease.get()
        assert lease
        left_behind = asyncio.create_task(lease.pause(0.02))  # ends when its job is over
        await asyncio.gather(*(lease.pause(0.01) for _ in range(3)))
        done.append(delivery.key)
        assert not left_behind.done()

    for number in range(6):
        await queue.enqueue("k", {}, key=f"job-{number}")
    async with working(queue, perform, concurrency=2):
        await until(lambda: len(done) == 6)


async def test_a_job_that_never_ends_well_is_put_away(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.queue.worker._AFTER_SURPRISE", 0.01)
    tries, done = 0, asyncio.Event()

    async def perform(delivery: Delivery) -> None:
        nonlocal tries
        if delivery.key == "behind":
            done.set()
            return
        tries += 1
        raise ZeroDivisionError

    await queue.enqueue("k", {}, key="never", lane="C1")
    await queue.enqueue("k", {}, key="behind", lane="C1")
    async with working(queue, perform):
        await done.wait()
    assert tries == 10


async def test_a_key_that_waits_or_runs_is_one_job(queue: JobQueue) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def perform(delivery: Delivery) -> None:
        started.set()
        await go_on.wait()
        done.append(delivery.key)

    await queue.enqueue("k", {}, key="1")
    await queue.enqueue("k", {}, key="1")
    async with working(queue, perform):
        await started.wait()
        await queue.enqueue("k", {}, key="1")
        go_on.set()
        await queue.enqueue("k", {}, key="2")
        await until(lambda: "2" in done)
    assert done == ["1", "2"]


async def test_what_is_rescheduled_while_it_runs_comes_after(queue: JobQueue) -> None:
    seen: list[int] = []
    started, go_on = asyncio.Event(), asyncio.Event()

    async def perform(delivery: Delivery) -> None:
        started.set()
        await go_on.wait()
        seen.append(delivery.payload["number"])

    await queue.reschedule("k", {"number": 1}, key="x", after=timedelta(0))
    async with working(queue, perform):
        await started.wait()
        await queue.reschedule("k", {"number": 2}, key="x", after=timedelta(0))
        await queue.reschedule("k", {"number": 3}, key="x", after=timedelta(0))
        go_on.set()
        await until(lambda: len(seen) == 2)
    assert seen == [1, 3]


async def test_a_later_time_takes_the_place_of_the_one_that_waits(queue: JobQueue) -> None:
    seen: list[int] = []

    async def perform(delivery: Delivery) -> None:
        seen.append(delivery.payload["number"])

    async with working(queue, perform):
        await queue.reschedule("k", {"number": 1}, key="x", after=timedelta(hours=1))
        await queue.reschedule("k", {"number": 2}, key="x", after=timedelta(milliseconds=20))
        await until(lambda: seen == [2])


async def test_what_somebody_waits_for_goes_before_what_nobody_waits_for(queue: JobQueue) -> None:
    done: list[str] = []

    async def perform(delivery: Delivery) -> None:
        done.append(delivery.key)

    for number in range(20):
        await queue.reschedule("k", {}, key=f"reminder-{number}", after=timedelta(0))
    await queue.enqueue("k", {}, key="command")
    async with working(queue, perform, concurrency=1):
        await until(lambda: len(done) == 21)
    assert done[0] == "command"


async def test_a_job_of_a_worker_that_is_gone_is_done_by_another(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(await _taken(queue, lease=0.05)) > 1
    done: list[str] = []

    async def perform(delivery: Delivery) -> None:
        done.append(delivery.key)

    async with working(queue, perform):
        await until(lambda: done == ["1", "2"])


async def _taken(queue: JobQueue, *, lease: float) -> list[Any]:
    await queue.enqueue("k", {}, key="1", lane="C")
    await queue.enqueue("k", {}, key="2", lane="C")
    return await queue.scripts.take(lease=lease)


async def test_whoever_lost_a_job_cannot_end_it(queue: JobQueue) -> None:
    _, _, _, _, first, *_ = await _taken(queue, lease=0.001)
    await asyncio.sleep(0.01)
    key, _, _, _, second, *_ = await queue.scripts.take(lease=10)
    assert key == "1"
    assert await queue.scripts.renew([("1", int(first))], lease=10) == ["1"]
    assert not await queue.scripts.settle("1", int(first), "done")
    assert await queue.scripts.settle("1", int(second), "done")


async def test_a_worker_that_stops_gives_back_what_it_has_not_begun(queue: JobQueue) -> None:
    started = asyncio.Event()
    done: list[str] = []

    async def waits(delivery: Delivery) -> None:
        started.set()
        lease = current_lease.get()
        assert lease
        await lease.pause(60)

    async def perform(delivery: Delivery) -> None:
        done.append(delivery.key)

    await queue.enqueue("k", {}, key="1")
    async with working(queue, waits):
        await started.wait()
    async with working(queue, perform):
        await until(lambda: done == ["1"])


async def test_who_waits_behind_a_job_can_be_told(queue: JobQueue) -> None:
    for number in range(3):
        await queue.enqueue("k", {"number": number}, key=str(number), lane="C")
    _, _, _, lane, *_ = await queue.scripts.take(lease=10)
    assert [one.payload["number"] for one in await queue.behind(str(lane), for_at_least=0)] == [1, 2]
    assert await queue.behind(str(lane), for_at_least=3600) == []


async def test_a_job_that_leaves_its_lane_lets_the_next_begin_and_is_done_again_if_it_is_lost(queue: JobQueue) -> None:
    await queue.enqueue("replay", {}, key="first", lane="channel:C1")
    await queue.enqueue("replay", {}, key="second", lane="channel:C1")
    taken = await queue.scripts.take(lease=10.0)
    assert len(await queue.scripts.take(lease=10.0)) == 1, "one at a time"
    assert await queue.scripts.leave(taken[0], taken[4], lease=0.0)
    again = {(await queue.scripts.take(lease=10.0))[0] for _ in range(2)}
    assert again == {"first", "second"}, "the one behind it, and itself, as nobody held on to it"
    assert not await queue.scripts.leave(taken[0], taken[4], lease=10.0), "it is somebody else's now"


async def test_a_job_that_comes_when_its_worker_was_told_to_stop_is_there_for_another_at_once(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, answered = held_back(queue, monkeypatch)
    await queue.enqueue("k", {}, key="1")
    worker = asyncio.create_task(Worker(queue, never, concurrency=1).run())
    await taken.wait()
    worker.cancel()
    await asyncio.wait({worker}, timeout=0.05)  # it waits for the answer, in which there may be a job
    answered.set()
    await asyncio.wait({worker})
    assert (await JobQueue(queue.redis, queue.name).scripts.take(lease=10))[0] == "1"


async def test_a_lease_counts_from_when_it_was_asked_for(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.queue.lease.LEASE", _MARGIN + 0.2)
    taken, answered = held_back(queue, monkeypatch)
    begun: list[int] = []
    tokens: list[int] = []

    async def perform(delivery: Delivery) -> None:
        begun.append(delivery.token)

    await queue.enqueue("k", {}, key="1")
    async with working(queue, perform):
        await taken.wait()
        tokens.append(int(str(await queue.redis.hget("{tests}:job:1", "token"))))
        await asyncio.sleep(0.25)  # Redis answers so late that another worker may have the job by now
        answered.set()
        await until(lambda: begun != [])
    assert begun > tokens, "handed back, and begun with the lease after that"


def held_back(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """Have answers with a job come late: returns what is set once a job was taken, and what lets its answer through."""
    take, taken, answered = queue.scripts.take, asyncio.Event(), asyncio.Event()

    async def late(*, lease: float) -> list[Any]:
        found = await take(lease=lease)
        if len(found) > 1:
            taken.set()
            await answered.wait()
        return found

    monkeypatch.setattr(queue.scripts, "take", late)
    return taken, answered


async def never(_delivery: Delivery) -> None:
    raise AssertionError("nothing is begun any more")


@pytest.mark.parametrize(("dropped", "there"), [("2", []), ("1", ["2"])])
async def test_only_the_first_job_of_a_lane_takes_its_wait_with_it(
    queue: JobQueue, dropped: str, there: list[str]
) -> None:
    key, _, _, _, token, *_ = await _taken(queue, lease=10)
    assert await queue.scripts.settle(str(key), int(token), "later", delay=60)
    await queue.scripts.drop(dropped)
    found = await queue.scripts.take(lease=10)
    assert found[:-7] == there, "what waits for a time goes on waiting"
