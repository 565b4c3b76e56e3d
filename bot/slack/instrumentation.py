"""Counting and tracing what goes to Slack and what comes from it, where that is on: each HTTP request, repetitions too."""

import re
from types import SimpleNamespace
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.ids import new_request_id
from bot.runtime import metrics, tracing

_METHOD = re.compile(r"/api/([a-z]+(?:\.[A-Za-z]+)+)$")


class MeasuredApp(AsyncApp):
    """Times each request of Slack's, over HTTP or a socket, and has all log lines about it carry one id."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Answer a request, timed, with an id of its own in every line about it."""
        with (
            tracing.span(f"slack {_type(req.body)}", "server"),
            structlog.contextvars.bound_contextvars(request=new_request_id()),
            metrics.timed("ack_seconds", type=_type(req.body)),
        ):
            return await super().async_dispatch(req)


async def count_connections(_client: Any, message: dict[str, Any], _raw: str | None = None) -> None:
    """Count a socket that Slack greets."""
    if message.get("type") == "hello":
        metrics.count("socket_connections")


def traces() -> list[aiohttp.TraceConfig]:
    """Return what an HTTP session is made with."""
    if not metrics.is_on() and not tracing.is_on():
        return []
    config = aiohttp.TraceConfig()
    config.on_request_start.append(_started)
    config.on_request_end.append(_ended)
    config.on_request_exception.append(_failed)
    return [config]


async def _started(_session: Any, context: SimpleNamespace, request: aiohttp.TraceRequestStartParams) -> None:
    context.span = tracing.begin_span(f"slack {_method(request.url.path, context)}", "client")


async def _ended(_session: Any, context: SimpleNamespace, request: aiohttp.TraceRequestEndParams) -> None:
    metrics.count("slack_calls", method=_method(request.url.path, context), status=request.response.status)
    context.span.note(http__response__status_code=request.response.status)
    context.span.end()


async def _failed(_session: Any, context: SimpleNamespace, request: aiohttp.TraceRequestExceptionParams) -> None:
    metrics.count("slack_calls", method=_method(request.url.path, context), status="no answer")
    context.span.fail(type(request.exception).__name__)
    context.span.end()


def _method(path: str, context: SimpleNamespace) -> str:
    """Return the Web API's method; uploads and answers to one person go to addresses that Slack makes up."""
    found = _METHOD.search(path)
    # Those addresses carry secrets and differ each time: as a label they would be neither safe nor bounded.
    return str(context.trace_request_ctx or (found.group(1) if found else "upload"))


def _type(body: dict[str, Any]) -> str:
    return "command" if "command" in body else str(body.get("type") or "none")
