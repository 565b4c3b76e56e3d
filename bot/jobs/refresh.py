"""Bringing what Slack shows of an incident in line with its log.

One job at a time writes, always from the newest state, so that a late render never overwrites a newer one; whoever finds another
at work comes back.
"""

from datetime import timedelta
from typing import ClassVar

import structlog

from bot.domain.access.admission import Admission, ChannelAdmission
from bot.domain.incident.state import SUMMARY, Incident
from bot.errors import NotInChannel, PostingRefused, SlackRefused
from bot.jobs.queueing import reschedule
from bot.jobs.registry import Job, job, of_channel
from bot.jobs.reminders import remind_later
from bot.live.live_message import COME_BACK
from bot.live.reconcile import Showing, reopen_until, show_all, show_summary
from bot.live.roots import go_on_below_a_new_root
from bot.live.summary import have_summary_written_anew, summary_is_due
from bot.live.verification import forge_asked_next, verify_due
from bot.runtime.services import Services

log = structlog.get_logger(__name__)

REFUSED_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
IF_CUT_OFF = timedelta(seconds=5)  # longer than a click takes
_BUSY = Showing(COME_BACK)  # another job writes


class RefreshJob(Job):
    """Bring what Slack shows of an incident in line with its log; `deleted`: the ts of one of its messages that is gone."""

    kind: ClassVar[str] = "refresh"
    part: ClassVar[str] = ""
    channel: str
    incident: str
    deleted: str | None = None


class SummaryRefreshJob(Job):
    """Bring an incident's summary up to date."""

    kind: ClassVar[str] = "refresh_summary"
    part: ClassVar[str] = SUMMARY
    channel: str
    incident: str


async def refresh_soon(services: Services, incident: Incident) -> None:
    """Have what Slack shows of an incident brought up to date."""
    await _refresh_after(services, incident.channel, incident.id, timedelta())


async def refresh_if_cut_off(services: Services, channel: str, incident: str) -> None:
    """Have that done in a moment, until `refresh_soon` has it done at once: for what may be killed between a change and that."""
    await _refresh_after(services, channel, incident, IF_CUT_OFF)


async def _refresh_after(services: Services, channel: str, incident: str, wait: timedelta) -> None:
    job = RefreshJob(channel=channel, incident=incident)
    await reschedule(services, job, key=f"{channel}:{incident}", at=services.now() + wait)


@job(RefreshJob, admission=of_channel)
async def refresh(services: Services, _key: str, admission: ChannelAdmission, request: RefreshJob) -> None:
    """Verify what can be verified now, and show the newest state."""
    channel, id_ = request.channel, request.incident
    async with services.live_messages.writing(channel, id_) as mine:
        showing = await _refresh(services, admission, id_, request.deleted) if mine else _BUSY
    await _come_back(services, request, showing)


@job(SummaryRefreshJob, admission=of_channel)
async def refresh_summary(
    services: Services, _key: str, admission: ChannelAdmission, request: SummaryRefreshJob
) -> None:
    """Write the summary anew where it is due. It reads the thread for as long as Slack wants: no checklist waits for that."""
    channel, id_ = request.channel, request.incident
    async with services.live_messages.writing(channel, id_, request.part) as mine:
        incident = await services.incidents.find(admission, id_) if mine else None
        showing = await show_summary(services, incident) if incident else Showing() if mine else _BUSY
    await _come_back(services, request, showing)


async def _come_back(services: Services, request: RefreshJob | SummaryRefreshJob, showing: Showing) -> None:
    """Have what is left shown later. Slack tells nobody that it takes edits again: it is tried, ever more rarely, for a while."""
    # Keys of their own: in place of a job that somebody's click has stored for now, it would make that one late.
    place, now = f"{request.channel}:{request.incident}", services.now()
    if showing.wait is not None:
        later = f"{place}:{'busy' if showing is _BUSY else 'paced'}"
        await reschedule(services, request, key=later, at=now + showing.wait)
    of = (request.channel, request.incident, request.part)
    if showing.refused:
        # Kept beside what is shown and not in this job: each refresh from elsewhere would begin to be patient anew.
        since = await services.live_messages.refused(*of, now)
        if now - since < services.patience:
            pause = min(max(now - since, REFUSED_PAUSE), _LONGEST_PAUSE)
            await reschedule(services, request, key=f"{place}:refused", at=now + pause)
    elif showing.wait is None:
        await services.live_messages.taken(*of)


async def refresh_open(services: Services, admission: Admission) -> None:
    """Have every open incident of a channel brought up to date soon."""
    for incident in await services.incidents.open_ones(admission):
        await refresh_soon(services, incident)


async def _refresh(services: Services, admission: ChannelAdmission, id_: str, deleted: str | None) -> Showing:
    incident = await services.incidents.find(admission, id_)
    if incident is None or incident.root_ts is None:
        return Showing()  # without a root: the job that posts it has this one come again
    if deleted:
        try:
            incident = await _make_good(services, incident, deleted)
        except (NotInChannel, PostingRefused, SlackRefused) as refused:
            log.warning("new_root_refused", because=refused.what)
            return Showing(refused=True)
    # Verified first: what that turns is shown in the same pass, and not by a refresh of its own.
    incident = await verify_due(services, incident)
    showing = await show_all(services, incident)
    if await summary_is_due(services, incident):
        summary = SummaryRefreshJob(channel=incident.channel, incident=id_)
        await reschedule(services, summary, key=f"{incident.channel}:{id_}", at=services.now())
    await _look_again(services, incident)
    return showing


async def _make_good(services: Services, incident: Incident, deleted: str) -> Incident:
    """Have a message that somebody deleted posted anew: the root at once, another one by forgetting that it was shown."""
    if deleted == incident.root_ts:
        return await go_on_below_a_new_root(services, incident)
    for part, ts in incident.messages.items():
        if ts == deleted:
            await services.live_messages.forget(incident.channel, incident.id, part)
            await have_summary_written_anew(services, incident)
    return incident


async def _look_again(services: Services, incident: Incident) -> None:
    """Have open items reminded of, a merge looked for, and the button to reopen taken away when its time is over."""
    job, place = RefreshJob(channel=incident.channel, incident=incident.id), f"{incident.channel}:{incident.id}"
    # Keys of their own: every refresh before then would put itself in their place.
    if incident.is_open:
        await remind_later(services, incident)
        if asked := forge_asked_next(services, incident):
            await reschedule(services, job, key=f"{place}:forge", at=asked)
    elif (until := reopen_until(services, incident)) and until > services.now():
        await reschedule(services, job, key=f"{place}:frozen", at=until)
