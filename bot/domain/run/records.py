"""What Aionis' reads answer, as typed records.

Tolerant on purpose: every field that any edition leaves out or nulls is optional, unknown keys are ignored, statuses and
kinds are open text. Source: Aionis contract, sections 4 to 7 and 12 (the tutorial's shape).
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from bot.domain.run.stored_ids import ids_in

_POSTGRES_OFFSET_LENGTHS = (3,)  # "+00": Postgres text leaves the minutes out


def _lenient_timestamp(value: object) -> object:
    """Complete a Postgres timestamp's offset; anything else that is no timestamp counts as not recorded."""
    # Behind the seconds (19 characters) alone: the dashes of the date are no sign of an offset.
    if isinstance(value, str) and len(value) > 19:
        sign = max(value.rfind("+"), value.rfind("-"))
        if sign > 18 and len(value) - sign in _POSTGRES_OFFSET_LENGTHS:
            return f"{value}:00"
    return None


def _in_utc(value: datetime | None) -> datetime | None:
    """Aionis writes UTC, with or without saying so."""
    if value is None or value.tzinfo is UTC:
        return value
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:  # year 1 or 9999, with an offset that leads out of the calendar
        return None


# The first member handles ISO text in Rust; Python parses only what that refuses.
Timestamp = Annotated[
    datetime | Annotated[datetime | None, BeforeValidator(_lenient_timestamp)],
    Field(union_mode="left_to_right"),
    AfterValidator(_in_utc),
]


_READING = ConfigDict(extra="ignore", protected_namespaces=(), defer_build=True)


class Record(BaseModel):
    """Base of all records: immutable in spirit, unknown keys ignored. Validators are built for the first, not at import.

    What a run has thousands of are dataclasses instead, which take less than half the memory.
    """

    model_config = _READING


class RunHead(Record):
    """`run` of `runs/get`. `status` is `success|failed|partial|in_progress` or a newer word."""

    run_id: str = ""
    status: str | None = None
    goal: str | None = None
    run_uri: str | None = None
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None


@dataclass(slots=True, config=_READING)
class StepRecord:
    """One `before` record of `runs/get`, with its latest result. The index is neither unique nor ordered."""

    step_id: str | None = None
    step_index: int | None = None
    tool_name: str | None = None
    status: str | None = None
    safety_level: str | None = None
    repair_applied: bool | None = None
    preconditions: list[Any] | None = None
    postconditions: list[Any] | None = None
    artifact_refs: list[Any] | None = None
    step_uri: str | None = None
    created_at: Timestamp | None = None
    result_uri: str | None = None


@dataclass(slots=True, config=_READING)
class TimelineEntry:
    """One stored record of the run, oldest first. `step_index` and `status` exist in the tutorial's shape only."""

    uri: str | None = None
    replay_kind: str | None = None
    title: str | None = None
    text_summary: str | None = None
    created_at: Timestamp | None = None
    commit_uri: str | None = None
    step_index: int | None = None
    status: str | None = None


class ReplayedRun(Record):
    """The answer of `runs/get`. `request_id` is in the body in the tutorial's shape only."""

    tenant_id: str | None = None
    scope: str | None = None
    request_id: str | None = None
    run: RunHead
    steps: list[StepRecord] = Field(default_factory=list)
    artifacts: list[Any] = Field(default_factory=list)
    timeline: list[TimelineEntry] = Field(default_factory=list)


class Node(Record):
    """A node of `resolve` and `find`; `slots` only where asked for (contract, 4.2)."""

    id: str = ""
    uri: str | None = None
    type: str | None = None
    client_id: str | None = None
    title: str | None = None
    text_summary: str | None = None
    slots: dict[str, Any] = Field(default_factory=dict)
    tier: str | None = None
    memory_lane: str | None = None
    producer_agent_id: str | None = None
    owner_agent_id: str | None = None
    owner_team_id: str | None = None
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    commit_id: str | None = None
    commit_uri: str | None = None

    @property
    def run_id(self) -> str | None:
        """Return the run that a replay record belongs to: from `client_id`, for in the slots it may be masked."""
        return ids_in(self.client_id)[0] or _slot_text(self.slots, "run_id")

    @property
    def step_id(self) -> str | None:
        """Return the step that a replay record belongs to, found like the run."""
        return ids_in(self.client_id)[1] or _slot_text(self.slots, "step_id")


def _slot_text(slots: dict[str, Any], key: str) -> str | None:
    value = slots.get(key)
    return value if isinstance(value, str) else None


class Edge(Record):
    """An edge of `resolve`: `src` is related to `dst` as `type` says."""

    id: str = ""
    uri: str | None = None
    type: str | None = None
    src_id: str | None = None
    src_uri: str | None = None
    dst_id: str | None = None
    dst_uri: str | None = None
    weight: float | None = None
    confidence: float | None = None
    created_at: Timestamp | None = None
    commit_id: str | None = None
    commit_uri: str | None = None


