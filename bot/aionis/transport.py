"""HTTP to Aionis: one pooled client, bounded answers, retries only where they help, one deadline for an operation."""

import asyncio
import contextlib
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import stamina

from bot import errors
from bot.aionis.connections import PooledConnections
from bot.aionis.inflating import ACCEPTED, read_content
from bot.aionis.limit import SharedWait
from bot.aionis.refusals import to_error
from bot.config.settings import Settings
from bot.domain.run.server_health import Health
from bot.ids import new_request_id
from bot.runtime import metrics, tracing

_NAME = "incident-bot"
_CREDENTIALS = frozenset({"x-api-key", "authorization"})
RETRYABLE_STATUSES = frozenset({429, 502, 503, 504})
_FIRST_WAIT = 0.1  # seconds; doubled on every further try
_MAX_WAIT = 2.0  # longer ones are Aionis' to ask for (429)
_QUOTABLE = re.compile(r"[\x21-\x7e]{1,200}")
_SERVER_ERROR_RETRIES = 1  # 500 also stands for client mistakes, which repeat


@dataclass(frozen=True, slots=True)
class Reply:
    """A 200 answer: its body and the request id to quote (theirs where they sent one, else ours)."""

    body: bytes
    request_id: str


class _Retryable(Exception):
    """Carries the error to raise if no try is left, the HTTP status (None without one), and the wait asked for."""

    def __init__(self, error: errors.AionisError, status: int | None = None) -> None:
        super().__init__(error.what)
        self.error = error
        self.status = status
        self.wait: float | None = getattr(error, "retry_after", None)


