"""The card of a decision: what was selected from what, by which rules, and how people judged it."""

from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.layout import Part
from bot.blocks.lists import with_rest
from bot.blocks.phrases import rule_words
from bot.blocks.resolve_card import LISTED, Card, Goal, own_uri, short_text, time_words
from bot.blocks.text import code_span, outside, outside_json
from bot.domain.run.resolution import Resolution
from bot.domain.run.resolved_records import Decision, Feedback
from bot.ids import as_uuid, short


def decision_card(resolution: Resolution, decision: Decision) -> Card:
    """Return what a decision chose, why, and where it leads."""
    tool = short_text(decision.selected_tool, 80) or "no tool"
    facts = [
        ("Selected tool", code_span(tool)),
        ("Decided", time_words(decision.created_at)),
        ("Run", code_span(short_text(decision.run_id, 80) or "not recorded")),
        ("Kind", code_span(short_text(decision.decision_kind, 60) or "not recorded")),
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
    return Card(f"Decision · {tool}", parts, list(_walk_decision(resolution, decision)))


def _candidates(decision: Decision) -> Block:
    if not decision.candidates:
        return el.rich(el.line(el.bold("Candidates: "), el.plain("none recorded")))
    items = [
        [
            el.code(outside(str(name), 100, one_line=True)),
            el.plain(" ← selected" if name == decision.selected_tool else ""),
        ]
        for name in decision.candidates[:LISTED]
    ]
    return el.rich(el.line(el.bold("Candidates")), el.bullets(with_rest(items, len(decision.candidates))))


def _rules(resolution: Resolution, decision: Decision) -> Block:
    if not decision.source_rule_ids:
        return el.rich(el.line(el.bold("Rules: "), el.plain(rule_words(decision, resolution.rule_titles))))
    items: list[list[el.RichText]] = []
    for rule in map(str, decision.source_rule_ids[:LISTED]):
        title = resolution.rule_titles.get(rule)
        shown = outside(title, 120, one_line=True) if title else "(title not visible)"
        items.append([el.plain(f"{shown} "), el.code(outside(rule, 60, one_line=True))])
    return el.rich(el.line(el.bold("Rules")), el.bullets(with_rest(items, len(decision.source_rule_ids))))


def _feedback(resolution: Resolution, decision: Decision) -> Block:
    if not resolution.feedback:
        words = "none" if decision.commit_id is None else "recorded in the commit"
        return el.rich(el.line(el.bold("Feedback: "), el.plain(words)))
    said = [feedback_said(entry) for entry in resolution.feedback[:LISTED]]
    items = [[el.bold(outcome), el.plain(note)] for outcome, note in said]
    return el.rich(el.line(el.bold("Feedback")), el.bullets(with_rest(items, len(resolution.feedback))))


def feedback_said(entry: Feedback) -> tuple[str, str]:
    """Return how a decision was judged, and the note after it, "" where there is none; masked and bounded."""
    outcome = short_text(entry.outcome, 40) or "no outcome"
    return outcome, f" · {outside(entry.note, 250, one_line=True)}" if entry.note else ""


def _walk_decision(resolution: Resolution, decision: Decision) -> Iterator[Goal]:
    yield "Replay run", as_uuid(decision.run_id or "")
    for rule in map(str, decision.source_rule_ids[:3]):
        title = resolution.rule_titles.get(rule)
        yield f"Rule: {outside(title, 40, one_line=True) if title else short(rule)}", own_uri(resolution, "rule", rule)
    yield "Commit", own_uri(resolution, "commit", decision.commit_id)


def _scalars(metadata: dict[str, Any]) -> list[Block]:
    """Return the selector facts that are plain values; the lists among them are empty or repeat the candidates."""
    facts = {key: value for key, value in metadata.items() if isinstance(value, str | int | float | bool)}
    return [el.rich(el.line(el.bold("Selector")), el.pre(outside_json(facts, 500)))] if facts else []
