"""Opening what the bot works with, as the settings say: Redis (embedded where none is named), Slack, Aionis, and the queue."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from slack_bolt.authorization import AuthorizeResult

from bot.access.authorization import Authorization
from bot.aionis import AionisTransport
from bot.config.redaction_file import install_rules
from bot.config.settings import Settings
from bot.config.signing_key import load_signing_key
from bot.domain.access.rules import AccessRules
from bot.domain.incident.checklist import DEFAULT_CHECKLIST, Checklist
from bot.domain.incident.reminders import WorkingHours
from bot.forge import Forge
from bot.runtime.background import keep_running
from bot.runtime.heavy_work import HeavyWork
from bot.runtime.services import Leave, Services, Timing
from bot.runtime.workspace import open_workspace
from bot.slack import AsyncWebClient, SlackClock, SlackGateway, client_of_token
from bot.slack.directory import Directory
from bot.store.bindings import Bindings
from bot.store.cache import Cache
from bot.store.channel_move import ChannelMoves
from bot.store.clock import StoreClock
from bot.store.connection import Redis, bytes_of, ensure_answers, ensure_keeps, ensure_stores, open_redis
from bot.store.embedded import EmbeddedValkey
from bot.store.forgetting import Forgetting
from bot.store.incidents import IncidentStore
from bot.store.keys import Keys
from bot.store.live_messages import LiveMessages
from bot.store.maintenance import Maintenance
from bot.store.migration import ensure_migrated
from bot.store.outbox import Outbox
from bot.store.pace import Pace
from bot.store.queue import JobQueue
from bot.store.recurrence import FailureIndex
from bot.store.watches import Watches

if TYPE_CHECKING:  # it brings cryptography along, for those who sign
    from bot.domain.bundle.attestation import Signing

Clock = Callable[[], datetime]

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """Return the time in UTC: the clock of everything that runs outside tests."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SharedServices:
    """What all workspaces share. `clock` is Slack's, whichever workspace it was learnt from."""

    settings: Settings
    redis: Redis
    transport: AionisTransport
    forge: Forge
    checklist: Checklist
    signing: "Signing | None"
    heavy_work: HeavyWork
    clock: SlackClock
    now: Clock


@asynccontextmanager
async def open_shared(settings: Settings, *, now: Clock | None = None) -> AsyncIterator[SharedServices]:
    """Open Redis (embedded where none is named), Aionis and the forges. Raises `SettingsError`.

    The clock is Redis' own where `now` gives no other, so that all processes' log entries and delays go by one.
    """
    install_rules(settings.redaction_file)
    async with AsyncExitStack() as stack:
        redis = await _redis(settings, stack)
        # A replica, or a Redis that is full, answers reads: it would refuse somebody's first command instead of this start.
        await ensure_stores(redis)
        now = now or await _store_clock(redis, stack)
        transport = AionisTransport.from_settings(settings)
        stack.push_async_callback(transport.aclose)
        forge = Forge.from_settings(settings)
        stack.push_async_callback(forge.aclose)
        signing = load_signing_key(settings.signing_key_file) if settings.signing_key_file else None
        yield SharedServices(
            settings,
            redis,
            transport,
            forge,
            _checklist(settings),
            signing,
            HeavyWork(settings.redaction_file),
            SlackClock(),
            now,
        )


@asynccontextmanager
async def open_services(settings: Settings, *, now: Clock | None = None) -> AsyncIterator[Services]:
    """Open the services of the workspace of SLACK_BOT_TOKEN. Raises `SettingsError`."""
    async with open_shared(settings, now=now) as shared, AsyncExitStack() as stack:
        token = _secret(settings)
        keys, identity = await open_workspace(shared.redis, token, settings.slack_api_url, shared.clock)
        client, queue = client_of_token(token, settings.slack_api_url), JobQueue(shared.redis, keys.queue)
        yield await services_of(shared, keys, client, queue, settings.rules, stack, leave=_told, identity=identity)


