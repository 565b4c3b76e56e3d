"""The cards of a node, and of an edge between two."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.layout import Part
from bot.blocks.resolve_card import Card, Goal, Walk, own_uri, short_text, time_words
from bot.blocks.text import code_span, escape, outside, outside_json
from bot.domain.run.records import Node
from bot.domain.run.resolution import Resolution
from bot.domain.run.resolved_records import Edge
from bot.ids import as_uuid
from bot.runtime.masking import mask_value

_SLOTS = 12
_SLOT_VALUE = 300


def node_card(resolution: Resolution, node: Node) -> Card:
    """Return what a node is and holds, and where it leads."""
    title = short_text(node.title, 100) or "(no title)"
    owner = node.owner_agent_id or node.owner_team_id
    facts = [
        ("Type", code_span(short_text(node.type, 40) or "not recorded")),
        ("Created", time_words(node.created_at)),
        ("Lane", code_span(short_text(node.memory_lane, 40) or "not recorded")),
        ("Owner", code_span(short_text(owner, 80) or "not recorded")),
    ]
    if resolution.rule_state:
        facts.append(("State", escape(outside(resolution.rule_state, 60, one_line=True))))
    summary = [el.rich(el.quote(el.plain(outside(node.text_summary, 900))))] if node.text_summary else []
    parts = [
        Part("facts", [el.fields(facts)]),
        Part("summary", summary, rank=1),
        Part("slots", list(_slots(node)), rank=2),
    ]
    kind = (short_text(node.type, 30) or "node").capitalize()
    return Card(f"{kind} · {title}", parts, list(_walk_node(resolution, node)))


def _slots(node: Node) -> Iterator[Block]:
    if not node.slots:
        return
    masked = mask_value(node.slots)  # as a whole: a secret is known by its key
    shown = list(masked.items())[:_SLOTS]
    lines = [f"{outside(str(key), 60, one_line=True)}: {outside_json(value, _SLOT_VALUE)}" for key, value in shown]
    if len(node.slots) > len(shown):
        lines.append(f"{len(node.slots) - len(shown)} more")
    yield el.rich(el.line(el.bold("Slots")))
    yield from el.preformatted_blocks(lines)


def _walk_node(resolution: Resolution, node: Node) -> Iterator[Goal]:
    yield "Replay run", as_uuid(node.run_id or "")
    yield "Decision", own_uri(resolution, "decision", node.slots.get("decision_id"))
    yield "Commit", own_uri(resolution, "commit", node.commit_id)


def edge_card(resolution: Resolution, edge: Edge) -> Card:
    """Return what an edge joins, and the way to both its ends."""
    kind = short_text(edge.type, 60) or "(no type)"
    facts = [
        ("Source", code_span(short_text(edge.src_uri or edge.src_id, 200) or "not recorded")),
        ("Target", code_span(short_text(edge.dst_uri or edge.dst_id, 200) or "not recorded")),
        ("Created", time_words(edge.created_at)),
        ("Weight / confidence", f"{edge.weight if edge.weight is not None else '–'} / "
                                f"{edge.confidence if edge.confidence is not None else '–'}"),
    ]  # fmt: skip
    walk: Walk = [
        ("Source", resolution.walkable(edge.src_uri)),
        ("Target", resolution.walkable(edge.dst_uri)),
        ("Commit", own_uri(resolution, "commit", edge.commit_id)),
    ]
    return Card(f"Edge · {kind}", [Part("facts", [el.fields(facts)])], walk)
