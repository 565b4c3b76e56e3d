"""`table` and `data_table`: rows, cells, and the characters they may hold together."""

from collections.abc import Iterator
from typing import Any

from bot.playground.slack.blockkit.checks import (
    Check,
    Path,
    Report,
    array,
    boolean,
    constant,
    integer,
    number,
    one_of,
    record,
    string,
    typed,
)
from bot.playground.slack.blockkit.objects import IDENTIFIER
from bot.playground.slack.blockkit.rich_text import RICH_TEXT

MOST_CHARACTERS = 10_000
_PLAIN_CELLS: dict[str, Check] = {
    "raw_text": record({"type": constant("raw_text"), "text": string()}),
    "raw_number": record({"type": constant("raw_number"), "value": number, "text": string()}),
}
_CELL = typed({**_PLAIN_CELLS, "rich_text": RICH_TEXT})
_SETTINGS = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _column_setting(value: Any, path: Path, report: Report) -> None:
    if value is not None:
        _SETTINGS(value, path, report)


def characters(value: Any) -> int:
    """How many characters the cells below `value` show."""
    return sum(len(shown) for shown in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        shown = value.get("text")
        if isinstance(shown, str):
            yield shown
        elif value.get("type") == "link" and isinstance(value.get("url"), str):
            yield value["url"]
        yield from _texts(value.get("elements"))
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)


def _same_width(block: dict[str, Any], path: Path, report: Report) -> None:
    rows = [row for row in block.get("rows") or [] if isinstance(row, list)]
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            report.add((*path, "rows", index), "all rows must have the same number of cells", type="row_length")


def _plain_header(block: dict[str, Any], path: Path, report: Report) -> None:
    rows = block.get("rows")
    header = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else []
    for index, cell in enumerate(header):
        if isinstance(cell, dict) and cell.get("type") == "rich_text":
            report.add((*path, "rows", 0, index, "type"), "unsupported type: rich_text", type="enum")


TABLE = record(
    {"type": constant("table"), "rows": array(array(_CELL, 20, 1), 100, 1)},
    {"block_id": IDENTIFIER, "column_settings": array(_column_setting, 20)},
)
DATA_TABLE = record(
    {"type": constant("data_table"), "caption": string(), "rows": array(array(_CELL, 20, 1), 101, 2)},
    {"block_id": IDENTIFIER, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    _same_width,
    _plain_header,
)
