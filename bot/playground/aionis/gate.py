"""The way of every call: request id, faults, route, identity, limits, handler, headers (contract, section 1).

Guard order: unreadable body (500) → credential (401) → identity (403) → limits (429) → validation (400) → lookup (404).
"""

import asyncio
import json
import math
import time
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.playground.aionis.addresses import DEFAULT_TENANT
from bot.playground.aionis.broken import BREAKING, Gone, broken_answer
from bot.playground.aionis.calls import CallLog
from bot.playground.aionis.endpoints import Asked, Endpoints
from bot.playground.aionis.faults import Bucket, Fault, Faults, rate_limited
from bot.playground.aionis.hashing import encode_json
from bot.playground.aionis.health import health, server_only
from bot.playground.aionis.identity import authenticate, identified
from bot.playground.aionis.options import Options
from bot.playground.aionis.problems import Problem, internal_error, unknown_route
from bot.playground.aionis.times import Now
from bot.playground.aionis.tutorial import tutorial_error

_BODY_LIMIT = 5 << 20
_JSON = "application/json; charset=utf-8"
_MEMORY = "/v1/memory/"
_CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET,POST,OPTIONS",
    "access-control-allow-headers": "content-type,x-api-key,x-tenant-id,authorization,x-request-id",
    "access-control-expose-headers": "x-request-id",
    "access-control-max-age": "600",
}


class Gate:
    """The ASGI application that plays Aionis."""

    def __init__(self, endpoints: Endpoints, options: Options, faults: Faults, log: CallLog, now: Now) -> None:
        self._endpoints = endpoints
        self._options = options
        self._faults = faults
        self._log = log
        self._now = now
        self._bucket = Bucket()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call and record it."""
        request = Request(scope, receive)
        request_id = request.headers.get("x-request-id", "").strip() or str(uuid.uuid4())
        body, complete = await _read(request)
        call = self._log.add(request, _readable(body), request_id, self._now())

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.status = message["status"]
            await send(message)

        headers = _headers(request.url.path, request_id)
        try:
            answer = await self._answer(request, body, request_id, headers, complete=complete)
        except Problem as problem:
            answer = self._refusal(problem, headers)
        await answer(scope, receive, noted)

    async def _answer(
        self, request: Request, body: bytes, request_id: str, headers: dict[str, str], *, complete: bool
    ) -> ASGIApp:
        path = request.url.path
        broken = await self._suffer(request, headers)
        if broken is not None:
            return broken
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        if request.method == "GET" and path == "/health":
            return _ok(encode_json(health(lite=self._options.edition == "lite")), headers)
        refused = server_only(path)
        if refused is not None:
            raise refused
        handler = self._endpoints.handler(path) if request.method == "POST" else None
        if handler is None:
            return Response(encode_json(unknown_route(request.method, path)), 404, headers, _JSON)
        parsed = _parsed(request, body, complete=complete)
        principal = authenticate(self._options, request.headers)
        parsed = identified(parsed, request.headers, principal)
        self._limit(path, parsed)
        return _ok(handler(Asked(parsed, request_id)), headers)

    async def _suffer(self, request: Request, headers: dict[str, str]) -> ASGIApp | None:
        """Live through the faults that come before anything else; return the answer where one replaces it."""
        path = request.url.path
        # All are taken as the call arrives: a fault added while it waits is meant for a later one.
        delays = self._faults.take(path, "latency")
        hangs = self._faults.take(path, "hang")
        broken = self._faults.take(path, *BREAKING)
        for fault in delays:
            await asyncio.sleep(fault.ms / 1000)
        if hangs and await self._client_left(request):
            return Gone()
        return broken_answer(broken[0], path, headers) if broken else None

    async def _client_left(self, request: Request) -> bool:
        """Wait until the client has left (True) or the faults are cleared (False)."""
        leaving = asyncio.ensure_future(request.receive())
        clearing = asyncio.ensure_future(self._faults.cleared.wait())
        try:
            done, _ = await asyncio.wait({leaving, clearing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            clearing.cancel()
        return leaving in done

    def _limit(self, path: str, body: Any) -> None:
        limits = self._faults.take(path, "rate_limited")
        if limits:
            named = body.get("tenant_id") if isinstance(body, dict) else None
            tenant_id = named if isinstance(named, str) else DEFAULT_TENANT
            raise rate_limited(limits[0], tenant_id, writing=path in self._endpoints.writes)
        rate = self._options.reads_per_second
        if rate and path in self._endpoints.reads and (wait := self._bucket.take(rate, time.monotonic())):
            raise rate_limited(Fault(path, "rate_limited", ms=math.ceil(wait * 1000)), DEFAULT_TENANT, writing=False)

    def _refusal(self, problem: Problem, headers: dict[str, str]) -> Response:
        body = problem.body()
        if self._options.shape == "tutorial":
            body = tutorial_error(problem.code, problem.message)
        return Response(encode_json(body), problem.status, {**headers, **problem.headers()}, _JSON)


def _ok(body: bytes, headers: dict[str, str]) -> Response:
    return Response(body, 200, headers, _JSON)


def _headers(path: str, request_id: str) -> dict[str, str]:
    cors = _CORS if path.startswith(_MEMORY) else {}
    return {"x-request-id": request_id, **cors}


async def _read(request: Request) -> tuple[bytes, bool]:
    """Return the body, and whether it was within the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_LIMIT:
            return b"", False
    return bytes(body), True


def _readable(body: bytes) -> Any:
    """Return the body for the call log: parsed where it is JSON."""
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _parsed(request: Request, body: bytes, *, complete: bool) -> Any:
    """Return the JSON body. Everything unreadable is a 500 (8.2): too long, empty, malformed, of another content type."""
    is_json = request.headers.get("content-type", "").split(";")[0].strip().lower() == "application/json"
    if not (complete and is_json):
        raise internal_error()
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except ValueError:
        raise internal_error() from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
