"""Reminding of open items: in the thread, to their owner, in the owner's working hours, once for each state of an item."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import ClassVar

import structlog

from bot.blocks.reminders import reminder_message
from bot.domain.access.admission import ChannelAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.reminders import addressee, owner_of, plan, reminded_items
from bot.domain.incident.state import BOT, CHECKLIST, Incident, Item
from bot.errors import BotError, SlackRefused
from bot.jobs.queueing import reschedule
from bot.jobs.registry import Job, job, of_channel
from bot.live.live_message import COME_BACK
from bot.live.roots import post_below
from bot.runtime.services import Services

TRY_AGAIN = timedelta(hours=1)  # after a reminder that the channel did not take

log = structlog.get_logger(__name__)


class RemindJob(Job):
    """Remind of an incident's open items, and say when to look again."""

    kind: ClassVar[str] = "remind"
    channel: str
    incident: str


async def look_again_later(services: Services, _key: str, request: RemindJob, error: BotError) -> None:
    """Have a reminder that could not be given tried again: an archived channel may come back, the bot may be invited again."""
    log.warning("reminder_not_given", channel=request.channel, incident=request.incident, because=error.what)
    # A key of its own: a click has the incident looked at anew under the usual one, and must not be put off for as long.
    later = f"{request.channel}:{request.incident}:away"
    await reschedule(services, request, key=later, at=services.now() + TRY_AGAIN)


@job(RemindJob, admission=of_channel, tell=look_again_later)
async def remind(services: Services, _key: str, admission: ChannelAdmission, request: RemindJob) -> None:
    """Remind of what is due, and say when to look again; one at a time, so that nothing is brought up twice."""
    async with services.live_messages.writing(request.channel, request.incident) as mine:
        if mine:
            await _remind_of_due(services, admission, request.incident)
    if not mine:
        later = f"{request.channel}:{request.incident}:busy"
        await reschedule(services, request, key=later, at=services.now() + COME_BACK)


async def _remind_of_due(services: Services, admission: ChannelAdmission, id_: str) -> None:
    incident = await services.incidents.find(admission, id_)
    if incident is None or not incident.is_open:
        return
    away = await people_away(services, incident)
    due, _ = await _plan(services, incident, away)
    for owner, items in _by_owner(incident, due, away).items():
        await _remind(services, incident, owner, items)
    # As it is after the reminders, which are entries of their own: by the older state the same would be due again at once.
    fresh = await services.incidents.find(admission, id_)
    if fresh:
        await remind_later(services, fresh)


async def remind_later(services: Services, incident: Incident) -> None:
    """Have the incident looked at when its next reminder is due."""
    due, later = await _plan(services, incident, await people_away(services, incident))
    at = services.now() if due else later
    if at:
        again = RemindJob(channel=incident.channel, incident=incident.id)
        await reschedule(services, again, key=f"{incident.channel}:{incident.id}", at=at)


async def reminded_of(services: Services, incident: Incident, owner: str | None) -> list[Item]:
    """Return the items that an owner (None: nobody by name) was reminded of, and that are open as they were then."""
    away = await people_away(services, incident)
    return reminded_items(incident, owner, sees_to=lambda item, of: addressee(item, of, away))


async def _remind(services: Services, incident: Incident, owner: str | None, items: list[Item]) -> None:
    facts = [(item, incident.reminders.get(item.spec.id)) for item in items]
    # A snooze ends in a second reminder of the same state, which is another message.
    part = "|".join(f"{item.spec.id}:{item.stamp}:{known.snoozed_until if known else ''}" for item, known in facts)
    outbox = f"nudge:{incident.channel}:{incident.id}"
    message = reminder_message(incident, items, owner=owner, link=await _checklist_link(services, incident))
    await post_below(services, outbox, part, incident, message, user=owner or incident.head.by)
    # After the post: cut off in between, a repetition finds the message in the outbox, and makes the entries up.
    for item, known in facts:
        key = f"nudge:{item.spec.id}:{item.stamp}:{known.snoozed_until if known else ''}"
        change = log_changes.reminded(item.spec.id, item.stamp, at=services.now(), key=key, known=known)
        await services.incidents.append(incident, change)


async def _checklist_link(services: Services, incident: Incident) -> str | None:
    ts = incident.messages.get(CHECKLIST) or incident.root_ts
    return await services.slack.messages.permalink(incident.channel, ts) if ts else None


def _by_owner(incident: Incident, items: list[Item], away: frozenset[str]) -> dict[str | None, list[Item]]:
    found: dict[str | None, list[Item]] = defaultdict(list)
    for item in items:
        found[addressee(item, incident, away)].append(item)
    return found


async def _plan(services: Services, incident: Incident, away: frozenset[str]) -> tuple[list[Item], datetime | None]:
    def sees_to(item: Item, of: Incident) -> str | None:
        return addressee(item, of, away)

    # Asked of Slack before: the plan itself is pure.
    zones = {
        owner: await _zone(services, incident, owner) for owner in {sees_to(item, incident) for item in incident.items}
    }
    timing = services.timing
    return plan(
        incident,
        now=services.now(),
        after=timing.remind_after,
        hours=timing.working_hours,
        tz_of=lambda owner: zones[owner],
        sees_to=sees_to,
    )


async def people_away(services: Services, incident: Incident) -> frozenset[str]:
    """Return those of an incident's owners, lead and opener whom no reminder reaches: bots, and accounts that are no more."""
    people = {owner for item in incident.items if (owner := owner_of(item, incident))}
    # An incident that a watch opened has the bot as its opener, who reads no reminder.
    people |= {incident.lead, incident.head.by} - {"", BOT}
    return frozenset([BOT, *[user for user in people if not await _is_reached(services, user)]])


async def _is_reached(services: Services, user: str) -> bool:
    try:
        person = await services.directory.person(user)
    except SlackRefused as unknown:
        log.warning("person_unknown", user=user, code=unknown.code)
        return False
    return not person.is_deleted and not person.is_bot


async def _zone(services: Services, incident: Incident, owner: str | None) -> str:
    """Return an owner's time zone; what nobody is named for goes by that of whoever opened the incident.

    UTC for somebody whom Slack no longer knows: one of them must not end the reminders of all.
    """
    try:
        return (await services.directory.person(owner or incident.head.by)).tz
    except SlackRefused as unknown:
        log.warning("time_zone_unknown", user=owner or incident.head.by, code=unknown.code)
        return "UTC"
