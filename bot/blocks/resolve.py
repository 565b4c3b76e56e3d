"""The cards of `/resolve`: one per kind of record, with buttons that walk the chain."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement

from bot.blocks import elements as el
from bot.blocks.layout import Message, Part, fit
from bot.blocks.phrases import rule_words
from bot.blocks.routing import Action, RunTarget, UriTarget, action_id, encode
from bot.blocks.spoken import spoken
from bot.blocks.text import code_span, escape, mrkdwn_time, outside, outside_json
from bot.domain.run.records import Commit, Decision, Edge, Node, changed_rules
from bot.domain.run.resolution import Resolution
from bot.domain.run.uris import AionisUri, uri_of
from bot.ids import as_uuid, short
from bot.runtime.masking import mask_value

_LISTED = 8
_WALK = 10  # chain buttons on a card
_SLOTS = 12
_SLOT_VALUE = 300

Goal = tuple[str, AionisUri | str | None]  # a label, and a URI to resolve or the id of a run to replay
Walk = list[Goal]


@dataclass(frozen=True, slots=True)
class _Card:
    """What is shown of a record: its title, its parts, and the places that can be walked to from it."""

    title: str
    parts: list[Part]
    walk: Walk


def resolve_message(resolution: Resolution, *, incident: str | None = None, startable: bool = False) -> Message:
    """Return the card of a resolved record, in the incident it was added to; `startable`: one may be opened around it."""
    card = _card(resolution)
    buttons = list(_numbered(card.walk, incident))[:_WALK]
    if startable:
        value = encode(UriTarget(uri=str(resolution.uri)))
        buttons.append(el.button("Start incident", action_id(Action.START_INCIDENT), value))
    return _message(resolution, card, buttons, incident)


def resolve_title(resolution: Resolution) -> str:
    """Return the title of a record's card, masked and bounded."""
    return _card(resolution).title


def _card(resolution: Resolution) -> _Card:
    resolved = resolution.resolved
    if resolved.decision:
        return _decision(resolution, resolved.decision)
    if resolved.commit:
        return _commit(resolution, resolved.commit)
    if resolved.edge:
        return _edge(resolution, resolved.edge)
    return _node(resolution, resolved.node or Node())


def _message(resolution: Resolution, card: _Card, buttons: list[ButtonElement], incident: str | None) -> Message:
    provenance = [
        *([f"Incident {incident}"] if incident else []),
        str(resolution.uri),
        f"Aionis request id {outside(resolution.request_id or 'none', 100, one_line=True)}",
    ]
    problems = [el.context(f"Could not be read: {outside('; '.join(resolution.problems), 400, one_line=True)}")]
    blocks = fit(
        [
            Part("title", [el.header(card.title)]),
            *card.parts,
            Part("problems", problems if resolution.problems else [], rank=1),
            Part("provenance", [el.context(*provenance)]),
            Part("buttons", [el.actions(*buttons)] if buttons else []),
        ]
    )
    return Message(spoken(blocks), blocks)


def _decision(resolution: Resolution, decision: Decision) -> _Card:
    tool = _short_text(decision.selected_tool, 80) or "no tool"
    facts = [
        ("Selected tool", code_span(tool)),
        ("Decided", _time(decision.created_at)),
        ("Run", code_span(_short_text(decision.run_id, 80) or "not recorded")),
        ("Kind", code_span(_short_text(decision.decision_kind, 60) or "not recorded")),
    ]
    hashes = (
        f"context {decision.context_sha256 or '(not recorded)'}\npolicy  {decision.policy_sha256 or '(not recorded)'}"
    )
    parts = [
        Part("facts", [el.fields(facts)]),
        Part("candidates", [_candidates(decision)], rank=1),
        Part("rules", [_rules(resolution, decision)], rank=1),
        Part("feedback", [_feedback(resolution, decision)], rank=1),
        Part("hashes", [el.rich(el.line(el.bold("Hashes (SHA-256)")), el.pre(outside(hashes, 400)))], rank=2),
        Part("selector facts", _scalars(decision.metadata or {}), rank=3),
    ]
    return _Card(f"Decision · {tool}", parts, list(_walk_decision(resolution, decision)))


def _candidates(decision: Decision) -> Block:
    if not decision.candidates:
        return el.rich(el.line(el.bold("Candidates: "), el.plain("none recorded")))
    items = [
        [
            el.code(outside(str(name), 100, one_line=True)),
            el.plain(" ← selected" if name == decision.selected_tool else ""),
        ]
        for name in decision.candidates[:_LISTED]
    ]
    return el.rich(el.line(el.bold("Candidates")), el.bullets(_with_rest(items, len(decision.candidates))))


