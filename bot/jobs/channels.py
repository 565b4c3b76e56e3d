"""Channels that take posts again, or have another id now: their incidents go on."""

from typing import ClassVar

from bot.domain.access.admission import ChannelAdmission
from bot.jobs.queueing import reschedule
from bot.jobs.refresh import refresh_open
from bot.jobs.registry import Job, job, of_channel, of_nobody
from bot.jobs.summary import QuietJob
from bot.runtime.services import Services


class ResumeJob(Job):
    """Go on with the open incidents of a channel that takes posts again."""

    kind: ClassVar[str] = "resume"
    channel: str


class ChannelMovedJob(Job):
    """Go on with a channel that Slack has given another id."""

    kind: ClassVar[str] = "channel_moved"
    channel: str
    before: str


@job(ResumeJob, admission=of_channel)
async def resume(services: Services, _key: str, admission: ChannelAdmission, _request: ResumeJob) -> None:
    """Bring every open incident of the channel up to date; reminders and summaries of threads go on with that."""
    await refresh_open(services, admission)
    quiet = services.now() + services.timing.summary_quiet
    for incident in await services.incidents.open_ones(admission):
        job = QuietJob(channel=incident.channel, incident=incident.id)
        await reschedule(services, job, key=f"{job.channel}:{job.incident}", at=quiet)


@job(ChannelMovedJob, admission=of_nobody)
async def follow_channel(services: Services, _key: str, _admission: None, request: ChannelMovedJob) -> None:
    """Go on with a channel under its new id."""
    await move_channel(services, request)


async def move_channel(services: Services, moved: ChannelMovedJob) -> None:
    """Have all that is stored of a channel found under its new id; its incidents and reminders go on there."""
    await services.channel_moves.move(moved.before, moved.channel, at=services.now())
    await services.directory.forget_place(moved.before)
    await reschedule(services, ResumeJob(channel=moved.channel), key=moved.channel, at=services.now())
