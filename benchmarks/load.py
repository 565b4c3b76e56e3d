"""The load: signed requests over keep-alive connections, in a process of its own.

Reads an `Order` as JSON from standard input and prints a `Load`. Nothing here parses more HTTP than a status, a length and
whether the connection stays, so that the server is what is measured; `ack` shows the limit against an empty application.
"""

import asyncio
import gc
import hashlib
import hmac
import re
import sys
import time
from collections.abc import Callable
from typing import cast

import uvloop
from pydantic import BaseModel

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_LAST_ANSWERS = 5.0  # seconds that open requests are given at the end
TRIGGER = "TRIGGER"  # stands in an order's body where each request has a trigger id of its own


class Order(BaseModel):
    """What to send (a form's body, with `TRIGGER` in it once), to whom, for how long (seconds).

    `pause` is the seconds between an answer and the next request on the same connection.
    """

    host: str
    port: int
    path: str
    signing_secret: str
    body: str
    concurrency: int
    warm_up: float
    duration: float
    pause: float = 0


class Load(BaseModel):
    """What came back within `seconds`: one latency (seconds) for each answer with status 200, and how many others there were."""

    seconds: float
    latencies: list[float]
    failures: int


class Requests:
    """Makes requests: everything but the trigger id and the signature is made once."""

    def __init__(self, order: Order) -> None:
        before, after = order.body.split(TRIGGER)
        self._before, self._after = before.encode(), after.encode()
        self._key = hmac.new(order.signing_secret.encode(), digestmod=hashlib.sha256)
        self._start = f"{time.time_ns() // 1_000_000}.{time.time_ns() % 10**9}"
        self._count = 0
        self._head = (
            f"POST {order.path} HTTP/1.1\r\nHost: {order.host}:{order.port}\r\n"
            "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\nAccept: */*\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
        )

    def next(self) -> bytes:
        """Return one request, signed now, with a trigger id of its own."""
        self._count += 1
        body = b"%b%s.%032x%b" % (self._before, self._start.encode(), self._count, self._after)
        moment = int(time.time())
        signature = self._key.copy()
        signature.update(b"v0:%d:%b" % (moment, body))
        head = (
            f"{self._head}X-Slack-Request-Timestamp: {moment}\r\nX-Slack-Signature: v0={signature.hexdigest()}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class Meter:
    """Counts answers between two moments of the loop's clock."""

    def __init__(self, since: float, until: float) -> None:
        self.until = until
        self._since = since
        self.latencies: list[float] = []
        self.failures = 0

    def answered(self, sent: float, now: float, *, good: bool) -> None:
        """Count an answer to a request sent at `sent`."""
        if self._since <= now <= self.until:
            if good:
                self.latencies.append(now - sent)
            else:
                self.failures += 1


class Connection(asyncio.Protocol):
    """One connection that sends one request after another."""

    def __init__(
        self, first: bytes, sent: float, requests: Requests, meter: Meter, ended: Callable[[], None], pause: float
    ) -> None:
        self._first = first
        self._sent = sent
        self._requests = requests
        self._meter = meter
        self._ended = ended
        self._pause = pause
        self._buffer = b""
        self._open = True
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request, whose time began before the connection was made."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's has the methods, not the class
        self._transport.write(self._first)

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer; send the next request behind a whole one."""
        self._buffer += data
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return
        head = self._buffer[: end + 2]
        length = _LENGTH.search(head)
        if len(self._buffer) < end + 4 + (int(length.group(1)) if length else 0):
            return
        self._buffer = b""
        now = time.perf_counter()
        self._meter.answered(self._sent, now, good=head[9:12] == b"200")
        assert self._transport
        self._open = False
        if now >= self._meter.until or head.startswith(b"HTTP/1.0") or _CLOSES.search(head):
            self._transport.close()
        elif self._pause:
            asyncio.get_running_loop().call_later(self._pause, self._send)
        else:
            self._send()

    def _send(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._open = True
        self._sent = time.perf_counter()
        self._transport.write(self._requests.next())

    def connection_lost(self, exc: Exception | None) -> None:
        """Count a request that got no answer."""
        if self._open:
            self._meter.answered(self._sent, time.perf_counter(), good=False)
        self._ended()


async def _one_caller(order: Order, requests: Requests, meter: Meter) -> None:
    loop = asyncio.get_running_loop()
    while (sent := time.perf_counter()) < meter.until:
        ended = asyncio.Event()
        request = requests.next()

        def protocol(request: bytes = request, sent: float = sent, ended: asyncio.Event = ended) -> Connection:
            return Connection(request, sent, requests, meter, ended.set, order.pause)

        try:
            await loop.create_connection(protocol, order.host, order.port)
        except OSError:
            meter.answered(sent, time.perf_counter(), good=False)
            await asyncio.sleep(0.01)
            continue
        await ended.wait()


async def generate(order: Order) -> Load:
    """Keep so many requests open for so long."""
    start = time.perf_counter()
    meter = Meter(start + order.warm_up, start + order.warm_up + order.duration)
    requests = Requests(order)
    callers = [asyncio.create_task(_one_caller(order, requests, meter)) for _ in range(order.concurrency)]
    _, late = await asyncio.wait(callers, timeout=order.warm_up + order.duration + _LAST_ANSWERS)
    for caller in late:
        caller.cancel()
    return Load(seconds=order.duration, latencies=meter.latencies, failures=meter.failures)


if __name__ == "__main__":
    gc.disable()  # a few seconds, nothing cyclic to speak of
    sys.stdout.write(uvloop.run(generate(Order.model_validate_json(sys.stdin.read()))).model_dump_json())
