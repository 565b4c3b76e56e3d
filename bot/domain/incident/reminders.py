"""When open items are reminded of: once for each state of an item, in the owner's working hours, never at night."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.incident.checklist import Check
from bot.domain.incident.state import Incident, Item

_FRIDAY = 4
SeesTo = Callable[[Item, Incident], str | None]


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """From `start` to `end` on Monday to Friday, local time; an `end` before the `start` is on the next morning."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "WorkingHours":
        """Read `09:00-17:00`; raises `ValueError` for anything else."""
        start, end = text.split("-")
        return cls(time.fromisoformat(start), time.fromisoformat(end))

    def on(self, day: datetime) -> tuple[datetime, datetime]:
        """Return when the shift that starts on a local day begins and ends, as naive local times."""
        begin = datetime.combine(day.date(), self.start)
        end = datetime.combine(day.date(), self.end)
        return begin, end if end > begin else end + timedelta(days=1)


def next_working_moment(at: datetime, tz: str, hours: WorkingHours) -> datetime:
    """Return the first moment from `at` on (both UTC) that is within working hours of a time zone; an unknown zone is UTC."""
    zone = _zone(tz)
    local = at.astimezone(zone).replace(tzinfo=None)
    for days in range(-1, 8):  # a night shift may have started yesterday; a weekend takes three days
        begin, end = hours.on(local + timedelta(days=days))
        if begin.weekday() <= _FRIDAY and local < end:
            # In an hour that the clocks repeat, the shift that is still to come begins in the same pass through it.
            return at if begin <= local else _in_utc(begin.replace(fold=local.fold), zone)
    raise AssertionError("every week has a Monday")


def due_at(item: Item, incident: Incident, *, after: timedelta, hours: WorkingHours, tz: str) -> datetime | None:
    """Return when an item is to be reminded of, or None: done, stopped, or reminded of in this very state already."""
    facts = incident.reminders.get(item.spec.id)
    reminded = facts is not None and facts.state == item.stamp
    if item.done or not after or reminded or item.spec.id in incident.reminders_stopped:
        return None
    # A reopened incident starts anew: its items are not late for the time in which it was closed.
    since = max(filter(None, (incident.head.at, incident.reopened_at, item.facts.at)))
    snoozed_until = facts.snoozed_until if facts else None
    # A snooze that ended before the item changed was about another state.
    at = snoozed_until if snoozed_until and snoozed_until >= since else since + after
    return next_working_moment(at, tz, hours)


def owner_of(item: Item, incident: Incident) -> str | None:
    """Return the user id of who sees to an item: its owner, else the remediation's where it is about that, else the lead."""
    if item.facts.owner:
        return item.facts.owner
    about_the_cause = item.spec.check is Check.EVIDENCE or item.spec.owner
    owner = incident.root_cause.owner if incident.root_cause and about_the_cause else ""
    return owner or incident.lead or None


def addressee(item: Item, incident: Incident, away: Collection[str]) -> str | None:
    """Return whom a reminder of an item names: who sees to it; where that is one of those `away`, the lead, else the opener."""
    owner = owner_of(item, incident)
    if owner is None or owner not in away:
        return owner
    return next((user for user in (incident.lead, incident.head.by) if user and user not in away), None)


def reminded_items(incident: Incident, owner: str | None, *, sees_to: SeesTo = owner_of) -> list[Item]:
    """Return the open items of an owner that were reminded of as they stand now, or put off: those that a snooze is about."""
    return [
        item
        for item in incident.items
        if not item.done
        and (facts := incident.reminders.get(item.spec.id)) is not None
        and (facts.snoozed_until is not None or facts.state == item.stamp)
        and sees_to(item, incident) == owner
    ]


def plan(
    incident: Incident,
    *,
    now: datetime,
    after: timedelta,
    hours: WorkingHours,
    tz_of: Callable[[str | None], str],
    sees_to: SeesTo = owner_of,
) -> tuple[list[Item], datetime | None]:
    """Return the items to remind of now, and when to look again. `tz_of` gives an owner's time zone (None: nobody's).

    `sees_to` says who the owner is.
    """
    due: list[tuple[Item, datetime]] = []
    later: list[tuple[Item, datetime]] = []
    for item in incident.items:
        tz = tz_of(sees_to(item, incident))
        at = due_at(item, incident, after=after, hours=hours, tz=tz)
        # Due at a moment that has passed may mean due in the night by now.
        at = next_working_moment(max(at, now), tz, hours) if at else None
        if at:
            (due if at <= now else later).append((item, at))
    return [item for item, _ in due], min((at for _, at in later), default=None)


def _zone(tz: str) -> ZoneInfo:
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # “Europe” alone is a directory of zones
        return ZoneInfo("UTC")


def _in_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """Return a local time in UTC; one that a clock change skips is the moment after it."""
    return local.replace(tzinfo=zone).astimezone(UTC)
