"""Handing work to the workers: now, or at a time that every new reason sets anew."""

from datetime import datetime, timedelta

import structlog

from bot.errors import AionisError, BotError
from bot.jobs.registry import Job, Request
from bot.runtime import tracing
from bot.runtime.services import Services

ORIGIN = "origin"  # in what is stored: the request that it comes from, and the trace that it belongs to
_SOON = timedelta(minutes=5)  # what is done later than this is a trace of its own
SAID, _FAILED = "mention", "failed"
TRIES = 10  # of background work that Aionis does not answer


class TriedJob(Job):
    """Background work that is tried again for a while where Aionis does not answer.

    The tries are counted in the payload: the queue's own counts begin anew with a job that is stored anew.
    """

    tries: int = 0


async def enqueue(services: Services, job: Job, *, key: str) -> None:
    """Store a job. `key` is Slack's own id of what happened, so that repetitions make one job."""
    await enqueue_once(services, job, key=f"{job.kind}:{key}")


async def enqueue_once(services: Services, job: Job, *, key: str) -> None:
    """Store a job that is the only one of its key, of whatever kind: what asked for it may be read differently a second time."""
    # One lane a channel: two commands that both open an incident, or change one, must not run side by side.
    lane = f"channel:{job.reply.channel}" if isinstance(job, Request) and job.ordered else None
    await services.queue.enqueue(job.kind, _payload(job), key=key, lane=lane)


async def enqueue_said(services: Services, request: Request, *, message: str) -> None:
    """Store what a message asks for, once, however often it is edited and by whatever events it is told.

    Where that has failed, the message may be mended: what it says then is stored, each wording once.
    """
    key = f"{SAID}:{message}"
    failed, asked = await services.outbox.value(key, _FAILED), request.asked()
    if failed and failed != asked:
        await services.outbox.forget(key, _FAILED)
        key = f"{key}:{asked}"
    await enqueue_once(services, request, key=key)


async def may_be_mended(services: Services, key: str, request: Job) -> None:
    """Remember of what a message asked for that it has failed, so that an edit counts."""
    _, said, place = key.partition(f"{SAID}:")
    if said and isinstance(request, Request):
        message = ":".join(place.split(":")[:2])
        await services.outbox.keep(f"{SAID}:{message}", _FAILED, request.asked())


async def reschedule(services: Services, job: Job, *, key: str, at: datetime) -> None:
    """Store a job for a time, in place of the one that waits for the same `key`: what the job is about."""
    after = at - services.now()
    await services.queue.reschedule(job.kind, _payload(job, after), key=f"{job.kind}:{key}", after=after)


async def tried_again(services: Services, job: TriedJob, error: BotError, *, key: str) -> bool:
    """Have a job tried again after a while where Aionis did not answer, which may be away; False: that is over."""
    if not isinstance(error, AionisError) or job.tries >= TRIES:
        return False
    again = job.model_copy(update={"tries": job.tries + 1})
    await reschedule(services, again, key=key, at=services.now() + services.timing.watch_every)
    return True


def _payload(job: Job, after: timedelta = timedelta()) -> dict[str, object]:
    payload = job.model_dump(mode="json", exclude_none=True)
    origin = {"request": _request(), "trace": tracing.traceparent() if job.follows and after <= _SOON else ""}
    known = {name: value for name, value in origin.items() if value}
    return {**payload, ORIGIN: known} if known else payload


def _request() -> str:
    """Return the id under which the log knows Slack's request, or that of the one that a job comes from."""
    return str(structlog.contextvars.get_contextvars().get("request") or "")
