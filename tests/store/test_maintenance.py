"""What a command has the bot do is stored where a process works, or whoever starts next looks."""

import pytest

from bot.store.connection import open_redis
from bot.store.keys import INSTALLED, Keys
from bot.store.maintenance import Maintenance
from bot.store.process_group import INSTALLED_APP, ProcessGroup
from bot.store.queue import JobQueue

TEAM = "T0ALOCAL01"


@pytest.mark.parametrize(
    ("processes", "queue"),
    [({INSTALLED_APP: "1.2"}, INSTALLED.queue), ({"one token": "of it"}, Keys(TEAM).queue), (None, Keys(TEAM).queue)],
)
async def test_a_job_is_stored_where_it_is_worked_on(
    redis_url: str, processes: dict[str, str] | None, queue: str
) -> None:
    async with open_redis(redis_url) as redis:
        await redis.hset("incident-bot:installations", TEAM, "of a time when the bot served several")
        if processes:
            assert await ProcessGroup(redis, processes).join() == []
        await Maintenance(redis).have_done(f"{TEAM}/C1", "refresh", {"channel": "C1"}, key="C1:INC-1")
        assert len(await JobQueue(redis, queue).scripts.take(lease=1)) > 1
