"""The latest failed runs, for a terminal: one line a failure, the newest run's id first."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.blocks.recent import NOTHING, standing, what_and_who, where_it_broke
from bot.blocks.text import outside, utc
from bot.domain.access.tenancy import Tenancy
from bot.domain.recurrence.troubled import TroubledRun


def print_recent(console: Console, failures: Sequence[Sequence[TroubledRun]], tenancy: Tenancy) -> None:
    """Print what `incident-bot recent` found: of each failure its runs, newest first."""
    if not failures:
        console.print(Text(NOTHING.format(where=outside(str(tenancy), 200, one_line=True))))
        return
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("run", "stands", "times", "when", "what", "what broke"):
        table.add_column(name, overflow="fold", no_wrap=name == "run")
    for runs in failures:
        newest = runs[0]
        cells = (
            newest.diagnosis.run_id,
            standing(newest),
            str(len(runs)),
            utc(newest.at) if newest.at else "time not recorded",
            what_and_who(newest.diagnosis),
            where_it_broke(newest.diagnosis),
        )
        table.add_row(*(Text(outside(cell, 400, one_line=True)) for cell in cells))
    console.print(table)
