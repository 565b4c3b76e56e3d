"""Recording a run: `run/start`, `step/before`, `step/after`, `run/end` (contract, sections 4.2 and 7)."""

import uuid
from datetime import datetime
from typing import Any

from bot.playground.aionis.addresses import Tenancy
from bot.playground.aionis.hashing import name_id
from bot.playground.aionis.problems import Problem, run_not_found
from bot.playground.aionis.records import Consumer, Node
from bot.playground.aionis.requests import EndRun, StartRun, StepAfter, StepBefore, Write
from bot.playground.aionis.store import ScopeStore
from bot.playground.aionis.times import iso
from bot.playground.aionis.writing import LOCAL_ACTOR, Draft, Link, WriterBase, commit_fields, ownership_of

Answer = dict[str, Any]


class ReplayWrites(WriterBase):
    """The four replay writes. Each takes a validated request and when it happens, and returns the endpoint's answer."""

    def record_start(self, request: StartRun, at: datetime | None = None) -> Answer:
        """Start a run, or start it again: then its record moves in time."""
        tenancy, _ = self.scope_of(request)
        moment = self.moment(at)
        run_id = request.run_id or str(uuid.uuid4())
        slots = {
            "replay_kind": "run",
            "run_id": run_id,
            "goal": request.goal,
            "status": "started",
            "started_at": iso(moment),
            "context_snapshot_ref": request.context_snapshot_ref,
            "context_snapshot_hash": request.context_snapshot_hash,
            "metadata": request.metadata or {},
        }
        draft = Draft(
            "event",
            f"replay:run:{run_id}",
            f"Replay Run {run_id[:8]}",
            request.goal,
            slots,
            ownership_of(request),
        )
        node, commit = self.write_node(
            tenancy, draft, [], input_text=request.goal, actor=request.actor or LOCAL_ACTOR, at=moment
        )
        return {
            **tenancy._asdict(),
            "run_id": run_id,
            "status": "started",
            "run_node_id": node.id,
            "run_uri": tenancy.uri("event", node.id),
            **commit_fields(tenancy, commit),
        }

    def record_before(self, request: StepBefore, at: datetime | None = None) -> Answer:
        """Announce a step. Raises `replay_run_not_found` where the writer sees no such run."""
        tenancy, scope = self.scope_of(request)
        run = _run_node(scope, tenancy, request, request.run_id)
        step_id = request.step_id or _new_step_id(scope, request.run_id, request.step_index)
        slots = {
            "replay_kind": "step",
            "phase": "before",
            "run_id": request.run_id,
            "step_id": step_id,
            "decision_id": request.decision_id,
            "step_index": request.step_index,
            "tool_name": request.tool_name,
            "tool_input": request.tool_input,
            "expected_output_signature": request.expected_output_signature,
            "preconditions": request.preconditions,
            "retry_policy": request.retry_policy,
            "safety_level": request.safety_level,
            "status": "pending",
            "metadata": request.metadata or {},
        }
        draft = Draft(
            "procedure",
            f"replay:step:{request.run_id}:{step_id}",
            f"Step {request.step_index}: {request.tool_name}",
            f"Replay step {request.step_index} prepared for {request.tool_name}",
            slots,
            ownership_of(request),
        )
        node, commit = self.write_node(
            tenancy,
            draft,
            [Link("part_of", run)],
            input_text=f"step before {request.step_index}",
            actor=request.actor or LOCAL_ACTOR,
            at=self.moment(at),
        )
        return {
            **tenancy._asdict(),
            "run_id": request.run_id,
            "step_id": step_id,
            "step_index": request.step_index,
            "status": "pending",
            "step_node_id": node.id,
            "step_uri": tenancy.uri("procedure", node.id),
            **commit_fields(tenancy, commit),
        }

    def record_after(self, request: StepAfter, at: datetime | None = None) -> Answer:
        """Report a step's result. A `step_id` that was never announced is accepted, as in the real server."""
        tenancy, scope = self.scope_of(request)
        run = _run_node(scope, tenancy, request, request.run_id)
        step = _announced_step(scope, request)
        step_id = request.step_id or (str(step.slots["step_id"]) if step else None)
        if step_id is None:
            message = "step_id or step_index is required to record step outcome"
            raise Problem(400, "replay_step_reference_required", message, {"run_id": request.run_id})
        slots = {
            "replay_kind": "step_result",
            "phase": "after",
            "run_id": request.run_id,
            "step_id": step_id,
            "step_index": request.step_index,
            "status": request.status,
            "output_signature": request.output_signature,
            "postconditions": request.postconditions,
            "artifact_refs": request.artifact_refs,
            "repair_applied": request.repair_applied,
            "repair_note": request.repair_note,
            "error": request.error,
            "metadata": request.metadata or {},
        }
        draft = Draft(
            "evidence",
            f"replay:step_result:{request.run_id}:{step_id}:{request.status}",
            f"Step {request.step_index or '?'} {request.status}",
            _first_given(request.error, request.repair_note, f"Replay step outcome: {request.status}"),
            slots,
            ownership_of(request),
        )
        links = [Link("part_of", run), *([Link("related_to", step)] if step else [])]
        node, commit = self.write_node(
            tenancy,
            draft,
            links,
            input_text=f"step after {request.status}",
            actor=request.actor or LOCAL_ACTOR,
            at=self.moment(at),
        )
        return {
            **tenancy._asdict(),
            "run_id": request.run_id,
            "step_id": step_id,
            "status": request.status,
            "replay_fallback_triggered": request.repair_applied,
            "step_result_node_id": node.id,
            "step_result_uri": tenancy.uri("evidence", node.id),
            **commit_fields(tenancy, commit),
        }

    def record_end(self, request: EndRun, at: datetime | None = None) -> Answer:
        """End a run. A second end overwrites the first in `runs/get` alone."""
        tenancy, scope = self.scope_of(request)
        run = _run_node(scope, tenancy, request, request.run_id)
        moment = self.moment(at)
        slots = {
            "replay_kind": "run_end",
            "run_id": request.run_id,
            "status": request.status,
            "summary": request.summary,
            "success_criteria": request.success_criteria or {},
            "metrics": request.metrics or {},
            "metadata": request.metadata or {},
            "ended_at": iso(moment),
        }
        draft = Draft(
            "event",
            f"replay:run_end:{request.run_id}",
            f"Replay Run End {request.status}",
            _first_given(request.summary, f"Replay run ended with status={request.status}"),
            slots,
            ownership_of(request),
        )
        node, commit = self.write_node(
            tenancy,
            draft,
            [Link("part_of", run)],
            input_text=f"run end {request.status}",
            actor=request.actor or LOCAL_ACTOR,
            at=moment,
        )
        return {
            **tenancy._asdict(),
            "run_id": request.run_id,
            "status": request.status,
            "run_end_node_id": node.id,
            "run_end_uri": tenancy.uri("event", node.id),
            **commit_fields(tenancy, commit),
        }


