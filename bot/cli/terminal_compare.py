"""A comparison for a terminal: the verdict with its reasons, where the runs part, and a table of the steps that differ."""

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.blocks import compare_phrases as words
from bot.blocks.compare_modal import folded_pairs
from bot.blocks.phrases import CRITICAL_MARK, verdict_word
from bot.blocks.text import outside, utc
from bot.domain.comparison.compare import Comparison
from bot.domain.comparison.fix_verdict import FixVerdict
from bot.domain.comparison.pairs import StepPair
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.phrases import plural

_STYLES = {
    FixVerdict.FIXED: "bold green",
    FixVerdict.NOT_PROOF: "bold yellow",
    FixVerdict.NOT_COMPARABLE: "bold yellow",
}
_BAD = "bold red"
_ARTIFACTS = 10
_CHANGES = 20


def print_comparison(console: Console, comparison: Comparison, *, every_step: bool) -> None:
    """Print a comparison; equal steps are folded unless `every_step`."""
    console.print(Text(words.title(comparison), style=_STYLES.get(comparison.verdict, _BAD)))
    console.print(_said(comparison))
    if comparison.steps:
        console.print(_steps(comparison, every_step=every_step))
    console.print(Group(*_rest(comparison)))


def _said(comparison: Comparison) -> RenderableType:
    """Return what is said about the pair as a whole: a label, and sentences that stay beside it."""
    change = words.critical_change(comparison)
    pair = comparison.critical
    groups: tuple[tuple[str, Sequence[str]], ...] = (
        ("because", comparison.reasons),
        ("but", comparison.caveats),
        ("parts at", [comparison.first_divergence or _no_divergence(comparison)]),
        ("critical", [change] if change else []),
        ("its input", words.change_words(pair.input_changes, most=_CHANGES, limit=200) if pair else []),
        ("its output", words.change_words(pair.output_changes, most=_CHANGES, limit=200) if pair else []),
        (comparison.first_name, [_stands(comparison.failing)]),
        ("rerun", [_stands(comparison.rerun)]),
    )
    grid = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, sentences in groups:
        for number, sentence in enumerate(sentences):
            grid.add_row(label if number == 0 else "", Text(outside(sentence, 600, one_line=True)))
    return grid


def _stands(run: Diagnosis) -> str:
    started = f"started {utc(run.started_at)}" if run.started_at else "start not recorded"
    verdict = outside(verdict_word(run), 60, one_line=True)
    return f"{outside(run.run_id, 60, one_line=True)} {verdict} · {plural(run.counts.total, 'step')} · {started}"


def _steps(comparison: Comparison, *, every_step: bool) -> RenderableType:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("", "place", "tool", comparison.first_name, "rerun", "what differs"):
        table.add_column(name, overflow="fold")
    rows = iter(comparison.steps) if every_step else folded_pairs(comparison)
    for row in rows:
        if isinstance(row, list):
            table.add_row("", Text("⋮"), Text(f"{plural(len(row), 'equal step')}", style="dim"), "", "", "")
        else:
            table.add_row(*_cells(row, comparison), style=_style(row))
    return table


def _cells(pair: StepPair, comparison: Comparison) -> list[Text]:
    first = comparison.first_name
    cells = [
        CRITICAL_MARK if pair is comparison.critical else "",
        words.pair_place(pair, first),
        words.tool(pair, 60),
        words.side(pair.failing),
        words.side(pair.rerun),
        words.difference_words(pair, 300, first),
    ]
    return [Text(cell) for cell in cells]


def _style(pair: StepPair) -> str:
    return "" if pair.notable else "dim"


def _rest(comparison: Comparison) -> Iterator[RenderableType]:
    yield Text(words.folded_words(comparison, ()), style="dim")
    yield from (
        Text(f"Selection: {words.selection_words(pair, 80, comparison.first_name)}") for pair in comparison.selection
    )
    artifacts = comparison.artifacts
    if artifacts.added or artifacts.gone or artifacts.kept:
        yield Text(f"Artifacts: {words.artifact_counts(artifacts)}")
    for label, refs in (("added", artifacts.added), ("gone", artifacts.gone)):
        yield from (Text(f"  {label}  {outside(ref, 200, one_line=True)}") for ref in refs[:_ARTIFACTS])
        if len(refs) > _ARTIFACTS:
            yield Text(f"  {len(refs) - _ARTIFACTS} more {label}", style="dim")
    ids = (comparison.failing.request_id or "none", comparison.rerun.request_id or "none")
    yield Text(f"Aionis request ids {ids[0]} and {ids[1]}", style="dim")


def _no_divergence(comparison: Comparison) -> str:
    return "nothing in what was read differs" if comparison.steps else "neither run has a step"
