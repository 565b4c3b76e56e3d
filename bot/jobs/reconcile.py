"""Bringing what Slack shows of an incident in line with its log: the checklist, the evidence table, the summary.

One job at a time writes, always from the newest state, so that a late render never overwrites a newer one; whoever finds another
at work comes back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.blocks.checklist import checklist_message
from bot.blocks.layout import Message
from bot.blocks.root_cause import root_cause_message
from bot.domain.incident.state import CHECKLIST, ROOT_CAUSE, Incident
from bot.domain.incident.verification import due_checks
from bot.jobs.common import in_thread
from bot.jobs.queueing import refresh_soon, reschedule
from bot.jobs.reminders import remind_later
from bot.jobs.requests import MoveHereRequest, RefreshJob
from bot.jobs.summary import show_in_thread
from bot.live import live_message as boarding
from bot.runtime.services import Services

EDIT_EVERY = timedelta(seconds=1)  # of one message; Slack takes about 50 edits a minute of a workspace
COME_BACK = timedelta(milliseconds=300)


@dataclass(frozen=True, slots=True)
class Board:
    """A message in the incident's thread that is kept up to date. `render` returns None while there is nothing to show."""

    part: str
    render: Callable[[Services, Incident], Message | None]


async def refresh(services: Services, job: str, request: RefreshJob) -> None:
    """Verify what can be verified now, and show the newest state."""
    channel, id_ = request.channel, request.incident
    async with services.boards.writing(channel, id_) as mine:
        wait = await _refresh(services, channel, id_) if mine else COME_BACK
    if wait is not None:
        # Keys of their own: in place of a job that somebody's click has stored for now, it would make that one late.
        key = f"{channel}:{id_}:{'paced' if mine else 'busy'}"
        await reschedule(services, request, key=key, at=services.now() + wait)


async def move_here(services: Services, job: str, request: MoveHereRequest) -> None:
    """Post the checklist at the bottom of the thread and take the old one away."""
    reply = request.reply
    incident = await services.incidents.read(reply.channel, request.incident)
    if incident is None or incident.root_ts is None:
        return
    old = incident.messages.get(CHECKLIST)
    message = _checklist(services, incident)
    ts = await services.slack.post_once(job, CHECKLIST, in_thread(reply, incident.root_ts), message)
    await boarding.posted(services, incident, CHECKLIST, ts)
    await services.boards.shows(incident.channel, incident.id, CHECKLIST, boarding.digest(message, incident))
    if old and old != ts:
        await services.slack.messages.remove(incident.channel, old)
    await refresh_soon(services, incident)  # something may have changed between reading and posting


async def settle(services: Services, incident: Incident) -> Incident:
    """Turn every item whose proof has come or gone, and return the incident as it stands then."""
    for change in due_checks(incident, at=services.now()):
        applied = await services.incidents.append(incident.channel, incident.id, change)
        incident = applied.incident or incident
    return incident


async def _refresh(services: Services, channel: str, id_: str) -> timedelta | None:
    """Show everything, and return how long to wait where something was edited too lately to be edited now."""
    incident = await services.incidents.read(channel, id_)
    if incident is None or incident.root_ts is None or incident.tenancy != await services.gate.reads(channel):
        return None
    incident = await settle(services, incident)
    waits = [await _show(services, incident, board) for board in _BOARDS]
    waits.append(await show_in_thread(services, incident))
    await _look_again(services, incident)
    return min((wait for wait in waits if wait is not None), default=None)


async def _show(services: Services, incident: Incident, board: Board) -> timedelta | None:
    message = board.render(services, incident)
    if message is None:
        return None
    return await boarding.show(services, incident, board.part, message, every=EDIT_EVERY)


async def _look_again(services: Services, incident: Incident) -> None:
    """Have open items reminded of, and the button to reopen taken away when its time is over."""
    if incident.is_open:
        await remind_later(services, incident)
    elif (until := _reopen_until(services, incident)) and until > services.now():
        job = RefreshJob(channel=incident.channel, incident=incident.id)
        await reschedule(services, job, key=f"{incident.channel}:{incident.id}:frozen", at=until)


def _checklist(services: Services, incident: Incident) -> Message:
    return checklist_message(incident, now=services.now(), reopen_until=_reopen_until(services, incident))


def _root_cause(_services: Services, incident: Incident) -> Message | None:
    return root_cause_message(incident) if incident.root_cause else None


def _reopen_until(services: Services, incident: Incident) -> datetime | None:
    return incident.closure.at + services.timing.reopen_for if incident.closure else None


_BOARDS = (Board(CHECKLIST, _checklist), Board(ROOT_CAUSE, _root_cause))