def _run_node(scope: ScopeStore, tenancy: Tenancy, request: Write, run_id: str) -> Node:
    """Return the run's own record; a writer that may not see it is told that there is none."""
    node = scope.by_client_id.get(f"replay:run:{run_id}")
    writer = Consumer(request.consumer_agent_id or LOCAL_ACTOR, request.consumer_team_id)
    if node is None or not node.ownership.visible_to(writer):
        raise run_not_found(run_id, tenancy.scope, tenancy.tenant_id)
    return node


def _announced_step(scope: ScopeStore, request: StepAfter) -> Node | None:
    """Return the announced step: by id in the whole scope, else the latest with that index in the run."""
    if request.step_id is not None:
        return scope.steps.get(request.step_id)
    records = scope.runs[request.run_id].records.values()
    steps = [node for node in records if node.replay_kind == "step" and node.slots["step_index"] == request.step_index]
    return max(steps, key=lambda node: node.order, default=None)


def _first_given(*texts: str | None) -> str | None:
    """Return the first text that was given at all, even if it is blank."""
    return next(text for text in texts if text is not None)


def _new_step_id(scope: ScopeStore, run_id: str, step_index: int) -> str:
    name = f"step/{run_id}/{step_index}"
    return name_id(name, str(scope.times_used(name)))
