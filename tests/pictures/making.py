"""Runs to draw, told as (tool, status, seconds of start and end), and questions to ask a scene."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bot.aionis import Aionis, AionisTransport
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.run.diagnosis import Diagnosis, diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import Node, ReplayedRun
from bot.domain.run.steps import outline
from bot.investigation.run import investigate
from bot.pictures.palette import Role
from bot.pictures.shapes import Line, Polygon, Rect, Scene, Text
from bot.playground.aionis import SampleAionis

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STALLED = timedelta(minutes=15)
RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"


@dataclass
class Told:
    """A step: start and end in seconds after noon, None where not recorded."""

    tool: str = "records.read"
    status: str = "success"
    start: float | None = None
    end: float | None = None
    more: dict[str, Any] = field(default_factory=dict)


def diagnosed(run: dict[str, Any], nodes: Iterable[dict[str, Any]] = ()) -> Diagnosis:
    parsed = ReplayedRun.model_validate(run)
    evidence = Evidence(nodes=[Node.model_validate(node) for node in nodes], nodes_asked=True, decisions_asked=True)
    now = NOON + timedelta(hours=1)
    return diagnose(parsed, outline(parsed), evidence, tenancy=Tenancy(), now=now, stalled_after=STALLED)


def run_of(
    *steps: Told, status: str = "failed", start: float | None = 0, end: float | None = None, run_id: str = RUN
) -> Diagnosis:
    """Diagnose a run; `start` and `end` are the run's own."""
    head = {"run_id": run_id, "status": status, "started_at": at(start), "ended_at": at(end)}
    results = [result(number, step) for number, step in enumerate(steps, 1) if step.end is not None]
    return diagnosed(
        {"run": head, "steps": [record(*numbered) for numbered in enumerate(steps, 1)], "timeline": results}
    )


def record(number: int, step: Told) -> dict[str, Any]:
    uri = result_uri(number) if step.end is not None else None
    own = {"step_index": number, "tool_name": step.tool, "status": step.status, "created_at": at(step.start)}
    return {**own, "result_uri": uri, **step.more}


def result(number: int, step: Told) -> dict[str, Any]:
    entry = {"uri": result_uri(number), "replay_kind": "step_result", "created_at": at(step.end)}
    return {**entry, "title": f"Step {number} {step.status}", "text_summary": "the answer has no refund id"}


def result_uri(number: int) -> str:
    return f"aionis://default/default/evidence/{number}"


def at(seconds: float | None) -> str | None:
    return None if seconds is None else (NOON + timedelta(seconds=seconds)).isoformat()


async def sample_diagnosis(aionis: SampleAionis, name: str) -> Diagnosis:
    """Read a run of the sample world the way the bot does."""
    run = aionis.runs[name]
    transport = AionisTransport.connect(
        "http://aionis.invalid",
        headers={},
        connect_timeout=1,
        max_response_bytes=2**30,
        transport=httpx.ASGITransport(aionis.app),
    )
    client = Aionis(transport, Tenancy(run.tenant_id, run.scope), Consumer(None, None), deadline_seconds=60)
    found = await investigate(client, run.run_id, now=datetime.now(UTC), stalled_after=STALLED)
    await transport.aclose()
    return found.diagnosis


def texts(scene: Scene) -> list[str]:
    return [shape.text for shape in scene.shapes if isinstance(shape, Text)]


def filled(scene: Scene, role: Role, *, above: float = 330) -> list[Rect]:
    """Return the rectangles of a colour that are not in the legend."""
    return [s for s in scene.shapes if isinstance(s, Rect) and s.fill is role and s.box.bottom < above]


def points(scene: Scene) -> list[tuple[float, float]]:
    """Return the corners of everything drawn but text."""
    found: list[tuple[float, float]] = []
    for shape in scene.shapes:
        match shape:
            case Rect():
                found += [(shape.box.left, shape.box.top), (shape.box.right, shape.box.bottom)]
            case Line():
                found += [shape.start, shape.end]
            case Polygon():
                found += shape.points
            case Text():
                found.append(shape.at)
    return found
