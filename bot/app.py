"""The composition root: the only module that knows everything. `create_app` is what production and the playground run."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from redis.asyncio import Redis
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import handlers
from bot import __version__, jobs
from bot.aionis import AionisTransport
from bot.checklist_file import load_checklist
from bot.domain.checklist import DEFAULT_CHECKLIST
from bot.domain.nudges import WorkingHours
from bot.domain.redaction import prepare
from bot.errors import BotError, SettingsError, SlackRefused, SlackUnreachable
from bot.gate import Gate
from bot.listener_errors import answer_listener_error
from bot.redacting import install_rules
from bot.services import Services, Timing
from bot.settings import Settings
from bot.slack import SlackGateway
from bot.slack.directory import Directory
from bot.store.bindings import Bindings
from bot.store.boards import Boards
from bot.store.connection import ensure_answers, open_redis, ping
from bot.store.embedded import EmbeddedValkey
from bot.store.incidents import IncidentStore
from bot.store.memory import Memory
from bot.store.outbox import Outbox
from bot.store.queue import open_queue

EVENTS_PATH = "/slack/events"
_RESTART_AFTER = 1.0  # seconds
_READY_WITHIN = 2.0
_JOBS_GRACE = 8.0  # jobs under way may end before the process does; docker kills after 10 s, and Redis has the rest

Clock = Callable[[], datetime]

log = structlog.get_logger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(settings: Settings, *, now: Clock = _utc_now) -> Starlette:
    """Return the bot as an ASGI application. Its lifespan opens and closes everything; settings are checked at once."""
    settings.require_slack()
    holder: dict[str, Any] = {}

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_services(settings, now=now) as services, AsyncExitStack() as stack:
            bolt = build_bolt(settings, services)
            holder["handler"] = AsyncSlackRequestHandler(bolt)
            holder["services"] = services
            if settings.socket_mode:
                await stack.enter_async_context(_socket_mode(settings, bolt))
            if settings.worker_concurrency:
                await stack.enter_async_context(_background("worker", lambda: _work(services, settings)))
            log.info("ready", version=__version__, socket_mode=settings.socket_mode)
            yield

    async def slack_events(request: Request) -> Response:
        handler: AsyncSlackRequestHandler = holder["handler"]
        return await handler.handle(request)

    async def healthz(request: Request) -> Response:
        return JSONResponse({"ok": True, "version": __version__})

    async def readyz(request: Request) -> Response:
        services: Services = holder["services"]
        ready = await ping(services.outbox.redis, within=_READY_WITHIN)
        return JSONResponse({"ok": ready, "redis": "answers" if ready else "does not answer"}, 200 if ready else 503)

    routes = [
        Route(EVENTS_PATH, slack_events, methods=["POST"]),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def run_worker(settings: Settings) -> None:
    """Do jobs in a process of their own, until cancelled."""
    settings.require_slack()
    async with open_services(settings) as services:
        log.info("worker_ready", version=__version__, concurrency=settings.worker_concurrency or 1)
        await _work(services, settings)


@asynccontextmanager
async def open_services(settings: Settings, *, now: Clock = _utc_now) -> AsyncIterator[Services]:
    """Open the edges: Redis (embedded where none is named), Slack, Aionis, and the queue. Raises `SettingsError`."""
    install_rules(settings.redaction_file)
    async with AsyncExitStack() as stack:
        # Importing the redactor's library takes 0.1 s, which the first message should not wait for, nor the start.
        warming = asyncio.create_task(asyncio.to_thread(prepare))
        stack.push_async_callback(asyncio.wait, {warming})
        redis_url, redis = await _redis(settings, stack)
        outbox = Outbox(redis)
        slack = SlackGateway(_secret(settings), settings.slack_api_url, outbox)
        await slack.open()
        stack.push_async_callback(slack.close)
        token_check = asyncio.create_task(_check_token(slack))
        transport = AionisTransport.from_settings(settings)
        stack.push_async_callback(transport.aclose)

        memory = Memory(redis)
        directory = Directory(slack.client, memory)
        bindings = Bindings(redis)
        incidents = _incidents(settings, redis)

        async def team() -> str:
            return (await slack.identify()).team_id or ""

        async def perform(kind: str, key: str, payload: dict[str, Any], last: bool) -> None:
            await jobs.perform(services, kind, key, payload, last)

        queue = await stack.enter_async_context(open_queue(redis_url, perform))
        services = Services(
            queue=queue,
            outbox=outbox,
            incidents=incidents,
            boards=Boards(redis, retention=timedelta(days=settings.incident_retention_days)),
            bindings=bindings,
            slack=slack,
            directory=directory,
            gate=Gate(directory, bindings, incidents, settings.rules, team=team),
            transport=transport,
            consumer=settings.consumer,
            aionis_deadline=settings.aionis_deadline_seconds,
            stalled_after=timedelta(seconds=settings.run_stalled_seconds),
            checklist=load_checklist(settings.checklist_file) if settings.checklist_file else DEFAULT_CHECKLIST,
            timing=_timing(settings),
            picture_steps=settings.picture_steps,
            now=now,
        )
        await token_check
        yield services


@asynccontextmanager
async def open_incidents(settings: Settings) -> AsyncIterator[IncidentStore]:
    """Open the incidents alone, for commands that need neither Slack nor Aionis. Raises `SettingsError`."""
    async with AsyncExitStack() as stack:
        _, redis = await _redis(settings, stack)
        yield _incidents(settings, redis)


def build_bolt(settings: Settings, services: Services) -> AsyncApp:
    """Return the Bolt app with every listener registered.

    `process_before_response` makes Bolt answer when the listener is done, instead of polling for the ack every 10 ms; our
    listeners store one job and end.
    """

    async def authorize() -> AuthorizeResult:
        return await services.slack.identify()

    app = AsyncApp(
        client=AsyncWebClient(base_url=settings.slack_api_url),  # for Socket Mode; listeners use the gateway
        authorize=authorize,
        signing_secret=settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else None,
        request_verification_enabled=not settings.socket_mode,
        process_before_response=True,
        raise_error_for_unhandled_request=False,
    )
    handlers.register(app, services)

    @app.error
    async def on_error(error: Exception, body: dict[str, Any]) -> Any:
        return await answer_listener_error(services, error, body)

    return app


def _timing(settings: Settings) -> Timing:
    return Timing(
        summary_quiet=timedelta(seconds=settings.summary_quiet_seconds),
        quiet_messages=settings.summary_quiet_messages,
        summary_least=timedelta(seconds=settings.summary_min_seconds),
        nudge_after=timedelta(hours=settings.nudge_hours),
        working_hours=WorkingHours.parse(settings.working_hours),
        reopen_for=timedelta(hours=settings.reopen_hours),
    )


def _secret(settings: Settings) -> str:
    settings.require_slack()
    return settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""


async def _redis(settings: Settings, stack: AsyncExitStack) -> tuple[str, Redis]:
    url = settings.redis_url or await _embedded(settings, stack)
    redis = open_redis(url)
    stack.push_async_callback(redis.aclose)
    await ensure_answers(redis)
    return url, redis


def _incidents(settings: Settings, redis: Redis) -> IncidentStore:
    retention = timedelta(days=settings.incident_retention_days)
    return IncidentStore(redis, retention=retention, default_tenancy=str(settings.rules.default or ""))


async def _embedded(settings: Settings, stack: AsyncExitStack) -> str:
    valkey = EmbeddedValkey(settings.bot_data_dir)
    # In this thread on purpose: the kernel ties the server's life to the thread that started it.
    valkey.start()
    stack.callback(valkey.stop)
    await stack.enter_async_context(_background("embedded valkey", valkey.keep_running))
    return valkey.url


async def _check_token(slack: SlackGateway) -> None:
    """Ask Slack once who we are. A wrong token ends the start; a Slack that does not answer does not."""
    try:
        identity = await slack.identify()
    except SlackRefused as refused:
        raise SettingsError(f"SLACK_BOT_TOKEN is not accepted by Slack ({refused.code}).", fix=refused.fix) from refused
    except SlackUnreachable as unreachable:
        log.warning("slack_unreachable_at_start", error=unreachable.what)
    else:
        log.info("slack_identity", team=identity.team_id, bot_user=identity.bot_user_id)


@asynccontextmanager
async def _socket_mode(settings: Settings, bolt: AsyncApp) -> AsyncIterator[None]:
    # Imported here: over HTTP its 0.1 s of a start would be for nothing.
    from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler  # noqa: PLC0415

    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    handler = AsyncSocketModeHandler(bolt, token)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
    except (BoltError, SlackUnreachable) as error:
        raise SettingsError("SLACK_APP_TOKEN is not accepted by Slack for Socket Mode.") from error
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


async def _work(services: Services, settings: Settings) -> None:
    await services.queue.work(concurrency=settings.worker_concurrency or 1)


@asynccontextmanager
async def _background(name: str, run: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Keep a coroutine running while the block lasts; when it ends by itself it is started again, and that is logged."""
    stopping = False

    async def keep() -> None:
        while not stopping:
            try:
                await run()
            except BotError as error:
                log.error("background_failed", name=name, error=str(error))  # noqa: TRY400 the sentence says it all
            except Exception:
                # Whatever ends the worker must not end the bot: jobs wait in Redis until it is back.
                log.exception("background_crashed", name=name)
            if not stopping:
                await asyncio.sleep(_RESTART_AFTER)

    task = asyncio.create_task(keep(), name=name)
    try:
        yield
    finally:
        stopping = True  # docket's worker ends quietly when cancelled, which must not start it again
        task.cancel()
        await asyncio.wait({task}, timeout=_JOBS_GRACE)
