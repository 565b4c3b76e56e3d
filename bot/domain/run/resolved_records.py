"""What Aionis answers of one record, and of decisions: edges, commits, decisions and how they were judged.

As tolerant as `records.py`, whose base they have. Source: Aionis contract, sections 5 and 6.
"""

from typing import Any, Literal

from pydantic import Field

from bot.domain.run.records import Node, Record, Timestamp


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
