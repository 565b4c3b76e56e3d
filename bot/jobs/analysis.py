"""The analysis of a run in its incident's thread: posted, known where it is, and posted anew where somebody deleted it."""

from functools import partial
from typing import ClassVar

from bot.blocks.layout import Message
from bot.blocks.picture import UploadedPicture
from bot.blocks.replay import replay_message
from bot.domain.access.admission import ChannelAdmission
from bot.domain.incident.state import Incident
from bot.domain.run.diagnosis import Diagnosis
from bot.errors import AionisError, NotInChannel, PostingRefused, SlackRefused
from bot.investigation.just_read import Read
from bot.jobs.incident import post_into
from bot.jobs.past import PastJob
from bot.jobs.queueing import TriedJob, reschedule, tried_again
from bot.jobs.reading import read_run
from bot.jobs.registry import job, of_channel
from bot.jobs.timeline_image import timeline_picture
from bot.live.live_message import sole_writer
from bot.live.roots import is_gone
from bot.runtime.services import Services
from bot.slack import Posted, ReplyTo

ANALYSIS = "analysis"
_TO_COME_BY = "by:"  # and the job that has added a run to its incident, in place of where its analysis is


class AnalysesJob(TriedJob):
    """Post anew what is not there of the analyses in an incident's thread; `deleted`: the ts of the one that is looked after."""

    kind: ClassVar[str] = "analyses"
    channel: str
    incident: str
    deleted: str | None = None

    @property
    def key(self) -> str:
        """Return what the job is about."""
        return f"{self.channel}:{self.incident}:{self.deleted or 'all'}"


async def show_analysis(
    services: Services,
    key: str,
    reply: ReplyTo,
    incident: Incident | None,
    diagnosis: Diagnosis,
    read: Read | None = None,
) -> bool:
    """Post a run's analysis into its incident's thread, or where it was asked for; False: only the asker saw it."""
    picture: UploadedPicture | None = None

    async def with_picture() -> Message:
        nonlocal picture
        picture = await timeline_picture(services, key, diagnosis)
        return replay_message(diagnosis, incident=incident.id if incident else None, picture=picture)

    for_asker = partial(replay_message, diagnosis)
    if await post_into(services, key, ANALYSIS, reply, with_picture, incident, for_asker=for_asker) is None:
        return False
    await _have_past_added(services, key, reply.channel, diagnosis, incident, picture, read)
    return True


async def announce_analysis(services: Services, key: str, channel: str, incident: str | None, run_id: str) -> None:
    """Say that a job is going to post a run's analysis into an incident, if any: until then whoever asks posts it in its name."""
    if incident:
        await services.live_messages.is_at(channel, incident, _name(run_id), f"{_TO_COME_BY}{key}")


async def is_shown(services: Services, incident: Incident, run_id: str) -> bool:
    """Tell whether the analysis of an incident's run was posted, or is still going to be: the job that was to may have failed."""
    return not await _never_came(services, incident, run_id, await _where(services, incident, run_id))


async def post_where_gone(
    services: Services, reply: ReplyTo, incident: Incident, diagnosis: Diagnosis, read: Read | None = None
) -> bool:
    """Post the analysis of an incident's run again where it is not there; tells whether that was needed.

    One job at a time: who finds another at it comes back, and finds what that has posted.
    """
    async with sole_writer(services, incident, ANALYSIS):
        run_id = diagnosis.run_id
        where = await _where(services, incident, run_id)
        if await _is_missing(services, incident, run_id, where):
            # Named after what is gone: done again, it is posted once.
            return await show_analysis(
                services, f"{ANALYSIS}:{incident.channel}:{where}", reply, incident, diagnosis, read
            )
        if where.startswith(_TO_COME_BY):  # in the name of the job that is at it: the two post it once between them
            await show_analysis(services, where.removeprefix(_TO_COME_BY), reply, incident, diagnosis)
        return False


