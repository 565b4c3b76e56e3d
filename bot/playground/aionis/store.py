"""Where records live: in memory, by tenant and scope.

Two stores as in Lite (contract, sections 4 and 13): the graph keeps the first version of a record and serves `resolve` and
`find`; the replay mirror keeps the last and serves `runs/get`.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.playground.aionis.addresses import Tenancy
from bot.playground.aionis.records import Commit, Decision, Edge, Feedback, Node, RunMirror

RuleState = Literal["draft", "shadow", "active", "disabled"]


@dataclass(slots=True)
class ScopeStore:
    """All records of one tenant and scope."""

    nodes: dict[str, Node] = field(default_factory=dict)
    by_client_id: dict[str, Node] = field(default_factory=dict)
    runs: dict[str, RunMirror] = field(default_factory=dict)
    steps: dict[str, Node] = field(default_factory=dict)  # announced steps by step_id
    edges: dict[str, Edge] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    latest_commit: Commit | None = None
    decisions: dict[str, Decision] = field(default_factory=dict)
    feedback: list[Feedback] = field(default_factory=list)
    rule_states: dict[str, RuleState] = field(default_factory=dict)
    rule_commits: dict[str, str] = field(default_factory=dict)  # of the last change of a rule's state
    names: Counter[str] = field(default_factory=Counter)  # how often each id-giving name was used

    def times_used(self, name: str) -> int:
        """Count one more use of a name and return how many there were before."""
        used = self.names[name]
        self.names[name] += 1
        return used

    def add_node(self, node: Node) -> Node:
        """Store a node and return the graph's version of it: the first one written under that client id."""
        if node.replay_kind:
            self._mirror(node)
        kept = self.by_client_id.get(node.client_id) if node.client_id else self.nodes.get(node.id)
        if kept is not None:
            return kept
        self.nodes[node.id] = node
        if node.client_id:
            self.by_client_id[node.client_id] = node
        return node

    def add_commit(self, commit: Commit) -> None:
        """Store a commit; it becomes the parent of the next one that has a parent."""
        self.commits[commit.id] = commit
        self.latest_commit = commit

    def decisions_of(self, run_id: str) -> list[Decision]:
        """Return the decisions that mention a run, newest first."""
        found = [decision for decision in self.decisions.values() if decision.run_id == run_id]
        return sorted(found, key=lambda decision: decision.order, reverse=True)

    def _mirror(self, node: Node) -> None:
        run = self.runs.setdefault(str(node.slots["run_id"]), RunMirror())
        run.records[node.id] = node
        run.version += 1
        if node.replay_kind == "step":
            self.steps[str(node.slots["step_id"])] = node


class Store:
    """Scopes by tenancy."""

    def __init__(self) -> None:
        self._scopes: dict[Tenancy, ScopeStore] = {}
        self._seq = 0

    def at(self, tenancy: Tenancy) -> ScopeStore:
        """Return the scope to write to, made on first use."""
        if tenancy not in self._scopes:
            self._scopes[tenancy] = ScopeStore()
        return self._scopes[tenancy]

    def peek(self, tenancy: Tenancy) -> ScopeStore:
        """Return the scope to read from; asking for an unknown one stores nothing."""
        return self._scopes.get(tenancy) or ScopeStore()

    def next_seq(self) -> int:
        """Return the next insertion number."""
        self._seq += 1
        return self._seq


def contains(value: Any, wanted: Any) -> bool:
    """Tell whether a JSON value contains another: objects by key, arrays by some element, the rest by equality."""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(
            key in value and contains(value[key], item) for key, item in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(value, list) and all(any(contains(item, one) for item in value) for one in wanted)
    return type(value) is type(wanted) and bool(value == wanted)
