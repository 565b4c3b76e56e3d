"""Recording a run in an incident, and in the index of failures which incidents a failure had."""

from bot.domain.incident import log_changes
from bot.domain.incident.incident_log import Change
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.past_incident import past_incident
from bot.domain.incident.state import Incident
from bot.jobs.watch_offers import end_offer
from bot.runtime.services import Services


async def record_run(services: Services, key: str, incident: Incident, digest: RunDigest, *, by: str) -> Incident:
    """Add a run to an incident; one that is there already gets its newest digest. The index of failures hears of it, too."""
    incident = await services.incidents.append_all(incident, [run_to_add(services, key, digest, by=by)])
    await note_run(services, incident, digest)
    return incident


def run_to_add(services: Services, key: str, digest: RunDigest, *, by: str) -> Change:
    """Return the entry of a run that a job adds to an incident; `note_run` is to follow, when what waits for it is shown."""
    return log_changes.run_added(digest, by=by, at=services.now(), key=f"{key}:run")


async def note_run(services: Services, incident: Incident, digest: RunDigest) -> None:
    """Tell the index of failures, and the watch that offered it, that a run is in an incident."""
    await note_incident(services, incident)
    await end_offer(services, incident, digest)


async def note_incident(services: Services, incident: Incident, *, gone: str = "") -> None:
    """Tell the index how an incident stands, for each failure that it is about; of a run that was moved away it forgets it."""
    past = past_incident(incident)
    about = dict.fromkeys(run.fingerprint for run in incident.failing_runs if run.fingerprint)
    for fingerprint in about:
        await services.failures.had_incident(incident.tenancy, fingerprint, past)
    if gone and gone not in about:
        await services.failures.lost_incident(incident.tenancy, gone, incident.id)
