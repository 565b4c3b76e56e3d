"""Waiting for a condition, with a report of what happened instead."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from bot.playground.slack.local import LocalSlack

T = TypeVar("T")
_LOOK_AGAIN = 0.02  # seconds: a condition may also look at things outside of this Slack
_DEAR = 0.005  # seconds
_SHOWN = 8


async def wait_until(slack: "LocalSlack", condition: Callable[[], T | None], seconds: float) -> T:
    """Return the condition's first true value; AssertionError with a report when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        began = time.monotonic()
        found, problem = _asked(condition)
        if found:
            return found
        took = time.monotonic() - began
        if took > _DEAR:  # asked at every change it would keep this loop, which serves Slack, from what it waits for
            await asyncio.sleep(2 * took)
        left = deadline - time.monotonic()
        if left <= 0:
            reason = f" (last: {problem!r})" if problem else ""
            raise AssertionError(f"condition still false after {seconds} s{reason}\n{report(slack)}")
        await slack.workspace.changes.wait(min(left, _LOOK_AGAIN))


def report(slack: "LocalSlack") -> str:
    """Summarize the last messages, failed calls, failed deliveries and notices."""
    messages = [m for channel in slack.world.channels for m in slack.messages(channel)]
    messages.sort(key=lambda m: str(m["ts"]))
    sections = {
        "last messages": [_line(m) for m in messages],
        "failed calls": [f"{c.method}: {c.error} {c.answer.get('response_metadata', '')}" for c in slack.failed_calls],
        "failed deliveries": [str(delivery) for delivery in slack.deliveries if not delivery.ok],
        "notices": [f"{notice.user}: {notice.text}" for notice in slack.notices],
    }
    return "\n".join(
        f"{title}:" + "".join(f"\n  {line}" for line in lines[-_SHOWN:] or ["none"])
        for title, lines in sections.items()
    )


def _line(message: dict[str, Any]) -> str:
    author = message.get("user") or message.get("bot_id")
    private = " (ephemeral)" if message.get("is_ephemeral") else ""
    return f"{message['ts']} {message['channel']} {author}{private}: {message['text'][:200]!r}"


def _asked(condition: Callable[[], T | None]) -> tuple[T | None, LookupError | None]:
    try:
        return condition(), None
    except LookupError as error:
        return None, error
