"""The same analysis for a terminal: colour beside words, a table of steps, the critical one standing out."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.blocks.phrases import CRITICAL_MARK, count_words, step_mark, step_word, verdict_word
from bot.blocks.replay import rule_words
from bot.blocks.text import duration, outside, outside_json, utc
from bot.blocks.timeline import folded
from bot.domain.incident.state import Incident
from bot.domain.run.advice import next_steps
from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.domain.run.evidence import StepDetail
from bot.domain.run.json_form import resolution_json
from bot.domain.run.resolution import Resolution
from bot.domain.run.steps import Step
from bot.errors import BotError

_STYLES = {
    Verdict.FAILED: "bold red",
    Verdict.PARTIAL: "bold yellow",
    Verdict.STALLED: "bold yellow",
    Verdict.SUCCESS: "bold green",
}
_STEP_STYLES = {"failed": "red", "partial": "yellow", "pending": "yellow", "success": "green", "skipped": "dim"}
_VALUE = 1_200


def print_diagnosis(console: Console, diagnosis: Diagnosis, *, every_step: bool) -> None:
    """Print a diagnosis; long runs are folded unless `every_step`."""
    console.print(_head(diagnosis))
    if diagnosis.steps:
        console.print(_timeline(diagnosis, every_step=every_step))
    if diagnosis.critical:
        console.print(_critical(diagnosis.critical))
    console.print(Group(*_rest(diagnosis)))


def print_resolution(console: Console, resolution: Resolution) -> None:
    """Print a resolved record field by field."""
    value = resolution_json(resolution)
    kind = resolution.resolved.kind or "node"
    table = Table(
        title=Text(f"{kind} · {resolution.uri}"),
        title_justify="left",
        show_header=False,
        box=None,
        padding=(0, 2, 0, 0),
    )
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for key, item in (value[kind] or {}).items():
        if key == "metadata" and isinstance(item, dict):
            item = {name: fact for name, fact in item.items() if isinstance(fact, str | int | float)}  # noqa: PLW2901
        if item not in (None, [], {}):
            table.add_row(Text(key), Text(outside_json(item, _VALUE)))
    for rule, title in value["rule_titles"].items():
        table.add_row(Text("rule"), Text(f"{outside(title, 200, one_line=True)} ({rule})"))
    for entry in value["feedback"]:
        table.add_row(Text("feedback"), Text(outside_json({k: v for k, v in entry.items() if v}, _VALUE)))
    table.add_row(Text("request id"), Text(value["request_id"] or "none"))
    console.print(table)


def print_error(console: Console, error: BotError) -> None:
    """Print what happened, what to try, and the id to quote."""
    console.print(Text.assemble(("✗ ", "bold red"), (outside(error.what, 1_500), "bold")))
    if error.fix:
        console.print(Text(f"  Try: {error.fix}"))
    if error.request_id:
        console.print(Text(f"  Request id: {error.request_id}", style="dim"))


def print_finding(console: Console, name: str, *, ok: bool, seen: str, advice: str) -> None:
    """Print one line of the doctor's, and its advice below."""
    mark = ("✓ ok      ", "green") if ok else ("✗ problem ", "bold red")
    console.print(Text.assemble(mark, (f"{name}: ", "bold"), outside(seen, 600)))
    if advice:
        console.print(Text(f"          {advice}", style="dim"))


def _head(diagnosis: Diagnosis) -> RenderableType:
    title = Text.assemble(
        "Run ", (diagnosis.run_id, "bold"), " ", (verdict_word(diagnosis), _STYLES.get(diagnosis.verdict, "bold"))
    )
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row("goal", Text(outside(diagnosis.goal, 600) if diagnosis.goal else "(not recorded, or not visible)"))
    table.add_row("tenant/scope", Text(str(diagnosis.tenancy)))
    table.add_row("started", Text(utc(diagnosis.started_at) if diagnosis.started_at else "not recorded"))
    table.add_row("duration", Text(duration(diagnosis.duration) or "not recorded"))
    table.add_row("steps", Text(f"{diagnosis.counts.total}: {count_words(diagnosis.counts)}"))
    if diagnosis.summary:
        table.add_row("agent's summary", Text(outside(diagnosis.summary, 600)))
    return Group(title, table)


