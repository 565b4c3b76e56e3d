"""When open items are reminded of: in working hours, never before they are due, once for each state."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST
from bot.domain.incident.incident_log import Change, Entry
from bot.domain.incident.projection import rebuilt
from bot.domain.incident.reminders import WorkingHours, addressee, due_at, next_working_moment, owner_of, plan
from bot.domain.incident.root_cause import RootCause
from bot.domain.incident.state import Incident, read_incident

HOURS = WorkingHours(time(9), time(17))
NIGHT = WorkingHours(time(22), time(6))
TUESDAY = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
ZONES = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland", "Mars/Olympus"]


def incident(*changes: Change) -> Incident:
    opened = log_changes.opened(
        team="T1", channel="C1", tenancy=Tenancy(), checklist=DEFAULT_CHECKLIST, by="U1", at=TUESDAY, key="open"
    )
    entries = [
        Entry(version, change.kind, change.actor, change.at, change.key, change.payload)
        for version, change in enumerate((opened, *changes), start=1)
    ]
    return read_incident(rebuilt("INC-TEST", entries))


def due(found: Incident, item: str = "monitor", after: timedelta = DAY) -> datetime | None:
    wanted = found.item(item)
    assert wanted
    return due_at(wanted, found, after=after, hours=HOURS, tz="UTC")


def within(moment: datetime, tz: str, hours: WorkingHours) -> bool:
    """Tell whether a moment is in the working hours of a weekday, night shifts counted from the evening they start."""
    zone = ZoneInfo(tz if tz in available_timezones() else "UTC")
    local = moment.astimezone(zone)
    if hours.start < hours.end:
        return local.weekday() < 5 and hours.start <= local.time() < hours.end
    evening = local if local.time() >= hours.start else local - timedelta(days=1)
    return evening.weekday() < 5 and (local.time() >= hours.start or local.time() < hours.end)


@given(
    at=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    tz=st.sampled_from(ZONES),
    hours=st.sampled_from([HOURS, NIGHT]),
)
def test_the_moment_is_within_working_hours_and_never_early(at: datetime, tz: str, hours: WorkingHours) -> None:
    moment = next_working_moment(at, tz, hours)
    assert moment >= at
    assert within(moment, tz, hours)
    assert moment - at < timedelta(days=4)


def test_a_moment_in_working_hours_is_taken_as_it_is() -> None:
    assert next_working_moment(TUESDAY, "UTC", HOURS) == TUESDAY


def test_a_friday_evening_waits_for_monday() -> None:
    friday = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
    assert next_working_moment(friday, "UTC", HOURS) == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (
            datetime(2026, 3, 27, 22, 0, tzinfo=UTC),
            datetime(2026, 3, 30, 7, 0, tzinfo=UTC),
        ),  # summer time began on Sunday
        (datetime(2026, 10, 23, 22, 0, tzinfo=UTC), datetime(2026, 10, 26, 8, 0, tzinfo=UTC)),  # and ended on Sunday
    ],
)
def test_nine_in_the_morning_is_nine_across_a_change_of_clocks(at: datetime, expected: datetime) -> None:
    assert next_working_moment(at, "Europe/Berlin", HOURS) == expected


def around(moment: datetime) -> st.SearchStrategy[datetime]:
    """Draw from the two days around a change of clocks."""
    return st.timedeltas(-DAY, DAY).map(lambda delta: moment + delta)


CHANGES = {
    "Europe/Berlin": [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
    "America/Los_Angeles": [datetime(2026, 3, 8, 10, tzinfo=UTC), datetime(2026, 11, 1, 9, tzinfo=UTC)],
    "Africa/Cairo": [datetime(2026, 4, 23, 22, tzinfo=UTC), datetime(2026, 10, 29, 21, tzinfo=UTC)],  # on Thursdays
}
SHIFTS = [HOURS, NIGHT, WorkingHours(time(23, 30), time(7)), WorkingHours(time(9), time(9))]


@given(data=st.data(), tz=st.sampled_from(sorted(CHANGES)), hours=st.sampled_from(SHIFTS))
def test_a_change_of_clocks_makes_nothing_early(data: st.DataObject, tz: str, hours: WorkingHours) -> None:
    at = data.draw(around(data.draw(st.sampled_from(CHANGES[tz]))))
    moment = next_working_moment(at, tz, hours)
    assert moment >= at
    assert within(moment, tz, hours)


def test_a_shift_that_begins_in_a_repeated_hour_begins_after_the_due_time() -> None:
    second_pass = datetime(2026, 10, 29, 21, 10, tzinfo=UTC)  # 23:10 in Cairo, for the second time
    expected = datetime(2026, 10, 29, 21, 30, tzinfo=UTC)
    assert next_working_moment(second_pass, "Africa/Cairo", WorkingHours(time(23, 30), time(7))) == expected


@pytest.mark.parametrize("tz", ["", "Europe", "Mars/Olympus", "../passwd", "a\0b", "x" * 5_000])
def test_a_time_zone_that_is_none_is_utc(tz: str) -> None:
    assert next_working_moment(TUESDAY.replace(hour=3), tz, HOURS) == TUESDAY.replace(hour=9)


def test_hours_are_read_as_written() -> None:
    assert WorkingHours.parse("09:30-17:00") == WorkingHours(time(9, 30), time(17))


def test_an_open_item_is_due_after_its_time_and_a_done_one_never() -> None:
    assert due(incident()) == TUESDAY + DAY
    done = log_changes.item_asserted("monitor", proof="x", owner="", by="U1", at=TUESDAY, key="a")
    assert due(incident(done)) is None
    assert due(incident(), after=timedelta(0)) is None


def test_the_same_state_is_reminded_of_once_and_a_new_one_again() -> None:
    first = incident()
    stamp = first.item("monitor")
    assert stamp
    reminded = log_changes.reminded("monitor", stamp.stamp, at=TUESDAY + DAY, key="n")
    assert due(incident(reminded)) is None
    assigned = log_changes.item_assigned("monitor", owner="U2", by="U1", at=TUESDAY + DAY, key="b")
    assert due(incident(reminded, assigned)) == TUESDAY + 2 * DAY


def test_a_snooze_moves_it_and_a_stop_ends_it() -> None:
    until = TUESDAY + timedelta(hours=3)
    snoozed = log_changes.reminder_snoozed("monitor", until, by="U1", at=TUESDAY, key="s")
    assert due(incident(snoozed)) == until
    stopped = log_changes.reminders_stopped("monitor", by="U1", at=TUESDAY, key="t")
    assert due(incident(snoozed, stopped)) is None


def test_the_owner_of_the_cause_sees_to_what_is_about_the_cause() -> None:
    cause = log_changes.root_cause_set(RootCause(owner="U7"), edition=0, by="U1", at=TUESDAY, key="c")
    found = incident(cause, log_changes.item_assigned("monitor", owner="U2", by="U1", at=TUESDAY, key="d"))
    owners = {item.spec.id: owner_of(item, found) for item in found.items}
    assert owners == {
        "root_cause": "U7",
        "corrective_change": "U7",
        "fix_verified": None,
        "replay_evidence": None,
        "monitor": "U2",
    }


@given(after=st.timedeltas(timedelta(minutes=1), timedelta(days=30)))
def test_an_item_is_never_due_before_its_time(after: timedelta) -> None:
    at = due(incident(), after=after)
    assert at
    assert at >= TUESDAY + after
    assert within(at, "UTC", HOURS)


@given(snooze=st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_snooze_holds_and_ends_in_one_more_reminder(snooze: timedelta) -> None:
    until = TUESDAY + snooze
    snoozed = log_changes.reminder_snoozed("monitor", until, by="U1", at=TUESDAY, key="s")
    at = due(incident(snoozed))
    assert at == next_working_moment(until, "UTC", HOURS)
    item = incident().item("monitor")
    assert item
    assert due(incident(snoozed, log_changes.reminded("monitor", item.stamp, at=at, key="n"))) is None


@given(days=st.integers(0, 60))
def test_what_was_stopped_is_never_planned_again(days: int) -> None:
    ids = [item.id for item in DEFAULT_CHECKLIST.items]
    stopped = [log_changes.reminders_stopped(name, by="U1", at=TUESDAY, key=name) for name in ids]
    assigned = [log_changes.item_assigned(name, owner="U2", by="U1", at=TUESDAY + DAY, key=f"a{name}") for name in ids]
    found = incident(*stopped, *assigned)
    assert plan(found, now=TUESDAY + days * DAY, after=DAY, hours=HOURS, tz_of=lambda _: "UTC") == ([], None)


def test_each_owner_is_reminded_in_their_own_time_zone() -> None:
    zones = {"U2": "America/Los_Angeles", None: "Europe/Berlin"}
    found = incident(log_changes.item_assigned("monitor", owner="U2", by="U1", at=TUESDAY, key="d"))
    now = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)  # 13:00 in Berlin, 4:00 in Los Angeles
    items, later = plan(found, now=now, after=DAY, hours=HOURS, tz_of=lambda owner: zones[owner])
    assert "monitor" not in [item.spec.id for item in items]
    assert (len(items), later) == (4, datetime(2026, 11, 26, 17, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("away", "addressed"),
    [
        (set(), "U2"),
        ({"U2"}, "U3"),
        ({"U2", "U3"}, "U1"),
        ({"U1", "U2", "U3"}, None),
    ],
)
def test_who_is_away_is_stood_in_for_by_lead_then_opener_then_nobody(away: set[str], addressed: str | None) -> None:
    owned = log_changes.item_assigned("monitor", owner="U2", by="U1", at=TUESDAY, key="o")
    found = incident(owned, log_changes.lead_set("U3", by="U1", at=TUESDAY, key="l"))
    (monitor,) = [item for item in found.items if item.spec.id == "monitor"]
    assert addressee(monitor, found, away) == addressed
    unowned = next(item for item in incident().items if not item.facts.owner)
    assert addressee(unowned, incident(), away) is None


@given(hours_later=st.integers(0, 24 * 10))
def test_a_plan_is_what_is_due_in_somebodys_working_hours_or_later(hours_later: int) -> None:
    now = TUESDAY + timedelta(hours=hours_later)
    items, later = plan(incident(), now=now, after=DAY, hours=HOURS, tz_of=lambda _: "Europe/Berlin")
    assert bool(items) == (hours_later >= 24 and within(now, "Europe/Berlin", HOURS))
    assert (later is None) == bool(items)
    assert later is None or (later > now and within(later, "Europe/Berlin", HOURS))


def test_a_snooze_is_over_once_the_item_has_changed_after_it() -> None:
    snoozed = log_changes.reminder_snoozed("monitor", TUESDAY + DAY, by="U1", at=TUESDAY, key="s")
    done = log_changes.item_asserted("monitor", proof="x", owner="", by="U1", at=TUESDAY, key="a")
    undone = log_changes.item_undone("monitor", reason="r", owner="", by="U1", at=TUESDAY + 2 * DAY, key="u")
    assert due(incident(snoozed, done, undone)) == TUESDAY + 3 * DAY


def test_a_reopened_incident_has_its_time_again() -> None:
    closed = log_changes.closed(items=(), overridden=True, reason="r", blockers=(), by="U1", at=TUESDAY, key="c")
    assert due(incident(closed, log_changes.reopened("again", by="U1", at=TUESDAY + DAY, key="r"))) == TUESDAY + 2 * DAY


def test_a_stop_is_not_taken_back_by_a_later_snooze() -> None:
    stopped = log_changes.reminders_stopped("monitor", by="U1", at=TUESDAY, key="t")
    snoozed = log_changes.reminder_snoozed("monitor", TUESDAY + DAY, by="U1", at=TUESDAY, key="s")
    assert due(incident(stopped, snoozed)) is None
