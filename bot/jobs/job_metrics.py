"""Counting jobs and what became of them, where metrics are on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.runtime import metrics
from bot.store.queue import Delivery, HandedBack

DONE, WAITS, BROKE = "done", "put off", "broke"
_READY = "show"  # the kind of a job that shows a ready message (show.py)
# A failure that is told returns as if all were well: what became of the job is known in `failures.py` alone.
_failure: ContextVar[str] = ContextVar("failure", default="")


@contextmanager
def counted(delivery: Delivery, *, asked: bool) -> Iterator[None]:
    """Count one try of a job; `asked`: somebody did, and it is a command, too, once it is over."""
    token = _failure.set("")
    began, outcome = time.monotonic(), DONE
    try:
        yield
        outcome = _failure.get() or DONE
    except HandedBack as back:
        outcome = WAITS
        metrics.count("job_waits", kind=delivery.kind, because=back.count or "its turn")
        raise
    except BaseException:  # a job that is cut off, too, has broken for this time
        outcome = BROKE
        raise
    finally:
        _failure.reset(token)
        metrics.count("jobs", kind=delivery.kind, outcome=outcome)
        if asked and outcome not in {WAITS, BROKE}:
            if delivery.kind != _READY:  # whoever made it has counted what it answers
                metrics.count("commands", word=delivery.kind, outcome=outcome)
            metrics.observe("posted_seconds", delivery.age + time.monotonic() - began, word=delivery.kind)


def failed_with(error: Exception) -> None:
    """Say that the job under way ends with a failure that is told."""
    _failure.set(type(error).__name__)
