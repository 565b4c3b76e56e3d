"""The same analysis for a terminal: colour beside words, a table of steps, the critical one standing out."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.blocks.phrases import (
    CRITICAL_MARK,
    OLDER_OUTPUT,
    error_source_words,
    judgement_words,
    no_error_words,
    rule_words,
    step_count_words,
    step_mark,
    step_word,
    took_words,
    verdict_word,
)
from bot.blocks.step import NO_NOTE
from bot.blocks.text import duration, outside, outside_json, utc
from bot.blocks.timeline import shown_steps
from bot.domain.run.advice import next_steps
from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.domain.run.evidence import StepDetail
from bot.domain.run.phrases import READ_AS, plural
from bot.domain.run.steps import Step

_STYLES = {
    Verdict.FAILED: "bold red",
    Verdict.PARTIAL: "bold yellow",
    Verdict.STALLED: "bold yellow",
    Verdict.SUCCESS: "bold green",
}
_STEP_STYLES = {"failed": "red", "partial": "yellow", "pending": "yellow", "success": "green", "skipped": "dim"}
_REPAIRED = ", repaired"
_VALUE = 1_200
_DECISIONS = 5


def print_diagnosis(console: Console, diagnosis: Diagnosis, *, every_step: bool) -> None:
    """Print a diagnosis; long runs and many decisions are folded unless `every_step`."""
    console.print(_head(diagnosis))
    if diagnosis.steps:
        console.print(_timeline(diagnosis, every_step=every_step))
    if diagnosis.critical:
        console.print(_critical(diagnosis.critical, boxed=console.is_terminal))
    console.print(Group(*_decisions(diagnosis, most=None if every_step else _DECISIONS), *_rest(diagnosis)))


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
    table.add_row("duration", Text(took_words(diagnosis)))
    table.add_row("steps", Text(step_count_words(diagnosis)))
    for label, value in (
        ("agent", diagnosis.agent),
        ("case", diagnosis.case),
        ("playbook mode", diagnosis.replay_mode),
    ):
        if value:
            table.add_row(label, Text(outside(value, 120, one_line=True)))
    if diagnosis.summary:
        table.add_row("agent's summary", Text(outside(diagnosis.summary, 600)))
    return Group(title, table)


def _timeline(diagnosis: Diagnosis, *, every_step: bool) -> RenderableType:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("", "#", "status", "tool", "time", "attempts"):
        table.add_column(name, justify="right" if name in {"#", "time"} else "left", overflow="fold")
    rows: Iterator[Step | str] = iter(diagnosis.steps) if every_step else shown_steps(diagnosis)
    for row in rows:
        if isinstance(row, str):
            table.add_row("", "", Text("⋮"), Text(row, style="dim"), "", "")
            continue
        critical = row is diagnosis.critical_step
        table.add_row(
            CRITICAL_MARK if critical else "",
            row.sign,
            Text(
                f"{step_mark(row)} {outside(step_word(row), 30, one_line=True)}{_REPAIRED if row.record.repair_applied else ''}"
            ),
            Text(outside(row.tool, 100, one_line=True)),
            duration(row.duration),
            str(row.attempts) if row.attempts > 1 else "",
            style=f"bold {_STEP_STYLES.get(row.status, '')}" if critical else _STEP_STYLES.get(row.status, ""),
        )
    return table


def _critical(detail: StepDetail, *, boxed: bool) -> RenderableType:
    step = detail.step
    title = f"{CRITICAL_MARK} critical step: {step.label} · {outside(step.tool, 80, one_line=True)} · {step_word(step)}"
    said = ("error     ", detail.error) if detail.error else ("result    ", no_error_words(detail))
    lines = [Text.assemble((said[0], "dim"), outside(said[1], _VALUE))]
    if detail.error and detail.error_source == "timeline":
        lines.append(Text(f"         {error_source_words(detail)}", style="dim"))
    lines += [
        Text.assemble(("earlier   ", "dim"), outside(error, 300, one_line=True))
        for error in dict.fromkeys(reversed(detail.earlier_errors))
    ]
    lines += [
        Text.assemble(
            ("✗ ", "red"),
            outside(condition.name, 80, one_line=True),
            f" {outside(condition.message, 300)}" if condition.message else "",
        )
        for condition in detail.failed_postconditions
    ]
    for label, value, read in (
        ("input", detail.tool_input, detail.input_known),
        ("output", detail.output, detail.output_known),
        ("expected", detail.expected_output, detail.input_known),
    ):
        older = OLDER_OUTPUT if label == "output" and detail.outdated else ""
        lines.append(Text.assemble((f"{label:<10}", "dim"), _shown(value, read=read), older))
    lines += [Text.assemble(("differs   ", "dim"), outside(gap, 200)) for gap in detail.output_gaps[:10]]
    if detail.repair_note or step.record.repair_applied:
        lines.append(Text.assemble(("repair    ", "dim"), outside(detail.repair_note or NO_NOTE, 600)))
    if not boxed:  # a box would be as wide as its longest line
        return Group(Text(title), *lines)
    return Panel(Group(*lines), title=Text(title), title_align="left", border_style="red")


def _shown(value: Any, *, read: bool) -> str:
    if value is None:
        return "(not recorded)" if read else "(not read)"
    return outside_json(value, _VALUE)


def _decisions(diagnosis: Diagnosis, *, most: int | None) -> Iterator[RenderableType]:
    shown = diagnosis.decisions[:most]
    linked = diagnosis.critical.decision_id if diagnosis.critical else None
    for decision in shown:
        tool = outside(decision.selected_tool or "(no tool)", 80, one_line=True)
        uri = outside(decision.decision_uri or decision.decision_id, 200, one_line=True)
        judged = "".join(f" · {words}" for words in judgement_words(diagnosis, decision.decision_id))
        of = " of the critical step" if decision.decision_id == linked else ""
        yield Text(f"Decision{of}: {tool} · {rule_words(decision, diagnosis.rule_titles)}{judged} · {uri}")
    if diagnosis.decision_count > len(shown):
        yield Text(plural(diagnosis.decision_count - len(shown), "more decision"), style="dim")


def _rest(diagnosis: Diagnosis) -> Iterator[RenderableType]:
    for words in diagnosis.disagreements:
        yield Text(f"Disagreement: {outside(words, 300)}", style="yellow")
    for number, words in enumerate(next_steps(diagnosis)):
        yield Text(f"{'Try next: ' if number == 0 else '          '}{words}")
    for gap in diagnosis.missing:
        detail = f" ({outside(gap.detail, 200, one_line=True)})" if gap.detail else ""
        yield Text(f"Missing: {outside(gap.what, 100, one_line=True)}: {gap.why}{detail}", style="dim")
    if diagnosis.reads_as:
        yield Text(READ_AS.format(agent=outside(diagnosis.reads_as, 60, one_line=True)), style="dim")
    yield Text(f"Aionis request id {diagnosis.request_id or 'none'} · {diagnosis.run_uri or 'no run URI'}", style="dim")
