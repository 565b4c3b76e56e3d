"""Handing work to the workers: now, or at a time that every new reason sets anew."""

from datetime import datetime

from bot.domain.incident.state import Incident
from bot.jobs.requests import Job, RefreshJob
from bot.runtime.services import Services


async def enqueue(services: Services, job: Job, *, key: str) -> None:
    """Store a job. `key` is Slack's own id of what happened, so that repetitions make one job."""
    await services.queue.enqueue(job.kind, _payload(job), key=f"{job.kind}:{key}")


async def reschedule(services: Services, job: Job, *, key: str, at: datetime) -> None:
    """Store a job for a time, in place of the one that waits for the same `key`: what the job is about."""
    await services.queue.reschedule(job.kind, _payload(job), key=f"{job.kind}:{key}", after=at - services.now())


async def refresh_soon(services: Services, incident: Incident) -> None:
    """Have what Slack shows of an incident brought up to date."""
    job = RefreshJob(channel=incident.channel, incident=incident.id)
    await reschedule(services, job, key=f"{incident.channel}:{incident.id}", at=services.now())


def _payload(job: Job) -> dict[str, object]:
    return job.model_dump(mode="json", exclude_none=True)
