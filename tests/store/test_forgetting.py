"""Erasure on a real server: nothing is findable afterwards, and what stays can still be audited and exported."""

import json
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.access.tenancy import Tenancy
from bot.domain.bundle.archive import problems_of
from bot.domain.bundle.kept_answers import keep_answer, pack
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST
from bot.domain.incident.forgetting import Wanted
from bot.domain.incident.incident_log import EntryKind
from bot.domain.incident.kept import GateHeld, Recurrence, RunDigest
from bot.domain.recurrence.decisions import Join
from bot.domain.recurrence.fingerprint import FailureKind, make_ingredients
from bot.domain.recurrence.occurrences import FailedRun, PastIncident
from bot.report import bundle_of
from bot.store import keys
from bot.store.bindings import Bindings
from bot.store.cache import Cache
from bot.store.connection import bytes_of, open_redis
from bot.store.keys import EVERYWHERE, Keys
from bot.store.maintenance import Maintenance
from bot.store.queue import JobQueue
from bot.store.recurrence import FailureIndex
from bot.store.sweep import Sweep, Tally
from bot.store.watches import Watch, Watches
from tests.admissions import KEYS, admission
from tests.store.test_audit import command, kept
from tests.store.test_incidents import ADMISSION, AT, CHANNEL, HERE, PEOPLE, PLACE, asserting, opened, opening, store_on

MAYA, JONAS = PEOPLE
NAME = "Maya Lindqvist"
OTHER = "C0AOTHERS1"


@pytest.fixture(autouse=True)
def environment(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)


@pytest.fixture
async def incident(redis: Redis, redis_url: str) -> str:
    """Return an incident of Maya's and Jonas', with everything around it that the bot stores."""
    store = store_on(redis)
    id_ = await opened(store)
    for change in (
        log_changes.message_posted("root", "1764051000.000100", at=AT, key="root"),
        log_changes.run_added(RunDigest(run_id="a", verdict="failed", failing=True), by=JONAS, at=AT, key="run"),
        log_changes.item_asserted("monitor", proof=f"{NAME} saw it", owner=MAYA, by=JONAS, at=AT, key="done"),
        log_changes.people_named({MAYA: NAME, JONAS: "Jonas Weber"}, at=AT, key="names"),
        log_changes.severity_set("SEV2", by=MAYA, at=AT, key=f"{MAYA}:click"),
    ):
        assert (await store.apply(ADMISSION, id_, change)).accepted
    body = json.dumps({"run": {"run_id": "a", "owner": MAYA, "incident": id_}}).encode()
    answer = keep_answer(
        path="/v1/memory/replay/runs/get", asked={"run_id": "a"}, request_id="r", read_at=AT, body=body
    )
    await store.answers.keep(await store.read(ADMISSION, id_), [pack(answer)])
    await Bindings(redis, KEYS).bind(CHANNEL, HERE, by=MAYA, at=AT)
    await Cache(redis, KEYS).keep(f"user:{MAYA}", {"name": NAME}, for_=timedelta(minutes=5))

    failures, here = FailureIndex(redis, KEYS, retention=timedelta(days=400)), HERE
    made_of = make_ingredients(here, tool="pay", postconditions=[], error="no", kind=FailureKind.FAILED)
    await failures.record(here, FailedRun("a", AT, True, made_of), now=AT)
    past = PastIncident(id_, "closed", fix=f"PR 71 of {NAME}", at=AT, channel=CHANNEL, root_ts="1.2", fixed=True)
    await failures.had_incident(here, made_of.fingerprint, past)
    await failures.decide(here, Join(made_of.fingerprint, "other"), by=MAYA, at=AT)
    await Watches(redis, KEYS).start(Watch(CHANNEL, here, MAYA, AT))
    again = Recurrence(run_id="b", runs=2, at=AT, seen=AT, fingerprint=made_of.fingerprint)
    held = GateHeld(outcome="passed", runs=("b",), sha256="0" * 64)
    for change in (
        log_changes.recurred(again, key="again"),
        log_changes.gate_held(held, by=MAYA, at=AT, key="gate"),
    ):
        assert (await store.apply(ADMISSION, id_, change)).accepted

    queue = JobQueue(redis, KEYS.queue)
    await queue.enqueue("replay", {"user": MAYA, "incident": id_}, key=f"replay:{id_}", lane=f"channel:{CHANNEL}")
    await queue.enqueue("replay", {"user": JONAS}, key="replay:other", lane="channel:C0ASOMEWHERE")
    await queue.reschedule("refresh", {"by": MAYA}, key=f"refresh:{CHANNEL}:{id_}", after=timedelta(hours=1))
    return id_


