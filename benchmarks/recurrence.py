"""A fingerprint against the diagnosis it is made from, an update of the index against a ping, 500 failures read and indexed."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.processes import Bench
from benchmarks.steps import material_of, median_seconds
from bot.aionis import Aionis, AionisTransport
from bot.config.settings import load_settings
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.recurrence.fingerprint import FailureKind, ingredients_of, make_ingredients
from bot.domain.recurrence.occurrences import FailedRun
from bot.investigation.watching import new_records, read_failed
from bot.playground.aionis import SampleAionis, serve
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


def measure(_bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Measure all three."""
    figures = [_fingerprint(length) for length in LENGTHS]
    with tempfile.TemporaryDirectory(prefix="ib-") as folder:
        valkey = EmbeddedValkey(Path(folder))
        valkey.start()
        try:
            figures += asyncio.run(_index_and_storm(valkey.url))
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
    update = await _mean(lambda: index.record(HERE, next(runs), now=now))
    ping = await _mean(redis.ping)
    return [Figure("index update", update * 1000, "ms"), Figure("index update against a ping", update / ping)]


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
        failed = await read_failed(aionis, new.failed, now=now, stalled_after=timedelta(minutes=15))
        for run in failed:
            await index.record(HERE, run, now=now)
        took = time.perf_counter() - began
        await transport.aclose()
    return [
        Figure("a look at a quiet scope", calls, "calls", at_most=1),
        Figure(f"{STORM} failures found", len(failed), "runs", at_least=STORM),
        Figure(f"{STORM} failures read and indexed", took, "s", at_most=_SETTLED),
    ]
