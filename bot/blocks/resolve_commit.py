"""The card of a commit: who made it, and what it changed."""

from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.layout import Part
from bot.blocks.lists import with_rest
from bot.blocks.resolve_card import LISTED, Card, Goal, own_uri, short_text, time_words
from bot.blocks.text import code_span, escape, outside, outside_json
from bot.domain.run.resolution import Resolution
from bot.domain.run.resolved_records import Commit, changed_rules
from bot.ids import as_uuid, short

# A change in words: what stands before the stressed words, these, and what stands after.
Said = tuple[str, str, str]


def commit_card(resolution: Resolution, commit: Commit) -> Card:
    """Return what a commit is, what it changed and where it leads."""
    counts = {str(key): value for key, value in commit.linked_object_counts.items() if key != "total"}
    linked = " · ".join(
        f"{outside(key, 30, one_line=True)} {outside_json(value, 20)}" for key, value in list(counts.items())[:6]
    )
    facts = [
        ("Actor", code_span(short_text(commit.actor, 80) or "not recorded")),
        ("Committed", time_words(commit.created_at)),
        ("Parent", code_span(short_text(commit.parent_id, 60) or "none")),
        ("Linked", escape(linked or "nothing")),
    ]
    versions = [
        (label, code_span(text))
        for label, value in (("Model", commit.model_version), ("Prompt", commit.prompt_version))
        if (text := short_text(value, 80))
    ]
    hashes = f"commit {commit.commit_hash or '(not recorded)'}\ninput  {commit.input_sha256 or '(not recorded)'}"
    parts = [
        Part("facts", [el.fields([*facts, *versions])]),
        Part("changes", _changes(commit, resolution), rank=1),
        Part("hashes", [el.rich(el.line(el.bold("Hashes (SHA-256)")), el.pre(outside(hashes, 400)))], rank=2),
    ]
    return Card(f"Commit {short(commit.id)}", parts, list(_walk_commit(resolution, commit)))


def _changes(commit: Commit, resolution: Resolution) -> list[Block]:
    """Return what a commit changed: a bullet a node, edge, rule change or feedback, and other keys as JSON."""
    items = [
        [*([el.plain(before)] if before else []), el.bold(stressed), *([el.plain(after)] if after else [])]
        for before, stressed, after in changes_said(resolution, commit)
    ]
    if not items:
        return [el.rich(el.line(el.bold("Changes: "), el.plain("none listed")))]
    return [el.rich(el.line(el.bold("Changes")), el.bullets(with_rest(items[:LISTED], len(items))))]


def changes_said(resolution: Resolution, commit: Commit) -> Iterator[Said]:
    """Yield each thing that a commit changed, masked and bounded."""
    for key, value in commit.diff_json.items():
        if key == "redaction" and not value:
            continue
        for entry in value if isinstance(value, list) else [value]:
            rule = _rule_change(entry, resolution) if key == "rule_state_change" else None
            yield rule or ("", f"{outside(str(key), 40, one_line=True)} ", _change(entry))


def _rule_change(entry: Any, resolution: Resolution) -> Said | None:
    """Say in words which rule has which state since."""
    if not isinstance(entry, dict) or not isinstance(entry.get("rule_node_id"), str):
        return None
    rule = entry["rule_node_id"]
    title = resolution.rule_titles.get(rule)
    name = f"“{outside(title, 100, one_line=True)}”" if title else outside(short(rule), 8, one_line=True)
    state = short_text(entry.get("state"), 40) or "(not recorded)"
    return f"Rule {name} is ", state, " since then"


def _change(entry: Any) -> str:
    if isinstance(entry, dict) and isinstance(entry.get("title"), str):
        return (
            f"{outside(str(entry.get('type', '')), 30, one_line=True)} · {outside(entry['title'], 120, one_line=True)}"
        )
    if isinstance(entry, dict) and "src_id" in entry and "dst_id" in entry:
        ends = f"{short(str(entry['src_id']))} → {short(str(entry['dst_id']))}"
        return outside(f"{entry.get('type', 'edge')} · {ends}", 120, one_line=True)
    return outside_json(entry, 240)


def _walk_commit(resolution: Resolution, commit: Commit) -> Iterator[Goal]:
    yield "Parent commit", own_uri(resolution, "commit", commit.parent_id)
    feedback = commit.diff_json.get("tool_feedback")
    for entry in feedback[:2] if isinstance(feedback, list) else ():
        if isinstance(entry, dict):
            tool = short_text(entry.get("selected_tool"), 40) or "decision"
            yield f"Decision: {tool}", own_uri(resolution, "decision", entry.get("decision_id"))
            yield "Replay run", as_uuid(str(entry.get("run_id", "")))
    for rule in changed_rules(commit)[:3]:
        title = resolution.rule_titles.get(rule)
        yield f"Rule: {outside(title, 40, one_line=True) if title else short(rule)}", own_uri(resolution, "rule", rule)
    nodes = commit.diff_json.get("nodes")
    for entry in nodes[:3] if isinstance(nodes, list) else ():
        if isinstance(entry, dict):
            title = short_text(entry.get("title"), 50) or "node"
            yield title, own_uri(resolution, str(entry.get("type", "")), entry.get("id"))
