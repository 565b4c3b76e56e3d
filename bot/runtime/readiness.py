"""Whether commands can be taken now: can be stored, are signed within our time, and reach us at all."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.slack import SlackClock
from bot.store.connection import Redis, probe

WITHIN = 2.0  # seconds
CLOCK_OFF = 240.0  # seconds; from five minutes on Slack's signatures are refused

Connected = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found, in words; `ok`: commands can be taken."""

    redis: str
    clock: str
    socket: str | None
    ok: bool

    def as_json(self) -> dict[str, object]:
        """Return the answer of `/readyz`; without Socket Mode nothing is said of it."""
        said = {"ok": self.ok, "redis": self.redis, "clock": self.clock}
        return said | ({"socket": self.socket} if self.socket else {})


async def check_readiness(redis: Redis, clock: SlackClock, connected: Connected | None) -> Readiness:
    """Write and read a key, compare the clocks, and ask the socket where there is one (`connected`)."""
    stored, redis_ahead = await probe(redis, within=WITHIN)
    slack_ahead = clock.ahead
    # Before Slack was heard, Redis' clock says at least whether ours is the one that stands out.
    ahead = slack_ahead if slack_ahead is not None else redis_ahead
    is_off = ahead is not None and abs(ahead) > CLOCK_OFF
    up = None if connected is None else await _is_up(connected)
    return Readiness(
        redis=stored or "answers",
        clock=f"is off by {-(ahead or 0):+.0f} s" if is_off else "agrees",
        socket=None if up is None else ("connected" if up else "not connected"),
        # Over a socket nothing is signed, so that the clock does not matter.
        ok=not stored and up is not False and not (is_off and connected is None),
    )


async def _is_up(connected: Connected) -> bool:
    try:
        async with asyncio.timeout(WITHIN):
            return await connected()
    except TimeoutError:
        return False
