"""Fixtures shared by all tests: real Valkey, the local Slack, the sample Aionis, and the bot between them."""

import asyncio
import gc
import itertools
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import structlog
from hypothesis import HealthCheck, settings
from redis import Redis

from bot.app import EVENTS_PATH, create_app
from bot.config.manifest import load_manifest
from bot.config.settings import Settings, load_settings
from bot.domain.access.tenancy import Tenancy
from bot.domain.recurrence.fingerprint import READING
from bot.jobs import reading
from bot.playground import slack as local
from bot.playground.aionis import SampleAionis
from bot.playground.aionis import serve as serve_aionis
from bot.playground.http import serve_app
from bot.playground.slack.world import World, default_world
from bot.runtime import bolts, masking
from bot.runtime.container import open_services
from bot.runtime.garbage_collector import relax_collector
from bot.runtime.services import Services
from bot.store import connection
from bot.store.embedded import EmbeddedValkey
from bot.store.keys import Keys, tenancy_digest
from bot.store.queue import job_queue
from handlers import checklist_items, root_cause
from tests.sample import sample_aionis

# A machine under load is slow, not wrong: no test of ours may fail by its clock. `make fuzz` looks for longer.
for name, examples in (("tests", 25), ("fuzz", int(os.environ.get("FUZZ_EXAMPLES", "5000")))):
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tests"))

PATIENCE = 60.0  # seconds

relax_collector()  # as in the bot's own processes; here it also keeps thousands of tests from being looked through

# Tracebacks with every local variable take seconds to write, in which the bot answers nobody; it does not write them so either.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


# pytest rewrites anyio's modules as they are imported, which some are only when something is first asked of them: in the middle
# of a test CPython 3.11 at times fails in that (gh-106905).
for _lazy in dir(anyio):
    getattr(anyio, _lazy)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables that tests recorded (`record_property("table", …)`); under xdist only this process can print."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "table":
                terminalreporter.section(report.nodeid)
                terminalreporter.write_line(str(value))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the developer's own settings and `.env` out of the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("BASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def uncached_loggers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a command that runs in this process from caching loggers, which no later test could capture."""
    configure = structlog.configure
    monkeypatch.setattr(
        structlog, "configure", lambda **given: configure(**{**given, "cache_logger_on_first_use": False})
    )


@pytest.fixture(autouse=True)
def no_record() -> Iterator[None]:
    """Have what a command in this process has learnt forgotten with its test: a process of its own would be gone."""
    yield
    masking.end_record()


_STARTS = itertools.count(1)


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Have what bots' starts left out of collections collected: of hundreds of starts in one process it is gigabytes."""
    yield
    if gc.get_freeze_count():
        gc.unfreeze()
        if next(_STARTS) % 10 == 0:  # it takes as long as a short test
            gc.collect()


@pytest.fixture(scope="session")
def valkey() -> Iterator[EmbeddedValkey]:
    """Run one embedded Valkey for this test process."""
    folder = Path(tempfile.mkdtemp(prefix="ib-"))
    server = EmbeddedValkey(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis_url(valkey: EmbeddedValkey) -> Iterator[str]:
    """Give a test the server's database, empty before and after."""
    with Redis(unix_socket_path=str(valkey.socket)) as client:
        client.flushall()
        yield valkey.url
        client.flushall()


@pytest.fixture
def redis_server(real_redis: str) -> Iterator[str]:
    """Give a test a real Redis server's database, empty before and after."""
    with Redis.from_url(real_redis) as client:
        client.flushall()
        yield real_redis
        client.flushall()


def redis_binary() -> str:
    """Return the machine's `redis-server`; skips where there is none, unless CI forbids that."""
    binary = shutil.which("redis-server")
    if binary is None:
        if os.environ.get("REQUIRE_REDIS_SERVER"):
            pytest.fail("REQUIRE_REDIS_SERVER is set, but there is no redis-server on this machine")
        pytest.skip("no redis-server on this machine (apt-get install redis-server)")
    return binary


@pytest.fixture(scope="session")
def real_redis() -> Iterator[str]:
    """Run a real `redis-server` for this test process; skips where there is none, unless CI forbids that."""
    binary = redis_binary()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 the binary of this machine
        [binary, "--port", str(port), "--save", ""], stdout=subprocess.DEVNULL
    )
    with Redis(port=port) as client:
        wait_until(lambda: answers(client))
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait()


def answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except OSError:
        return False
    except Exception as error:  # noqa: BLE001 redis-py raises its own kinds while the server starts
        return "Connection" not in type(error).__name__ and "Loading" not in type(error).__name__


def wait_until(condition: Any, seconds: float = 10.0) -> None:
    """Poll until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("the condition never held")
        time.sleep(0.01)


@pytest.fixture
async def slack() -> AsyncIterator[local.LocalSlack]:
    """Serve a local Slack with this product's manifest; `signing_secret` is kept on the object's side."""
    workspace = make_slack()
    async with local.serve(workspace):
        yield workspace
    unknown = [call for call in workspace.calls if call.error == "unknown_method"]
    assert unknown == [], "the bot called Web API methods that the local Slack does not have"


SIGNING_SECRET = secrets.token_hex(16)


def make_slack(world: World | None = None, *, manifest: dict[str, Any] | None = None) -> local.LocalSlack:
    """Make a local Slack with tokens that are made up now, and with this product's manifest where none is given."""
    slack = local.LocalSlack(
        world=world,
        manifest=manifest or load_manifest(),
        signing_secret=SIGNING_SECRET,
        bot_token=f"xo{'xb'}-{secrets.token_hex(8)}",
        app_token=f"xa{'pp'}-{secrets.token_hex(8)}",
    )
    return patient(slack)


