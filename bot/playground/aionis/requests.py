"""The bodies of all calls, field by field (contract, sections 4 to 7)."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bot.playground.aionis.records import Lane
from bot.playground.aionis.store import RuleState
from bot.playground.aionis.validation import (
    AnyText,
    Object,
    Request,
    RequiredText,
    RequiredUuid,
    Sha256,
    Text,
    Uuid,
)

NodeType = Literal["event", "entity", "topic", "rule", "evidence", "concept", "procedure", "self_model"]
Outcome = Literal["positive", "negative", "neutral"]
PageSize = Annotated[int, Field(ge=1, le=200)]
Conditions = Annotated[list[dict[Any, Any]], Field(max_length=200)]
Tools = Annotated[list[RequiredText], Field(min_length=1, max_length=200)]


class Tenanted(Request):
    """Every body: tenant and scope."""

    tenant_id: Text = None
    scope: Text = None


class Consuming(Tenanted):
    """Bodies that lanes apply to: who reads."""

    consumer_agent_id: Text = None
    consumer_team_id: Text = None


class GetRun(Consuming):
    """`replay/runs/get`."""

    run_id: RequiredUuid
    include_steps: bool = True
    include_artifacts: bool = True


class _Projection(Consuming):
    include_meta: bool = False
    include_slots: bool = False
    include_slots_preview: bool = False
    slots_preview_keys: Annotated[int, Field(ge=1, le=50)] = 10


class Resolve(_Projection):
    """`resolve`."""

    uri: RequiredText


class Find(_Projection):
    """`find`: all filters must hold."""

    uri: Text = None
    id: Uuid = None
    client_id: Text = None
    type: NodeType | None = None
    title_contains: Text = None
    text_contains: Text = None
    memory_lane: Lane | None = None
    slots_contains: Object = None
    limit: PageSize = 20
    offset: Annotated[int, Field(ge=0, le=200_000)] = 0


class GetToolsRun(Tenanted):
    """`tools/run`."""

    run_id: RequiredText
    decision_limit: PageSize = 10
    include_feedback: bool = True
    feedback_limit: PageSize = 50


class GetDecision(Tenanted):
    """`tools/decision`."""

    decision_id: Uuid = None
    decision_uri: Text = None
    run_id: Text = None


class ListToolsRuns(Tenanted):
    """`tools/runs/list`."""

    limit: PageSize = 20


class Write(Consuming):
    """All writes: who writes, and who may see the result. The lane is private unless said otherwise."""

    actor: Text = None
    memory_lane: Lane = "private"
    producer_agent_id: Text = None
    owner_agent_id: Text = None
    owner_team_id: Text = None
    metadata: Object = None


class StartRun(Write):
    """`replay/run/start`."""

    run_id: Uuid = None
    goal: RequiredText
    context_snapshot_ref: Text = None
    context_snapshot_hash: Sha256 = None


class StepBefore(Write):
    """`replay/step/before`."""

    run_id: RequiredUuid
    step_id: Uuid = None
    decision_id: Uuid = None
    step_index: Annotated[int, Field(ge=1)]
    tool_name: RequiredText
    tool_input: Any
    expected_output_signature: Any = None
    preconditions: Conditions = Field(default_factory=list)
    retry_policy: Object = None
    safety_level: Literal["auto_ok", "needs_confirm", "manual_only"] = "needs_confirm"


class StepAfter(Write):
    """`replay/step/after`. Either `step_id` or `step_index` names the step."""

    run_id: RequiredUuid
    step_id: Uuid = None
    step_index: Annotated[int | None, Field(ge=1)] = None
    status: Literal["success", "failed", "skipped", "partial"]
    output_signature: Any = None
    postconditions: Conditions = Field(default_factory=list)
    artifact_refs: Annotated[list[RequiredText], Field(max_length=200)] = Field(default_factory=list)
    repair_applied: bool = False
    repair_note: AnyText = None
    error: AnyText = None


class EndRun(Write):
    """`replay/run/end`."""

    run_id: RequiredUuid
    status: Literal["success", "failed", "partial"]
    summary: AnyText = None
    success_criteria: Object = None
    metrics: Object = None


class NewNode(Request):
    """One node of `write`."""

    client_id: Text = None
    type: NodeType
    title: AnyText = None
    text_summary: AnyText = None
    slots: dict[str, Any] = Field(default_factory=dict)
    memory_lane: Lane | None = None
    owner_agent_id: Text = None
    owner_team_id: Text = None


class WriteNodes(Write):
    """`write`, as far as rules need it."""

    input_text: Text = None
    nodes: Annotated[list[NewNode], Field(min_length=1, max_length=200)]


class _Reasoned(Tenanted):
    """Bodies that must say why, as text or as its hash."""

    input_text: Text = None
    input_sha256: Sha256 = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.input_text is None and self.input_sha256 is None:
            raise PydanticCustomError("reason", "must set input_text or input_sha256")
        return self


class SetRuleState(_Reasoned):
    """`rules/state`: only active rules decide."""

    rule_node_id: RequiredUuid
    state: RuleState
    actor: Text = None


class EvaluateRules(Tenanted):
    """`rules/evaluate`: which rules a context would meet."""

    context: Any
    include_shadow: bool = False
    limit: PageSize = 50


class SelectTool(Tenanted):
    """`tools/select`."""

    run_id: Text = None
    context: Any
    candidates: Tools
    strict: bool = True
    include_shadow: bool = False
    rules_limit: PageSize = 50
    reorder_candidates: bool = False


class GiveFeedback(_Reasoned):
    """`tools/feedback`. Without `decision_id` or `decision_uri` the decision is looked for, else made."""

    run_id: Text = None
    decision_id: Uuid = None
    decision_uri: Text = None
    outcome: Outcome
    context: Any
    candidates: Tools
    selected_tool: RequiredText
    include_shadow: bool = False
    rules_limit: PageSize = 50
    target: Literal["tool", "all"] = "tool"
    note: AnyText = None
    actor: Text = None
