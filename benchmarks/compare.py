"""Time and memory to compare two runs of 2,000 steps, and how that grows, against `orjson.loads` and parsing of both runs."""

import gc
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from benchmarks.figures import Figure
from benchmarks.processes import Bench
from benchmarks.steps import Cost, cost
from bot.blocks.compare import comparison_message
from bot.domain.access.tenancy import Tenancy
from bot.domain.comparison.compare import compare
from bot.domain.run.diagnosis import Diagnosis, diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import ReplayedRun
from bot.domain.run.steps import outline

_STEPS = 2_000
_LONG = 10_000
_TOOLS = tuple(f"records.tool_{number}" for number in range(5))
_STARTED = datetime(2026, 11, 24, 8, tzinfo=UTC)
_SECONDS = 1.0
_MEBIBYTES = 64.0
_GROWTH = 1.5
Tools = list[str]


@dataclass(slots=True)
class Pair:
    """Two runs as Aionis would answer them."""

    bodies: tuple[bytes, bytes]

    def load(self) -> list[Any]:
        """Read both answers as plain JSON."""
        return [orjson.loads(body) for body in self.bodies]

    def parse(self) -> list[ReplayedRun]:
        """Read both answers as records."""
        return [ReplayedRun.model_validate_json(body) for body in self.bodies]

    def diagnose(self) -> tuple[Diagnosis, Diagnosis]:
        """Conclude from both."""
        failing, rerun = (_diagnosed(run) for run in self.parse())
        return failing, rerun


def measure(_bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Measure every case at 2,000 steps, and the one that reruns mostly are at 10,000, too."""
    figures: list[Figure] = []
    for name, tools in _cases(_STEPS).items():
        costs = _costs(Pair(_bodies(*tools)))
        say(f"  {name}: " + " · ".join(f"{what} {spent.seconds * 1000:.1f} ms" for what, spent in costs.items()))
        figures += _figures(f"{_STEPS:,} × {_STEPS:,}, {name}", costs)
    return [*figures, _growth()]


def _cases(length: int) -> dict[str, tuple[Tools, Tools]]:
    """Return pairs of tool sequences: without chance, from a generator that starts the same every time."""
    chance = random.Random(20_261_124)  # noqa: S311 not for secrets
    base = [chance.choice(_TOOLS) for _ in range(length)]
    half = [tool if chance.random() < 0.5 else chance.choice(_TOOLS) for tool in base]
    return {
        "mostly equal": (base, _mostly(base)),
        "half different": (base, half),
        "reversed": (base, base[::-1]),
        "no tool in common": (base, [f"other.{tool}" for tool in base]),
    }


def _mostly(base: Tools) -> Tools:
    """Return a rerun as they are: a step in two hundred dropped or added."""
    kept = [tool for place, tool in enumerate(base) if place % 400 != 7]
    for place in range(100, len(kept), 400):
        kept.insert(place, "records.repair")
    return kept


def _costs(pair: Pair) -> dict[str, Cost]:
    failing, rerun = pair.diagnose()
    comparison = compare(failing, rerun)
    gc.collect()
    gc.freeze()  # what is here already is not the measured code's to walk through
    costs = {
        "orjson.loads": cost(pair.load),
        "parse": cost(pair.parse),
        "compare": cost(lambda: compare(failing, rerun)),
        "render": cost(lambda: comparison_message(comparison)),
    }
    gc.unfreeze()
    return costs


def _figures(name: str, costs: dict[str, Cost]) -> list[Figure]:
    spent = costs["compare"]
    return [
        Figure(f"{name}: compare", spent.seconds, "s", at_most=_SECONDS),
        Figure(f"{name}: compare, peak memory", spent.peak / 2**20, "MiB", at_most=_MEBIBYTES),
        Figure(f"{name}: compare against orjson.loads", spent.seconds / costs["orjson.loads"].seconds),
        Figure(f"{name}: compare against parse", spent.seconds / costs["parse"].seconds),
        Figure(f"{name}: render", costs["render"].seconds * 1000, "ms"),
    ]


def _growth() -> Figure:
    spent = []
    for length in (_STEPS, _LONG):
        costs = _costs(Pair(_bodies(*_cases(length)["mostly equal"])))
        spent.append(costs["compare"].seconds / length)
    name = f"mostly equal: time per step at {_LONG:,} against {_STEPS:,}"
    return Figure(name, spent[1] / spent[0], at_most=_GROWTH)


def _bodies(failing: Tools, rerun: Tools) -> tuple[bytes, bytes]:
    return (
        _body("failing", failing, _STARTED, fails_at=len(failing) * 9 // 10),
        _body("rerun", rerun, _STARTED + timedelta(hours=1), fails_at=None),
    )


def _body(run_id: str, tools: Tools, started: datetime, *, fails_at: int | None) -> bytes:
    head = {
        "run_id": run_id,
        "status": "success" if fails_at is None else "failed",
        "goal": "Convert the record batches to the new format",
        "started_at": started.isoformat(),
    }
    steps = [_step(place, tool, run_id, started, fails=place == fails_at) for place, tool in enumerate(tools)]
    return orjson.dumps({"tenant_id": "default", "scope": "support", "run": head, "steps": steps, "artifacts": []})


def _step(place: int, tool: str, run_id: str, started: datetime, *, fails: bool) -> dict[str, Any]:
    check = {
        "kind": "all_converted",
        "state": "fail" if fails else "pass",
        "ok": not fails,
        "message": f"batch {place}",
    }
    return {
        "step_id": f"{run_id}-{place}",
        "step_index": place + 1,
        "tool_name": tool,
        "status": "failed" if fails else "success",
        "safety_level": "auto_ok",
        "repair_applied": False,
        "preconditions": [],
        "postconditions": [{**check, "input": {"run": run_id}}],
        "artifact_refs": [],
        "step_uri": f"aionis://default/support/procedure/{run_id}-{place}",
        "created_at": (started + timedelta(seconds=place)).isoformat(),
        "result_uri": f"aionis://default/support/evidence/{run_id}-{place}",
    }


def _diagnosed(run: ReplayedRun) -> Diagnosis:
    return diagnose(
        run,
        outline(run),
        Evidence(),
        tenancy=Tenancy("default", "support"),
        now=_STARTED + timedelta(days=1),
        stalled_after=timedelta(minutes=15),
    )
