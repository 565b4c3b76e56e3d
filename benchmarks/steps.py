"""Time and memory to parse, diagnose and render runs of growing length, against `orjson.loads` of the same bytes."""

import asyncio
import gc
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

import httpx
import orjson

from benchmarks.figures import Figure
from benchmarks.processes import Bench
from bot.aionis import Aionis, AionisTransport
from bot.blocks.layout import Message
from bot.blocks.replay import replay_message
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.run.diagnosis import Diagnosis, diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import ReplayedRun
from bot.domain.run.steps import outline
from bot.investigation.run import investigate
from bot.playground.aionis import SampleAionis, make_run
from bot.runtime.garbage_collector import relax_collector

LENGTHS = (10, 100, 1_000, 10_000)
_TENANCY = Tenancy("default", "support")
_STALLED = timedelta(minutes=15)
_AT_LEAST = 7  # repetitions, and so many more as fit into the seconds below
_SECONDS = 0.7
# Quadratic work would grow tenfold. Linear work grows, too: 10,000 steps do not fit into a processor's cache.
_GROWTH = 2


@dataclass(slots=True)
class Material:
    """What was read about one run."""

    body: bytes
    evidence: Evidence

    def parse(self) -> ReplayedRun:
        """Read the answer of `runs/get`."""
        return ReplayedRun.model_validate_json(self.body)

    def diagnose(self, run: ReplayedRun) -> Diagnosis:
        """Conclude from it."""
        return diagnose(
            run, outline(run), self.evidence, tenancy=_TENANCY, now=datetime.now(UTC), stalled_after=_STALLED
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds (median) and bytes (peak above what was there before)."""

    seconds: float
    peak: int


Costs = dict[str, Cost]


def measure(_bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Measure every length and compare, with the collector set as in the bot."""
    before = gc.get_threshold()
    relax_collector()
    materials = {length: asyncio.run(material_of(length)) for length in LENGTHS}
    gc.collect()
    gc.freeze()  # what is here already is not the measured code's to walk through
    costs = {}
    for length, material in materials.items():
        costs[length] = _costs(material)
        say(f"  {length:,} steps: " + " · ".join(_words(what, cost) for what, cost in costs[length].items()))
    gc.unfreeze()
    gc.set_threshold(*before)
    return _figures(costs)


async def material_of(length: int) -> Material:
    """Make a run, and read it the way the bot does."""
    aionis = SampleAionis(empty=True)
    run_id = make_run(aionis, steps=length, fail_at=max(1, length * 7 // 10), scope="support", memory_lane="shared")
    transport = AionisTransport.connect(
        "http://aionis.invalid",
        headers={},
        connect_timeout=1,
        max_response_bytes=2**30,
        transport=httpx.ASGITransport(aionis.app),
    )
    client = Aionis(transport, _TENANCY, Consumer(None, None), deadline_seconds=120)
    found = await investigate(client, run_id, now=datetime.now(UTC), stalled_after=_STALLED)
    await transport.aclose()
    assert len(found.outline.steps) == length
    return Material(found.answer.body, found.evidence)


def _costs(material: Material) -> Costs:
    run = material.parse()
    diagnosis = material.diagnose(run)
    return {
        "orjson.loads": cost(lambda: orjson.loads(material.body)),
        "parse": cost(material.parse),
        "diagnose": cost(lambda: material.diagnose(run)),
        "render": cost(lambda: _render(diagnosis)),
    }


def _render(diagnosis: Diagnosis) -> Message:
    return replay_message(diagnosis)


def cost(work: Callable[[], object]) -> Cost:
    """Return the median time and the peak memory of a piece of work."""
    return Cost(median_seconds(work), _peak(work))


def median_seconds(work: Callable[[], object]) -> float:
    """Return the median time of one call, over at least seven of them."""
    work()
    times: list[float] = []
    while len(times) < _AT_LEAST or sum(times) < _SECONDS:
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return median(times)


def _peak(work: Callable[[], object]) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        kept = work()
        peak = tracemalloc.get_traced_memory()[1]
        del kept
    finally:
        tracemalloc.stop()
    return peak


def _words(what: str, cost: Cost) -> str:
    return f"{what} {cost.seconds * 1000:.2f} ms, {cost.peak / 2**20:.2f} MiB"


def _figures(costs: dict[int, Costs]) -> list[Figure]:
    figures = []
    for length, by_work in costs.items():
        for what, cost in by_work.items():
            figures += [
                Figure(f"{length:,} steps, {what}: time", cost.seconds * 1000, "ms"),
                Figure(f"{length:,} steps, {what}: peak memory", cost.peak / 2**20, "MiB"),
            ]
        base = by_work["orjson.loads"]
        figures += [
            Figure(f"{length:,} steps, parse against orjson.loads: time", by_work["parse"].seconds / base.seconds),
            Figure(f"{length:,} steps, parse against orjson.loads: peak memory", by_work["parse"].peak / base.peak),
        ]
    return [*figures, *_targets(costs)]


def _targets(costs: dict[int, Costs]) -> list[Figure]:
    small, large = costs[1_000]["orjson.loads"], costs[10_000]["orjson.loads"]
    figures = [Figure("orjson.loads: time per step at 10,000 against 1,000", large.seconds / small.seconds / 10)]
    for what in ("parse", "diagnose", "render"):
        small, large = costs[1_000][what], costs[10_000][what]
        figures += [
            Figure(
                f"{what}: time per step at 10,000 against 1,000", large.seconds / small.seconds / 10, at_most=_GROWTH
            ),
            Figure(f"{what}: memory per step at 10,000 against 1,000", large.peak / small.peak / 10, at_most=_GROWTH),
        ]
    for length in (1_000, 10_000):
        at = costs[length]
        ours = at["diagnose"].seconds + at["render"].seconds
        figures.append(
            Figure(f"{length:,} steps: diagnose + render against parse", ours / at["parse"].seconds, at_most=1)
        )
    return figures
