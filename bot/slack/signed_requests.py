"""The door: what comes in over HTTP is bounded while it is read, and its signature accepted, before anything looks inside.

Bolt checks the signature, too, but raises for a timestamp that is no number, and its error handler then has the unverified
body at hand. Nothing behind this layer ever sees such a request.
"""

import asyncio
import hashlib
import hmac
import re
import time
from collections.abc import Callable
from http import HTTPStatus

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 2**20  # bytes; Slack's largest payloads are some ten thousand
BODY_WITHIN = 10.0  # seconds from the headers to the last byte
SIGNED_WITHIN = 300  # seconds between Slack's clock and ours, either way
_LOG_EVERY = 60.0  # seconds
ACCEPTED = "incident_bot.signed"  # set in the scope of a request whose signature was accepted, for the server to see
SLACK_HEADERS = (b"x-slack-request-timestamp", b"x-slack-signature")  # when it was sent, and what signs it
_DIGITS = re.compile(rb"[0-9]{1,12}")  # longer ones are past the year 30,000, and slow to convert

log = structlog.get_logger(__name__)


class RequestRefused(Exception):
    """A request that goes no further. `status` is what it is answered, `because` what is logged."""

    def __init__(self, status: HTTPStatus, because: str) -> None:
        super().__init__(because)
        self.status = status
        self.because = because


class SignedRequests:
    """ASGI layer that hands on only what Slack signed: 401, 408 or 413 for all else, with the connection closed.

    `clock` returns seconds since the epoch, as in Slack's timestamp header. `names` are the headers of timestamp and signature:
    another sender may sign as Slack does with a secret and headers of its own.
    """

    def __init__(
        self,
        app: ASGIApp,
        secret: str,
        *,
        clock: Callable[[], float] = time.time,
        names: tuple[bytes, bytes] = SLACK_HEADERS,
    ) -> None:
        self._app = app
        self._names = names
        self._key = secret.encode()
        self._clock = clock
        self._refusals = _RefusalLog()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            timestamp, signature = _signature_headers(scope, self._names)
            body = await _read_bounded(scope, receive)
            self._ensure_signed(timestamp, signature, body)
        except RequestRefused as refused:
            self._refusals.add(refused.because)
            # What is left of a refused body is never read: the connection goes with it.
            answer = JSONResponse({"error": refused.because}, refused.status, headers={"connection": "close"})
            await answer(scope, receive, send)
        except ClientDisconnect:
            self._refusals.add("disconnected")
        else:
            scope[ACCEPTED] = True
            await self._app(scope, _replayed(body, receive), send)

    def _ensure_signed(self, timestamp: bytes, signature: bytes, body: bytes) -> None:
        if not _DIGITS.fullmatch(timestamp) or abs(self._clock() - int(timestamp)) > SIGNED_WITHIN:
            raise RequestRefused(HTTPStatus.UNAUTHORIZED, "timestamp not accepted")
        # An empty secret would accept what anybody signs with an empty key.
        if not self._key or not hmac.compare_digest(sign(self._key, timestamp, body), signature):
            raise RequestRefused(HTTPStatus.UNAUTHORIZED, "signature not accepted")


def sign(key: bytes, timestamp: bytes, body: bytes) -> bytes:
    """Return the value of `x-slack-signature` for a body sent at `timestamp` (digits, seconds since the epoch)."""
    return b"v0=" + hmac.new(key, b"v0:%b:%b" % (timestamp, body), hashlib.sha256).hexdigest().encode()


class _RefusalLog:
    """One log line a minute at most, however many strangers knock; it counts those that got none."""

    def __init__(self) -> None:
        self._next = float("-inf")
        self._unsaid = 0

    def add(self, because: str) -> None:
        now = time.monotonic()
        if now < self._next:
            self._unsaid += 1
            return
        log.warning("request_refused", because=because, others_since_last_line=self._unsaid)
        self._next, self._unsaid = now + _LOG_EVERY, 0


def _signature_headers(scope: Scope, names: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """Return timestamp and signature. One that is missing or stands twice is refused before the body is read."""
    found: dict[bytes, list[bytes]] = {name: [] for name in names}
    for name, value in scope["headers"]:
        if name in found:
            found[name].append(value)
    timestamps, signatures = found.values()
    if len(timestamps) != 1 or len(signatures) != 1:
        raise RequestRefused(HTTPStatus.UNAUTHORIZED, "not signed")
    return timestamps[0], signatures[0]


async def _read_bounded(scope: Scope, receive: Receive) -> bytes:
    """Read the body, and stop as soon as it is too long or too slow."""
    # A body may come without a declared length, in chunks, so that it is counted while it is read as well.
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not _DIGITS.fullmatch(declared) or int(declared) > MAX_BODY:
        raise RequestRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body too large")
    try:
        async with asyncio.timeout(BODY_WITHIN):
            return await _read(receive)
    except TimeoutError as late:
        raise RequestRefused(HTTPStatus.REQUEST_TIMEOUT, "body too slow") from late


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise RequestRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body too large")
        more = message.get("more_body", False)
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body that was read once, and then what the server says, such as a disconnect."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again