class Commit(Record):
    """A commit of `resolve`; `diff_json` says what changed (contract, 5)."""

    id: str = ""
    uri: str | None = None
    parent_id: str | None = None
    parent_uri: str | None = None
    input_sha256: str | None = None
    diff_json: dict[str, Any] = Field(default_factory=dict)
    actor: str | None = None
    model_version: str | None = None
    prompt_version: str | None = None
    commit_hash: str | None = None
    created_at: Timestamp | None = None
    linked_object_counts: dict[str, Any] = Field(default_factory=dict)


def changed_rules(commit: Commit) -> list[str]:
    """Return the ids of the rules whose state a commit changed."""
    changes = commit.diff_json.get("rule_state_change")
    entries = changes if isinstance(changes, list) else []
    return [str(entry["rule_node_id"]) for entry in entries if isinstance(entry, dict) and "rule_node_id" in entry]


def judgement_in(commit: Commit, decision_id: str) -> str | None:
    """Return how a commit judges a decision, None where it does not."""
    judged = commit.diff_json.get("tool_feedback")
    entries = [entry for entry in judged if isinstance(entry, dict)] if isinstance(judged, list) else []
    outcomes = (entry.get("outcome") for entry in entries if entry.get("decision_id") == decision_id)
    return next((outcome for outcome in outcomes if isinstance(outcome, str)), None)


class Decision(Record):
    """A decision of `resolve`, `tools/run` and `tools/decision`. `run_id` is free text, not always a UUID."""

    decision_id: str = ""
    decision_uri: str | None = None
    decision_kind: str | None = None
    run_id: str | None = None
    selected_tool: str | None = None
    candidates: list[Any] = Field(default_factory=list)  # Any, in all lists: one odd member must not hide the record
    context_sha256: str | None = None
    policy_sha256: str | None = None
    source_rule_ids: list[Any] = Field(default_factory=list)
    metadata: dict[str, Any] | None = None
    created_at: Timestamp | None = None
    commit_id: str | None = None
    commit_uri: str | None = None


class Feedback(Record):
    """One judgement of a decision, from `tools/run`."""

    id: str | None = None
    outcome: str | None = None
    note: str | None = None
    source: str | None = None
    decision_id: str | None = None
    rule_node_id: str | None = None
    created_at: Timestamp | None = None


class FeedbackSummary(Record):
    """`feedback` of `tools/run`."""

    total: int = 0
    recent: list[Feedback] = Field(default_factory=list)


class Lifecycle(Record):
    """`lifecycle` of `tools/run`: the count is true, though not all decisions are answered."""

    decision_count: int = 0


class ToolsRun(Record):
    """The answer of `tools/run`: the newest decisions that mention a run, and how many there are."""

    tenant_id: str | None = None
    scope: str | None = None
    lifecycle: Lifecycle = Field(default_factory=Lifecycle)
    decisions: list[Decision] = Field(default_factory=list)
    feedback: FeedbackSummary | None = None


class DecidingRun(Record):
    """A run with decisions, from `tools/runs/list`. `run_id` is free text, as a decision's is."""

    run_id: str = ""


class DecidingRuns(Record):
    """The answer of `tools/runs/list`: the runs with the newest decisions first."""

    tenant_id: str | None = None
    scope: str | None = None
    items: list[DecidingRun] = Field(default_factory=list)


class DecisionAnswer(Record):
    """The answer of `tools/decision`."""

    tenant_id: str | None = None
    scope: str | None = None
    decision: Decision


class Page(Record):
    """`page` of `find`."""

    returned: int = 0
    has_more: bool = False


class FoundNodes(Record):
    """The answer of `find`, newest first."""

    tenant_id: str | None = None
    scope: str | None = None
    nodes: list[Node] = Field(default_factory=list)
    page: Page = Field(default_factory=Page)


class Resolved(Record):
    """The answer of `resolve`: exactly one of the payloads is set."""

    tenant_id: str | None = None
    scope: str | None = None
    uri: str | None = None
    type: str | None = None
    node: Node | None = None
    edge: Edge | None = None
    commit: Commit | None = None
    decision: Decision | None = None
    resolved: dict[str, Any] | None = None
    resolved_type: str | None = None

    @property
    def kind(self) -> Literal["node", "edge", "commit", "decision"] | None:
        """Return which payload is set, or None where the answer carries none."""
        if self.decision is not None:
            return "decision"
        if self.commit is not None:
            return "commit"
        if self.edge is not None:
            return "edge"
        return "node" if self.node is not None else None

    @property
    def record_id(self) -> str:
        """Return the id of the record in the payload, "" where it says none."""
        record = self.node or self.edge or self.commit
        return record.id if record else self.decision.decision_id if self.decision else ""
