"""What versions stored whose keys carried no workspace is taken over whole, and found by every command."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.domain.access.tenancy import Tenancy
from bot.domain.bundle.kept_answers import keep_answer, pack
from bot.domain.incident import log_changes
from bot.errors import SettingsError
from bot.store import keys
from bot.store.bindings import Bindings
from bot.store.connection import open_redis
from bot.store.keys import EVERYWHERE, Keys
from bot.store.live_messages import LiveMessages
from bot.store.migration import migrate
from bot.store.outbox import Outbox
from bot.store.process_group import ProcessGroup
from bot.store.queue import JobQueue
from bot.store.watches import Watches
from tests.admissions import KEYS
from tests.store.test_audit import command
from tests.store.test_backup import everything
from tests.store.test_incidents import ADMISSION, AT, CHANNEL, HERE, PEOPLE, asserting, opened, store_on

OLD_QUEUE = "{incident-bot:queue}"


@pytest.fixture
async def redis(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Redis]:
    monkeypatch.setenv("REDIS_URL", redis_url)
    async with open_redis(redis_url) as client:
        yield client


@pytest.fixture
async def old(redis: Redis) -> str:
    """Store what an older version did: its keys are those of no workspace, but for two."""
    store = store_on(redis, EVERYWHERE)
    id_ = await opened(store)
    for change in (
        log_changes.message_posted("root", "1764051000.000100", at=AT, key="root"),
        asserting("monitor", PEOPLE[0], "click"),
    ):
        assert (await store.apply(ADMISSION, id_, change)).accepted
    answer = keep_answer(path="/runs/get", asked={"run_id": "a"}, request_id="r", read_at=AT, body=b"{}")
    await store.answers.keep(await store.read(ADMISSION, id_), [pack(answer)])
    await LiveMessages(redis, EVERYWHERE, retention=timedelta(days=1)).shows(CHANNEL, id_, "root", "digest")
    await Bindings(redis, EVERYWHERE).bind(CHANNEL, HERE, by=PEOPLE[0], at=AT)
    await Outbox(redis, EVERYWHERE).keep("job", "root", "1.2|")
    await JobQueue(redis, OLD_QUEUE).enqueue("replay", {"user": PEOPLE[0]}, key="replay:1", lane=f"channel:{CHANNEL}")
    await redis.hset("incident-bot:watches", CHANNEL, f'["default", "support", "{PEOPLE[0]}", "{AT.isoformat()}"]')
    return id_


async def test_all_is_found_under_the_workspace(redis: Redis, redis_url: str, old: str) -> None:
    before = await everything(redis_url)
    await migrate(redis, KEYS)
    store = store_on(redis)
    incident = await store.read(ADMISSION, old)
    assert (incident.version, incident.root_ts) == (3, "1764051000.000100")
    assert [one.id for one in await store.open_ones(ADMISSION)] == [old]
    assert await store.id_at_root(CHANNEL, "1764051000.000100") == old
    assert len(await store.answers.of(incident)) == 1
    assert (await store.apply(ADMISSION, old, asserting("fix_verified", PEOPLE[1], "later"))).accepted
    assert await Bindings(redis, KEYS).of(CHANNEL) == Tenancy("default", "support")
    assert await Outbox(redis, KEYS).value("job", "root") == "1.2|"
    watch = await Watches(redis, KEYS).of(CHANNEL)
    assert watch is not None
    assert (await JobQueue(redis, KEYS.queue).scripts.take(lease=10.0))[0] == "replay:1"
    after = await everything(redis_url)
    assert len(after) == len(before) + 1  # the version of the data
    nobodys = {keys.DATA_VERSION, keys.incident_address(old)}
    assert [name for name in after if name not in nobodys and keys.workspace_in_key(name) != "T1"] == []


async def test_every_command_finds_it_before_and_after(redis: Redis, redis_url: str, old: str) -> None:
    assert "as it was written" in await command("audit", old)
    await migrate(redis, KEYS)
    assert "as it was written" in await command("audit", old)
    assert "nothing was changed" in await command("rebuild", old)
    assert f"{old} erased" in await command("forget", "--workspace", "T1")
    left: Any = [name for name in await everything(redis_url) if "T1" in name or CHANNEL in name]
    assert left == []


async def test_forgetting_waits_for_it(redis: Redis, old: str) -> None:
    said = await command("forget", "--workspace", "T1", code=2)
    assert "older version" in said


async def test_an_incident_goes_to_the_workspace_that_its_log_names(redis: Redis, old: str) -> None:
    await migrate(redis, Keys("T2"))
    assert (await store_on(redis).read(ADMISSION, old)).id == old


async def test_a_takeover_that_was_cut_off_is_ended_by_the_next(redis: Redis, redis_url: str, old: str) -> None:
    await redis.rename(EVERYWHERE.incident_log(CHANNEL, old), KEYS.incident_log(CHANNEL, old))
    await migrate(redis, KEYS)
    once = await everything(redis_url)
    await migrate(redis, KEYS)
    assert await everything(redis_url) == once
    assert (await store_on(redis).read(ADMISSION, old)).version == 3


async def test_older_processes_are_not_cut_off_from_their_data(redis: Redis, old: str) -> None:
    await redis.zadd(keys.PROCESSES, {"older": 1})
    with pytest.raises(SettingsError, match="older version"):
        await migrate(redis, KEYS)
    assert (await store_on(redis, EVERYWHERE).read(ADMISSION, old)).id == old


class Overtaken(Redis):
    """A client at whose first GET another process does all of its start."""

    was_overtaken = False

    async def execute_command(self, *command: Any, **options: Any) -> Any:
        answer = await super().execute_command(*command, **options)  # type: ignore[no-untyped-call]
        if command[0] == "GET" and not self.was_overtaken:
            self.was_overtaken = True
            await migrate(self, KEYS)
            await ProcessGroup(self, {}).join()
        return answer


async def test_of_two_that_start_at_once_none_is_taken_for_older_and_all_is_taken_over_once(
    redis: Redis, old: str
) -> None:
    overtaken = Overtaken(connection_pool=redis.connection_pool)
    await migrate(overtaken, KEYS)
    assert overtaken.was_overtaken
    assert await redis.get(keys.incident_address(old)) == KEYS.place(CHANNEL)
    assert "as it was written" in await command("audit", old)
