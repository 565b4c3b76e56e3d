"""The evidence table of an incident, and the modal that it is filled in with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.checklist import EDITED_TEXT
from bot.blocks.inputs import (
    LINE_LIMIT,
    Values,
    choice_input,
    chosen_of,
    entered,
    entered_user,
    text_input,
    user_input,
)
from bot.blocks.layout import Message, Part, fit
from bot.blocks.modals import modal
from bot.blocks.routing import Action, IncidentModal, IncidentTarget, Modal, action_id, encode
from bot.blocks.text import cut, escape, mrkdwn_time, outside
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.root_cause import ID_FIELDS, Cause, RootCause
from bot.domain.incident.state import Incident

EMPTY = "not filled in"
NEEDED = "Needed to close."
NEEDED_NOT_YET = "Slack calls them optional, because you can save before all of them are filled in."
NEEDED_ONE = "One of these is needed to close, too."
LOST = "Not found in Aionis any more, or not of this incident"
NOT_NEEDED = "Not needed to close."
GONE = "not found any more, or not of this incident"

_LABELS = {
    "expected": "Expected decision or tool",
    "selected": "Selected tool",
    "rules": "Rule sources",
    "cause": "Cause",
    "explanation": "Explanation",
    "remediation": "Remediation",
    "owner": "Owner",
    "run": "Run",
    "step": "Step",
    "decision": "Decision",
    "commit": "Commit",
}
# Characters of a field in the table, in the plainer fields (whose escaping may make them five times as long), and as text.
_TABLE = {"explanation": 1_500, "remediation": 400, "run": 150, "step": 200, "decision": 200, "commit": 200}
_TABLE_TEXT = 350
_PLAINER = {"explanation": 1_200, "remediation": 150}
_PLAINER_TEXT = 130
_AS_TEXT = 100


@dataclass(frozen=True, slots=True)
class KnownDecision:
    """What is known of the decision behind the failing step: its tool, its rules in words, and URIs; "" where not known."""

    selected: str = ""
    rules: str = ""
    step: str = ""
    decision: str = ""
    commit: str = ""


def prefilled(incident: Incident, known: KnownDecision | None = None) -> RootCause:
    """Return what the modal starts with: the present edition, else the ids of the first failing run and its decision.

    Cause and explanation are never guessed.
    """
    if incident.root_cause:
        return incident.root_cause
    run = _first_failing(incident)
    facts = known or KnownDecision()
    return RootCause(
        selected=cut(facts.selected, 1_000),
        rules=cut(facts.rules, 1_000),
        run=run.run_id if run else "",
        step=facts.step,
        decision=facts.decision or _first(run.decisions if run else ()),
        commit=facts.commit or _first(run.commits if run else ()),
    )


def root_cause_modal(incident: Incident, start: RootCause, *, parent: str | None = None) -> dict[str, Any]:
    """Return the modal of the next edition. Block ids are the names of `RootCause`'s fields; nothing is required."""
    target = IncidentModal(
        incident=incident.id, channel=incident.channel, edition=incident.root_cause_edition, parent=parent
    )
    blocks = [*_known_failure(incident), *_inputs(start)]
    return modal(Modal.ROOT_CAUSE, "Root cause", blocks, target, submit="Save")


def read_root_cause(values: Values) -> RootCause:
    """Return what was entered.

    Raises `UsageError` for a cause that was not offered, pydantic's `ValidationError` only for what no input lets through.
    """
    texts = {name: entered(values, name) for name in _LABELS if name not in {"cause", "owner"}}
    cause = chosen_of(values, "cause", {"", *Cause})
    return RootCause(**texts, cause=Cause(cause) if cause else None, owner=entered_user(values, "owner"))


def root_cause_message(incident: Incident) -> Message:
    """Return the evidence table; `plainer` has the same as fields. Without an edition, every answer is missing."""
    cause = incident.root_cause or RootCause()
    table = Part("table", [el.table(["Question", "Answer"], list(_rows(cause, incident.unresolved)))])
    fields = Part("fields", list(_fields(cause, incident.unresolved)))
    return Message(
        _as_text(incident, cause), fit(_around(incident, cause, table)), fit(_around(incident, cause, fields))
    )