def patient(slack: local.LocalSlack) -> local.LocalSlack:
    """Have a local Slack wait for acks and modals; Slack's own three seconds are measured in benchmarks/."""
    slack.link.ack_timeout = slack.workspace.grants.trigger_lifetime = PATIENCE
    return slack


@pytest.fixture
async def aionis() -> AsyncIterator[SampleAionis]:
    """Serve the sample Aionis with its world."""
    sample = sample_aionis()
    async with serve_aionis(sample):
        yield sample


def settings_for(slack: local.LocalSlack, aionis_url: str, redis_url: str | None, **more: Any) -> Settings:
    """Return the settings of a bot between a local Slack and an Aionis."""
    given: dict[str, Any] = {
        "slack_bot_token": slack.bot_token,
        "slack_signing_secret": SIGNING_SECRET,
        "slack_api_url": slack.api_url,
        "aionis_base_url": aionis_url,
        "aionis_scope": "support",
        "redis_url": redis_url,
        **more,
    }
    return load_settings(**given)


# What the bot waits for no longer than people and Slack do.
CLOCKS = (
    (reading, "SLOW_AFTER"),
    (bolts, "_ANSWERED_WITHIN"),
    (job_queue, "_STORED_WITHIN"),
    (connection, "_CONNECTION_WITHIN"),
    (root_cause, "CHECK_WITHIN"),
    (root_cause, "PREFILL_WITHIN"),
    (checklist_items, "CHECK_WITHIN"),
)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing given up, and nobody told to wait, because the machine is busy; what tries that sets a time of its own."""
    for module, name in CLOCKS:
        monkeypatch.setattr(module, name, PATIENCE)


_READS_BACK = [False]


@pytest.fixture(autouse=True)
def reads_back(request: pytest.FixtureRequest) -> None:
    """Say whether bots read the failures of their scope back, as the first replay of a tenancy does: only where that is tried.

    It reads every failed run of the sample, seconds of work for which most tests would wait when their bot stops.
    """
    _READS_BACK[:] = [request.node.get_closest_marker("reads_back") is not None]


def read_back_before(settings: Settings) -> None:
    """Have the bot find the failures of its scope read back already."""
    if settings.redis_url:
        note_read_back(settings.redis_url, settings.rules.own)


def note_read_back(redis_url: str, tenancy: Tenancy) -> None:
    """Have bots find the failures of a scope read back already, but for tests that try just that."""
    if _READS_BACK[0]:
        return
    with Redis.from_url(redis_url) as client:
        client.set(read_back_key(tenancy), "read")


def read_back_key(tenancy: Tenancy) -> str:
    """Return the key by which the failures of a scope are known to be read back."""
    return Keys(default_world().team.id).failures_read(tenancy_digest(tenancy), READING)


@asynccontextmanager
async def running_bot(
    slack: local.LocalSlack, settings: Settings, now: Callable[[], datetime] | None = None
) -> AsyncIterator[str]:
    """Serve the bot in this loop and point the workspace at it; `now` is its clock."""
    read_back_before(settings)
    bot = create_app(settings, now=now) if now else create_app(settings)
    async with serve_app(bot) as server:
        slack.request_url = f"{server.base_url}{EVENTS_PATH}"
        await ready(server.base_url)
        yield server.base_url


@pytest.fixture
async def services(slack: local.LocalSlack, aionis: SampleAionis, redis_url: str) -> AsyncIterator[Services]:
    """Open what jobs work with, between the local Slack, the sample Aionis and Valkey; nothing runs by itself."""
    async with open_services(settings_for(slack, aionis.base_url, redis_url)) as opened:
        yield opened


def http_client(base_url: str = "") -> httpx.AsyncClient:
    """Return a client for this machine's servers. Nothing vouches for them: loading the authorities takes 20 ms of each test."""
    return httpx.AsyncClient(base_url=base_url, trust_env=False, verify=_NO_AUTHORITIES, timeout=PATIENCE)


_NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def ready(base_url: str) -> None:
    """Wait until the bot takes commands: on a loaded machine its queue opens later than Slack's three seconds."""
    async with http_client() as client:
        while (await client.get(f"{base_url}/readyz")).status_code != 200:  # noqa: ASYNC110 it is asked over HTTP
            await asyncio.sleep(0.01)


@pytest.fixture
async def bot(slack: local.LocalSlack, aionis: SampleAionis, redis_url: str) -> AsyncIterator[str]:
    """Serve the bot with a worker inside; yields its base URL."""
    settings = settings_for(slack, aionis.base_url, redis_url)
    async with running_bot(slack, settings) as base_url:
        yield base_url
