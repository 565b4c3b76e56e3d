"""Telling the metrics: a route for the bot's own port, or a server of its own on an address."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import SettingsError
from bot.runtime import metrics
from bot.store.connection import STORE_IS_AWAY
from bot.store.open_incidents import count_open_incidents
from bot.store.queue import JobQueue

PATH = "/metrics"
_WITHIN = 2.0  # seconds; a scrape that hangs is taken for a process that is down
_COUNTED_EVERY = 60.0  # seconds; counting open incidents goes through all keys
PORT_IN_USE = "Another process may have it: choose another port."


def route(queue: "Queue", registry: metrics.Registry) -> Route:
    """Return the route of the metrics. The queue is looked at when they are asked for."""

    async def answer(_request: Request) -> Response:
        with contextlib.suppress(*STORE_IS_AWAY, TimeoutError):  # what was read last is told
            await _read(queue)
        return Response(registry.text(), media_type=metrics.CONTENT_TYPE)

    return Route(PATH, answer)


class Queue:
    """Holds the queue, which is there once the bot has started, and when the open incidents were counted."""

    queue: JobQueue | None = None
    counted_at: float = float("-inf")


@contextlib.asynccontextmanager
async def serving(address: tuple[str, int], queue: JobQueue, registry: metrics.Registry) -> AsyncIterator[None]:
    """Serve the metrics on an address. Raises `SettingsError` where it cannot be listened on."""
    holder = Queue()
    holder.queue = queue
    config = uvicorn.Config(
        Starlette(routes=[route(holder, registry)]), lifespan="off", log_config=None, access_log=False
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[_listening(address)]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """Leaves signals to the bot."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listening(address: tuple[str, int]) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        return socket.create_server(address, family=family)
    except OSError as error:
        raise SettingsError(
            f"METRICS cannot be served on {address[0]}:{address[1]} ({error.strerror}).",
            fix=PORT_IN_USE,
        ) from error


async def _read(holder: Queue) -> None:
    queue = holder.queue
    if queue is None:
        return
    async with asyncio.timeout(_WITHIN):
        depth = await queue.depth()
        if time.monotonic() - holder.counted_at > _COUNTED_EVERY:
            metrics.read("open_incidents", await count_open_incidents(queue.redis))
            holder.counted_at = time.monotonic()
    for state, jobs in depth.jobs.items():
        metrics.read("queue_jobs", jobs, state=state)
    metrics.read("queue_oldest_seconds", depth.oldest)
    metrics.read("queue_patient_jobs", depth.patient)
    metrics.read("queue_patient_seconds", depth.longest)
