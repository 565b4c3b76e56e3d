"""Telling the metrics: a route for the bot's own port, or a server of its own on an address."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import SettingsError
from bot.runtime import metrics
from bot.store.connection import STORE_IS_AWAY
from bot.store.queue import JobQueue

PATH = "/metrics"


def route(queue: "Queue", registry: metrics.Registry) -> Route:
    """Return the route of the metrics. The queue is looked at when they are asked for."""

    async def answer(_request: Request) -> Response:
        with contextlib.suppress(*STORE_IS_AWAY, TimeoutError):  # what was read last is told
            await _read(queue.queue)
        return Response(registry.text(), media_type=metrics.CONTENT_TYPE)

    return Route(PATH, answer)


class Queue:
    """Holds the queue, which is there once the bot has started."""

    queue: JobQueue | None = None


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
            fix="Another process may have it: choose another port.",
        ) from error


async def _read(queue: JobQueue | None) -> None:
    if queue is None:
        return
    async with asyncio.timeout(2.0):  # a scrape that hangs is taken for a process that is down
        depth = await queue.depth()
    for state, jobs in depth.jobs.items():
        metrics.read("queue_jobs", jobs, state=state)
    metrics.read("queue_oldest_seconds", depth.oldest)
