"""What a replay says of the past, added to its message: that the failure was seen before, and the last good run of the case."""

import asyncio
from typing import ClassVar

from bot.blocks.past import NO_PAST, RunPast, run_past
from bot.blocks.picture import UploadedPicture
from bot.blocks.replay import replay_message
from bot.domain.access.admission import Admission, ChannelAdmission
from bot.domain.recurrence.bisect import Bisection
from bot.domain.recurrence.fingerprint import ingredients_of
from bot.investigation.last_good import bisect_run
from bot.investigation.run import Investigation
from bot.jobs.reading import read_run
from bot.jobs.registry import Job, job, of_channel
from bot.jobs.similar import index_failure, links_of
from bot.jobs.timeline_image import occurrences_picture
from bot.runtime.services import Services


class PastJob(Job):
    """Say in the message `ts`, a replay of a run of a tenancy, what is known of its past; `incident` is the one that it is in."""

    kind: ClassVar[str] = "past"
    channel: str
    run_id: str
    ts: str
    tenancy: str = ""  # an older version's job does not say
    incident: str | None = None
    picture: UploadedPicture | None = None


@job(PastJob, admission=of_channel)
async def add_past(services: Services, key: str, admission: ChannelAdmission, request: PastJob) -> None:
    """Look up what is known of a run's past, and show the replay anew with it where there is something."""
    if request.tenancy not in {"", str(admission.tenancy)}:
        return  # bound anew since: the same id may be another run there, and the message shows the one that was asked for
    # Not handed over in the queue: a run may be megabytes. Another process, or a later try, reads it again.
    found = services.just_read.take((request.channel, request.ts), admission.tenancy)
    if found is None:
        found = await read_run(services, services.aionis(admission), request.run_id)
    past = await _past_of(services, key, admission, found, request.incident)
    if past != NO_PAST:
        message = replay_message(found.diagnosis, incident=request.incident, picture=request.picture, past=past)
        await services.slack.messages.edit(request.channel, request.ts, message)


async def _past_of(
    services: Services, key: str, admission: Admission, found: Investigation, incident: str | None
) -> RunPast:
    """Return what is known of a failed run's past: its failure's, and the last good run of its case."""
    if ingredients_of(found.diagnosis) is None:
        return NO_PAST
    history, bisection = await asyncio.gather(
        index_failure(services, admission, found.diagnosis), _last_good(services, admission, found)
    )
    links = await links_of(services, admission, history) if history and history.was_seen_before(incident) else {}
    picture = await occurrences_picture(services, key, history) if history else None
    return run_past(
        history,
        bisection,
        current=incident,
        links=links,
        channel=admission.channel,
        now=services.now(),
        occurrences=picture,
    )


async def _last_good(services: Services, admission: Admission, found: Investigation) -> Bisection:
    aionis = services.aionis(admission)
    return await bisect_run(
        aionis, found, now=services.now(), stalled_after=services.stalled_after, good=services.good_runs
    )