def evidence_parts(incident: Incident) -> tuple[Part, Part]:
    """Return the evidence table as a part of another message: as a table, and as fields for where Slack takes none."""
    cause = incident.root_cause or RootCause()
    title = el.rich(el.line(el.bold(f"Root cause of {incident.id} · {_standing(incident, cause)}")))
    edit = el.button("Edit…", action_id(Action.ROOT_CAUSE), encode(IncidentTarget(incident=incident.id)))
    after = [el.mrkdwn(_edition(incident), edit if incident.is_open else None)]
    gaps = list(_gaps(incident, cause))
    table = el.table(["Question", "Answer"], list(_rows(cause, incident.unresolved)))
    fields = list(_fields(cause, incident.unresolved))
    return (
        Part("the evidence table", [title, *gaps, table, *after], rank=1),
        Part("the evidence table", [title, *gaps, *fields, *after], rank=1),
    )


def _first_failing(incident: Incident) -> RunDigest | None:
    return next(iter(incident.failing_runs), None)


def _first(uris: Sequence[str]) -> str:
    return uris[0] if uris else ""


def _known_failure(incident: Incident) -> Iterator[Block]:
    run = _first_failing(incident)
    if run is None:
        return
    parts = [el.plain("Run "), el.code(outside(run.run_id, 60, one_line=True))]
    parts.append(el.plain(f" {outside(run.verdict, 60, one_line=True)}"))
    if run.critical:
        parts.append(el.plain(f" at {outside(run.critical, 150, one_line=True)}"))
    if said := run.error or run.said:
        parts.append(el.plain(f": {outside(said, 400, one_line=True)}"))
    yield el.rich(el.line(*parts))


def _inputs(start: RootCause) -> Iterator[Block]:
    yield _heading(NEEDED, NEEDED_NOT_YET)
    yield _line(
        "expected", start.expected, "What the agent should have decided, or the tool it should have chosen.", 1_000
    )
    yield _line("selected", start.selected, "The tool it did choose, as the decision recorded it.", 1_000)
    causes = {cause.value: cause.words for cause in Cause}
    yield choice_input("cause", _LABELS["cause"], causes, initial=start.cause.value if start.cause else None)
    yield text_input(
        "explanation",
        _LABELS["explanation"],
        initial=start.explanation,
        hint="Why it went wrong, for somebody who was not there.",
        multiline=True,
        longest=2_000,
    )
    yield _line("remediation", start.remediation, "Link to the change that mends it: https://…", 1_000)
    yield user_input("owner", _LABELS["owner"], initial=start.owner, hint="Who sees the remediation through.")
    yield _line("run", start.run, "The id of the failing run. Aionis is asked for each of these ids when you save.")
    yield _heading(NEEDED_ONE, "Step, decision or commit.")
    yield _line("step", start.step, "The failing step: aionis://…")
    yield _line("decision", start.decision, "aionis://…, as a resolve card shows it, or its id.")
    yield _line("commit", start.commit, "aionis://…; a decision has one only after feedback.")
    yield _heading(NOT_NEEDED, "")
    yield _line("rules", start.rules, "The rules that decision came from.", 1_000)


def _heading(title: str, words: str) -> Block:
    return el.rich(el.line(el.bold(title), el.plain(f" {words}" if words else "")))


def _line(field: str, initial: str, hint: str, longest: int = LINE_LIMIT) -> Block:
    return text_input(field, _LABELS[field], initial=initial, hint=hint, longest=longest)


