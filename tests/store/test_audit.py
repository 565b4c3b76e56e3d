"""The log's hash chain on a real server: made at write time, and every alteration of Redis is told."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.bundle.archive import problems_of
from bot.domain.incident import log_changes
from bot.domain.incident.audit import Audit
from bot.domain.incident.incident_log import EntryKind
from bot.domain.incident.log_chain import FIRST, next_chain
from bot.domain.incident.state import read_incident
from bot.report import bundle_of
from bot.store import keys
from bot.store.incident_changes import Outcome
from bot.store.incidents import IncidentStore
from bot.store.maintenance import Maintenance
from tests.admissions import KEYS
from tests.store.test_incidents import ADMISSION, AT, CHANNEL, PEOPLE, PLACE, asserting, opened, store_on

KEPT = Path(__file__).parent / "kept"
Stored = list[tuple[str, dict[str, str]]]


@pytest.fixture
async def incident(redis: Redis) -> str:
    """Return an incident of seven entries, of two processes in turn: what they know is out of date, and the script hashes."""
    stores = store_on(redis), store_on(redis)
    id_ = await opened(stores[0])
    for number, item in enumerate(
        ("monitor", "corrective_change", "monitor", "fix_verified", "root_cause", "replay_evidence")
    ):
        await stores[number % 2].apply(ADMISSION, id_, asserting(item, PEOPLE[number % 2], f"click-{number}"))
    return id_


async def audit(redis: Redis, id_: str) -> Audit:
    return await Maintenance(redis).audit(PLACE, id_)


async def put(redis: Redis, id_: str, stored: Stored) -> None:
    """Write a log anew, as whoever can write to Redis can."""
    name = KEYS.incident_log(CHANNEL, id_)
    await redis.delete(name)
    for identifier, fields in stored:
        await redis.xadd(name, dict[Any, Any](fields), id=identifier)


async def test_the_script_chains_as_the_audit_does(redis: Redis, incident: str) -> None:
    entries = await Maintenance(redis).log(PLACE, incident)
    head = FIRST
    for entry in entries:
        assert entry.seal
        head = next_chain(head, entry.version, entry.seal.digest)
        assert entry.seal.chain == head
    found = await audit(redis, incident)
    assert (found.problems, found.head, found.unchained) == ((), head, 0)
    assert len(entries) >= 4


@pytest.mark.parametrize("length", [0, 1, 54, 55, 56, 63, 64, 65, 119, 129, 1000])
async def test_the_scripts_sha256_is_the_one_of_the_standard(redis: Redis, length: int) -> None:
    script = (Path(keys.__file__).parent / "sha256.lua").read_text(encoding="utf-8")
    text = bytes((7 * place + length) % 256 for place in range(length))
    assert await redis.eval(f"{script}\nreturn sha256(ARGV[1])", 0, text) == hashlib.sha256(text).hexdigest()


def rewritten(**fields: str) -> Callable[[Stored], Stored]:
    return lambda stored: [*stored[:1], (stored[1][0], {**stored[1][1], **fields}), *stored[2:]]


def without(*names: str) -> Callable[[Stored], Stored]:
    def strip(stored: Stored) -> Stored:
        rest = {name: value for name, value in stored[1][1].items() if name not in names}
        return [stored[0], (stored[1][0], rest), *stored[2:]]

    return strip


ALTERATIONS: dict[str, Callable[[Stored], Stored]] = {
    "another person": rewritten(actor="U0SOMEBODY"),
    "another time": rewritten(at="2026-11-25T03:00:01+00:00"),
    "another kind": rewritten(kind="item_undone"),
    "another payload": rewritten(payload='{"item":"monitor","proof":"https://example.com/pull/2","owner":""}'),
    "another key": rewritten(key="click-9"),
    "another digest": rewritten(digest="0" * 64),
    "another salt": rewritten(salt="00"),
    "another chain": rewritten(chain="0" * 64),
    "no salt": without("salt"),
    "no chain": without("chain"),
    "as if older than the chain": without("salt", "digest", "chain"),
    "unreadable": rewritten(payload="{"),
    "no object": rewritten(payload="0"),
    "too deep": rewritten(payload="[" * 20_000),
    "of other types": rewritten(payload='{"item":5,"proof":[1],"owner":{}}'),
    "unknown kind": rewritten(kind="nonsense"),
    "an entry taken out": lambda stored: [stored[0], *stored[2:]],
    "the last one taken out": lambda stored: stored[:-1],
    "all taken out": lambda _stored: [],
    "one put in at the end": lambda stored: [*stored, (f"{len(stored) + 1}-0", stored[1][1])],
    "one put in at the end without a chain": lambda stored: [
        *stored,
        (f"{len(stored) + 1}-0", {name: stored[1][1][name] for name in ("kind", "actor", "at", "key", "payload")}),
    ],
    "two in another order": lambda stored: [
        stored[0],
        (stored[1][0], stored[2][1]),
        (stored[2][0], stored[1][1]),
        *stored[3:],
    ],
    "as if somebody was taken out of it": rewritten(actor="U0SOMEBODY", salt="ab", digest="cd" * 32),
}


@pytest.mark.parametrize("how", ALTERATIONS)
async def test_every_alteration_is_told(redis: Redis, incident: str, how: str) -> None:
    stored: Any = await redis.xrange(KEYS.incident_log(CHANNEL, incident))
    await put(redis, incident, ALTERATIONS[how](stored))
    assert (await audit(redis, incident)).problems != ()
    await put(redis, incident, stored)
    assert (await audit(redis, incident)).problems == ()


@pytest.mark.parametrize("payload", ["0", '{"item":5,"proof":[1],"owner":{}}'])
async def test_what_cannot_be_read_is_told_in_a_sentence(
    redis: Redis, redis_url: str, incident: str, payload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)
    stored: Any = await redis.xrange(KEYS.incident_log(CHANNEL, incident))
    await put(redis, incident, rewritten(payload=payload)(stored))
    for word in ("rebuild", "export"):
        assert "of the incident's log cannot be read" in await command(word, incident, code=1)


FieldsSpoilt = Callable[[Redis, str], Awaitable[Any]]
SPOILT: dict[str, FieldsSpoilt] = {
    "closed": lambda redis, name: redis.hset(name, "status", "closed"),
    "an item is done": lambda redis, name: redis.hset(name, "item:monitor", "verified"),
    "counted otherwise": lambda redis, name: redis.hset(name, "version", "2"),
    "a person less": lambda redis, name: redis.hdel(name, f"person:{PEOPLE[0]}"),
    "unreadable": lambda redis, name: redis.hset(name, "head", "{"),
    "gone": lambda redis, name: redis.delete(name),
    "another workspace's": lambda redis, name: redis.hset(name, "team", "T2"),
    "another scope's": lambda redis, name: redis.hset(name, "tenancy", "default/other"),
    "no scope's": lambda redis, name: redis.hdel(name, "tenancy"),
}


@pytest.mark.parametrize("how", SPOILT)
async def test_fields_that_do_not_follow_from_the_log_are_told(redis: Redis, incident: str, how: str) -> None:
    await SPOILT[how](redis, KEYS.incident_fields(CHANNEL, incident))
    assert (await audit(redis, incident)).problems != ()


async def kept(redis: Redis, name: str) -> str:
    """Put a log that an older version of the bot has written, byte for byte."""
    content = json.loads((KEPT / name).read_text(encoding="utf-8"))
    id_ = str(content["incident"])
    await put(redis, id_, [(identifier, fields) for identifier, fields in content["log"]])
    await redis.hset(KEYS.incident_fields(CHANNEL, id_), mapping=content["fields"])
    await redis.hset(KEYS.incident_seen(CHANNEL, id_), mapping=content["seen"])
    await redis.zadd(KEYS.open_incidents(CHANNEL), {id_: 1})
    await redis.set(keys.incident_address(id_), PLACE)
    return id_


async def test_an_older_log_is_read_shown_and_carried_on(redis: Redis) -> None:
    id_ = await kept(redis, "log-0.1.json")
    store = store_on(redis)
    found = await audit(redis, id_)
    assert (found.problems, found.unchained, found.head) == ((), 12, "")
    incident = await store.read(ADMISSION, id_)
    assert (incident.severity, incident.root_cause_edition, len(incident.runs)) == ("SEV2", 1, 2)
    before, after = await Maintenance(redis).rebuild(PLACE, id_)
    assert read_incident(before) == read_incident(after)  # a newer version may write more, and mean the same
    assert (await store.apply(ADMISSION, id_, asserting("fix_verified", PEOPLE[0], "new"))).outcome is Outcome.DONE
    assert (await store.apply(ADMISSION, id_, asserting("monitor", PEOPLE[0], "g"))).outcome is Outcome.REPEATED
    entries = await store.log(incident)
    assert [entry.version for entry in entries] == list(range(1, 14))
    assert problems_of(bundle_of(entries, [], id_)) == []
    found = await audit(redis, id_)
    assert (found.problems, found.unchained) == ((), 12)
    assert found.head


async def test_the_first_new_entry_holds_the_older_ones(redis: Redis) -> None:
    id_ = await kept(redis, "log-0.1.json")
    await store_on(redis).apply(ADMISSION, id_, asserting("fix_verified", PEOPLE[0], "new"))
    stored: Any = await redis.xrange(KEYS.incident_log(CHANNEL, id_))
    for alter in (rewritten(actor="U0SOMEBODY"), rewritten(salt="ab", digest="cd" * 32, actor="U0SOMEBODY")):
        await put(redis, id_, alter(stored))
        assert (await audit(redis, id_)).problems != ()


async def test_an_entry_that_an_older_version_adds_meanwhile_is_held_by_the_next(redis: Redis, incident: str) -> None:
    """Two versions run side by side during an upgrade."""
    name, fields = KEYS.incident_log(CHANNEL, incident), KEYS.incident_fields(CHANNEL, incident)
    entry = {
        "kind": "severity_set",
        "actor": PEOPLE[0],
        "at": "2026-11-25T04:00:00+00:00",
        "key": "older",
        "payload": '{"severity":"SEV1"}',
    }
    version = await redis.hincrby(fields, "version", 1)
    await redis.xadd(name, dict[Any, Any](entry), id=f"{version}-0")
    await redis.hset(fields, mapping={"severity": "SEV1", f"person:{PEOPLE[0]}": entry["at"]})
    assert "outside of the chain" in " ".join((await audit(redis, incident)).problems)
    store: IncidentStore = store_on(redis)
    newer = log_changes.severity_set("SEV2", by=PEOPLE[1], at=AT, key="newer")
    await store.apply(ADMISSION, incident, newer)
    found = await audit(redis, incident)
    assert (found.problems, found.unchained) == ((), 1)
    assert [entry.kind for entry in await Maintenance(redis).log(PLACE, incident)][-2] is EntryKind.SEVERITY_SET


async def test_the_command_line_tells_it_by_exit_code(
    redis: Redis, incident: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)
    assert "is as it was written" in await command("audit", incident)
    answer = json.loads(await command("audit", incident.lower(), "--json"))
    assert (answer["ok"], answer["problems"]) == (True, [])
    stored: Any = await redis.xrange(KEYS.incident_log(CHANNEL, incident))
    await put(redis, incident, ALTERATIONS["another person"](stored))
    assert "Entry 2 was altered" in await command("audit", incident, code=1)
    assert "There is no incident INC-NONE" in await command("audit", "INC-NONE", code=1)


async def command(*words: str, code: int = 0) -> str:
    """Run the command line beside this loop."""
    import asyncio  # noqa: PLC0415 only here

    result = await asyncio.to_thread(CliRunner().invoke, app, list(words))
    assert result.exit_code == code, result.output
    return result.output
