"""Reruns that prove a fix: how many in a row are asked for, and comparing those that a watch sees end."""

from collections.abc import Sequence
from typing import ClassVar

import structlog

from bot.aionis import Aionis
from bot.domain.access.admission import AskerAdmission, ChannelAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.digest import comparison_digest, run_digest
from bot.domain.incident.fix_proof import proofs_of
from bot.domain.incident.state import BOT, Incident
from bot.domain.run.phrases import plural
from bot.errors import BotError
from bot.investigation.reruns import reruns_among
from bot.jobs.ended_runs import EndedJob
from bot.jobs.evidence import keep_evidence
from bot.jobs.incident import change_and_tell
from bot.jobs.incident_lookup import OR_NAME_IT, incident_to_change
from bot.jobs.queueing import TriedJob, reschedule, tried_again
from bot.jobs.reading import read_pair
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Request, job, of_asker, of_channel
from bot.jobs.watch_news import Watching
from bot.runtime.services import Services

log = structlog.get_logger(__name__)

MOST = 20
MOST_COMPARED = 100  # reruns of one failing run that are compared by themselves: each stays in the incident's fields
UNREAD = "whether they are reruns was not read"
SET = "{id} asks for {reruns} in a row that are fixed."


class RerunsRequest(Request):
    """Set how many reruns prove the fix of the incident that is meant."""

    kind: ClassVar[str] = "reruns"
    reruns: int
    incident: str | None = None


class RerunEnded(TriedJob):
    """Compare a failing run of an open incident with a rerun that has ended."""

    kind: ClassVar[str] = "rerun_ended"
    channel: str
    incident: str
    failing: str
    rerun: str

    @property
    def key(self) -> str:
        return f"{self.channel}:{self.incident}:{self.failing}:{self.rerun}"


@job(RerunsRequest, admission=of_asker)
async def set_reruns(services: Services, key: str, admission: AskerAdmission, request: RerunsRequest) -> None:
    """Set the number, and tell whoever asked."""
    reply = request.reply
    incident = await incident_to_change(services, key, admission, reply, request.incident, fix=OR_NAME_IT)
    change = log_changes.fix_reruns_set(request.reruns, by=reply.user, at=services.now(), key=key)
    words = SET.format(id=incident.id, reruns=plural(request.reruns, "rerun"))
    await change_and_tell(services, key, reply, incident, change, part="reruns", words=words)


async def compare_ended(services: Services, aionis: Aionis, watching: Watching, ended: Sequence[str]) -> None:
    """Have the runs that ended compared with the failing runs of their case, in every open incident of the channels.

    Raises the `AionisError` of a `find` that failed.
    """
    if not ended:
        return
    incidents = await services.incidents.open_ones(*(admission for _, admission in watching))
    await _read_again(services, incidents, set(ended))
    failing = {proof.run.run_id: None for one in incidents for proof in proofs_of(one)}
    if not failing:
        return
    reruns = await reruns_among(aionis, list(failing), ended)
    if reruns.unread:
        tenancy, unread = watching[0][1].tenancy, reruns.unread
        await services.watches.backlog.left_out(tenancy, len(unread), UNREAD, now=services.now(), runs=unread[:20])
    for incident in incidents:
        for proof in proofs_of(incident):
            compared = {one.rerun for one in incident.comparisons if one.failing == proof.run.run_id}
            # Not those of the proof: one that the watch saw fail again stands there before it is compared, until the next does.
            wanted = [one for one in reruns.of.get(proof.run.run_id, ()) if one not in compared]
            left = max(0, MOST_COMPARED - len(compared))
            for rerun in wanted[:left]:
                await _compare_soon(services, incident, proof.run.run_id, rerun)
            await _leave_out(services, incident, proof.run.run_id, wanted[left:])


async def _leave_out(services: Services, incident: Incident, failing: str, reruns: Sequence[str]) -> None:
    """Count in the incident the reruns that are not compared; each once, however often it is seen to have ended."""
    if not reruns:
        return
    log.warning("reruns_not_compared", incident=incident.id, run=failing, left=len(reruns))
    now = services.now()
    for rerun in reruns:
        count = incident.uncompared.get(failing, 0) + 1
        # By run, so that a rerun which is seen to end again is the same entry, and not counted twice.
        key = f"uncompared:{incident.id}:{failing}:{rerun}"
        change = log_changes.rerun_not_compared(failing, rerun, count=count, at=now, key=key)
        applied = await services.incidents.append(incident, change)
        incident = applied.incident or incident
    await refresh_soon(services, incident)


async def _compare_soon(services: Services, incident: Incident, failing: str, rerun: str) -> None:
    job = RerunEnded(channel=incident.channel, incident=incident.id, failing=failing, rerun=rerun)
    await reschedule(services, job, key=job.key, at=services.now())


async def _try_again(services: Services, _key: str, request: RerunEnded, error: BotError) -> None:
    """Compare later where Aionis did not answer: it may have been away."""
    if not await tried_again(services, request, error, key=request.key):
        log.warning("rerun_not_compared", incident=request.incident, rerun=request.rerun, error=error.what)


async def _read_again(services: Services, incidents: Sequence[Incident], ended: set[str]) -> None:
    """Have runs read again that stood still, or went on, when they came into an incident, and have ended since."""
    for incident in incidents:
        for run in incident.runs:
            if run.run_id in ended and run.ended_at is None:
                job = EndedJob(channel=incident.channel, incident=incident.id, run_id=run.run_id)
                await reschedule(services, job, key=job.key, at=services.now())


@job(RerunEnded, admission=of_channel, tell=_try_again)
async def compare_rerun(services: Services, key: str, admission: ChannelAdmission, request: RerunEnded) -> None:
    """Record what a rerun says about a failing run; it is shown in the list of the incident's reruns."""
    incident = await services.incidents.find(admission, request.incident)
    if incident is None or not incident.is_open:
        return
    if any((one.failing, one.rerun) == (request.failing, request.rerun) for one in incident.comparisons):
        return  # somebody has compared them meanwhile
    aionis = services.aionis(admission)
    pair = await read_pair(services, aionis, request.failing, request.rerun)
    await keep_evidence(
        services, key, aionis, incident
    )  # first: whoever finds the comparison made does not do it again
    at = services.now()
    for change in (
        log_changes.run_added(
            run_digest(pair.rerun.diagnosis), by=BOT, at=at, key=f"{request.key}:rerun", via="comparison"
        ),
        log_changes.compared(comparison_digest(pair.comparison), by=BOT, at=at, key=f"{request.key}:compared"),
    ):
        await services.incidents.append(incident, change)
    await refresh_soon(services, incident)