def _rules(resolution: Resolution, decision: Decision) -> Block:
    if not decision.source_rule_ids:
        return el.rich(el.line(el.bold("Rules: "), el.plain(rule_words(decision, resolution.rule_titles))))
    items: list[list[el.RichText]] = []
    for rule in map(str, decision.source_rule_ids[:_LISTED]):
        title = resolution.rule_titles.get(rule)
        shown = outside(title, 120, one_line=True) if title else "(title not visible)"
        items.append([el.plain(f"{shown} "), el.code(outside(rule, 60, one_line=True))])
    return el.rich(el.line(el.bold("Rules")), el.bullets(_with_rest(items, len(decision.source_rule_ids))))


def _feedback(resolution: Resolution, decision: Decision) -> Block:
    if not resolution.feedback:
        words = "none" if decision.commit_id is None else "recorded in the commit"
        return el.rich(el.line(el.bold("Feedback: "), el.plain(words)))
    items = [
        [
            el.bold(_short_text(entry.outcome, 40) or "no outcome"),
            el.plain(f" · {outside(entry.note, 250, one_line=True)}" if entry.note else ""),
        ]
        for entry in resolution.feedback[:_LISTED]
    ]
    return el.rich(el.line(el.bold("Feedback")), el.bullets(_with_rest(items, len(resolution.feedback))))


def _walk_decision(resolution: Resolution, decision: Decision) -> Iterator[Goal]:
    yield "Replay run", as_uuid(decision.run_id or "")
    for rule in map(str, decision.source_rule_ids[:3]):
        title = resolution.rule_titles.get(rule)
        yield f"Rule: {outside(title, 40, one_line=True) if title else short(rule)}", _own(resolution, "rule", rule)
    yield "Commit", _own(resolution, "commit", decision.commit_id)


def _commit(resolution: Resolution, commit: Commit) -> _Card:
    counts = {str(key): value for key, value in commit.linked_object_counts.items() if key != "total"}
    linked = " · ".join(
        f"{outside(key, 30, one_line=True)} {outside_json(value, 20)}" for key, value in list(counts.items())[:6]
    )
    facts = [
        ("Actor", code_span(_short_text(commit.actor, 80) or "not recorded")),
        ("Committed", _time(commit.created_at)),
        ("Parent", code_span(_short_text(commit.parent_id, 60) or "none")),
        ("Linked", escape(linked or "nothing")),
    ]
    versions = [
        (label, code_span(text))
        for label, value in (("Model", commit.model_version), ("Prompt", commit.prompt_version))
        if (text := _short_text(value, 80))
    ]
    hashes = f"commit {commit.commit_hash or '(not recorded)'}\ninput  {commit.input_sha256 or '(not recorded)'}"
    parts = [
        Part("facts", [el.fields([*facts, *versions])]),
        Part("changes", _changes(commit, resolution), rank=1),
        Part("hashes", [el.rich(el.line(el.bold("Hashes (SHA-256)")), el.pre(outside(hashes, 400)))], rank=2),
    ]
    return _Card(f"Commit {short(commit.id)}", parts, list(_walk_commit(resolution, commit)))


def _changes(commit: Commit, resolution: Resolution) -> list[Block]:
    """Return what a commit changed: a bullet a node, edge, rule change or feedback, and other keys as JSON."""
    items: list[list[el.RichText]] = []
    for key, value in commit.diff_json.items():
        if key == "redaction" and not value:
            continue
        entries = value if isinstance(value, list) else [value]
        if key == "rule_state_change":
            items += [_rule_change(entry, resolution) for entry in entries]
            continue
        items += [[el.bold(f"{outside(str(key), 40, one_line=True)} "), _change(entry)] for entry in entries]
    if not items:
        return [el.rich(el.line(el.bold("Changes: "), el.plain("none listed")))]
    return [el.rich(el.line(el.bold("Changes")), el.bullets(_with_rest(items[:_LISTED], len(items))))]


def _rule_change(entry: Any, resolution: Resolution) -> list[el.RichText]:
    """Say in words which rule has which state since."""
    if not isinstance(entry, dict) or not isinstance(entry.get("rule_node_id"), str):
        return [el.bold("rule_state_change "), _change(entry)]
    rule = entry["rule_node_id"]
    title = resolution.rule_titles.get(rule)
    name = f"“{outside(title, 100, one_line=True)}”" if title else outside(short(rule), 8, one_line=True)
    state = _short_text(entry.get("state"), 40) or "(not recorded)"
    return [el.plain(f"Rule {name} is "), el.bold(state), el.plain(" since then")]


def _change(entry: Any) -> el.RichText:
    if isinstance(entry, dict) and isinstance(entry.get("title"), str):
        return el.plain(
            f"{outside(str(entry.get('type', '')), 30, one_line=True)} · {outside(entry['title'], 120, one_line=True)}"
        )
    if isinstance(entry, dict) and "src_id" in entry and "dst_id" in entry:
        ends = f"{short(str(entry['src_id']))} → {short(str(entry['dst_id']))}"
        return el.plain(outside(f"{entry.get('type', 'edge')} · {ends}", 120, one_line=True))
    return el.plain(outside_json(entry, 240))


