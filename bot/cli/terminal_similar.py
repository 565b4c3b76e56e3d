"""How often a failure was seen, for a terminal: the count, what the runs have in common, and the runs."""

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.blocks.similar import NOT_FAILED
from bot.blocks.text import outside, utc
from bot.domain.recurrence.fingerprint import NO_TOOL_KNOWN, RECIPE, Ingredients
from bot.domain.recurrence.occurrences import Seen
from bot.domain.run.phrases import plural

_LISTED = 20


def print_seen(console: Console, found: Seen) -> None:
    """Print what `incident-bot similar` found."""
    console.print(Group(*_lines(found)))


def _lines(found: Seen) -> Iterator[RenderableType]:
    if found.ingredients is None:
        yield Text(NOT_FAILED.format(run_id=found.run_id))
    else:
        yield _head(found)
        yield Text("Why the same?", style="bold")
        yield _ingredients(found.ingredients, found.fingerprint or "")
        yield Text("Runs", style="bold")
        yield _runs(found)
    for one in found.incidents:
        yield Text(f"{one.id} {one.state}{f', {outside(one.fix, 200, one_line=True)}' if one.fix else ''}")
    for words in found.missing:
        yield Text(outside(words, 300), style="dim")


def _head(found: Seen) -> Text:
    times = [("first", found.first_seen), ("last", found.last_seen)]
    when = "".join(f" · {name} {utc(moment)}" for name, moment in times if moment)
    return Text.assemble(("Seen ", "bold"), (plural(found.count, "time"), "bold"), when)


def _ingredients(ingredients: Ingredients, fingerprint: str) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    names = ", ".join(outside(name, 80, one_line=True) for name in ingredients.postconditions)
    table.add_row("tenant/scope", Text(outside(f"{ingredients.tenant_id}/{ingredients.scope}", 200, one_line=True)))
    table.add_row("tool", Text(outside(ingredients.tool, 100, one_line=True) if ingredients.tool else NO_TOOL_KNOWN))
    table.add_row("failed checks", Text(names or "(none)"))
    table.add_row("error", Text(outside(ingredients.error, 600) if ingredients.error else "(no error text)"))
    table.add_row("kind", Text(ingredients.kind.value))
    table.add_row("fingerprint", Text(f"{fingerprint} ({RECIPE})"))
    return table


def _runs(found: Seen) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for run in found.runs[:_LISTED]:
        mark = "▶" if run.run_id == found.run_id else ""
        when = utc(run.at) if run.at else "time not recorded"
        table.add_row(mark, Text(run.run_id), Text(when if run.ended else f"no end, last record {when}"))
    if len(found.runs) > _LISTED:
        table.add_row("", Text(f"and {plural(len(found.runs) - _LISTED, 'more run')}"), "")
    return table
