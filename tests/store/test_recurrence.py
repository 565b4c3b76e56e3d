"""The index of failures on a real server: the same runs in any order, any number of times, by anybody, give the same index."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from bot.domain.access.tenancy import Tenancy
from bot.domain.recurrence.decisions import Join, Split
from bot.domain.recurrence.fingerprint import FailureKind, make_ingredients
from bot.domain.recurrence.occurrences import FailedRun, PastIncident
from bot.store import recurrence
from bot.store.recurrence import Failure, FailureIndex, Recorded
from tests.admissions import KEYS

HERE, THERE = Tenancy("acme", "support"), Tenancy("acme", "billing/eu")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
RETENTION = timedelta(days=400)


@pytest.fixture
def index(redis: Redis) -> FailureIndex:
    return FailureIndex(redis, KEYS, retention=RETENTION)


def failed(run: str, tool: str = "refund", *, minutes: int = 0, ended: bool = True) -> FailedRun:
    kind = FailureKind.FAILED if ended else FailureKind.STALLED
    made_of = make_ingredients(HERE, tool=tool, postconditions=[], error="queue closed", kind=kind)
    return FailedRun(run, NOW - timedelta(minutes=minutes), ended, made_of)


async def all_of(index: FailureIndex, runs: list[FailedRun]) -> list[Failure]:
    return await index.find(HERE, sorted({run.ingredients.fingerprint for run in runs}))


READINGS = st.builds(
    failed,
    st.sampled_from("abcdefgh"),
    st.sampled_from(["refund", "charge"]),
    minutes=st.integers(min_value=0, max_value=9_000),
    ended=st.booleans(),
)


@given(readings=st.lists(READINGS, max_size=20), again=st.randoms(use_true_random=False))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
async def test_any_order_any_repetition_and_two_pollers_come_to_the_same(
    redis: Redis, readings: list[FailedRun], again: object
) -> None:
    shuffled = readings + readings
    again.shuffle(shuffled)  # type: ignore[attr-defined]
    found = []
    for pollers in ([readings], [shuffled], [shuffled[::2] + readings, readings[::-1]]):
        await redis.flushall()
        indexes = [FailureIndex(redis, KEYS, retention=RETENTION) for _ in pollers]
        await asyncio.gather(*(_record_all(index, work) for index, work in zip(indexes, pollers, strict=True)))
        found.append(
            [
                (one.fingerprint, one.days, one.runs, one.first_seen, one.last_seen)
                for one in await all_of(indexes[0], readings)
            ]
        )
        assert await indexes[0].latest(HERE, limit=9) == [
            one.fingerprint for one in sorted(await all_of(indexes[0], readings), key=_last, reverse=True) if one.days
        ]
    assert found[0] == found[1] == found[2]
    standing: dict[str, tuple[bool, datetime | None, str]] = {}
    for one in readings:
        newer = (one.ended, one.at, one.ingredients.fingerprint)
        standing[one.run_id] = max(standing.get(one.run_id, newer), newer)
    counts = Counter(fingerprint for _, _, fingerprint in standing.values())
    assert {fingerprint: sum(days.values()) for fingerprint, days, *_ in found[0] if days} == counts
    for fingerprint, days, _, first, last in found[0]:
        times = [at for _, at, stands in standing.values() if stands == fingerprint and at]
        assert not days or (first, last) == (min(times), max(times))


def _last(failure: Failure) -> tuple[datetime, str]:
    return failure.last_seen or NOW, failure.fingerprint


async def _record_all(index: FailureIndex, runs: list[FailedRun]) -> None:
    for run in runs:
        await index.record(HERE, run, now=NOW)


async def test_it_tells_what_became_of_a_run_and_what_is_known(index: FailureIndex) -> None:
    outcome, known = await index.record(HERE, failed("a", minutes=60), now=NOW)
    assert (outcome, known.count) == (Recorded.NEW, 1)
    outcome, known = await index.record(HERE, failed("b"), now=NOW)
    assert (outcome, known.count, known.since(NOW.date())) == (Recorded.KNOWN, 2, 2)
    assert (known.first_seen, known.last_seen) == (NOW - timedelta(minutes=60), NOW)
    assert (await index.record(HERE, failed("a", minutes=60), now=NOW))[0] is Recorded.REPEATED


async def test_a_run_that_ends_at_last_is_another_failure_and_the_old_one_is_gone(index: FailureIndex) -> None:
    silent, ended = failed("a", ended=False, minutes=30), failed("a")
    await index.record(HERE, silent, now=NOW)
    assert (await index.record(HERE, ended, now=NOW))[0] is Recorded.MOVED
    assert (await index.record(HERE, silent, now=NOW))[0] is Recorded.REPEATED
    assert await index.latest(HERE, limit=10) == [ended.ingredients.fingerprint]
    assert await index.fingerprint_of(HERE, "a") == ended.ingredients.fingerprint


async def test_a_newer_versions_reading_of_a_run_takes_an_older_ones_place(
    index: FailureIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.recurrence.READING", 1)
    readings = sorted((failed("a", tool) for tool in ("", "refund")), key=lambda run: run.ingredients.fingerprint)
    for version, (older, newer) in enumerate((readings, readings[::-1]), start=2):
        await index.record(HERE, older, now=NOW)
        monkeypatch.setattr("bot.store.recurrence.READING", version)
        assert (await index.record(HERE, newer, now=NOW))[0] is Recorded.MOVED
        assert await index.fingerprint_of(HERE, "a") == newer.ingredients.fingerprint
    assert await index.begin_reading(HERE), "what the older version read back is read once more"


async def test_tenancies_are_apart(index: FailureIndex) -> None:
    await index.record(HERE, failed("a"), now=NOW)
    assert await index.latest(THERE, limit=10) == []
    assert await index.fingerprint_of(THERE, "a") is None


async def test_of_many_runs_the_newest_are_listed_and_all_are_counted(
    index: FailureIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurrence, "LISTED_RUNS", 3)
    for minutes in (5, 1, 9, 3, 7):
        await index.record(HERE, failed(f"run-{minutes}", minutes=minutes), now=NOW)
    (found,) = await all_of(index, [failed("x")])
    assert [run for run, _ in found.runs] == ["run-1", "run-3", "run-5"]
    assert found.count == 5
    assert found.ingredients == failed("x").ingredients


async def test_days_beyond_the_retention_are_forgotten(index: FailureIndex) -> None:
    await index.record(HERE, failed("old", minutes=60 * 24 * 399), now=NOW)
    _, known = await index.record(HERE, failed("new"), now=NOW + timedelta(days=10))
    assert known.count == 1


async def test_incidents_are_told_the_newest_first(index: FailureIndex) -> None:
    first = PastIncident("INC-AAAA", "open", at=NOW - timedelta(days=9), channel="C1", root_ts="1.2")
    second = PastIncident("INC-BBBB", "open", at=NOW)
    _, known = await index.record(HERE, failed("a"), now=NOW)
    for one in (first, second, PastIncident("INC-AAAA", "closed", fix="PR 71", at=NOW + timedelta(days=1), fixed=True)):
        await index.had_incident(HERE, known.fingerprint, one)
    _, known = await index.record(HERE, failed("b"), now=NOW)
    assert [(one.id, one.state, one.fix) for one in known.incidents] == [
        ("INC-AAAA", "closed", "PR 71"),
        ("INC-BBBB", "open", ""),
    ]


async def test_decisions_are_kept_in_order(index: FailureIndex) -> None:
    for decision in (Join("f", "g"), Split("run-1", "f/run-1"), Join("f", "f")):
        await index.decide(HERE, decision, by="U1", at=NOW)
    decisions = await index.decisions(HERE)
    assert (decisions.of("f"), decisions.of_run("run-1", "f")) == ("f", "f/run-1")


async def test_failures_are_read_back_by_one_who_keeps_others_away_for_minutes_until_it_is_done(
    index: FailureIndex, redis: Redis
) -> None:
    assert await index.begin_reading(HERE)
    assert not await index.begin_reading(HERE)
    (marker,) = await redis.keys("*:read:*")
    assert 0 < await redis.ttl(marker) <= 300, "whoever was killed at it keeps nobody away"
    await index.end_reading(HERE, done=False)
    assert await index.begin_reading(HERE)
    await index.end_reading(HERE, done=True)
    assert not await index.begin_reading(HERE)
    assert await redis.ttl(marker) > RETENTION.total_seconds() - 60


async def test_everything_it_keeps_expires(index: FailureIndex, redis: Redis) -> None:
    await index.record(HERE, failed("a"), now=NOW)
    await index.had_incident(HERE, failed("a").ingredients.fingerprint, PastIncident("INC-AAAA", "open"))
    await index.decide(HERE, Join("f", "g"), by="U1", at=NOW)
    await index.begin_reading(HERE)
    lives = [await redis.ttl(name) for name in await redis.keys("*")]
    assert lives
    assert all(0 < life <= RETENTION.total_seconds() for life in lives)
