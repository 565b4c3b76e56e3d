"""How far this machine's clock is from Slack's, by the `Date` of its answers: Slack's signatures are good for five minutes."""

import math
import time
from email.utils import parsedate_to_datetime

import aiohttp
import structlog

from bot.domain.text.why_away import why

HEARD_FOR = 30.0  # seconds, after which whoever wants to know asks anew
_ANSWERED_WITHIN = aiohttp.ClientTimeout(total=1.0)

log = structlog.get_logger(__name__)


class SlackClock:
    """Slack's time as of the last answer. `ahead` is in seconds, positive where Slack is ahead of us; None before any answer."""

    def __init__(self) -> None:
        self._slack = 0.0
        self._heard_at: float | None = None
        self._asked_at = -math.inf

    @property
    def ahead(self) -> float | None:
        """Return by how much Slack's clock is ahead of ours now, to the second."""
        if self._heard_at is None:
            return None
        # Carried on by the monotonic clock: the other one may have been set since, which is just what is to be noticed.
        return self._slack + (time.monotonic() - self._heard_at) - time.time()

    def now(self) -> float:
        """Return Slack's time (Unix, in seconds); this machine's before any answer."""
        return time.time() + (self.ahead or 0.0)

    def hear(self, date: str | None) -> None:
        """Take the `Date` of an answer that came just now; one that cannot be read says nothing."""
        try:
            heard = parsedate_to_datetime(date or "").timestamp()
        except ValueError:
            return
        self._slack, self._heard_at = heard + 0.5, time.monotonic()  # it is cut to whole seconds

    async def ask(self, api_url: str) -> None:
        """Hear Slack's time anew where that was a while ago: a machine that slept meanwhile has lost count of it.

        A Slack that does not answer says nothing of any clock.
        """
        if time.monotonic() - max(self._asked_at, self._heard_at or -math.inf) < HEARD_FOR:
            return
        self._asked_at = time.monotonic()
        try:
            # Without a token: that there is none is said at the same time of day.
            async with (
                aiohttp.ClientSession(timeout=_ANSWERED_WITHIN, trust_env=True) as session,
                session.post(f"{api_url.rstrip('/')}/auth.test", allow_redirects=False) as answer,
            ):
                self.hear(answer.headers.get("Date"))
        except (aiohttp.ClientError, TimeoutError, OSError) as away:
            log.info("slack_clock_not_heard", because=why(away))

    def listening(self) -> aiohttp.TraceConfig:
        """Return what has a session's answers heard."""
        trace = aiohttp.TraceConfig()

        async def on_request_end(
            _session: aiohttp.ClientSession, _context: object, ended: aiohttp.TraceRequestEndParams
        ) -> None:
            self.hear(ended.response.headers.get("Date"))

        trace.on_request_end.append(on_request_end)
        return trace
