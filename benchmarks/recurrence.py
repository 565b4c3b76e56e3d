"""A fingerprint against the diagnosis it is made from, an index update, and 500 failures until a channel settles."""

import asyncio
import re
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.processes import BOT, Bench, free_port
from benchmarks.steps import material_of, median_seconds
from bot.aionis import Aionis, AionisTransport
from bot.app import EVENTS_PATH
from bot.config.manifest import load_manifest
from bot.config.settings import load_settings
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.recurrence.fingerprint import FailureKind, ingredients_of, make_ingredients
from bot.domain.recurrence.occurrences import FailedRun
from bot.investigation.watching import new_records, read_failed
from bot.playground import slack as local
from bot.playground.aionis import SampleAionis, serve
from bot.playground.slack import INCIDENTS, MAYA
from bot.store.connection import Redis, open_redis
from bot.store.embedded import EmbeddedValkey
from bot.store.keys import Keys
from bot.store.recurrence import FailureIndex

LENGTHS = (10, 300, 2_000)
HERE = Tenancy("default", "support")
STORM = 500
_TIMES = 200
_SHARE = 0.1  # of a diagnosis that a fingerprint may take
_SETTLED = 30.0  # seconds
_DIGEST = re.compile(r"([0-9,]+) more failed runs")
_SEEN = re.compile(r"seen ([0-9]+) times? in 30 days, last")
_NOTHING = ("", "0")
_ASKING, _LOADING = 1, 2  # commands of the measurement itself: asking, and the first try of a script that is not loaded


def measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Measure all of it."""
    figures = [_fingerprint(length) for length in LENGTHS]
    with tempfile.TemporaryDirectory(prefix="ib-") as folder:
        valkey = EmbeddedValkey(Path(folder))
        valkey.start()
        try:
            figures += asyncio.run(_index_and_storm(valkey.url))
            figures += asyncio.run(_settled(bench, valkey.url))
        finally:
            valkey.stop()
    for figure in figures:
        say(f"  {figure.name}: {figure.value:.3f} {figure.unit}")
    return figures


def _fingerprint(length: int) -> Figure:
    material = asyncio.run(material_of(length))
    run = material.parse()
    diagnosis = material.diagnose(run)
    whole = median_seconds(lambda: material.diagnose(material.parse()))
    own = median_seconds(lambda: _print_of(diagnosis))
    return Figure(f"{length:,} steps, fingerprint against parse and diagnosis", own / whole, at_most=_SHARE)


def _print_of(diagnosis: object) -> str:
    ingredients = ingredients_of(diagnosis)  # type: ignore[arg-type]
    return ingredients.fingerprint if ingredients else ""


async def _index_and_storm(url: str) -> list[Figure]:
    async with open_redis(url) as redis:
        index = FailureIndex(redis, Keys("T1"), retention=timedelta(days=400))
        return [*await _updates(redis, index), *await _storm(index)]


async def _updates(redis: Redis, index: FailureIndex) -> list[Figure]:
    now = datetime.now(UTC)
    made_of = make_ingredients(
        HERE, tool="refund", postconditions=["paid"], error="queue closed", kind=FailureKind.FAILED
    )
    runs = iter([FailedRun(f"run-{number}", now, True, made_of) for number in range(2 * _TIMES)])
    before = await _commands(redis)
    update = await _mean(lambda: index.record(HERE, next(runs), now=now))
    trips = (await _commands(redis) - before - _ASKING - _LOADING) / _TIMES
    ping = await _mean(redis.ping)
    return [
        Figure("index update", update * 1000, "ms"),
        Figure("index update against a ping", update / ping),
        Figure("index update, commands sent", trips, "a run", at_most=1),
    ]


async def _commands(redis: Redis) -> int:
    """Return how many commands the server took from its clients so far, those inside of scripts apart."""
    stats = await redis.info("commandstats")
    sent = ("evalsha", "script|load", "info")
    return sum(int(stats.get(f"cmdstat_{name}", {}).get("calls", 0)) for name in sent)


async def _mean(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    for _ in range(_TIMES):
        await work()
    return (time.perf_counter() - began) / _TIMES


async def _storm(index: FailureIndex) -> list[Figure]:
    sample = SampleAionis()
    async with serve(sample):
        transport = AionisTransport.from_settings(load_settings(aionis_base_url=sample.base_url))
        aionis = Aionis(transport, HERE, Consumer("local-user"), deadline_seconds=120)
        first = await new_records(aionis, since=None, known=frozenset())
        before = len(aionis.exchanges)
        quiet = await new_records(aionis, since=first.newest, known=first.newest_ids)
        calls = len(aionis.exchanges) - before
        sample.let.storm(STORM, kinds=12, seconds=0)
        began = time.perf_counter()
        new = await new_records(aionis, since=quiet.newest, known=quiet.newest_ids)
        now = datetime.now(UTC)
        failed = (await read_failed(aionis, new.failed, now=now, stalled_after=timedelta(minutes=15))).failed
        for run in failed:
            await index.record(HERE, run, now=now)
        took = time.perf_counter() - began
        await transport.aclose()
    return [
        Figure("a look at a quiet scope", calls, "calls", at_most=1),
        Figure(f"{STORM} failures found", len(failed), "runs", at_least=STORM),
        Figure(f"{STORM} failures read and indexed", took, "s", at_most=_SETTLED),
    ]


async def _settled(bench: Bench, redis_url: str) -> list[Figure]:
    """Let a storm break out over a channel that watches, and wait until nothing changes in it any more."""
    slack = local.LocalSlack(
        manifest=load_manifest(),
        signing_secret=bench.signing_secret,
        bot_token=bench.bot_token,
        app_token=f"xa{'pp'}-{secrets.token_hex(8)}",
    )
    sample, port = SampleAionis(), free_port()
    async with local.serve(slack) as slack_url, serve(sample), AsyncExitStack() as stack:
        settings = bench.bot_settings(
            port=port, redis_url=redis_url, slack_url=slack_url, aionis_url=sample.base_url, watch_seconds="1"
        )
        bot = bench.serving((*BOT, "serve"), settings, port)
        slack.request_url = await asyncio.to_thread(bot.__enter__) + EVENTS_PATH  # this loop answers it meanwhile
        stack.push_async_callback(asyncio.to_thread, bot.__exit__, None, None, None)
        await _looked(slack)
        before = len(_posted(slack))
        sample.let.storm(STORM, kinds=12, seconds=0)
        began = time.perf_counter()
        await slack.wait_for(lambda: sum(map(_told_of, slack.messages(INCIDENTS))) >= STORM, timeout=10 * _SETTLED)
        took = time.perf_counter() - began
    return [
        Figure(f"{STORM} failures to a settled channel", took, "s", at_most=_SETTLED),
        Figure("messages in it, the digest among them", len(_posted(slack)) - before, "messages", at_most=4),
    ]


async def _looked(slack: local.LocalSlack) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay watch")
    while not any("Looked at" in str(message) for message in slack.messages(INCIDENTS)):
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay watch status")
        await asyncio.sleep(0.5)


def _posted(slack: local.LocalSlack) -> list[dict[str, Any]]:
    """Return what everybody sees at the top level of the channel."""
    shown = [one for one in slack.messages(INCIDENTS) if one.get("bot_id") and not one.get("is_ephemeral")]
    return [one for one in shown if one.get("thread_ts") in {None, one["ts"]}]


def _told_of(message: dict[str, Any]) -> int:
    """Return how many runs a message tells of: the digest of those it counts, a root of those that failed the same way."""
    digest = _DIGEST.search(message.get("text") or "")
    seen = _SEEN.search(str(message.get("blocks"))) if message.get("bot_id") else None
    return int((digest or seen or _NOTHING)[1])
