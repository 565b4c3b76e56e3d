"""Handing work to the workers: now, or at a time that every new reason sets anew."""

from datetime import datetime, timedelta

from bot.jobs.registry import Job, Request
from bot.runtime.services import Services

COME_BACK = timedelta(milliseconds=300)  # where another job is at work on the same incident's messages


async def enqueue(services: Services, job: Job, *, key: str) -> None:
    """Store a job. `key` is Slack's own id of what happened, so that repetitions make one job."""
    await enqueue_once(services, job, key=f"{job.kind}:{key}")


async def enqueue_once(services: Services, job: Job, *, key: str) -> None:
    """Store a job that is the only one of its key, of whatever kind: what asked for it may be read differently a second time."""
    lane = f"channel:{job.reply.channel}" if isinstance(job, Request) and job.ordered else None
    await services.queue.enqueue(job.kind, _payload(job), key=key, lane=lane)


async def reschedule(services: Services, job: Job, *, key: str, at: datetime) -> None:
    """Store a job for a time, in place of the one that waits for the same `key`: what the job is about."""
    await services.queue.reschedule(job.kind, _payload(job), key=f"{job.kind}:{key}", after=at - services.now())


def _payload(job: Job) -> dict[str, object]:
    return job.model_dump(mode="json", exclude_none=True)
