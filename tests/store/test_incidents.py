"""Incidents on a real server: atomic, once, versioned, and always what the log says."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from bot.domain.access.tenancy import Tenancy
from bot.domain.bundle.kept_answers import PackedAnswer
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST, ItemState
from bot.domain.incident.incident_log import Change
from bot.domain.incident.kept import ComparisonDigest, RunDigest, UriDigest
from bot.domain.incident.projection import rebuilt
from bot.domain.incident.root_cause import RootCause
from bot.domain.incident.state import ROOT, SEVERITIES, read_incident
from bot.errors import StaleButton
from bot.store.connection import open_redis
from bot.store.incident_changes import Outcome
from bot.store.incidents import IncidentStore
from bot.store.keys import Keys, incident_address
from bot.store.live_messages import LiveMessages
from bot.store.maintenance import Maintenance
from tests.admissions import KEYS, admission

CHANNEL = "C0AINCDNT1"
PLACE = KEYS.place(CHANNEL)
HERE = Tenancy("default", "support")
ADMISSION, ELSEWHERE = admission(CHANNEL, HERE), admission("C0ARANDOM1", HERE)
AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
ITEMS = [item.id for item in DEFAULT_CHECKLIST.items]
PEOPLE = ["U0AMAYA001", "U0AJONAS01"]


def store_on(redis: Redis, keys: Keys = KEYS) -> IncidentStore:
    return IncidentStore(redis, keys, retention=timedelta(days=90), default_tenancy=str(HERE))


@pytest.fixture
def store(redis: Redis) -> IncidentStore:
    return store_on(redis)


def opening(key: str = "open", tenancy: Tenancy = HERE, channel: str = CHANNEL) -> Change:
    return log_changes.opened(
        team="T1",
        channel=channel,
        tenancy=tenancy,
        checklist=DEFAULT_CHECKLIST,
        by=PEOPLE[0],
        at=AT,
        key=key,
    )


def asserting(item: str, by: str, key: str) -> Change:
    return log_changes.item_asserted(item, proof="https://example.com/pull/1", owner="", by=by, at=AT, key=key)


async def opened(store: IncidentStore) -> str:
    id_ = await store.claim_id(CHANNEL)
    assert (await store.open(ADMISSION, id_, opening(), alone=True)).outcome is Outcome.DONE
    return id_


async def test_what_comes_with_an_opening_is_taken_with_it(store: IncidentStore, redis: Redis) -> None:
    id_ = await store.claim_id(CHANNEL)
    then = [asserting("monitor", PEOPLE[0], "first"), asserting("root_cause", PEOPLE[1], "second")]
    applied = await store.open(ADMISSION, id_, opening(), alone=True, then=then)
    assert (applied.outcome, applied.incident and applied.incident.version) == (Outcome.DONE, 3)
    assert await redis.ttl(incident_address(id_)) == -1


async def test_an_incident_that_redis_has_lost_is_opened_anew_with_a_chain_that_holds(
    store: IncidentStore, redis: Redis
) -> None:
    id_ = await opened(store)
    await store.apply(ADMISSION, id_, asserting("monitor", PEOPLE[0], "click"))
    await redis.flushall()  # as after a failover to a replica that had not heard of it
    then = [asserting("root_cause", PEOPLE[0], "run")]
    assert (await store.open(ADMISSION, id_, opening(), alone=True, then=then)).outcome is Outcome.DONE
    assert (await Maintenance(redis).audit(PLACE, id_)).problems == ()


async def test_an_incident_is_not_opened_again_for_what_its_channel_was_bound_to_since(
    store: IncidentStore, redis: Redis
) -> None:
    id_ = await opened(store)
    await redis.hset(KEYS.binding(CHANNEL), "tenancy", "acme/prod")
    again = admission(CHANNEL, Tenancy("acme", "prod"))
    with pytest.raises(StaleButton, match="is about default/support, and this channel reads acme/prod now"):
        await store.open(again, id_, opening(tenancy=again.tenancy), alone=True)


async def test_of_what_comes_with_an_opening_that_is_refused_nothing_is_taken(
    store: IncidentStore, redis: Redis
) -> None:
    first, second = await opened(store), await store.claim_id(CHANNEL)
    run = log_changes.run_added(RunDigest(run_id="a", verdict="", failing=True), by=PEOPLE[0], at=AT, key="run")
    refused = await store.open(ADMISSION, second, opening("b"), alone=True, then=[run])
    assert (refused.outcome, refused.because, refused.incident) == (Outcome.JOINED, first, None)
    assert not await redis.exists(KEYS.incident_fields(CHANNEL, second), KEYS.incident_log(CHANNEL, second))
    assert await redis.ttl(incident_address(second)) > 0, "an id that nobody uses is free again one day"


async def test_changes_whose_clock_is_behind_are_taken_with_the_logs_time(store: IncidentStore) -> None:
    id_ = await opened(store)
    incident = await store.read(ADMISSION, id_)
    behind = [
        replace(asserting(item, PEOPLE[0], item), at=AT - timedelta(hours=1)) for item in ("monitor", "root_cause")
    ]
    incident = await store.append_all(incident, behind)
    assert [(entry.key, entry.at) for entry in await store.log(incident)] == [
        ("open", AT),
        ("monitor", AT),
        ("root_cause", AT),
    ]


async def test_what_is_taken_before_one_that_is_early_is_counted_once(
    store: IncidentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr("bot.store.incidents.count_change", lambda change: counted.append(change.key))
    early = replace(asserting("monitor", PEOPLE[0], "early"), at=AT - timedelta(hours=1))
    id_ = await store.claim_id(CHANNEL)
    await store.open(ADMISSION, id_, opening(), alone=True, then=[early])
    assert counted == ["open", "early"]


async def test_of_two_clicks_the_second_is_refused_and_told_who_was_first(store: IncidentStore) -> None:
    id_ = await opened(store)
    first = await store.apply(ADMISSION, id_, asserting("monitor", PEOPLE[0], "click-1"))
    second = await store.apply(ADMISSION, id_, asserting("monitor", PEOPLE[1], "click-2"))
    assert (first.outcome, second.outcome, second.because) == (Outcome.DONE, Outcome.REFUSED, "item:monitor")
    item = second.incident.item("monitor") if second.incident else None
    assert item is not None
    assert (item.facts.by, item.state) == (PEOPLE[0], ItemState.ASSERTED)


async def test_a_repeated_click_is_in_the_log_once(store: IncidentStore) -> None:
    id_ = await opened(store)
    outcomes = [(await store.apply(ADMISSION, id_, asserting("monitor", PEOPLE[0], "same"))).outcome for _ in range(3)]
    assert outcomes == [Outcome.DONE, Outcome.REPEATED, Outcome.REPEATED]
    assert [entry.version for entry in await store.log(await store.read(ADMISSION, id_))] == [1, 2]


async def test_of_many_at_once_one_wins_and_every_other_is_refused(store: IncidentStore) -> None:
    id_ = await opened(store)
    clicks = [store.apply(ADMISSION, id_, asserting("monitor", PEOPLE[n % 2], f"click-{n}")) for n in range(50)]
    outcomes = [applied.outcome for applied in await asyncio.gather(*clicks)]
    assert outcomes.count(Outcome.DONE) == 1
    assert outcomes.count(Outcome.REFUSED) == 49


async def test_two_first_replays_of_a_channel_make_one_incident(store: IncidentStore) -> None:
    first, second = await store.claim_id(CHANNEL), await store.claim_id(CHANNEL)
    assert (await store.open(ADMISSION, first, opening("a"), alone=True)).outcome is Outcome.DONE
    joined = await store.open(ADMISSION, second, opening("b"), alone=True)
    assert (joined.outcome, joined.because) == (Outcome.JOINED, first)
    assert (await store.open(ADMISSION, second, opening("c"), alone=False)).outcome is Outcome.DONE
    assert await store.open_ones(ADMISSION) == [], "nobody has seen anything of them yet"
    for id_ in (first, second):
        root = log_changes.message_posted(ROOT, f"ts of {id_}", at=datetime.now(UTC), key=f"root of {id_}")
        await store.apply(ADMISSION, id_, root)
    assert {incident.id for incident in await store.open_ones(ADMISSION)} == {first, second}


async def test_an_incident_of_another_tenancy_than_the_channel_reads_is_not_changed(
    store: IncidentStore, redis: Redis
) -> None:
    id_ = await opened(store)
    await redis.hset(KEYS.binding(CHANNEL), "tenancy", "acme/prod")
    applied = await store.apply(ADMISSION, id_, asserting("monitor", PEOPLE[0], "click"))
    assert (applied.outcome, applied.because) == (Outcome.REFUSED, "tenancy")


async def test_an_id_from_another_channel_finds_nothing(store: IncidentStore) -> None:
    id_ = await opened(store)
    applied = await store.apply(ELSEWHERE, id_, asserting("monitor", PEOPLE[0], "click"))
    assert (applied.outcome, applied.because, applied.incident) == (Outcome.REFUSED, "id", None)


async def test_closing_wants_every_item_done_and_starts_the_retention(store: IncidentStore, redis: Redis) -> None:
    id_ = await opened(store)
    how: dict[str, Any] = {"items": ITEMS, "reason": "", "blockers": (), "by": PEOPLE[0], "at": AT}
    refused = await store.apply(ADMISSION, id_, log_changes.closed(**how, overridden=False, key="close-1"))
    assert (refused.outcome, refused.because) == (Outcome.REFUSED, "item:root_cause")
    assert await redis.ttl(KEYS.incident_log(CHANNEL, id_)) == -1
    closed = await store.apply(ADMISSION, id_, log_changes.closed(**how, overridden=True, key="close-2"))
    assert closed.outcome is Outcome.DONE
    ttl = timedelta(days=90).total_seconds()
    kept = [KEYS.incident_fields(CHANNEL, id_), KEYS.incident_log(CHANNEL, id_), KEYS.incident_seen(CHANNEL, id_)]
    for name in (*kept, incident_address(id_)):
        assert ttl - 60 < await redis.ttl(name) <= ttl
    assert await store.open_ones(ADMISSION) == []
    assert (await store.open(ADMISSION, id_, opening(), alone=True)).outcome is Outcome.REPEATED
    assert ttl - 60 < await redis.ttl(incident_address(id_)) <= ttl, "opened by a job that was away since"
    again = await store.apply(ADMISSION, id_, log_changes.reopened("not fixed", by=PEOPLE[1], at=AT, key="reopen"))
    assert again.outcome is Outcome.DONE
    assert {await redis.ttl(name) for name in (*kept, incident_address(id_))} == {-1}


async def test_answers_go_before_their_incident_where_that_is_set(redis: Redis) -> None:
    days = timedelta(days=90), timedelta(days=7)
    store = IncidentStore(redis, KEYS, retention=days[0], answer_retention=days[1], default_tenancy=str(HERE))
    id_, week = await opened(store), days[1].total_seconds()
    name = KEYS.incident_answers(CHANNEL, id_)
    early, late = (PackedAnswer(name=one, text=one, rules={}) for one in ("early", "late"))
    incident = await store.read(ADMISSION, id_)
    await store.answers.keep(incident, [early])
    assert await redis.ttl(name) == -1
    how: dict[str, Any] = {"items": ITEMS, "reason": "", "blockers": (), "by": PEOPLE[0], "at": AT}
    await store.apply(ADMISSION, id_, log_changes.closed(**how, overridden=True, key="close"))
    assert week - 60 < await redis.ttl(name) <= week
    await store.answers.keep(incident, [late])  # a job that was under way
    assert (await redis.hlen(name), week - 60 < await redis.ttl(name) <= week) == (2, True)
    await redis.delete(name, KEYS.incident_fields(CHANNEL, id_))
    await store.answers.keep(incident, [late])
    assert not await redis.exists(name)


async def test_no_key_of_a_closed_incident_is_kept_for_ever(store: IncidentStore, redis: Redis) -> None:
    live = LiveMessages(redis, KEYS, retention=timedelta(days=90))
    first, second = await opened(store), await store.claim_id(CHANNEL)
    await store.open(ADMISSION, second, opening("b"), alone=False)
    for id_ in (first, second):
        root = log_changes.message_posted(ROOT, f"ts of {id_}", at=AT, key=f"root of {id_}")
        await store.apply(ADMISSION, id_, root)
        await live.heard(CHANNEL, id_, count=1)
        await live.summarised(CHANNEL, id_, heard=1)
        await live.shows(CHANNEL, id_, "checklist", "digest")
    for id_ in (first, second):
        assert -1 in {await redis.ttl(key) async for key in redis.scan_iter("*")}
        closed = log_changes.closed(
            items=ITEMS, reason="", blockers=(), by=PEOPLE[0], at=AT, overridden=True, key=f"close {id_}"
        )
        assert (await store.apply(ADMISSION, id_, closed)).accepted
        await live.summarised(CHANNEL, id_, heard=0)
    assert [key async for key in redis.scan_iter("*") if await redis.ttl(key) == -1] == []


async def test_where_one_is_always_open_the_roots_of_those_that_are_gone_go(store: IncidentStore, redis: Redis) -> None:
    await opened(store)
    gone = {f"{1_700_000_000 + number}.000100": f"INC-GONE{number}" for number in range(200)}
    await redis.hset(KEYS.roots(CHANNEL), mapping=dict[Any, Any](gone))
    for number in range(20):
        id_ = await store.claim_id(CHANNEL)
        await store.open(ADMISSION, id_, opening(f"open-{number}"), alone=False)
        root = log_changes.message_posted(ROOT, f"{1_800_000_000 + number}.000100", at=AT, key=f"root-{number}")
        await store.apply(ADMISSION, id_, root)
    left = await redis.hkeys(KEYS.roots(CHANNEL))
    assert len([ts for ts in left if ts not in gone]) == 20
    assert len([ts for ts in left if ts in gone]) < 20


async def test_a_snooze_clicked_while_a_reminder_is_recorded_stays(store: IncidentStore) -> None:
    id_ = await opened(store)
    until = AT + timedelta(hours=4)
    await store.apply(ADMISSION, id_, log_changes.reminder_snoozed("monitor", until, by=PEOPLE[0], at=AT, key="snooze"))
    late = await store.apply(ADMISSION, id_, log_changes.reminded("monitor", "open@", at=AT, key="nudge"))
    assert late.outcome is Outcome.REFUSED
    assert late.incident
    assert late.incident.reminders["monitor"].snoozed_until == until


TAKEN_KEYS = st.integers(0, 12).map("key-{}".format)
SOME = st.sampled_from
TEXT = st.text(max_size=40)


def changes() -> st.SearchStrategy[Change]:
    """Draw any change that people or the bot may try, with keys that repeat."""
    by: dict[str, Any] = {"by": SOME(PEOPLE), "at": st.datetimes(timezones=st.just(UTC)), "key": TAKEN_KEYS}
    bot: dict[str, Any] = {"at": by["at"], "key": TAKEN_KEYS}
    run = st.builds(RunDigest, run_id=SOME(["a", "b", "c"]), verdict=TEXT, failing=st.booleans(), goal=TEXT)
    comparison = st.builds(
        ComparisonDigest, failing=SOME(["a", "b"]), rerun=SOME(["b", "c"]), verdict=TEXT, fixed=st.booleans()
    )
    uri = st.builds(UriDigest, uri=SOME(["u", "v"]), title=TEXT)
    item = SOME(ITEMS)
    return st.one_of(
        st.builds(log_changes.run_added, run, **by),
        st.builds(log_changes.run_removed, SOME(["a", "b"]), TEXT, **by),
        st.builds(log_changes.compared, comparison, **by),
        st.builds(log_changes.uri_added, uri, **by),
        st.builds(log_changes.uri_removed, SOME(["u"]), TEXT, **by),
        st.builds(log_changes.severity_set, SOME([*SEVERITIES, ""]), **by),
        st.builds(log_changes.item_asserted, item, proof=TEXT, owner=SOME(["", *PEOPLE]), **by),
        st.builds(log_changes.item_verified, item, proof=TEXT, **bot),
        st.builds(log_changes.item_lapsed, item, reason=TEXT, **bot),
        st.builds(log_changes.item_undone, item, reason=TEXT, owner=TEXT, **by),
        st.builds(log_changes.item_assigned, item, owner=SOME(PEOPLE), **by),
        st.builds(
            log_changes.root_cause_set,
            st.builds(RootCause, expected=TEXT, explanation=TEXT),
            edition=st.integers(0, 3),
            **by,
        ),
        st.builds(log_changes.root_cause_checked, st.lists(SOME(["x", "y"])), edition=st.integers(0, 3), **bot),
        st.builds(log_changes.message_posted, SOME(["root", "checklist", "summary"]), TEXT, **bot),
        st.builds(log_changes.reminded, item, TEXT, **bot),
        st.builds(log_changes.reminder_snoozed, item, by["at"], **by),
        st.builds(log_changes.reminders_stopped, item, **by),
        st.builds(
            log_changes.closed,
            items=st.just(ITEMS),
            overridden=st.booleans(),
            reason=TEXT,
            blockers=st.lists(TEXT),
            **by,
        ),
        st.builds(log_changes.reopened, TEXT, **by),
    )


@given(attempts=st.lists(st.tuples(st.integers(0, 1), st.lists(changes(), min_size=1, max_size=4)), max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_rebuilt_incident_equals_the_live_one_after_any_operations(
    redis_url: str, attempts: list[tuple[int, list[Change]]]
) -> None:
    async def live_out() -> None:
        async with open_redis(redis_url) as redis:
            await redis.flushall()
            stores = store_on(redis), store_on(redis)  # of two processes, each with what it has read last
            id_ = await opened(stores[0])
            for which, together in attempts:
                incident = await stores[which].append_all(await stores[which].read(ADMISSION, id_), together)
                live: Any = await redis.hgetall(KEYS.incident_fields(CHANNEL, id_))
                assert incident == read_incident(live)
            entries = await Maintenance(redis).log(PLACE, id_)
            done = incident.version if attempts else 1
            live = await redis.hgetall(KEYS.incident_fields(CHANNEL, id_))
            assert [entry.version for entry in entries] == list(range(1, done + 1))
            assert len({entry.key for entry in entries}) == done
            assert (await Maintenance(redis).audit(PLACE, id_)).problems == ()
            assert rebuilt(id_, entries) == live
            read_incident(live)
            await redis.hset(KEYS.incident_fields(CHANNEL, id_), "status", "spoilt")
            await Maintenance(redis).rebuild(PLACE, id_)
            mended: Any = await redis.hgetall(KEYS.incident_fields(CHANNEL, id_))
            assert mended == live

    asyncio.run(live_out())