def _timeline(diagnosis: Diagnosis, *, every_step: bool) -> RenderableType:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("", "#", "status", "tool", "time", "attempts"):
        table.add_column(name, justify="right" if name in {"#", "time"} else "left", overflow="fold")
    rows: Iterator[Step | str] = iter(diagnosis.steps) if every_step else folded(diagnosis)
    for row in rows:
        if isinstance(row, str):
            table.add_row("", "", Text("⋮"), Text(row, style="dim"), "", "")
            continue
        critical = row is diagnosis.critical_step
        table.add_row(
            CRITICAL_MARK if critical else "",
            str(row.index) if row.index is not None else "–",
            Text(f"{step_mark(row)} {outside(step_word(row), 30, one_line=True)}"),
            Text(outside(row.tool, 100, one_line=True)),
            duration(row.duration),
            str(row.attempts) if row.attempts > 1 else "",
            style=f"bold {_STEP_STYLES.get(row.status, '')}" if critical else _STEP_STYLES.get(row.status, ""),
        )
    return table


def _critical(detail: StepDetail) -> RenderableType:
    step = detail.step
    title = f"{CRITICAL_MARK} critical step: {step.label} · {outside(step.tool, 80, one_line=True)} · {step_word(step)}"
    lines = [
        Text.assemble(
            ("error     ", "dim"), outside(detail.error, _VALUE) if detail.error else "no error text recorded"
        )
    ]
    if detail.error_source == "timeline":
        lines.append(Text("          (from the timeline, masked by Aionis)", style="dim"))
    lines += [
        Text.assemble(
            ("✗ ", "red"),
            outside(condition.name, 80, one_line=True),
            f" {outside(condition.message, 300)}" if condition.message else "",
        )
        for condition in detail.failed_postconditions
    ]
    for label, value, read in (
        ("input", detail.tool_input, detail.step_read),
        ("output", detail.output, detail.result_read),
        ("expected", detail.expected_output, detail.step_read),
    ):
        lines.append(Text.assemble((f"{label:<10}", "dim"), _shown(value, read=read)))
    lines += [Text.assemble(("differs   ", "dim"), outside(gap, 200)) for gap in detail.output_gaps[:10]]
    return Panel(Group(*lines), title=Text(title), title_align="left", border_style="red")


def _shown(value: Any, *, read: bool) -> str:
    if value is None:
        return "(not recorded)" if read else "(not read)"
    return outside_json(value, _VALUE)


def _rest(diagnosis: Diagnosis) -> Iterator[RenderableType]:
    for decision in diagnosis.decisions:
        tool = outside(decision.selected_tool or "(no tool)", 80, one_line=True)
        uri = outside(decision.decision_uri or decision.decision_id, 200, one_line=True)
        yield Text(f"Decision: {tool} · {rule_words(decision, diagnosis.rule_titles)} · {uri}")
    for words in diagnosis.disagreements:
        yield Text(f"Disagreement: {outside(words, 300)}", style="yellow")
    for number, words in enumerate(next_steps(diagnosis)):
        yield Text(f"{'Try next: ' if number == 0 else '          '}{words}")
    for gap in diagnosis.missing:
        detail = f" ({outside(gap.detail, 200, one_line=True)})" if gap.detail else ""
        yield Text(f"Missing: {outside(gap.what, 100, one_line=True)}: {gap.why}{detail}", style="dim")
    yield Text(f"Aionis request id {diagnosis.request_id or 'none'} · {diagnosis.run_uri or 'no run URI'}", style="dim")


def print_rebuilt(console: Console, incident: Incident, mended: Sequence[str]) -> None:
    """Print what folding an incident's log again has changed; `mended` are the fields that said something else before."""
    where = f"{incident.id} in {incident.channel}: {incident.status}, {incident.done} of {len(incident.items)} done"
    console.print(Text(f"{where}, {incident.version} log entries."))
    if mended:
        console.print(Text(f"Mended, because the log says otherwise: {', '.join(mended)}."))
    else:
        console.print(Text("Its fields were what the log says; nothing was changed."))
