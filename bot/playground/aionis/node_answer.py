"""One node as `resolve` and `find` show it: masked, with slots and meta on request (contract, sections 5 and 7)."""

from typing import Any

from bot.playground.aionis.addresses import Tenancy
from bot.playground.aionis.records import Node
from bot.playground.aionis.requests import Find, Resolve
from bot.playground.aionis.run_answer import Stamp

Json = dict[str, Any]


def node_answer(node: Node, tenancy: Tenancy, request: Find | Resolve, stamp: Stamp) -> Json:
    """Return the node's fields, without the commit's URI."""
    answer: Json = {
        "id": node.id,
        "uri": tenancy.uri(node.type, node.id),
        "type": node.type,
        "client_id": node.client_id,
        "title": node.title,
        "text_summary": node.text_summary,
    }
    if node.type == "topic":
        answer["topic_state"] = node.slots.get("topic_state", "active")
        answer["member_count"] = node.slots.get("member_count")
    if request.include_slots:
        answer["slots"] = node.masked_slots
    elif request.include_slots_preview:
        slots = node.masked_slots
        answer["slots_preview"] = {key: slots[key] for key in sorted(slots)[: request.slots_preview_keys]}
    if request.include_meta:
        answer.update(_meta(node, stamp))
    return answer


def slots_mode(request: Find | Resolve) -> str:
    """Return `full`, `preview` or `none`."""
    if request.include_slots:
        return "full"
    return "preview" if request.include_slots_preview else "none"


def _meta(node: Node, stamp: Stamp) -> Json:
    return {
        "tier": "hot",
        "memory_lane": node.ownership.lane,
        "producer_agent_id": node.ownership.producer_agent_id,
        "owner_agent_id": node.ownership.owner_agent_id,
        "owner_team_id": node.ownership.owner_team_id,
        "embedding_status": "failed",  # what every Lite without an embedding provider says
        "embedding_model": None,
        "raw_ref": None,
        "evidence_ref": None,
        "created_at": stamp(node.created_at),
        "updated_at": stamp(node.created_at),
        "last_activated": None,
        "salience": 0.5,
        "importance": 0.5,
        "confidence": 0.5,
        "commit_id": node.commit_id,
    }
