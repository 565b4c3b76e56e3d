"""A resolved record for a terminal: field by field."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.blocks.resolve_commit import changes_said
from bot.blocks.resolve_decision import feedback_said
from bot.blocks.text import outside, outside_json
from bot.domain.run.json_form import resolution_json
from bot.domain.run.phrases import READ_AS
from bot.domain.run.resolution import Resolution

_VALUE = 1_200


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
        if item not in (None, [], {}) and key != "diff_json":
            table.add_row(Text(key), Text(outside_json(item, _VALUE)))
    for words in changes_said(resolution, resolution.resolved.commit) if resolution.resolved.commit else ():
        table.add_row(Text("change"), Text("".join(words)))
    if value["rule_state"]:
        table.add_row(Text("state"), Text(outside(value["rule_state"], 60, one_line=True)))
    for rule, title in value["rule_titles"].items():
        table.add_row(Text("rule"), Text(f"{outside(title, 200, one_line=True)} ({rule})"))
    for entry in resolution.feedback:
        table.add_row(Text("feedback"), Text("".join(feedback_said(entry))))
    if resolution.reads_as:
        table.add_row(Text("read as"), Text(READ_AS.format(agent=outside(resolution.reads_as, 60, one_line=True))))
    table.add_row(Text("request id"), Text(value["request_id"] or "none"))
    console.print(table)
