"""Waiting as long as Slack says, without keeping others waiting: whoever waits gives its worker's slot back."""

import asyncio
import random

from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState
from slack_sdk.http_retry.async_handler import AsyncRetryHandler

from bot.runtime import metrics
from bot.slack.calls import retry_after
from bot.store.queue import HandedBack, current_lease

IN_PLACE = 20.0  # seconds; whoever must wait for longer begins anew then
_LISTENER_WAITS = 0.5  # outside of jobs: Slack gives a listener three seconds in all
_TRIES = 5
_POSTS = "chat.postMessage"


async def wait(seconds: float) -> None:
    """Wait inside a job. Raises `HandedBack` where that is too long to stay, or the worker stops meanwhile."""
    lease = current_lease.get()
    if seconds <= 0:
        return
    if lease is None:
        await asyncio.sleep(min(seconds, _LISTENER_WAITS))
        return
    if seconds > IN_PLACE:
        raise HandedBack(seconds)
    # Never earlier than told, and not all at once: those that wait for one method were told the same.
    await lease.pause(seconds + random.uniform(0, 0.1))  # noqa: S311 not for secrets


def ensure_may_begin() -> None:
    """Raise `HandedBack` in a job that may begin nothing new: its worker stops, or another one may have it by now."""
    lease = current_lease.get()
    if lease is not None:
        lease.ensure_may_begin()


class WaitAsTold(AsyncRetryHandler):
    """Repeats a call that came too soon after the wait that Slack asked for; a post waits for its channel instead (`Pace`)."""

    def __init__(self) -> None:
        super().__init__(max_retry_count=_TRIES)

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        # 429 alone is sure to have done nothing; whatever else is repeated only by somebody who looks first.
        if response is None or response.status_code != 429 or request.url.endswith(_POSTS):
            return False
        # One that must wait for longer raises at once, and its job is handed back for so long.
        longest = _LISTENER_WAITS if current_lease.get() is None else IN_PLACE
        return _asked(response) <= longest

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """Wait as long as Slack asks, without the worker's slot."""
        if response is None:
            return
        metrics.count("slack_waits", kind=request.url.rpartition("/")[2])
        metrics.count("slack_wait_seconds", _asked(response), kind=request.url.rpartition("/")[2])
        await wait(_asked(response))
        state.next_attempt_requested = True
        state.increment_current_attempt()


def _asked(response: HttpResponse) -> float:
    values = next((value for name, value in response.headers.items() if name.lower() == "retry-after"), None)
    first = values[0] if isinstance(values, list) and values else values
    return retry_after(None if first is None else str(first))
