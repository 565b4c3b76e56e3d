"""What all writes share: ownership, commits, nodes and edges (contract, sections 3, 5 and 7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.playground.aionis.addresses import Tenancy, tenancy_of
from bot.playground.aionis.hashing import canonical_sha256, name_id, sha256
from bot.playground.aionis.masking import summary
from bot.playground.aionis.records import Commit, Edge, Node, Ownership
from bot.playground.aionis.requests import Tenanted, Write
from bot.playground.aionis.store import ScopeStore, Store
from bot.playground.aionis.times import Now

LOCAL_ACTOR = "local-user"  # who writes and reads on a Lite without authentication


@dataclass(frozen=True, slots=True)
class Draft:
    """A node to be written: what its writer says about it."""

    type: str
    client_id: str | None
    title: str | None
    text_summary: str | None
    slots: dict[str, Any]
    ownership: Ownership


@dataclass(frozen=True, slots=True)
class Link:
    """An edge to be written, from the new node to a stored one."""

    type: str
    target: Node


class WriterBase:
    """Turns one request into one commit with its nodes and edges. Ids are deterministic for the same order of writes."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    def moment(self, at: datetime | None) -> datetime:
        """Return when a write happens, to the millisecond, in UTC."""
        moment = (at or self._now()).astimezone(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def scope_of(self, request: Tenanted) -> tuple[Tenancy, ScopeStore]:
        """Return the tenancy a request names, and its records."""
        tenancy = tenancy_of(request.tenant_id, request.scope)
        return tenancy, self._store.at(tenancy)

    def write_node(
        self, tenancy: Tenancy, draft: Draft, links: Sequence[Link], *, input_text: str, actor: str, at: datetime
    ) -> tuple[Node, Commit]:
        """Write one node, its edges and their commit; return the node as the graph has it."""
        scope = self._store.at(tenancy)
        name = draft.client_id or canonical_sha256([draft.type, draft.title, draft.slots])
        node_id = name_id(*tenancy, "node", name)
        edge_ids = [name_id(*tenancy, "edge", link.type, node_id, link.target.id) for link in links]
        diff = {
            "redaction": {},
            "nodes": [_node_diff(draft, node_id)],
            "edges": [
                {"id": edge_id, "type": link.type, "src_id": node_id, "dst_id": link.target.id}
                for edge_id, link in zip(edge_ids, links, strict=True)
            ],
        }
        commit = self.commit(tenancy, f"write/{name}", input_text, diff, actor, at, counts=(1, len(links), 0))
        node = scope.add_node(self._node(draft, node_id, commit.id, at))
        for edge_id, link in zip(edge_ids, links, strict=True):
            scope.edges.setdefault(edge_id, Edge(edge_id, link.type, node, link.target, at, commit.id))
        return node, commit

    def commit(  # noqa: PLR0913 the parts of a commit
        self,
        tenancy: Tenancy,
        name: str,
        input_text: str,
        diff: dict[str, Any],
        actor: str,
        at: datetime,
        *,
        counts: tuple[int, int, int],
        parent: Commit | None = None,
        input_sha256: str | None = None,
    ) -> Commit:
        """Store a commit. `name` and how often it was used give the id; `counts` is (nodes, edges, decisions)."""
        scope = self._store.at(tenancy)
        input_sha256 = input_sha256 or sha256(input_text)
        nth = scope.times_used(name)
        fingerprint = [parent.hash if parent else "", input_sha256, diff, list(tenancy), actor, name, nth]
        commit = Commit(
            id=name_id(*tenancy, "commit", name, str(nth)),
            parent_id=parent.id if parent else None,
            input_sha256=input_sha256,
            diff=diff,
            actor=actor,
            hash=canonical_sha256(fingerprint),
            created_at=at,
            counts=counts,
        )
        scope.add_commit(commit)
        return commit

    def next_seq(self) -> int:
        """Return the next insertion number."""
        return self._store.next_seq()

    def _node(self, draft: Draft, node_id: str, commit_id: str, at: datetime) -> Node:
        return Node(
            id=node_id,
            type=draft.type,
            client_id=draft.client_id,
            title=summary(draft.title),
            text_summary=summary(draft.text_summary),
            slots=draft.slots,
            ownership=draft.ownership,
            created_at=at,
            seq=self._store.next_seq(),
            commit_id=commit_id,
        )


def ownership_of(request: Write) -> Ownership:
    """Return who owns what this request writes: the local actor where it names nobody."""
    nobody = request.owner_agent_id is None and request.owner_team_id is None
    return Ownership(
        lane=request.memory_lane,
        producer_agent_id=request.producer_agent_id or LOCAL_ACTOR,
        owner_agent_id=LOCAL_ACTOR if nobody else request.owner_agent_id,
        owner_team_id=request.owner_team_id,
    )


def commit_fields(tenancy: Tenancy, commit: Commit) -> dict[str, Any]:
    """Return the fields with which every write answers."""
    return {"commit_id": commit.id, "commit_uri": tenancy.uri("commit", commit.id), "commit_hash": commit.hash}


def _node_diff(draft: Draft, node_id: str) -> dict[str, Any]:
    return {
        "id": node_id,
        "client_id": draft.client_id,
        "type": draft.type,
        "title": summary(draft.title),
        "memory_lane": draft.ownership.lane,
        "producer_agent_id": draft.ownership.producer_agent_id,
        "owner_agent_id": draft.ownership.owner_agent_id,
        "owner_team_id": draft.ownership.owner_team_id,
    }
