"""The answer of `resolve` (contract, section 5)."""

from typing import Any

from bot.playground.aionis.addresses import Tenancy, parse_uri, refuse_conflict, tenancy_of
from bot.playground.aionis.decision_answers import decision_answer
from bot.playground.aionis.node_answer import node_answer, slots_mode
from bot.playground.aionis.problems import Problem
from bot.playground.aionis.records import Commit, Consumer, Decision, Edge, Node
from bot.playground.aionis.requests import Resolve
from bot.playground.aionis.run_answer import Stamp
from bot.playground.aionis.store import ScopeStore, Store

Json = dict[str, Any]


def resolve_answer(store: Store, request: Resolve, consumer: Consumer, stamp: Stamp) -> Json:
    """Return the record that the URI names; raises the 404 of its type where it is missing or not visible."""
    address = parse_uri(request.uri)
    refuse_conflict("tenant_id", address.tenant_id, request.tenant_id)
    refuse_conflict("scope", address.scope, request.scope)
    tenancy = tenancy_of(address.tenant_id, address.scope)
    scope = store.peek(tenancy)
    record = _visible(scope, address.type, address.id, consumer)
    if record is None:
        raise _not_found(address.type, request.uri)
    kind, payload, related, facts = _told(record, tenancy, request, stamp)
    is_node = kind == "node"
    return {
        **tenancy._asdict(),
        "uri": request.uri,
        "type": address.type,
        kind: payload,
        "resolve_summary": {
            "summary_version": "resolve_summary_v1",
            "resolved_type": address.type,
            "payload_kind": kind,
            "include_meta": request.include_meta if is_node else True,
            "slots_mode": slots_mode(request) if is_node else "none",
            "related_uris": sorted({uri for uri in related if uri}),
            "related_uri_count": len({uri for uri in related if uri}),
            "object_keys": facts,
        },
    }


Record = Node | Edge | Commit | Decision


def _visible(scope: ScopeStore, type_: str, id_: str, consumer: Consumer) -> Record | None:
    if type_ == "edge":
        edge = scope.edges.get(id_)
        return edge if edge and _edge_visible(edge, consumer) else None
    if type_ == "commit":
        commit = scope.commits.get(id_)
        return commit if commit and _commit_visible(scope, commit, consumer) else None
    if type_ == "decision":
        decision = scope.decisions.get(id_)
        return decision if decision and _decision_visible(scope, decision, consumer) else None
    node = scope.nodes.get(id_)
    return node if node and node.type == type_ and node.ownership.visible_to(consumer) else None


def _edge_visible(edge: Edge, consumer: Consumer) -> bool:
    return edge.source.ownership.visible_to(consumer) and edge.target.ownership.visible_to(consumer)


def _commit_visible(scope: ScopeStore, commit: Commit, consumer: Consumer) -> bool:
    """Tell whether all nodes that the commit wrote are visible."""
    written = [scope.nodes.get(str(item["id"])) for item in commit.diff.get("nodes", [])]
    return all(node is None or node.ownership.visible_to(consumer) for node in written)


def _decision_visible(scope: ScopeStore, decision: Decision, consumer: Consumer) -> bool:
    """Tell whether the decision's commit and the rules it came from are visible."""
    commit = scope.commits.get(decision.commit_id or "")
    rules = [scope.nodes.get(rule_id) for rule_id in decision.source_rule_ids]
    hidden = any(rule and not rule.ownership.visible_to(consumer) for rule in rules)
    return not hidden and (commit is None or _commit_visible(scope, commit, consumer))


def _told(
    record: Record, tenancy: Tenancy, request: Resolve, stamp: Stamp
) -> tuple[str, Json, list[str | None], list[str]]:
    """Return the payload's key, the payload, the URIs next to it, and the summary's object keys."""
    if isinstance(record, Edge):
        edge = _edge(record, tenancy, stamp)
        related = [edge["uri"], edge["src_uri"], edge["dst_uri"], edge["commit_uri"]]
        return "edge", edge, related, ["commit_id", "dst_id", "id", "src_id", "type"]
    if isinstance(record, Commit):
        commit = _commit(record, tenancy, stamp)
        facts = ["actor", "decision_count", "edge_count", "id", "node_count", "parent_id"]
        return "commit", commit, [commit["uri"], commit["parent_uri"]], facts
    if isinstance(record, Decision):
        decision = decision_answer(record, tenancy, stamp)
        facts = ["commit_id", "decision_id", "decision_kind", "run_id", "selected_tool"]
        return "decision", decision, [decision["decision_uri"], decision["commit_uri"]], facts
    node = node_answer(record, tenancy, request, stamp)
    commit_uri = tenancy.uri("commit", record.commit_id)
    if request.include_meta:
        node["commit_uri"] = commit_uri
    return "node", node, [node["uri"], commit_uri], ["client_id", "commit_id", "id", "type"]


def _edge(edge: Edge, tenancy: Tenancy, stamp: Stamp) -> Json:
    return {
        "id": edge.id,
        "uri": tenancy.uri("edge", edge.id),
        "type": edge.type,
        "src_id": edge.source.id,
        "src_uri": tenancy.uri(edge.source.type, edge.source.id),
        "dst_id": edge.target.id,
        "dst_uri": tenancy.uri(edge.target.type, edge.target.id),
        "weight": 0.5,
        "confidence": 0.5,
        "decay_rate": 0.01,
        "last_activated": None,
        "created_at": stamp(edge.created_at),
        "commit_id": edge.commit_id,
        "commit_uri": tenancy.uri("commit", edge.commit_id),
    }


def _commit(commit: Commit, tenancy: Tenancy, stamp: Stamp) -> Json:
    nodes, edges, decisions = commit.counts
    return {
        "id": commit.id,
        "uri": tenancy.uri("commit", commit.id),
        "parent_id": commit.parent_id,
        "parent_uri": tenancy.uri("commit", commit.parent_id) if commit.parent_id else None,
        "input_sha256": commit.input_sha256,
        "diff_json": commit.diff,
        "actor": commit.actor,
        "model_version": None,
        "prompt_version": None,
        "commit_hash": commit.hash,
        "created_at": stamp(commit.created_at),
        "linked_object_counts": {
            "nodes": nodes,
            "edges": edges,
            "decisions": decisions,
            "total": nodes + edges + decisions,
        },
    }


def _not_found(type_: str, uri: str) -> Problem:
    if type_ in {"edge", "commit", "decision"}:
        return Problem(404, f"{type_}_not_found_in_scope", f"{type_} URI was not found in this scope", {"uri": uri})
    message = "node URI was not found in this scope/visibility"
    return Problem(404, "node_not_found_in_scope_or_visibility", message, {"uri": uri})
