"""What a look of a watch cannot read is read by later looks; what is left out for good is said."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.aionis.client import FIND_LIMIT
from bot.domain.access.admission import ChannelAdmission
from bot.domain.access.tenancy import Tenancy
from bot.investigation import watching
from bot.jobs import watch_look
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.runtime.container import open_services
from bot.runtime.services import Services
from bot.store.connection import open_redis
from bot.store.watches import Watch
from tests.conftest import http_client, settings_for

HERE = Tenancy("default", "support")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with open_redis(redis_url) as client:
        yield client


@pytest.fixture
async def here(services: Services) -> ChannelAdmission:
    """Return the admission of a channel whose watch has looked once."""
    admission = await services.authorization.admit_channel(INCIDENTS)
    await look(services, admission)
    return admission


async def look(services: Services, admission: ChannelAdmission) -> None:
    watch = Watch(INCIDENTS, admission.tenancy, MAYA, services.now())
    await watch_look.look(services, admission.tenancy, admission, [(watch, admission)])


async def indexed(services: Services, runs: list[str]) -> int:
    return len(await services.failures.fingerprints_of(HERE, runs))


async def test_runs_that_aionis_does_not_answer_for_are_read_once_it_does(
    services: Services, aionis: SampleAionis, here: ChannelAdmission, redis: Redis
) -> None:
    aionis.faults.add(endpoint="runs/get", kind="unsupported")
    runs = aionis.let.storm(2, kinds=1)
    await look(services, here)
    assert await indexed(services, runs) == 0
    assert (await services.watches.backlog.of(HERE)).waiting == 2
    aionis.faults.clear()
    await look(services, here)  # too early for the next try
    assert await indexed(services, runs) == 0
    (name,) = await redis.keys("*:pending")
    await redis.zadd(name, dict.fromkeys(runs, 0.0))
    await look(services, here)
    assert await indexed(services, runs) == 2
    assert await services.watches.untold(HERE, runs) == []
    assert (await services.watches.backlog.of(HERE)).waiting == 0


async def test_more_than_a_look_takes_is_carried_on_by_the_next_ones(
    services: Services, aionis: SampleAionis, here: ChannelAdmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PAGES", 1)
    runs = aionis.let.storm(FIND_LIMIT // 2 + 20, kinds=1, seconds=0)  # two records each: two pages
    await look(services, here)
    assert await services.watches.gap(HERE)
    looks = 1
    while await services.watches.gap(HERE) and looks < 5:
        await look(services, here)
        looks += 1
    assert await indexed(services, runs) == len(runs)
    assert (await services.watches.backlog.of(HERE)).left_out == 0


async def test_runs_beyond_what_a_look_reads_one_by_one_wait_for_the_next(
    services: Services, aionis: SampleAionis, here: ChannelAdmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_LEFT", 1)
    monkeypatch.setattr(watching, "_ONE_BY_ONE", 0)
    aionis.let.crash(silent_seconds=10)  # which go on
    going_on = [aionis.let.crash(silent_seconds=10), aionis.let.crash(silent_seconds=10)]
    read = await watching.read_failed(
        services.aionis(here), going_on, now=services.now(), stalled_after=services.stalled_after
    )
    assert (read.going_on, read.later) == (going_on[:1], going_on[1:])
    await services.watches.backlog.keep(HERE, [], later=read.later, now=services.now(), every=timedelta(minutes=1))
    assert await services.watches.backlog.due(HERE, now=services.now(), limit=5) == going_on[1:]


async def test_a_crashed_run_is_told_of_once_and_waited_for_no_longer(
    services: Services, aionis: SampleAionis, here: ChannelAdmission, redis: Redis
) -> None:
    run = aionis.let.crash()
    await look(services, here)
    assert await indexed(services, [run]) == 1
    asked = [call for call in aionis.calls if call.path.endswith("/runs/get")]
    assert asked
    for _ in range(2):
        await look(services, here)
        assert run not in await services.watches.silent_since(HERE, services.now(), limit=100)
    assert [call for call in aionis.calls if call.path.endswith("/runs/get")] == asked


async def test_the_first_failure_of_an_empty_scope_is_news(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, aionis_scope="empty")
    async with open_services(settings) as services:
        admission = await services.authorization.admit_channel(INCIDENTS)
        await look(services, admission)
        run = aionis.let.storm(1, kinds=1, scope="empty")[0]
        await look(services, admission)
        assert run in await services.failures.fingerprints_of(admission.tenancy, [run])


async def test_what_was_silent_before_the_watch_is_no_news_however_many_runs(
    services: Services, aionis: SampleAionis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_look, "_SILENT", 1)
    runs = [aionis.let.crash() for _ in range(3)]
    admission = await services.authorization.admit_channel(INCIDENTS)
    for _ in range(3):
        await look(services, admission)
    assert await indexed(services, runs) == 0


async def test_what_is_tried_in_vain_for_days_or_is_too_much_is_left_out_and_said(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    backlog, now, every = services.watches.backlog, services.now(), timedelta(minutes=1)
    await backlog.keep(HERE, ["a"], later=[], now=now, every=every)
    assert await backlog.keep(HERE, ["a", "b"], later=[], now=now + timedelta(days=3), every=every) == ["a"]
    monkeypatch.setattr("bot.store.watch_backlog.MOST", 2)
    assert await backlog.keep(HERE, [], later=["c", "d"], now=now, every=every) == ["b"]
    found = await backlog.of(HERE)
    assert (found.waiting, found.left_out, found.because) == (2, 2, "more wait than are kept")


async def test_of_two_ends_between_two_looks_the_newest_counts(
    services: Services, aionis: SampleAionis, here: ChannelAdmission
) -> None:
    failed = aionis.let.storm(5, kinds=1)
    well = [aionis.let.rerun("feed", succeed=True) for _ in range(2)]
    async with http_client(aionis.base_url) as client:
        for run, status in ((failed[0], "success"), (failed[1], "partial"), (well[0], "failed")):
            ended = {"run_id": run, "scope": "support", "status": status, "memory_lane": "shared"}
            assert (await client.post("/v1/memory/replay/run/end", json=ended)).is_success
    await look(services, here)
    assert await services.watches.untold(HERE, [*failed, *well]) == [failed[0], well[1]]
    assert await indexed(services, [failed[0], well[1]]) == 0
    assert await indexed(services, [*failed[1:], well[0]]) == 5