async def services_of(
    shared: SharedServices,
    keys: Keys,
    client: AsyncWebClient,
    queue: JobQueue,
    rules: AccessRules,
    stack: AsyncExitStack,
    *,
    leave: Leave,
    identity: AuthorizeResult | None = None,
) -> Services:
    """Return the services of one workspace: everything of Redis by its keys, everything of Slack by its client."""
    settings, redis = shared.settings, shared.redis
    outbox = Outbox(redis, keys)
    slack = SlackGateway(client, settings.slack_api_url, outbox, Pace(redis, keys), shared.clock, identity)
    await slack.open()
    stack.push_async_callback(slack.close)
    directory = Directory(slack.client, Cache(redis, keys), for_organisation=keys.workspace.startswith("E"))
    bindings = Bindings(redis, keys)
    incidents = _incidents(settings, redis, keys, rules)
    return Services(
        workspace=keys.workspace,
        queue=queue,
        outbox=outbox,
        incidents=incidents,
        channel_moves=ChannelMoves(redis, keys, incidents),
        live_messages=LiveMessages(redis, keys, retention=timedelta(days=settings.incident_retention_days)),
        failures=FailureIndex(redis, keys, retention=timedelta(days=settings.recurrence_retention_days)),
        bindings=bindings,
        slack=slack,
        directory=directory,
        authorization=Authorization(directory, bindings, rules, identify=slack.identify),
        transport=shared.transport,
        consumer=settings.consumer,
        aionis_deadline=settings.aionis_deadline_seconds,
        stalled_after=timedelta(seconds=settings.run_stalled_seconds),
        checklist=shared.checklist,
        timing=_timing(settings),
        picture_steps=settings.picture_steps,
        replay_emoji="" if settings.replay_emoji == "off" else settings.replay_emoji,
        patience=timedelta(hours=settings.job_patience_hours),
        watches=Watches(redis, keys),
        watch_opens=settings.watch_opens_incidents,
        fix_reruns=settings.fix_reruns,
        forge=shared.forge,
        signing=shared.signing,
        heavy_work=shared.heavy_work,
        leave=leave,
        now=shared.now,
    )


async def _told(reason: str) -> None:
    """Say that the app was removed; what it kept of its only workspace is for whoever runs it to erase."""
    log.warning("app_removed", because=reason, data="kept: `incident-bot forget --workspace` erases it")


@asynccontextmanager
async def open_maintenance(settings: Settings) -> AsyncIterator[Maintenance]:
    """Open the incidents alone, for commands of whoever runs the bot. Raises `SettingsError`."""
    async with AsyncExitStack() as stack:
        redis = await _redis(settings, stack)
        yield Maintenance(redis)


@asynccontextmanager
async def open_forgetting(settings: Settings, *, dry: bool) -> AsyncIterator[Forgetting]:
    """Open what erases. Raises `SettingsError`."""
    async with AsyncExitStack() as stack:
        redis = await _redis(settings, stack)
        # What an older version stored stands under other names, and would be neither found nor erased.
        await ensure_migrated(redis)
        raw = bytes_of(redis)
        stack.push_async_callback(raw.aclose)
        yield Forgetting(redis, raw, at=utc_now(), dry=dry)


@asynccontextmanager
async def open_store(settings: Settings, *, although_it_evicts: bool = False) -> AsyncIterator[Redis]:
    """Open Redis alone, embedded where none is named. Raises `SettingsError`."""
    async with AsyncExitStack() as stack:
        redis = await _redis(settings, stack, although_it_evicts=although_it_evicts)
        yield redis


def _checklist(settings: Settings) -> Checklist:
    if settings.checklist_file is None:
        return DEFAULT_CHECKLIST
    from bot.config.checklist_file import load_checklist  # noqa: PLC0415 brings YAML along, for those who have such a file

    return load_checklist(settings.checklist_file)


def _timing(settings: Settings) -> Timing:
    return Timing(
        summary_quiet=timedelta(seconds=settings.summary_quiet_seconds),
        quiet_messages=settings.summary_quiet_messages,
        summary_least=timedelta(seconds=settings.summary_min_seconds),
        remind_after=timedelta(hours=settings.nudge_hours),
        working_hours=WorkingHours.parse(settings.working_hours),
        reopen_for=timedelta(hours=settings.reopen_hours),
        watch_every=timedelta(seconds=settings.watch_seconds),
    )


def _secret(settings: Settings) -> str:
    settings.require_slack()
    return settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""


async def _store_clock(redis: Redis, stack: AsyncExitStack) -> Clock:
    clock = StoreClock(redis)
    await clock.ask()
    await stack.enter_async_context(keep_running("clock", clock.keep))
    return clock


async def _redis(settings: Settings, stack: AsyncExitStack, *, although_it_evicts: bool = False) -> Redis:
    url = settings.redis_url or await _embedded(settings, stack)
    redis = open_redis(url)
    stack.push_async_callback(redis.aclose)
    await ensure_answers(redis, embedded=not settings.redis_url)
    await ensure_keeps(redis, although_it_evicts=although_it_evicts or settings.allow_evicting_redis)
    return redis


def _incidents(settings: Settings, redis: Redis, keys: Keys, rules: AccessRules) -> IncidentStore:
    days = settings.answer_retention_days
    return IncidentStore(
        redis,
        keys,
        retention=timedelta(days=settings.incident_retention_days),
        default_tenancy=str(rules.default or ""),
        answer_retention=timedelta(days=days) if days else None,
    )


async def _embedded(settings: Settings, stack: AsyncExitStack) -> str:
    valkey = EmbeddedValkey(settings.bot_data_dir)
    # In this thread on purpose: the kernel ties the server's life to the thread that started it.
    valkey.start()
    stack.callback(valkey.stop)
    await stack.enter_async_context(keep_running("embedded valkey", valkey.keep_running))
    return valkey.url
