"""The answer of `replay/runs/get` (contract, section 4), from the unmasked mirror as in Lite."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from bot.playground.aionis.addresses import DEFAULT_TENANT, Tenancy
from bot.playground.aionis.problems import run_not_found
from bot.playground.aionis.records import Consumer, Node, RunMirror
from bot.playground.aionis.requests import GetRun
from bot.playground.aionis.store import Store

Json = dict[str, Any]
Stamp = Callable[[datetime], str]


def find_run(store: Store, tenancy: Tenancy, run_id: str, consumer: Consumer, *, leak: bool) -> RunMirror:
    """Return the run with at least one visible record; raises `replay_run_not_found`.

    With `leak`, the scope of the default tenant is tried too, whoever asks: Lite does that.
    """
    homes = [tenancy, Tenancy(DEFAULT_TENANT, tenancy.scope)] if leak else [tenancy]
    for home in homes:
        run = store.peek(home).runs.get(run_id)
        if run and any(node.ownership.visible_to(consumer) for node in run.records.values()):
            return run
    raise run_not_found(run_id, tenancy.scope, tenancy.tenant_id)


def run_answer(run: RunMirror, tenancy: Tenancy, request: GetRun, consumer: Consumer, stamp: Stamp) -> Json:
    """Return the whole answer; all URIs carry the tenancy that asked."""
    visible = (node for node in run.records.values() if node.ownership.visible_to(consumer))
    nodes = sorted(visible, key=lambda node: node.order)
    results = [node for node in nodes if node.replay_kind == "step_result"]
    steps = [node for node in nodes if node.replay_kind == "step"]
    artifacts = _all_artifacts(results) if request.include_artifacts else []
    return {
        **tenancy._asdict(),
        "run": _head(nodes, tenancy, request.run_id, stamp),
        "steps": _steps(steps, results, tenancy, stamp) if request.include_steps else [],
        "artifacts": artifacts,
        "timeline": _timeline(nodes, tenancy, stamp),
        "counters": {
            "total_nodes": len(nodes),
            "step_nodes": len(steps),
            "step_result_nodes": len(results),
            "artifact_refs": len(artifacts),
        },
    }


def _head(nodes: list[Node], tenancy: Tenancy, run_id: str, stamp: Stamp) -> Json:
    start = next((node for node in nodes if node.replay_kind == "run"), None)
    end = next((node for node in reversed(nodes) if node.replay_kind == "run_end"), None)
    return {
        "run_id": run_id,
        "status": end.slots["status"] if end else "in_progress",
        "goal": start.slots["goal"] if start else None,
        "run_node_id": start.id if start else None,
        "run_uri": tenancy.uri("event", start.id) if start else None,
        "started_at": stamp(start.created_at) if start else None,
        "ended_at": stamp(end.created_at) if end else None,
    }


def _steps(steps: list[Node], results: list[Node], tenancy: Tenancy, stamp: Stamp) -> list[Json]:
    latest = {str(node.slots["step_id"]): node for node in results}  # later ones replace earlier ones
    before, after = tenancy.prefix("procedure"), tenancy.prefix("evidence")
    return [_step(node, latest.get(str(node.slots["step_id"])), before, after, stamp) for node in steps]


def _step(step: Node, result: Node | None, before: str, after: str, stamp: Stamp) -> Json:
    announced = step.slots
    outcome = result.slots if result else {}
    return {
        "step_id": announced["step_id"],
        "step_index": announced["step_index"],
        "tool_name": announced["tool_name"],
        "status": outcome.get("status", "pending"),
        "safety_level": announced["safety_level"],
        "repair_applied": outcome.get("repair_applied", False),
        "preconditions": announced["preconditions"],
        "postconditions": outcome.get("postconditions", []),
        "artifact_refs": outcome.get("artifact_refs", []),
        "step_uri": before + step.id,
        "created_at": stamp(step.created_at),
        "result_uri": after + result.id if result else None,
    }


def _timeline(nodes: list[Node], tenancy: Tenancy, stamp: Stamp) -> list[Json]:
    prefixes = {type_: tenancy.prefix(type_) for type_ in ("event", "procedure", "evidence", "commit")}
    return [
        {
            "uri": prefixes[node.type] + node.id,
            "node_id": node.id,
            "type": node.type,
            "replay_kind": node.replay_kind,
            "title": node.title,
            "text_summary": node.text_summary,
            "created_at": stamp(node.created_at),
            "commit_id": node.commit_id,
            "commit_uri": prefixes["commit"] + node.commit_id,
        }
        for node in nodes
    ]


def _all_artifacts(results: Iterable[Node]) -> list[str]:
    return [ref for node in results for ref in node.slots["artifact_refs"]]
