"""The composition root: the bot as an ASGI application. `create_app` is what production and the playground run."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import cast

import structlog
from pydantic import SecretStr
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import __version__
from bot.config.settings import Settings
from bot.errors import SlackRefused
from bot.runtime import metrics, tracing
from bot.runtime.background import keep_running
from bot.runtime.bolts import build_front
from bot.runtime.container import Clock
from bot.runtime.garbage_collector import freeze_start
from bot.runtime.install import INSTALL_PATH, REDIRECT_PATH, answer_install
from bot.runtime.masking import compile_rules
from bot.runtime.metrics_server import Queue, serving
from bot.runtime.metrics_server import route as metrics_route
from bot.runtime.process_group import joined_group
from bot.runtime.readiness import Connected, check_readiness
from bot.runtime.socket_mode import socket_mode
from bot.runtime.unread_bodies import ClosesUnread
from bot.runtime.workspaces import InstalledWorkspaces, Workspaces, open_workspaces
from bot.slack.bolt_requests import bolt_request
from bot.slack.signed_requests import SignedRequests
from bot.slack.well_formed_requests import WellFormedRequests
from bot.store.connection import STORE_IS_AWAY
from bot.store.queue import Delivery, HandedBack, Worker

EVENTS_PATH = "/slack/events"
HOOK_PATH = "/hooks/run-ended"
HOOK_HEADERS = (b"x-hook-timestamp", b"x-hook-signature")
_STORE_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds

log = structlog.get_logger(__name__)


def create_app(settings: Settings, *, now: Clock | None = None) -> Starlette:
    """Return the bot as an ASGI application. Its lifespan opens and closes everything; settings are checked at once."""
    settings.require_slack()
    served = _Served(settings, now)
    app = Starlette(routes=[*served.routes()], lifespan=served.lifespan, middleware=[Middleware(ClosesUnread)])
    app.router.redirect_slashes = False  # to whatever host the caller names
    return app


class _Served:
    """What is open while the bot runs, and what its routes answer from it."""

    _bolt: AsyncApp
    _workspaces: Workspaces

    def __init__(self, settings: Settings, now: Clock | None) -> None:
        self._settings = settings
        self._now = now
        self._registry = _registry(settings)
        self._told = Queue()
        self._connected: Connected | None = None

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        settings = self._settings
        async with AsyncExitStack() as stack:
            _trace(settings, stack)
            workspaces = await stack.enter_async_context(open_workspaces(settings, now=self._now))
            await stack.enter_async_context(joined_group(workspaces.redis, settings, await workspaces.whose()))
            self._workspaces, self._bolt = workspaces, await build_front(settings, workspaces)
            self._told.queue = workspaces.queue
            await _serve_metrics(settings, workspaces, self._registry, stack)
            if settings.socket_mode:
                self._connected = await stack.enter_async_context(socket_mode(settings, self._bolt))
            if settings.worker_concurrency:
                await stack.enter_async_context(keep_running("worker", lambda: _work(workspaces, settings)))
            await stack.enter_async_context(_warming_up(workspaces))
            log.info("ready", version=__version__, socket_mode=settings.socket_mode)
            yield

    def routes(self) -> Iterator[Route]:
        settings = self._settings
        yield Route("/healthz", self._healthz)
        yield Route("/readyz", self._readyz)
        yield from _metrics_routes(settings, self._told, self._registry)
        if settings.several_workspaces:
            for path in (INSTALL_PATH, REDIRECT_PATH):
                yield Route(path, self._install, methods=["GET"])
        if not settings.socket_mode:  # over a socket Slack signs nothing, so nothing is taken over HTTP
            middleware = [_signed_by_slack(settings), Middleware(WellFormedRequests)]
            yield Route(EVENTS_PATH, self._slack_events, methods=["POST"], middleware=middleware)
        if settings.hook_secret:
            signed = [_signed_hook(settings.hook_secret)]
            yield Route(HOOK_PATH, self._run_ended, methods=["POST"], middleware=signed)

    async def _slack_events(self, request: Request) -> Response:
        return to_starlette_response(await self._bolt.async_dispatch(bolt_request(request, await request.body())))

    async def _healthz(self, _request: Request) -> Response:
        return JSONResponse({"ok": True, "version": __version__})

    async def _readyz(self, _request: Request) -> Response:
        workspaces = self._workspaces
        await workspaces.clock.ask(self._settings.slack_api_url)
        found = await check_readiness(workspaces.redis, workspaces.clock, self._connected)
        return JSONResponse(found.as_json(), 200 if found.ok else 503)

    async def _run_ended(self, request: Request) -> Response:
        return await _answer_hook(self._workspaces, await request.body())

    async def _install(self, request: Request) -> Response:
        # Routed where there are several alone.
        return await answer_install(self._settings, cast("InstalledWorkspaces", self._workspaces), request)


async def _answer_hook(workspaces: Workspaces, body: bytes) -> Response:
    """Have each workspace look that watches what the hook names; nobody is told which."""
    from bot.jobs.watch import NOBODY_WATCHES, take_hook  # noqa: PLC0415 imported by `_warming_up`

    answers = [await take_hook(services, body) for services in await workspaces.all()]
    status, said = min(answers, default=NOBODY_WATCHES, key=lambda answer: answer[0])
    return JSONResponse(said, status)


def _trace(settings: Settings, stack: AsyncExitStack) -> None:
    if settings.traces:
        stack.callback(tracing.enable(__version__))


def _registry(settings: Settings) -> metrics.Registry | None:
    if settings.metrics == "off":
        metrics.disable()
        return None
    return metrics.enable()


def _metrics_routes(settings: Settings, told: Queue, registry: metrics.Registry | None) -> list[Route]:
    return [metrics_route(told, registry)] if registry and not settings.metrics_address else []


async def _serve_metrics(
    settings: Settings, workspaces: Workspaces, registry: metrics.Registry | None, stack: AsyncExitStack
) -> None:
    if registry and settings.metrics_address:
        await stack.enter_async_context(serving(settings.metrics_address, workspaces.queue, registry))


def _signed_by_slack(settings: Settings) -> Middleware:
    secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else ""
    return Middleware(SignedRequests, secret=secret)


def _signed_hook(secret: SecretStr) -> Middleware:
    return Middleware(SignedRequests, secret=secret.get_secret_value(), names=HOOK_HEADERS)


async def run_worker(settings: Settings) -> None:
    """Do jobs in a process of their own, until cancelled."""
    settings.require_slack()
    async with AsyncExitStack() as stack:
        _trace(settings, stack)
        workspaces = await stack.enter_async_context(open_workspaces(settings))
        await _serve_metrics(settings, workspaces, _registry(settings), stack)
        await stack.enter_async_context(joined_group(workspaces.redis, settings, await workspaces.whose()))
        _ensure_not_told_to_stop()
        await stack.enter_async_context(_warming_up(workspaces))
        log.info("worker_ready", version=__version__, concurrency=settings.jobs_at_once)
        await _work(workspaces, settings)


def _ensure_not_told_to_stop() -> None:
    # Cancelled while it waits for Redis, redis-py may take that for a timeout and go on: the signal would be lost.
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _warming_up(workspaces: Workspaces) -> AbstractAsyncContextManager[None]:
    """Import what only requests and jobs need when the start is over, so that the first one need not; then have watches go on."""
    begun: set[str] = set()

    def import_the_rest() -> None:
        importlib.import_module("bot.slack.payloads").build_validators()
        importlib.import_module("bot.jobs.execution").load_kinds()
        compile_rules()
        freeze_start()

    async def warm_up() -> None:
        await asyncio.to_thread(import_the_rest)
        pause = _STORE_PAUSE
        while not await _polls_begun(workspaces, begun):
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        await asyncio.Event().wait()  # that was all: where it ended it would begin again

    return keep_running("warm-up", warm_up)


async def _polls_begun(workspaces: Workspaces, begun: set[str]) -> bool:
    """Have every watch go on after a start, and tell whether all do; where one workspace fails the others hear nothing of it."""
    from bot.jobs.watch import keep_polling  # noqa: PLC0415 imported by `warm_up`, in a thread

    try:
        waiting = [services for services in await workspaces.all() if services.workspace not in begun]
    except STORE_IS_AWAY as away:
        log.warning("polls_not_begun", because=type(away).__name__)
        return False
    failures = await asyncio.gather(*(keep_polling(services) for services in waiting), return_exceptions=True)
    for services, failure in zip(waiting, failures, strict=True):
        if failure:
            log.error("polls_not_begun", workspace=services.workspace, exc_info=failure)
        else:
            begun.add(services.workspace)
    return not any(failures)


async def _work(workspaces: Workspaces, settings: Settings) -> None:
    async def perform(delivery: Delivery) -> None:
        from bot.jobs.execution import perform as do  # noqa: PLC0415 imported by `_warming_up`

        try:
            services, own = await workspaces.of_delivery(delivery)
        except SlackRefused as refused:
            log.warning("job_of_no_workspace", job=delivery.key, kind=delivery.kind, because=refused.code)
            return
        except STORE_IS_AWAY as away:
            raise HandedBack(_STORE_PAUSE, count="troubles") from away
        await do(services, own)

    await Worker(workspaces.queue, perform, concurrency=settings.jobs_at_once).run()
