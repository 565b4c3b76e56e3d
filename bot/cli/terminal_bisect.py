"""The last good run for a terminal: which it is, where the failing run leaves it, and what has changed since."""

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.text import Text

from bot.blocks.text import duration, outside, utc
from bot.domain.comparison.selections import DecisionPair
from bot.domain.recurrence.bisect import Bisection, FollowedRule
from bot.domain.run.steps import seconds_between

NONE = "No last good run of run {run_id} was found."
NOTHING = "Nothing in what was read differs."


def print_bisection(console: Console, found: Bisection) -> None:
    """Print what `incident-bot bisect` found."""
    console.print(Group(*_lines(found)))


def _lines(found: Bisection) -> Iterator[RenderableType]:
    good = found.last_good
    if good is None:
        yield Text(NONE.format(run_id=found.failing.run_id), style="bold")
    else:
        before = duration(seconds_between(good.ended_at, found.failing.started_at))
        ended = f" · ended {utc(good.ended_at)}" if good.ended_at else ""
        yield Text.assemble(("Last good: ", "bold"), good.run_id, f", {before} before" if before else "", ended)
        if found.case:
            yield _line("same", f"{found.case.by.value} “{outside(found.case.value, 200, one_line=True)}”")
        yield _line("parts at", outside(found.first_divergence or NOTHING, 600, one_line=True))
    for word, rules in (("added", found.rules_added), ("removed", found.rules_removed)):
        for rule in rules:
            yield _line(f"rule {word}", _rule(rule))
    for pair in found.comparison.selection if found.comparison else ():
        if words := _selection(pair):
            yield _line("decision", words)
    for gap in found.missing:
        yield Text(f"Missing: {outside(gap, 300, one_line=True)}", style="dim")


def _line(label: str, words: str) -> Text:
    return Text.assemble((f"  {label:<13}", "dim"), words)


def _rule(rule: FollowedRule) -> str:
    return (
        f"{outside(rule.title, 200, one_line=True)} ({rule.id})" if rule.title else outside(rule.id, 80, one_line=True)
    )


def _selection(pair: DecisionPair) -> str:
    failing, good = (outside(tool, 80, one_line=True) if tool else "none" for tool in pair.tools)
    tools = f"{good} → {failing}" if pair.tool_changed else ""
    return " · ".join(words for words in (tools, pair.meaning) if words)
