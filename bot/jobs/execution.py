"""Doing a job, whichever kind it is."""

import functools
import importlib
import pkgutil
from typing import Any

import structlog
from pydantic import ValidationError

import bot.jobs
from bot.jobs.failures import Attempt, end, hand_back_unknown, handed_back_without_store, run_or_tell
from bot.jobs.job_metrics import counted
from bot.jobs.moved_channels import followed
from bot.jobs.queueing import ORIGIN
from bot.jobs.registry import KINDS, JobKind, Request
from bot.runtime import tracing
from bot.runtime.masking import one_record
from bot.runtime.services import Services
from bot.store.outbox import DONE
from bot.store.queue import Delivery


@functools.cache
def load_kinds() -> None:
    """Import every module beside this one, so that every kind is registered; it is done after the start (see `bot.app`)."""
    for module in pkgutil.iter_modules(bot.jobs.__path__):
        importlib.import_module(f"{bot.jobs.__name__}.{module.name}")


async def perform(services: Services, delivery: Delivery) -> None:
    """Do a job, and record that it is done; what becomes of a failure says `bot/jobs/failures.py`."""
    load_kinds()
    try:
        kind = KINDS[delivery.kind]
        request = kind.request.model_validate(delivery.payload)
    except (KeyError, ValidationError) as unread:
        with handed_back_without_store():
            await hand_back_unknown(services, delivery, unread)
        return
    origin = delivery.payload.get(ORIGIN, {})
    known = {"request": origin["request"]} if "request" in origin else {}
    once = isinstance(request, Request)  # other jobs keep their keys, and are done anew each time
    with (
        one_record(),
        tracing.span(f"job {delivery.kind}", "consumer", parent=str(origin.get("trace") or "")) as span,
        structlog.contextvars.bound_contextvars(job=delivery.key, **known),
        handed_back_without_store(),
    ):
        span.note(job__kind=delivery.kind, job__tries=delivery.troubles + delivery.crashes + 1)
        # Slack may send again minutes later what was done at once, when the queue has forgotten its key.
        over = await services.outbox.over(delivery.key) if once else ""
        if over == DONE:
            return
        if not over:  # done again after its failure was told, it might come to a result after all
            with counted(delivery, asked=once):
                if once or delivery.troubles:
                    request = await followed(services, request)
                work = _admitted(services, kind, delivery.key, request)
                await run_or_tell(services, Attempt(delivery, request, kind.tell), work)
        if isinstance(request, Request):
            await end(services, delivery, request.reply)


async def _admitted(services: Services, kind: JobKind, key: str, request: Any) -> None:
    """Run the job with its admission, without which it is not run."""
    # Each try is admitted anew: who may, and what the channel reads, may have changed while the job waited.
    await kind.run(services, key, await kind.admission(services, request), request)
