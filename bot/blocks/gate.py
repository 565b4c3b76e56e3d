"""What a gate says in Slack: passed, failed or no proof, and every check of every rerun."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.layout import Message, Part, fit
from bot.blocks.notices import notice
from bot.blocks.text import escape, outside
from bot.domain.incident.state import Incident
from bot.domain.recurrence.gate import GatedRun, GateOutcome, GateResult
from bot.domain.run.phrases import plural
from bot.ids import short

_MARKS = {GateOutcome.PASSED: "✓", GateOutcome.FAILED: "✗", GateOutcome.NO_PROOF: "?"}
_RUNS = 6
NO_GATE = "No run of {id} has failed, as far as it keeps them: there is nothing a gate could keep from coming back."
NO_RERUN = "No later run of the case was found. Run it again, or name a run."


def no_gate_message(id_: str) -> Message:
    """Return what is told where an incident has no failing run."""
    return notice(NO_GATE.format(id=id_))


def gate_title(result: GateResult, incident: Incident) -> str:
    """Return how what a gate says is headed."""
    return f"Gate of {incident.id}: {result.outcome.value.upper()}"


def gate_message(result: GateResult, incident: Incident) -> Message:
    """Return what the gate says, its SHA-256 and how a pipeline holds the same."""
    title = gate_title(result, incident)
    runs = [Part("a rerun", list(_run(run)), rank=1) for run in result.runs[:_RUNS]]
    untried = ", ".join(short(failure.run_id) for failure in result.untried)
    nothing = [el.context(NO_RERUN)] if not result.runs else []
    rest = [el.context(f"No rerun was held against the failure of {untried}.")] if untried and result.runs else []
    more = [el.context(f"{plural(len(result.runs) - _RUNS, 'more rerun')}.")] if len(result.runs) > _RUNS else []
    command = f"incident-bot gate {incident.id} --run <run id>"
    note = el.rich(
        el.line(el.plain("gate.json "), el.code(result.gate.sha256()), el.plain(" · in a pipeline: "), el.code(command))
    )
    parts = [
        Part("title", [el.header(title)]),
        *runs,
        Part("more", [*more, *rest, *nothing]),
        Part("note", [note], rank=2),
    ]
    said = ", ".join(f"run {short(run.run_id)} {run.outcome.value}" for run in result.runs[:_RUNS]) or NO_RERUN
    return Message(escape(f"{title}: {said}"), fit(parts))


def _run(run: GatedRun) -> Iterator[Block]:
    items = [
        [
            el.plain(f"{_MARKS[check.outcome]} "),
            el.bold(check.name),
            el.plain(f": {outside(check.reason, 300, one_line=True)}"),
        ]
        for check in run.checks
    ]
    words = f" against the failure of {outside(short(run.failure.run_id), 8, one_line=True)}: {run.outcome.value}"
    yield el.rich(
        el.line(el.plain("Run "), el.code(outside(short(run.run_id), 8, one_line=True)), el.plain(words)),
        el.bullets(items),
    )