def _around(incident: Incident, cause: RootCause, answers: Part) -> list[Part]:
    edit = el.button("Edit…", action_id(Action.ROOT_CAUSE), encode(IncidentTarget(incident=incident.id)))
    return [
        Part("title", [el.header(f"Root cause · {incident.id} · {_standing(incident, cause)}")]),
        Part("gaps", list(_gaps(incident, cause))),
        answers,
        Part("edition", [el.mrkdwn(_edition(incident))]),
        Part("buttons", [el.actions(edit)] if incident.is_open else []),
    ]


def _standing(incident: Incident, cause: RootCause) -> str:
    if incident.unresolved:
        return "needs another look"
    return "not complete" if cause.missing() else "complete"


def _gaps(incident: Incident, cause: RootCause) -> Iterator[Block]:
    missing = cause.missing()
    if missing:
        yield el.rich(el.line(el.bold("Still missing: "), el.plain(f"{', '.join(missing)}.")))
    if incident.unresolved:
        shown = [[el.code(outside(id_, 200, one_line=True))] for id_ in incident.unresolved[: len(ID_FIELDS)]]
        yield el.rich(el.line(el.bold(f"{LOST}:")), el.bullets(shown))


def _edition(incident: Incident) -> str:
    by = incident.root_cause_by
    if not incident.root_cause_edition:
        return "Nobody has filled this in yet."
    when = f" · {mrkdwn_time(by.at)}" if by.at else ""
    return f"Edition {incident.root_cause_edition}, saved by {el.who(by.by)}{when}. Earlier editions stay in the log."


def _rows(cause: RootCause, gone: Sequence[str]) -> Iterator[list[list[el.RichText]]]:
    for field, label in _LABELS.items():
        value = _value(cause, field)
        answer = _cell(field, value) if value else [el.italic(EMPTY)]
        if value in gone:
            answer.append(el.bold(f" · {GONE}"))
        yield [[el.bold(label)], answer]


def _cell(field: str, value: str) -> list[el.RichText]:
    limit = _TABLE.get(field, _TABLE_TEXT)
    if field == "owner":
        return [el.person(value)]
    if field == "remediation":
        return [el.web_link_part(value, limit)]
    return [el.code(outside(value, limit, one_line=True)) if field in ID_FIELDS else el.plain(outside(value, limit))]


def _fields(cause: RootCause, gone: Sequence[str]) -> Iterator[Block]:
    yield el.fields((label, _field(cause, name, gone)) for name, label in _LABELS.items() if name != "explanation")
    explanation = outside(cause.explanation, _PLAINER["explanation"]) if cause.explanation else EMPTY
    yield el.rich(el.line(el.bold(_LABELS["explanation"])), el.quote(el.plain(explanation)))


def _field(cause: RootCause, name: str, gone: Sequence[str]) -> str:
    value = _value(cause, name)
    if not value:
        return f"_{EMPTY}_"
    if name == "owner":
        return el.who(value)
    if name == "remediation":
        return el.web_link(value, _PLAINER["remediation"])
    shown = el.code_text(value, _PLAINER_TEXT)
    return f"{shown} · *{GONE}*" if value in gone else shown


def _value(cause: RootCause, field: str) -> str:
    if field == "cause":
        return cause.cause.words if cause.cause else ""
    return str(getattr(cause, field))


def _as_text(incident: Incident, cause: RootCause) -> str:
    """Return the whole table in words: what stands, what is missing, then the answers."""
    missing = f" Still missing: {', '.join(cause.missing())}." if cause.missing() else ""
    gone = [escape(outside(id_, 100, one_line=True)) for id_ in incident.unresolved]
    lost = f" {LOST}: {', '.join(gone)}." if gone else ""
    answers = "; ".join(_answer_as_text(cause, field) for field in _LABELS if _value(cause, field))
    words = f"Root cause of {incident.id}, {_standing(incident, cause)}.{lost}{missing} {answers}"
    return cut(words.strip(), EDITED_TEXT)


def _answer_as_text(cause: RootCause, field: str) -> str:
    value = _value(cause, field)
    shown = el.who(value) if field == "owner" else escape(outside(value, _AS_TEXT, one_line=True))
    return f"{_LABELS[field]}: {shown}"
