"""The composition root: the bot as an ASGI application. `create_app` is what production and the playground run."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from pydantic import SecretStr
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import handlers
from bot import __version__
from bot.config.settings import Settings
from bot.domain.redaction import prepare
from bot.errors import SettingsError, SlackUnreachable, StoreTimeout
from bot.runtime import metrics
from bot.runtime.background import keep_running
from bot.runtime.company import among_others
from bot.runtime.container import Clock, open_services, utc_now
from bot.runtime.garbage_collector import freeze_start
from bot.runtime.metrics_server import Queue, serving
from bot.runtime.metrics_server import route as metrics_route
from bot.runtime.readiness import Connected, examine
from bot.runtime.services import Services
from bot.slack.bolt_requests import bolt_request
from bot.slack.measuring import MeasuredApp, count_connections
from bot.slack.signed_requests import SignedRequests
from bot.slack.well_formed_requests import WellFormedRequests
from bot.store.queue import Delivery, Worker
from handlers.listener_errors import answer_listener_error

EVENTS_PATH = "/slack/events"
HOOK_PATH = "/hooks/run-ended"
HOOK_HEADERS = (b"x-hook-timestamp", b"x-hook-signature")
_ANSWERED_WITHIN = 2.5  # seconds, of the three that Slack gives; telling somebody takes one call more
_AT_ONCE = 50  # listeners; the others wait for their turn, so that a burst is answered one after the other and not all too late
TOO_LATE = "The bot did not get to that in time, so it is not certain that it was done."
TOO_BUSY = "More came at once than the bot could take, so nothing was started."
_FIXES = {TOO_BUSY: "Try again in a moment.", TOO_LATE: StoreTimeout.default_fix}

log = structlog.get_logger(__name__)


def create_app(settings: Settings, *, now: Clock = utc_now) -> Starlette:
    """Return the bot as an ASGI application. Its lifespan opens and closes everything; settings are checked at once."""
    settings.require_slack()
    holder: dict[str, Any] = {}
    registry, told = _registry(settings), Queue()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_services(settings, now=now) as services, AsyncExitStack() as stack:
            await stack.enter_async_context(among_others(services, settings))
            bolt = build_bolt(settings, services)
            holder["bolt"] = bolt
            holder["services"] = services
            told.queue = services.queue
            await _serve_metrics(settings, services, registry, stack)
            if settings.socket_mode:
                holder["connected"] = await stack.enter_async_context(_socket_mode(settings, bolt))
            if settings.worker_concurrency:
                await stack.enter_async_context(keep_running("worker", lambda: _work(services, settings)))
            _warm_up(services, stack)
            log.info("ready", version=__version__, socket_mode=settings.socket_mode)
            yield

    async def slack_events(request: Request) -> Response:
        bolt: AsyncApp = holder["bolt"]
        return to_starlette_response(await bolt.async_dispatch(bolt_request(request, await request.body())))

    async def healthz(request: Request) -> Response:
        return JSONResponse({"ok": True, "version": __version__})

    async def readyz(request: Request) -> Response:
        services: Services = holder["services"]
        found = await examine(services, holder.get("connected"))
        return JSONResponse(found.as_json(), 200 if found.ok else 503)

    async def run_ended(request: Request) -> Response:
        from bot.jobs.watch import take_hook  # noqa: PLC0415 imported by `_warm_up`

        status, said = await take_hook(holder["services"], await request.body())
        return JSONResponse(said, status)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), *_metrics_routes(settings, told, registry)]
    if settings.hook_secret:
        routes.append(Route(HOOK_PATH, run_ended, methods=["POST"], middleware=[_signed_hook(settings.hook_secret)]))
    if not settings.socket_mode:  # over a socket Slack signs nothing, so nothing is taken over HTTP
        routes.append(
            Route(
                EVENTS_PATH,
                slack_events,
                methods=["POST"],
                middleware=[_signed_by_slack(settings), Middleware(WellFormedRequests)],
            )
        )
    return Starlette(routes=routes, lifespan=lifespan)


def _registry(settings: Settings) -> metrics.Registry | None:
    if settings.metrics == "off":
        metrics.disable()
        return None
    return metrics.enable()


def _metrics_routes(settings: Settings, told: Queue, registry: metrics.Registry | None) -> list[Route]:
    return [metrics_route(told, registry)] if registry and not settings.metrics_address else []


async def _serve_metrics(
    settings: Settings, services: Services, registry: metrics.Registry | None, stack: AsyncExitStack
) -> None:
    if registry and settings.metrics_address:
        await stack.enter_async_context(serving(settings.metrics_address, services.queue, registry))


class _BoundedApp(MeasuredApp):
    """Answers within Slack's three seconds, whatever hangs: over HTTP and over a socket."""

    def __init__(self, services: Services, **options: Any) -> None:
        super().__init__(**options)
        self._services = services
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Have a request answered by its listener or, where that takes too long, told that it may have been too late."""
        said = TOO_BUSY
        try:
            async with asyncio.timeout(_ANSWERED_WITHIN), self._turns:
                said = TOO_LATE
                return await super().async_dispatch(req)
        except TimeoutError:
            return await answer_listener_error(self._services, StoreTimeout(said, fix=_FIXES[said]), req.body)


def _signed_by_slack(settings: Settings) -> Middleware:
    secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else ""
    return Middleware(SignedRequests, secret=secret)


def _signed_hook(secret: SecretStr) -> Middleware:
    return Middleware(SignedRequests, secret=secret.get_secret_value(), names=HOOK_HEADERS)


async def run_worker(settings: Settings) -> None:
    """Do jobs in a process of their own, until cancelled."""
    settings.require_slack()
    async with open_services(settings) as services, AsyncExitStack() as stack:
        await _serve_metrics(settings, services, _registry(settings), stack)
        await stack.enter_async_context(among_others(services, settings))
        _warm_up(services, stack)
        log.info("worker_ready", version=__version__, concurrency=settings.worker_concurrency or 1)
        await _work(services, settings)


def build_bolt(settings: Settings, services: Services) -> AsyncApp:
    """Return the Bolt app with every listener registered.

    `process_before_response` makes Bolt answer when the listener is done, instead of polling for the ack every 10 ms; our
    listeners store one job and end.
    """

    async def authorize() -> AuthorizeResult:
        return await services.slack.identify()

    app = _BoundedApp(
        services,
        name="incident-bot",  # without one Bolt looks through every loaded module for its caller's file: 0.1 s
        client=AsyncWebClient(base_url=settings.slack_api_url),  # for Socket Mode; listeners use the gateway
        authorize=authorize,
        signing_secret=settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else None,
        process_before_response=True,
        raise_error_for_unhandled_request=True,  # `on_error` answers what no listener takes,
        ignoring_self_events_enabled=False,  # somebody deletes a message of ours, or invites us: of ourselves, and worth hearing
    )
    handlers.register(app, services)

    @app.error
    async def on_error(error: Exception, body: dict[str, Any]) -> Any:
        return await answer_listener_error(services, error, body)

    return app


@asynccontextmanager
async def _socket_mode(settings: Settings, bolt: AsyncApp) -> AsyncIterator[Connected]:
    # Imported here: over HTTP its 0.1 s of a start would be for nothing.
    from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler  # noqa: PLC0415

    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    handler = AsyncSocketModeHandler(bolt, token)
    try:
        handler.client.message_listeners.append(count_connections)
        await handler.connect_async()  # type: ignore[no-untyped-call]
    except (BoltError, SlackUnreachable) as error:
        raise SettingsError("SLACK_APP_TOKEN is not accepted by Slack for Socket Mode.") from error
    try:
        yield handler.client.is_connected
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def _warm_up(services: Services, stack: AsyncExitStack) -> None:
    """Import what only requests and jobs need when the start is over, so that the first one need not."""

    def import_the_rest() -> None:
        importlib.import_module("bot.slack.payloads").prepare()
        importlib.import_module("bot.jobs.execution").load_kinds()
        prepare()
        freeze_start()

    async def warm_up() -> None:
        await asyncio.to_thread(import_the_rest)
        from bot.jobs.watch import keep_polling  # noqa: PLC0415 imported a line above, in a thread

        await keep_polling(services)

    stack.callback(asyncio.create_task(warm_up()).cancel)


async def _work(services: Services, settings: Settings) -> None:
    async def perform(delivery: Delivery) -> None:
        from bot.jobs.execution import perform as do  # noqa: PLC0415 imported by `_warm_up`

        await do(services, delivery)

    await Worker(services.queue, perform, concurrency=settings.worker_concurrency or 1).run()