async def findable(redis_url: str, *texts: str) -> list[str]:
    """Return every place in Redis in which one of these stands, also inside of what is packed."""
    found = []
    async with open_redis(redis_url) as text, bytes_of(text) as raw:
        async for name in raw.scan_iter():
            kind: Any = await raw.type(name)
            read: dict[str, Any] = {
                "string": lambda: raw.get(name),  # noqa: B023 called at once
                "hash": lambda: raw.hgetall(name),  # noqa: B023
                "zset": lambda: raw.zrange(name, 0, -1),  # noqa: B023
                "set": lambda: raw.smembers(name),  # noqa: B023
                "list": lambda: raw.lrange(name, 0, -1),  # noqa: B023
                "stream": lambda: raw.xrange(name),  # noqa: B023
            }
            content = f"{name!r} {await read[kind.decode()]()!r}"
            found += [f"{name!r}: {one}" for one in texts if one in content]
    async with open_redis(redis_url) as redis:
        async for name in redis.scan_iter(EVERYWHERE.incident_log("*", "*")):
            for one in await Maintenance(redis).answers(*keys.incident_of_log(name)):
                found += [f"answer: {text}" for text in texts if text in str(one.as_json())]
    return found


async def audited(redis: Redis, id_: str, place: str = PLACE) -> tuple[str, ...]:
    return (await Maintenance(redis).audit(place, id_)).problems


async def test_of_a_person_nothing_is_findable_and_the_chain_still_holds(
    redis: Redis, redis_url: str, incident: str
) -> None:
    before = await Maintenance(redis).log(PLACE, incident)
    assert await findable(redis_url, MAYA, NAME)
    said = await command("forget", "--user", MAYA)
    assert f"{incident}: 5 log entries rewritten" in said
    assert await findable(redis_url, MAYA, NAME) == []
    assert await audited(redis, incident) == ()
    entries = await Maintenance(redis).log(PLACE, incident)
    assert entries[-1].kind is EntryKind.FORGOTTEN
    assert [entry.kind for entry in entries[:-1]] == [entry.kind for entry in before]
    pseudonym = entries[-1].payload["pseudonym"]
    assert (entries[0].actor, entries[3].payload["owner"], entries[5].actor) == (pseudonym, pseudonym, pseudonym)
    assert entries[1] == before[1]
    answers = await Maintenance(redis).answers(PLACE, incident)
    bundle = bundle_of(entries, answers, incident)
    assert problems_of(bundle) == []
    assert MAYA.encode() not in bundle
    assert NAME.encode() not in bundle
    assert f"Nothing of {MAYA}" in await command("forget", "--user", MAYA, code=1)


async def test_names_that_no_log_knows_are_given(redis: Redis, redis_url: str, incident: str) -> None:
    said = asserting("corrective_change", JONAS, "as Mrs. Lindqvist, M. (L.) said, not Lindqvistin")
    assert (await store_on(redis).apply(ADMISSION, incident, said)).accepted
    await command("forget", "--user", MAYA, "--name", "Lindqvist", "--name", " M.  (L.) ")
    left = await findable(redis_url, MAYA, NAME, "Mrs. Lindqvist,", "M. (L.)")
    assert left == []
    assert await findable(redis_url, "not Lindqvistin")
    assert await audited(redis, incident) == ()


async def test_the_incident_goes_on_after_a_person_was_forgotten(redis: Redis, incident: str) -> None:
    await command("forget", "--user", MAYA)
    store = store_on(redis)
    applied = await store.apply(ADMISSION, incident, asserting("corrective_change", JONAS, "later"))
    assert applied.accepted
    assert applied.incident
    assert applied.incident.head.by.startswith("UGONE")
    assert await audited(redis, incident) == ()


async def test_a_second_person_can_be_forgotten_after_the_first(redis: Redis, redis_url: str, incident: str) -> None:
    await command("forget", "--user", MAYA)
    await command("forget", "--user", JONAS)
    assert await findable(redis_url, MAYA, JONAS, NAME, "Jonas Weber") == []
    found = await Maintenance(redis).audit(PLACE, incident)
    assert (found.problems, found.tombstones) == ((), 2)


async def test_what_is_rewritten_after_the_tombstone_is_told(redis: Redis, incident: str) -> None:
    await command("forget", "--user", MAYA)
    name = KEYS.incident_log(CHANNEL, incident)
    stored: Any = await redis.xrange(name)
    await redis.delete(name)
    for identifier, fields in stored:
        await redis.xadd(name, {**fields, **({"actor": JONAS} if identifier == "1-0" else {})}, id=identifier)
    assert "Entry 1 was altered" in " ".join(await audited(redis, incident))


async def test_a_person_is_taken_out_of_a_log_older_than_the_chain(redis: Redis, redis_url: str) -> None:
    id_ = await kept(redis, "log-0.1.json")
    await command("forget", "--user", MAYA)
    assert await findable(redis_url, MAYA, NAME) == []
    found = await Maintenance(redis).audit(PLACE, id_)
    assert (found.problems, found.tombstones) == ((), 1)
    await store_on(redis).apply(ADMISSION, id_, asserting("corrective_change", JONAS, "new"))
    assert await audited(redis, id_) == ()
    assert problems_of(bundle_of(await Maintenance(redis).log(PLACE, id_), [], id_)) == []


