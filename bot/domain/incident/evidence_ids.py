"""Whether the ids of an evidence table belong together: each of its own type, all of one run, that run in the incident.

An id that resolves proves only that there is such a record. Where one does not fit, the sentence says what it is instead.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from bot.domain.incident.root_cause import RootCause
from bot.domain.run.records import Node
from bot.domain.run.resolved_records import Commit, Decision, Resolved
from bot.domain.run.stored_ids import is_same
from bot.domain.run.uris import a_kind
from bot.ids import UUID_PATTERN, short

TYPES = {"run": "run", "step": "procedure", "decision": "decision", "commit": "commit"}
_WORDS = {"event": "an event of a run", "evidence": "the result of a step", "procedure": "a step"}
# A record's own client id is never masked, its slots are (Aionis contract, section 16).
_PROCEDURE = re.compile(r"(?<![/\w])procedure(s?)(?![/\w])")
_OF_RUN = re.compile(rf"replay:[a-z_]+:({UUID_PATTERN})(?::|$)")


def wrong_type(field: str, type_: str) -> str | None:
    """Return what is wrong with a record of this URI type in a field of the table; None where it is of the field's type."""
    if type_ == TYPES[field]:
        return None
    return f"That is {_WORDS.get(type_, a_kind(type_))}, not a {field}."


def known_otherwise(field: str, id_: str, cause: RootCause, runs: Collection[str]) -> str | None:
    """Return what an id is instead of its field's, where that is known without asking: a run, or another field's."""
    others = {other: text.rpartition("/")[2] for other, text in cause.ids().items() if other not in {field, "run"}}
    whole = [*(("run", run) for run in runs), *others.items()]
    is_ = next((name for name, other in whole if other.lower() == id_), None)
    # A beginning is taken for a run's only where it fits nothing else that is at hand.
    is_ = is_ or ("run" if any(run.startswith(id_) for run in runs) else None)
    return f"That is a {is_}, not a {field}." if is_ else None


def as_field(field: str, words: str) -> str:
    """Return words about a record with the field's name for it."""
    return _PROCEDURE.sub(r"step\1", words) if field == "step" else words


def misfit(field: str, found: Resolved, cause: RootCause, step: Node | None) -> str | None:
    """Return what is wrong with a record that resolved, in its field; None where it belongs to the table's run.

    `step` is the table's own step where it was read: it may name a decision that itself names no run.
    """
    if field == "step":
        return _misfit_of_step(found.node, cause.run)
    if field == "decision":
        return _misfit_of_decision(found.decision, cause.run, step)
    return _misfit_of_commit(found.commit, cause)


def not_in_incident(run_id: str, known: Collection[str]) -> str | None:
    """Return what is wrong with a run that the incident does not hold."""
    if run_id in known:
        return None
    return f"Run {short(run_id)} is not in this incident: replay it into the incident first, or name a run that is."


def run_of(node: Node) -> str | None:
    """Return the id of the run that a record belongs to, or None for a record of no run."""
    return node.run_id.lower() if node.run_id else None


def run_of_record(found: Resolved) -> str | None:
    """Return the id of the run that a resolved record belongs to; None: of no run, or of several."""
    if found.node is not None:
        return run_of(found.node)
    if found.decision is not None:
        return (found.decision.run_id or "").lower() or None
    runs = set(_runs_of(found.commit.diff_json)) if found.commit is not None else set()
    return runs.pop() if len(runs) == 1 else None


def _misfit_of_step(node: Node | None, run: str) -> str | None:
    if node is None or node.slots.get("replay_kind") not in {"step", None}:
        return "That is a record of another kind, not a step of a run."
    return _other_run("step", run_of(node), run)


def _misfit_of_decision(decision: Decision | None, run: str, step: Node | None) -> str | None:
    if decision is None:
        return "That is no decision."
    if step is not None and is_same(step.slots.get("decision_id"), decision.decision_id):
        return None
    return _other_run("decision", (decision.run_id or "").lower() or None, run)


def _misfit_of_commit(commit: Commit | None, cause: RootCause) -> str | None:
    """Accept a commit that names the run or the table's decision, or no run at all: a change of the rules, say."""
    if commit is None:
        return "That is no commit."
    named = set(_runs_of(commit.diff_json))
    if not named or not cause.run or any(is_same(run, cause.run) for run in named):
        return None
    return _other_run("commit", min(named), cause.run)


def _runs_of(diff: dict[str, Any]) -> Iterator[str]:
    for node in _objects(diff.get("nodes")):
        match = _OF_RUN.match(str(node.get("client_id") or ""))
        if match:
            yield match.group(1).lower()
    for feedback in _objects(diff.get("tool_feedback")):
        if isinstance(feedback.get("run_id"), str):
            yield feedback["run_id"].lower()


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _other_run(field: str, named: str | None, run: str) -> str | None:
    if not run or named == run:
        return None
    if named is None:
        return f"That {field} names no run, so that it belongs to run {short(run)} is not shown."
    return f"That {field} belongs to run {short(named)}, not to run {short(run)}."
