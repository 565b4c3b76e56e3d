"""Broken answers, as ASGI applications that Starlette has no response class for."""

import gzip
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.playground.aionis.faults import Fault, Kind
from bot.playground.aionis.health import unsupported
from bot.playground.aionis.problems import internal_error

BREAKING: tuple[Kind, ...] = (
    "server_error",
    "bad_gateway",
    "not_json",
    "wrong_json",
    "truncated",
    "oversized",
    "gzip_bomb",
    "gzip_twice",
    "closed",
    "unsupported",
)
_MIB = 1 << 20
_GZIP = 31  # zlib's word for a gzip container with the largest window
_BEGINNING = b'{"tenant_id":"default","run":{"run_id":'
_JSON = "application/json; charset=utf-8"


def broken_answer(fault: Fault, path: str, headers: Mapping[str, str]) -> ASGIApp:
    """Return what answers a call that a fault hits. Raises `Problem` for the faults that have Aionis' own envelope."""
    if fault.kind == "server_error":
        raise internal_error()
    if fault.kind == "unsupported":
        raise unsupported(path, "memory_replay", "this route is unavailable in lite edition")
    answers: dict[str, Any] = {
        "bad_gateway": lambda: HTMLResponse(_GATEWAY_PAGE, 502),
        "not_json": lambda: Response("<<< upstream said something else >>>", 200, dict(headers), _JSON),
        "wrong_json": lambda: Response('["not", "an", "object", 42]', 200, dict(headers), _JSON),
        "oversized": lambda: StreamingResponse(_filler(fault.mib), 200, dict(headers), _JSON),
        "gzip_bomb": lambda: _compressed(fault.mib, 1, headers),
        "gzip_twice": lambda: _compressed(fault.mib, 2, headers),
        "truncated": lambda: _Truncated(headers),
        "closed": _Closed,
    }
    answer: ASGIApp = answers[fault.kind]()
    return answer


class _Truncated:
    """Announces more than it sends, then fails, so that the server closes the connection."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {**self._headers, "content-type": _JSON, "content-length": "4096"}
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        await send({"type": "http.response.body", "body": _BEGINNING, "more_body": True})
        await drop_connection(receive)


class _Closed:
    """Closes the connection before any answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await drop_connection(receive)


class Gone:
    """Says nothing, because nobody is there any more."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Return at once."""


async def drop_connection(receive: Receive) -> None:
    """Drop the connection. ASGI has no word for that, so this reaches for uvicorn's transport.

    Without a transport (an in-process client) it raises what a dropped connection would.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("the sample Aionis closed the connection")
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        """Wait until the server has noticed, or it would complain about a missing answer."""


def _compressed(mib: float, times: int, headers: Mapping[str, str]) -> Response:
    """Return valid JSON of this size, compressed so many times: a thousandth of it for each."""
    packer = zlib.compressobj(9, wbits=_GZIP)
    body = b"".join(packer.compress(chunk) for chunk in _chunks(mib)) + packer.flush()
    for _ in range(times - 1):
        body = gzip.compress(body)
    encoding = ", ".join(["gzip"] * times)
    return Response(body, 200, {**headers, "content-encoding": encoding}, _JSON)


async def _filler(mib: float) -> AsyncIterator[bytes]:
    for chunk in _chunks(mib):
        yield chunk


def _chunks(mib: float) -> Iterator[bytes]:
    """Yield valid JSON of this size, a MiB at a time."""
    opening, closing = b'{"tenant_id":"default","scope":"support","filler":"', b'"}'
    yield opening
    left = max(0, int(mib * _MIB) - len(opening) - len(closing))
    while left > 0:
        chunk = min(left, _MIB)
        yield b"x" * chunk
        left -= chunk
    yield closing


_GATEWAY_PAGE = """<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>proxy</center></body>
</html>
"""