async def test_the_queue_goes_on_without_the_jobs_that_are_forgotten(redis: Redis, incident: str) -> None:
    queue = JobQueue(redis, KEYS.queue)
    await command("forget", "--user", MAYA)
    key, _, _, _, token, *_ = await queue.scripts.take(lease=10.0)
    assert key == "replay:other"
    assert await queue.scripts.settle(key, token, "done")
    assert len(await queue.scripts.take(lease=10.0)) == 1
    assert [name async for name in redis.scan_iter(f"{KEYS.queue}:lane:*")] == []


async def test_a_dry_run_says_the_same_and_does_nothing(redis: Redis, redis_url: str, incident: str) -> None:
    async def everything() -> dict[str, Any]:
        async with open_redis(redis_url) as text, bytes_of(text) as raw:
            return {name: await raw.dump(name) async for name in raw.scan_iter()}

    before = await everything()
    for words in (("--user", MAYA), ("--incident", incident), ("--workspace", "T1")):
        assert "would be" in await command("forget", *words, "--dry-run")
    assert await everything() == before
    for words in (("--user", MAYA), ("--workspace", "T1")):  # a workspace is erased in several passes
        planned = json.loads(await command("forget", *words, "--dry-run", "--json"))
        done = json.loads(await command("forget", *words, "--json"))
        assert {**planned, "dry_run": False} == done


async def test_of_an_incident_nothing_is_findable(redis: Redis, redis_url: str, incident: str) -> None:
    store = store_on(redis)
    other = await store.claim_id(CHANNEL)
    await store.open(ADMISSION, other, opening("other"), alone=False)
    await store.apply(ADMISSION, other, log_changes.run_removed("a", incident, by=JONAS, at=AT, key="moved"))
    assert f"{incident} erased" in await command("forget", "--incident", incident)
    assert await findable(redis_url, incident) == []
    assert await redis.zrange(KEYS.open_incidents(CHANNEL), 0, -1) == [other]
    assert await audited(redis, other) == ()
    assert "Nothing of" in await command("forget", "--incident", incident, code=1)


async def test_of_a_workspace_nothing_is_findable_and_the_other_keeps_its_own(
    redis: Redis, redis_url: str, incident: str
) -> None:
    theirs = Keys("T2")
    store, here = store_on(redis, theirs), admission(OTHER, HERE, team="T2")
    other = await store.claim_id(OTHER)
    change = log_changes.opened(
        team="T2", channel=OTHER, tenancy=HERE, checklist=DEFAULT_CHECKLIST, by=JONAS, at=AT, key="o"
    )
    await store.open(here, other, change, alone=True)
    await Bindings(redis, theirs).bind(OTHER, Tenancy("default", "other"), by=JONAS, at=AT)
    await command("forget", "--workspace", "T1")
    assert await findable(redis_url, incident, CHANNEL, MAYA) == []
    assert await audited(redis, other, f"T2/{OTHER}") == ()
    assert await Bindings(redis, theirs).of(OTHER) == Tenancy("default", "other")
    assert "Nothing of T3" in await command("forget", "--workspace", "T3", code=1)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--user", "maya@example.com"),
        ("--user", MAYA, "--incident", "INC-7Q2K"),
        ("--incident", "*"),
        ("--incident", "INC-7Q2K", "--name", "Maya"),
        ("--user", MAYA, "--name", " Al "),
    ],
)
async def test_what_is_not_one_id_is_refused(words: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, ["forget", *words]).exit_code == 2


async def test_what_is_renamed_keeps_its_time_to_live_and_what_was_written_meanwhile_is_seen(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {kind: f"{keys.PREFIX}:{{T0ALOCAL01/C1}}:{kind}" for kind in ("hash", "values", "zset", "set", "list")}
    await redis.hset(names["hash"], MAYA, f"{MAYA} did")
    await redis.hset(names["values"], mapping={"by": MAYA, "newer": MAYA})
    await redis.zadd(names["zset"], {MAYA: 1.5})
    await redis.sadd(names["set"], MAYA)
    await redis.rpush(names["list"], MAYA, JONAS, MAYA)
    for name in names.values():
        await redis.expire(name, 1000)
    raw = bytes_of(redis)
    read = raw.hgetall

    async def read_and_write(name: bytes) -> Any:
        found: Any = await read(name)
        if name.decode() == names["values"] and found[b"newer"] == MAYA.encode():
            await redis.hset(names["values"], "newer", f"{MAYA} again")
        return found

    monkeypatch.setattr(raw, "hgetall", read_and_write)
    await Sweep(raw, Wanted("person", MAYA, (), "UGONE"), Tally(), erase=False, dry=False).run()
    await raw.aclose()
    assert await redis.hgetall(names["hash"]) == {"UGONE": "UGONE did"}
    assert await redis.hgetall(names["values"]) == {"by": "UGONE", "newer": "UGONE again"}
    assert await redis.zrange(names["zset"], 0, -1, withscores=True) == [("UGONE", 1.5)]
    assert await redis.smembers(names["set"]) == {"UGONE"}
    assert await redis.lrange(names["list"], 0, -1) == ["UGONE", JONAS, "UGONE"]
    assert [name for name in names.values() if not 0 < await redis.ttl(name) <= 1000] == []
