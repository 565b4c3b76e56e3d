"""The answer of `find` (contract, section 7)."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from bot.playground.aionis.addresses import NODE_TYPES, Address, parse_uri, refuse_conflict, tenancy_of
from bot.playground.aionis.masking import LINKS, masked_link
from bot.playground.aionis.node_answer import node_answer, slots_mode
from bot.playground.aionis.problems import Problem
from bot.playground.aionis.records import Consumer, Node
from bot.playground.aionis.requests import Find
from bot.playground.aionis.run_answer import Stamp
from bot.playground.aionis.store import Store, contains

Json = dict[str, Any]
_FILTERS = (
    "uri",
    "id",
    "client_id",
    "type",
    "title_contains",
    "text_contains",
    "memory_lane",
    "slots_contains",
    "consumer_agent_id",
    "consumer_team_id",
)


def find_answer(store: Store, request: Find, consumer: Consumer, stamp: Stamp) -> Json:
    """Return one page of the visible nodes that pass all filters, newest first."""
    address = _address(request)
    tenancy = tenancy_of(
        address.tenant_id if address else request.tenant_id, address.scope if address else request.scope
    )
    filters = _filters(request, address, consumer)
    matching = [node for node in store.peek(tenancy).nodes.values() if node.ownership.visible_to(consumer)]
    for test in _tests(filters):
        matching = [node for node in matching if test(node)]
    matching.sort(key=lambda node: node.order, reverse=True)
    page = matching[request.offset : request.offset + request.limit]
    has_more = len(matching) > request.offset + request.limit
    return {
        **tenancy._asdict(),
        "mode": "find",
        "filters": filters,
        "nodes": [node_answer(node, tenancy, request, stamp) for node in page],
        "find_summary": {
            "summary_version": "find_summary_v1",
            "returned_nodes": len(page),
            "has_more": has_more,
            "type_counts": _counts(node.type for node in page),
            "tier_counts": {"hot": len(page)} if page else {},
            "memory_lane_counts": _counts(node.ownership.lane for node in page),
            "slots_mode": slots_mode(request),
            "meta_included": request.include_meta,
            "filters_applied": [name for name in _FILTERS if filters[name] is not None],
        },
        "page": {"limit": request.limit, "offset": request.offset, "returned": len(page), "has_more": has_more},
    }


def _address(request: Find) -> Address | None:
    if request.uri is None:
        return None
    address = parse_uri(request.uri)
    if address.type not in NODE_TYPES:
        details = {"type": address.type, "allowed_types": list(NODE_TYPES)}
        message = "find only accepts node URI types"
        raise Problem(400, "invalid_aionis_uri_type_for_endpoint", message, details)
    refuse_conflict("tenant_id", address.tenant_id, request.tenant_id)
    refuse_conflict("scope", address.scope, request.scope)
    refuse_conflict("type", address.type, request.type)
    refuse_conflict("id", address.id, request.id)
    return address


def _filters(request: Find, address: Address | None, consumer: Consumer) -> Json:
    """Return the filters as the answer echoes them: null where not asked for."""
    filters = {name: getattr(request, name) for name in _FILTERS}
    filters |= {"consumer_agent_id": consumer.agent_id, "consumer_team_id": consumer.team_id}
    if address:
        filters |= {"id": address.id, "type": address.type}
    return filters


def _tests(filters: Json) -> Iterable[Callable[[Node], bool]]:
    """Yield one test for each filter that looks at a node, cheap ones first."""
    for name in ("id", "client_id", "type"):
        if filters[name] is not None:
            yield lambda node, name=name: getattr(node, name) == filters[name]  # type: ignore[misc]
    if filters["memory_lane"] is not None:
        yield lambda node: node.ownership.lane == filters["memory_lane"]
    for name, attribute in (("title_contains", "title"), ("text_contains", "text_summary")):
        if filters[name] is not None:
            needle = filters[name].strip().lower()
            yield lambda node, attribute=attribute, needle=needle: needle in (getattr(node, attribute) or "").lower()  # type: ignore[misc]
    if filters["slots_contains"] is not None:
        wanted = filters["slots_contains"]
        # Comparing the links first spares most nodes the masking of everything else.
        links = {key: value for key, value in wanted.items() if key in LINKS and isinstance(value, str)}
        yield lambda node: all(_masked_link(node, key) == value for key, value in links.items())
        yield lambda node: contains(node.masked_slots, wanted)


def _masked_link(node: Node, key: str) -> str | None:
    link = node.slots.get(key)
    return masked_link(link) if isinstance(link, str) else None


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
