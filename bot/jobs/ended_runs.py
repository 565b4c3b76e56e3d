"""Reading a run of an open incident again: it has ended since, or a newer version of the bot reads it better."""

from typing import ClassVar

from bot.blocks.replay import run_title
from bot.domain.access.admission import ChannelAdmission
from bot.domain.incident.digest import run_digest
from bot.domain.incident.state import BOT
from bot.jobs.evidence import keep_evidence
from bot.jobs.reading import read_run
from bot.jobs.recording import note_incident, record_run
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Job, job, of_channel
from bot.runtime.services import Services


class EndedJob(Job):
    """Read a run of an open incident again. `reading` is the newer version of the reading that is why, 0 for an end."""

    kind: ClassVar[str] = "ended"
    channel: str
    incident: str
    run_id: str
    reading: int = 0

    @property
    def key(self) -> str:
        newer = f":{self.reading}" if self.reading else ""
        return f"ended:{self.channel}:{self.incident}:{self.run_id}{newer}"


@job(EndedJob, admission=of_channel)
async def read_ended(services: Services, key: str, admission: ChannelAdmission, request: EndedJob) -> None:
    """Record how a run of an open incident stands now, and for which failure it counts."""
    incident = await services.incidents.find(admission, request.incident)
    before = next((run for run in incident.runs if run.run_id == request.run_id), None) if incident else None
    if incident is None or before is None or not incident.is_open:
        return
    aionis = services.aionis(admission)
    found = await read_run(services, aionis, request.run_id)
    digest = run_digest(found.diagnosis, run_title(found.diagnosis))
    await keep_evidence(services, key, aionis, incident)
    incident = await record_run(services, request.key, incident, digest, by=BOT)
    await note_incident(services, incident, gone=before.fingerprint)
    await refresh_soon(services, incident)
