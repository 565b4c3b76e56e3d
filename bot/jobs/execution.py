"""Doing a job, whichever kind it is."""

import functools
import importlib
import pkgutil
from typing import Any

import structlog

import bot.jobs
from bot.jobs.counting import counted
from bot.jobs.failures import Attempt, run_or_tell
from bot.jobs.queueing import ORIGIN
from bot.jobs.registry import KINDS, Kind, Request
from bot.runtime import tracing
from bot.runtime.services import Services
from bot.store.queue import Delivery

_DONE = "done"


@functools.cache
def load_kinds() -> None:
    """Import every module beside this one, so that every kind is registered; it is done after the start (see `bot.app`)."""
    for module in pkgutil.iter_modules(bot.jobs.__path__):
        importlib.import_module(f"{bot.jobs.__name__}.{module.name}")


async def perform(services: Services, delivery: Delivery) -> None:
    """Do a job, and record that it is done; what becomes of a failure says `bot/jobs/failures.py`."""
    load_kinds()
    kind, key = KINDS[delivery.kind], delivery.key
    request = kind.request.model_validate(delivery.payload)
    once = isinstance(request, Request)  # other jobs keep their keys, and are done anew each time
    # Slack may send again minutes later what was done at once, when the queue has forgotten its key.
    if once and await services.outbox.value(key, _DONE):
        return
    origin = delivery.payload.get(ORIGIN, {})
    known = {"request": origin["request"]} if "request" in origin else {}
    with (
        tracing.span(f"job {delivery.kind}", "consumer", parent=str(origin.get("trace") or "")) as span,
        structlog.contextvars.bound_contextvars(job=key, **known),
        counted(delivery, asked=once),
    ):
        span.note(job__kind=delivery.kind, job__tries=delivery.troubles + delivery.crashes + 1)
        await run_or_tell(services, Attempt(delivery, request, kind.tell), _admitted(services, kind, key, request))
    if once:
        await services.outbox.keep(key, _DONE, "yes")


async def _admitted(services: Services, kind: Kind, key: str, request: Any) -> None:
    """Run the job with its admission, without which it is not run."""
    # Each try is admitted anew: who may, and what the channel reads, may have changed while the job waited.
    await kind.run(services, key, await kind.admission(services, request), request)
