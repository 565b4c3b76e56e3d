"""What a process has read of an incident is not read again, and is never more than what the log says."""

from typing import Any

import pytest
from redis.asyncio import Redis

from bot.domain.incident import log_changes
from bot.domain.incident.kept import RunDigest
from bot.store.incidents import IncidentStore
from bot.store.known_incidents import KnownFields, KnownIncidents
from bot.store.maintenance import Maintenance
from tests.admissions import KEYS
from tests.store.test_incidents import ADMISSION, AT, CHANNEL, PEOPLE, PLACE, asserting, opened, store_on

RUNS = 500


@pytest.fixture
def store(redis: Redis) -> IncidentStore:
    return store_on(redis)


async def severity(store: IncidentStore, id_: str, which: str, key: str) -> None:
    await store.apply(ADMISSION, id_, log_changes.severity_set(which, by=PEOPLE[0], at=AT, key=key))


async def sent(redis: Redis) -> int:
    return int((await redis.info("stats"))["total_net_output_bytes"])


async def test_an_incident_of_many_runs_is_not_read_anew_for_each_change(store: IncidentStore, redis: Redis) -> None:
    id_ = await opened(store)
    for number in range(RUNS):
        run = RunDigest(run_id=f"run-{number}", verdict="failed", failing=True, goal="x" * 80)
        await store.apply(ADMISSION, id_, log_changes.run_added(run, by=PEOPLE[0], at=AT, key=f"run-{number}"))
    before = await sent(redis)
    await store.apply(ADMISSION, id_, asserting("monitor", PEOPLE[0], "click"))
    incident = await store.read(ADMISSION, id_)
    same = await store.find(ADMISSION, id_)
    assert await sent(redis) - before < 20_000
    assert len(incident.runs) == RUNS
    assert same == incident == await store_on(redis).read(ADMISSION, id_)


async def test_what_another_process_has_written_is_seen(store: IncidentStore, redis: Redis) -> None:
    id_, other = await opened(store), store_on(redis)
    for number in range(60):  # more than is folded at once, at the end
        await severity(other, id_, f"SEV{number % 4 + 1}", f"other-{number}")
        if number < 5:
            assert await store.read(ADMISSION, id_) == await other.read(ADMISSION, id_)
    assert await store.read(ADMISSION, id_) == await other.read(ADMISSION, id_)
    await store.apply(ADMISSION, id_, asserting("monitor", PEOPLE[0], "mine"))
    await other.apply(ADMISSION, id_, asserting("monitor", PEOPLE[1], "theirs"))
    assert await store.read(ADMISSION, id_) == await other.read(ADMISSION, id_)


async def test_fields_that_were_rebuilt_are_read_anew(store: IncidentStore, redis: Redis) -> None:
    id_ = await opened(store)
    await redis.hset(KEYS.incident_fields(CHANNEL, id_), "severity", "SEV9")
    spoilt = store_on(redis)
    assert (await spoilt.read(ADMISSION, id_)).severity == "SEV9"
    await Maintenance(redis).rebuild(PLACE, id_)
    assert (await spoilt.read(ADMISSION, id_)).severity == ""


@pytest.mark.parametrize("how", ["another log", "an entry of a newer version", "gone"])
async def test_what_does_not_follow_is_read_anew(store: IncidentStore, redis: Redis, how: str) -> None:
    id_ = await opened(store)
    await severity(store, id_, "SEV2", "known")
    fields, log = KEYS.incident_fields(CHANNEL, id_), KEYS.incident_log(CHANNEL, id_)
    if how == "another log":  # a backup was put back, and went on otherwise
        await redis.xtrim(log, maxlen=1)
        newest: Any = await redis.xrange(log)
        await redis.delete(log)
        await redis.xadd(log, {**newest[0][1], "chain": "ab" * 32, "payload": '{"severity":"SEV4"}'}, id=newest[0][0])
        await redis.hset(fields, "severity", "SEV4")
    elif how == "gone":
        await redis.delete(fields, log, KEYS.incident_seen(CHANNEL, id_))
        assert await store.find(ADMISSION, id_) is None
        return
    else:
        version = await redis.hincrby(fields, "version", 1)
        await redis.xadd(log, {"kind": "of tomorrow", "at": AT.isoformat(), "chain": "cd" * 32}, id=f"{version}-0")
        await redis.hset(fields, "severity", "SEV4")
    assert (await store.read(ADMISSION, id_)).severity == "SEV4"


def test_what_was_asked_for_the_longest_ago_is_forgotten_first() -> None:
    kept = KnownIncidents(most_characters=100)
    for name in ("a", "b", "a", "c"):
        kept.keep(name, KnownFields({"runs": "x" * 40}, version="1"))
    assert [bool(kept.of(name).version) for name in ("a", "b", "c")] == [True, False, True]
    kept.keep("a", KnownFields())
    assert not kept.of("a").version
