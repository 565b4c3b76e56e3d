"""What is stored: nodes, edges, commits, decisions, feedback (contract, sections 4 to 6)."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from bot.playground.aionis.masking import mask_json

Lane = Literal["private", "shared"]


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who reads: the ids that open private records."""

    agent_id: str | None = None
    team_id: str | None = None


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who wrote a record and who may see it."""

    lane: Lane
    producer_agent_id: str | None
    owner_agent_id: str | None
    owner_team_id: str | None

    def visible_to(self, consumer: Consumer) -> bool:
        """Tell whether the consumer may see the record: shared, or owned by its agent or team."""
        if self.lane == "shared":
            return True
        if consumer.agent_id is not None and consumer.agent_id == self.owner_agent_id:
            return True
        return consumer.team_id is not None and consumer.team_id == self.owner_team_id


@dataclass(frozen=True)
class Node:
    """One record. `slots` is raw, as `runs/get` shows it; `masked_slots` is what `resolve` and `find` show."""

    id: str
    type: str
    client_id: str | None
    title: str | None
    text_summary: str | None
    slots: dict[str, Any]
    ownership: Ownership
    created_at: datetime
    seq: int  # insertion order, which decides between equal timestamps
    commit_id: str

    @cached_property
    def masked_slots(self) -> Any:
        """Return the slots with personal data masked; only worked out for records that are read this way."""
        return mask_json(self.slots)

    @property
    def replay_kind(self) -> str:
        """Return `run`, `step`, `step_result`, `run_end`, or "" for a node that is not of a replay."""
        kind = self.slots.get("replay_kind")
        return kind if isinstance(kind, str) else ""

    @property
    def order(self) -> tuple[datetime, int]:
        """Return the place in time."""
        return (self.created_at, self.seq)


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation between two nodes of one scope."""

    id: str
    type: str
    source: Node
    target: Node
    created_at: datetime
    commit_id: str


@dataclass(frozen=True, slots=True)
class Commit:
    """What one write changed. `counts` is (nodes, edges, decisions)."""

    id: str
    parent_id: str | None
    input_sha256: str
    diff: dict[str, Any]
    actor: str
    hash: str
    created_at: datetime
    counts: tuple[int, int, int]


@dataclass(slots=True)
class Decision:
    """One tool selection. Feedback sets `commit_id`, and `run_id` where there was none."""

    id: str
    run_id: str | None
    selected_tool: str | None
    candidates: list[str]
    context_sha256: str
    policy_sha256: str
    source_rule_ids: list[str]
    metadata: dict[str, Any]
    created_at: datetime
    seq: int
    commit_id: str | None = None

    @property
    def order(self) -> tuple[datetime, int]:
        """Return the place in time."""
        return (self.created_at, self.seq)


@dataclass(frozen=True, slots=True)
class Feedback:
    """One judgement, attributed to one rule."""

    id: str
    rule_node_id: str
    run_id: str | None
    outcome: str
    note: str | None
    decision_id: str
    commit_id: str
    created_at: datetime


@dataclass(slots=True)
class RunMirror:
    """The replay records of one run by node id, last write wins; `version` grows with every write."""

    records: dict[str, Node] = field(default_factory=dict)
    version: int = 0