async def analyses_soon(services: Services, channel: str, incident: str, *, deleted: str | None = None) -> None:
    """Have the analyses that are not there posted anew."""
    job = AnalysesJob(channel=channel, incident=incident, deleted=deleted)
    await reschedule(services, job, key=job.key, at=services.now())


@job(AnalysesJob, admission=of_channel)
async def post_missing(services: Services, _key: str, admission: ChannelAdmission, request: AnalysesJob) -> None:
    """Read the runs whose analyses are not there, and post them anew."""
    incident = await services.incidents.find(admission, request.incident)
    if incident is None or incident.root_ts is None:
        return
    reply = ReplyTo(channel=incident.channel, user=incident.head.by, thread_ts=incident.root_ts)
    unread: AionisError | None = None
    for run_id in await _missing(services, incident, request.deleted):
        aionis = services.aionis(admission)
        try:
            found = await read_run(services, aionis, run_id)
        except AionisError as error:  # of a run that Aionis keeps no longer the others' come back all the same
            unread = error
            continue
        await post_where_gone(services, reply, incident, found.diagnosis, Read.by(aionis.exchanges, found))
    if unread and not await tried_again(services, request, unread, key=request.key):
        raise unread


async def _missing(services: Services, incident: Incident, deleted: str | None) -> list[str]:
    """Return the runs whose analysis is not there, or the one whose was `deleted`."""
    names = {_name(run.run_id): run.run_id for run in incident.runs}
    found = await services.live_messages.places(incident.channel, incident.id, list(names))
    places = {names[name]: where for name, where in found.items()}
    if deleted:
        return [run_id for run_id, where in places.items() if where == deleted]
    try:
        # One look at all of them: asked for one by one, hundreds would use up Slack's limit.
        thread = await services.slack.messages.thread(incident.channel, incident.root_ts or "")
    except (NotInChannel, PostingRefused, SlackRefused):
        return []
    there = {message["ts"] for message in thread}
    unseen = {run_id: where for run_id, where in places.items() if where not in there}
    return [run_id for run_id, where in unseen.items() if await _is_missing(services, incident, run_id, where)]


async def _where(services: Services, incident: Incident, run_id: str) -> str:
    return await services.live_messages.place(incident.channel, incident.id, _name(run_id)) or ""


def _name(run_id: str) -> str:
    return f"{ANALYSIS}:{run_id}"


async def _is_missing(services: Services, incident: Incident, run_id: str, where: str) -> bool:
    """Tell whether what is known of an analysis leads to nothing any more."""
    if where.startswith(_TO_COME_BY):
        return await _never_came(services, incident, run_id, where)
    return await is_gone(services, incident.channel, where or None)


async def _never_came(services: Services, incident: Incident, run_id: str, where: str) -> bool:
    """Tell whether the job that was to post an analysis has come to its end without."""
    if not where.startswith(_TO_COME_BY) or not await services.outbox.over(where.removeprefix(_TO_COME_BY)):
        return False
    return await _where(services, incident, run_id) == where  # it may have posted it since


async def _have_past_added(
    services: Services,
    key: str,
    channel: str,
    diagnosis: Diagnosis,
    incident: Incident | None,
    picture: UploadedPicture | None,
    read: Read | None,
) -> None:
    """Have what is known of the past said in the analysis: it takes its time, and nothing that was asked for waits for it."""
    # Where the post landed is asked of the outbox: a thread that was gone has it posted under the other name.
    kept = await services.outbox.landed(key, ANALYSIS)
    if kept:
        known, ts = incident.id if incident else None, Posted.read(kept).ts
        if incident:
            await services.live_messages.is_at(channel, incident.id, _name(diagnosis.run_id), ts)
        if read:
            services.just_read.keep((channel, ts), read)
        of, run_id = str(diagnosis.tenancy), diagnosis.run_id
        job = PastJob(channel=channel, run_id=run_id, ts=ts, tenancy=of, incident=known, picture=picture)
        await reschedule(services, job, key=f"{job.channel}:{job.ts}", at=services.now())
