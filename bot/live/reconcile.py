"""Bringing what Slack shows of an incident in line with its log: the checklist, the evidence table, the summary."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.blocks.checklist import checklist_message
from bot.blocks.incident_root import root_message
from bot.blocks.layout import Message
from bot.blocks.reruns import is_worth_a_list, rerun_list_message
from bot.blocks.root_cause import root_cause_message
from bot.domain.incident.state import CHECKLIST, LIVE_ROOT, RERUNS, ROOT_CAUSE, Incident
from bot.errors import NotInChannel, PostingRefused, SlackRefused
from bot.live import live_message
from bot.live.summary import show_in_thread
from bot.runtime.masking import remember
from bot.runtime.services import Services
from bot.slack import BLOCK_ERRORS, ReplyTo

log = structlog.get_logger(__name__)
EDIT_EVERY = timedelta(seconds=1)  # of one message; Slack takes about 50 edits a minute of a workspace


@dataclass(frozen=True, slots=True)
class Shown:
    """A message in the incident's thread that is kept up to date. `render` returns None while there is nothing to show."""

    part: str
    render: Callable[[Services, Incident], Message | None]


@dataclass(frozen=True, slots=True)
class Showing:
    """What is left to be shown: after a `wait`, as it was edited too lately, or when Slack takes what it has `refused`."""

    wait: timedelta | None = None
    refused: bool = False


async def show_all(services: Services, incident: Incident) -> Showing:
    """Show the newest state but for the summary."""
    await remember(lambda: incident.typed, 0)
    shown = [await _unless_refused(_show(services, incident, one)) for one in _SHOWN]
    wait = min((one.wait for one in shown if one.wait is not None), default=None)
    return Showing(wait, refused=any(one.refused for one in shown))


async def show_summary(services: Services, incident: Incident) -> Showing:
    """Show the summary as of now; the same as `show_all` for what reads the thread, which may take as long as Slack wants."""
    return await _unless_refused(show_in_thread(services, incident))


async def _unless_refused(showing: Awaitable[timedelta | None]) -> Showing:
    """Show one message; one that Slack refuses is a line in the log and does not keep the next from being shown."""
    try:
        return Showing(await showing)
    except (NotInChannel, PostingRefused, SlackRefused) as refused:
        log.warning("live_message_refused", because=refused.what)
        # Who may edit here changes; blocks that are ours stay as they are until the next change.
        return Showing(refused=refused.code not in BLOCK_ERRORS)


async def post_checklist_anew(services: Services, job: str, incident: Incident, reply: ReplyTo) -> None:
    """Post the checklist at the bottom of the thread and take the old one away."""
    # The new one first: whatever fails in between, two checklists are better than none.
    old, message = incident.messages.get(CHECKLIST), checklist_of(services, incident)
    posted = await services.slack.post_once(job, CHECKLIST, reply, message)
    ts = posted.ts
    await services.live_messages.forget(incident.channel, incident.id, CHECKLIST)
    await live_message.note_posted(services, incident, CHECKLIST, ts)
    if posted.new:  # else an earlier try has said something older: the next refresh brings it up to date
        shown = live_message.digest(message, incident.root_ts)
        await services.live_messages.shows(incident.channel, incident.id, CHECKLIST, shown)
    if old and old != ts:
        await services.slack.messages.remove(incident.channel, old)


def reopen_until(services: Services, incident: Incident) -> datetime | None:
    """Return until when a closed incident may be reopened; None for an open one."""
    return incident.closure.at + services.timing.reopen_for if incident.closure else None


async def _show(services: Services, incident: Incident, shown: Shown) -> timedelta | None:
    message = shown.render(services, incident)
    if message is None:
        return None
    return await live_message.show(services, incident, shown.part, message, every=EDIT_EVERY)


def checklist_of(services: Services, incident: Incident) -> Message:
    """Return an incident's checklist as of now."""
    return checklist_message(incident, now=services.now(), reopen_until=reopen_until(services, incident))


def _root(_services: Services, incident: Incident) -> Message:
    return root_message(incident)


def _root_cause(_services: Services, incident: Incident) -> Message | None:
    """Keep the evidence table of an older version true; since then it is a part of the summary."""
    return root_cause_message(incident) if incident.root_cause and ROOT_CAUSE in incident.messages else None


def _reruns(_services: Services, incident: Incident) -> Message | None:
    return rerun_list_message(incident) if is_worth_a_list(incident) else None


_SHOWN = (
    Shown(LIVE_ROOT, _root),
    Shown(CHECKLIST, checklist_of),
    Shown(RERUNS, _reruns),
    Shown(ROOT_CAUSE, _root_cause),
)