def _walk_commit(resolution: Resolution, commit: Commit) -> Iterator[Goal]:
    yield "Parent commit", _own(resolution, "commit", commit.parent_id)
    feedback = commit.diff_json.get("tool_feedback")
    for entry in feedback[:2] if isinstance(feedback, list) else ():
        if isinstance(entry, dict):
            tool = _short_text(entry.get("selected_tool"), 40) or "decision"
            yield f"Decision: {tool}", _own(resolution, "decision", entry.get("decision_id"))
            yield "Replay run", as_uuid(str(entry.get("run_id", "")))
    for rule in changed_rules(commit)[:3]:
        title = resolution.rule_titles.get(rule)
        yield f"Rule: {outside(title, 40, one_line=True) if title else short(rule)}", _own(resolution, "rule", rule)
    nodes = commit.diff_json.get("nodes")
    for entry in nodes[:3] if isinstance(nodes, list) else ():
        if isinstance(entry, dict):
            title = _short_text(entry.get("title"), 50) or "node"
            yield title, _own(resolution, str(entry.get("type", "")), entry.get("id"))


def _node(resolution: Resolution, node: Node) -> _Card:
    title = _short_text(node.title, 100) or "(no title)"
    owner = node.owner_agent_id or node.owner_team_id
    facts = [
        ("Type", code_span(_short_text(node.type, 40) or "not recorded")),
        ("Created", _time(node.created_at)),
        ("Lane", code_span(_short_text(node.memory_lane, 40) or "not recorded")),
        ("Owner", code_span(_short_text(owner, 80) or "not recorded")),
    ]
    if resolution.rule_state:
        facts.append(("State", escape(outside(resolution.rule_state, 60, one_line=True))))
    summary = [el.rich(el.quote(el.plain(outside(node.text_summary, 900))))] if node.text_summary else []
    parts = [
        Part("facts", [el.fields(facts)]),
        Part("summary", summary, rank=1),
        Part("slots", list(_slots(node)), rank=2),
    ]
    kind = (_short_text(node.type, 30) or "node").capitalize()
    return _Card(f"{kind} · {title}", parts, list(_walk_node(resolution, node)))


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
    yield "Decision", _own(resolution, "decision", node.slots.get("decision_id"))
    yield "Commit", _own(resolution, "commit", node.commit_id)


def _edge(resolution: Resolution, edge: Edge) -> _Card:
    kind = _short_text(edge.type, 60) or "(no type)"
    facts = [
        ("Source", code_span(_short_text(edge.src_uri or edge.src_id, 200) or "not recorded")),
        ("Target", code_span(_short_text(edge.dst_uri or edge.dst_id, 200) or "not recorded")),
        ("Created", _time(edge.created_at)),
        ("Weight / confidence", f"{edge.weight if edge.weight is not None else '–'} / "
                                f"{edge.confidence if edge.confidence is not None else '–'}"),
    ]  # fmt: skip
    walk: Walk = [
        ("Source", resolution.walkable(edge.src_uri)),
        ("Target", resolution.walkable(edge.dst_uri)),
        ("Commit", _own(resolution, "commit", edge.commit_id)),
    ]
    return _Card(f"Edge · {kind}", [Part("facts", [el.fields(facts)])], walk)


def _scalars(metadata: dict[str, Any]) -> list[Block]:
    """Return the selector facts that are plain values; the lists among them are empty or repeat the candidates."""
    facts = {key: value for key, value in metadata.items() if isinstance(value, str | int | float | bool)}
    return [el.rich(el.line(el.bold("Selector")), el.pre(outside_json(facts, 500)))] if facts else []


def _numbered(walk: Walk, incident: str | None) -> Iterator[ButtonElement]:
    """Return a button for every place that can be walked to: a URI is resolved, a run id replayed."""
    for number, (label, goal) in enumerate(walk):
        if isinstance(goal, AionisUri):
            value = encode(UriTarget(uri=str(goal), incident=incident))
            yield el.button(label, action_id(Action.RESOLVE, number), value)
        elif goal:
            value = encode(RunTarget(run_id=goal, incident=incident))
            yield el.button(label, action_id(Action.REPLAY, number), value)


def _own(resolution: Resolution, type_: str, id_: Any) -> AionisUri | None:
    found = as_uuid(id_) if isinstance(id_, str) else None
    return resolution.walkable(str(uri_of(resolution.tenancy, type_, found))) if found else None


def _time(moment: Any) -> str:
    return mrkdwn_time(moment) if moment else "not recorded"


def _short_text(value: Any, limit: int) -> str:
    return outside(value, limit, one_line=True) if isinstance(value, str) and value.strip() else ""


def _with_rest(items: list[list[el.RichText]], total: int) -> list[list[el.RichText]]:
    rest = total - len(items)
    return [*items, [el.italic(f"{rest} more")]] if rest > 0 else items