class AionisTransport:
    """Sends requests to one Aionis. Raises the `AionisError` that fits; never anything of httpx.

    The connections are asked without a client of httpx between: looking for cookies and redirects is a third of a call.
    """

    def __init__(
        self,
        base_url: str,
        connections: httpx.AsyncBaseTransport,
        *,
        headers: dict[str, str],
        connect_timeout: float,
        max_response_bytes: int,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._connections = connections
        self._headers = {"accept": "*/*", "accept-encoding": ACCEPTED, "user-agent": _NAME, **headers}
        self._extensions = {"timeout": {"connect": connect_timeout}}  # the deadline bounds the rest
        self._max_response_bytes = max_response_bytes
        self._limit = SharedWait()
        self._urls: dict[str, httpx.URL] = {}  # of the few paths there are: putting one together is a quarter of a call
        self.health: Health | None = None  # what the server said of itself, kept for all operations
        self.ask_health_from = 0.0  # in `time.monotonic()` seconds; later than now after a failure
        self.learning = asyncio.Lock()

    @property
    def has_credential(self) -> bool:
        """Tell whether calls carry a credential, which is an identity of its own."""
        return not _CREDENTIALS.isdisjoint(name.lower() for name in self._headers)

    @classmethod
    def connect(
        cls,
        base_url: str,
        *,
        headers: dict[str, str],
        connect_timeout: float,
        max_response_bytes: int,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> "AionisTransport":
        """Make one with pooled HTTP/1.1 connections. `transport` replaces the network, for tests."""
        return cls(
            base_url,
            transport or PooledConnections(base_url),
            headers=headers,
            connect_timeout=connect_timeout,
            max_response_bytes=max_response_bytes,
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> "AionisTransport":
        """Make the client that the settings describe."""
        return cls.connect(
            settings.aionis_base_url,
            headers=settings.aionis_headers,
            connect_timeout=settings.aionis_connect_timeout_seconds,
            max_response_bytes=settings.aionis_max_response_bytes,
        )

    async def aclose(self) -> None:
        """Close the pooled connections."""
        await self._connections.aclose()

    async def call(
        self, method: str, path: str, body: dict[str, Any] | None, *, subject: str, deadline: float
    ) -> Reply:
        """Send one request, with retries, until `deadline` (in `time.monotonic()` seconds)."""
        request_id = new_request_id()  # one for all tries: whoever looks it up at Aionis finds all of them
        backoff, kept = _Backoff(deadline), None
        try:
            async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                async for attempt in stamina.retry_context(on=backoff, attempts=None, timeout=None):
                    with attempt, _counted(path, request_id) as tried:
                        kept = await self._limit.over(deadline=deadline)
                        return await self._send(method, path, body, subject=subject, request_id=request_id, tried=tried)
        except _Retryable as exhausted:
            raise exhausted.error from exhausted
        except TimeoutError as timeout:
            # What the last try was answered, or what kept this one waiting, says more than that time ran out.
            raise (
                backoff.last_error
                or kept
                or errors.AionisTimeout(f"Aionis did not answer for {subject} in time.", request_id=request_id)
            ) from timeout
        raise AssertionError("the retry loop ends by returning or raising")

    async def _send(
        self, method: str, path: str, body: dict[str, Any] | None, *, subject: str, request_id: str, tried: "_Tried"
    ) -> Reply:
        try:
            request = self._request(method, path, body, request_id)
            async with contextlib.aclosing(await self._connections.handle_async_request(request)) as response:
                tried.status = response.status_code
                # Aionis has its id in a header alone, and echoes unchecked what it was sent; a proxy may put in anything.
                named = response.headers.get("x-request-id", "")
                answered_id = named if is_quotable(named) else request_id
                content = await self._read(response, answered_id)
        except httpx.TimeoutException as timeout:
            error = errors.Unreachable(f"No connection to Aionis for {subject}: it timed out.", request_id=request_id)
            raise _Retryable(error) from timeout
        except (httpx.RequestError, httpx.InvalidURL) as broken:
            error = errors.Unreachable(
                f"No connection to Aionis for {subject}: it broke, or none was made.", request_id=request_id
            )
            raise _Retryable(error) from broken
        if response.status_code == 200:
            self._limit.taken()
            return Reply(content, answered_id)
        failure = to_error(response.status_code, response.headers, content, subject=subject, request_id=answered_id)
        if isinstance(failure, errors.RateLimited):
            self._limit.ask(failure)
        elif response.status_code < 500:
            self._limit.taken()  # what is not there was looked for all the same
        if response.status_code in RETRYABLE_STATUSES or response.status_code == 500:
            raise _Retryable(failure, response.status_code)
        raise failure

    def _request(self, method: str, path: str, body: dict[str, Any] | None, request_id: str) -> httpx.Request:
        url = self._urls.get(path) or self._urls.setdefault(path, httpx.URL(f"{self._base_url}{path}"))
        headers = {**self._headers, "x-request-id": request_id}
        return httpx.Request(method, url, headers=headers, json=body, extensions=self._extensions)

    async def _read(self, response: httpx.Response, request_id: str) -> bytes:
        # A faked transport may hand over a response that is read and unpacked; none from the network is.
        ready = response.is_stream_consumed
        return await read_content(
            response.aiter_bytes() if ready else response.aiter_raw(),
            "" if ready else response.headers.get("content-encoding", ""),
            cap=self._max_response_bytes,
            request_id=request_id,
        )


@dataclass(slots=True)
class _Tried:
    """One try: its HTTP status, where there was an answer."""

    status: object = "no answer"


@contextlib.contextmanager
def _counted(path: str, request_id: str) -> Iterator[_Tried]:
    """Count, time and trace one try."""
    tried = _Tried()
    with tracing.span(f"aionis {path}", "client") as span:
        span.note(aionis__request_id=request_id)
        try:
            with metrics.timed("aionis_seconds", endpoint=path):
                yield tried
        finally:
            span.note(http__response__status_code=tried.status)
            metrics.count("aionis_calls", endpoint=path, status=tried.status)


def is_quotable(request_id: str) -> bool:
    """Tell whether a server's id for a request can be shown and typed."""
    return _QUOTABLE.fullmatch(request_id) is not None


class _Backoff:
    """Decides, for stamina, whether to try again and how long to wait: within the deadline or not at all."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._tries = 0
        self._server_errors = 0
        self.last_error: errors.AionisError | None = None

    def __call__(self, exc: Exception) -> float | bool:
        """Return the seconds to wait before the next try, or False to give up."""
        if not isinstance(exc, _Retryable):
            return False
        self.last_error = exc.error
        if exc.status == 500:
            self._server_errors += 1
            if self._server_errors > _SERVER_ERROR_RETRIES:
                return False
        wait = self._next_wait(exc.wait)
        if time.monotonic() + wait >= self._deadline:
            return False
        metrics.count("aionis_retries", status=exc.status or "no answer")
        return wait

    def _next_wait(self, asked: float | None) -> float:
        backoff = min(_MAX_WAIT, _FIRST_WAIT * 2**self._tries)
        self._tries += 1
        # Jitter on top, never below what the server asked for: many workers must not come back at once.
        return (asked if asked is not None else backoff) + random.uniform(0, backoff / 2)  # noqa: S311 not for secrets
