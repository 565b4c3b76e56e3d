"""Tables in JSON, as databases are answered: the names of the columns in one list, the rows in another, or above them."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.redaction.key_names import NOTHING, Judge, Promise, Strength
from bot.domain.text.word_list import words

Columns = tuple[tuple[str, Promise], ...]
"""The name of each column, and what it promises about the cells below it."""

_NAMES = ("columns", "column_names", "columnNames", "cols", "headers", "header", "fields", "schema")
ROWS = words("rows data values records results result items tuples recordset")
_MOST_COLUMNS = 500
_LONGEST_NAME = 80


def columns_of(value: Mapping[Any, Any], judge: Judge) -> Columns:
    """Return the columns of a table such as `{"columns": ["user", "password"], "rows": […]}`; none where none is a secret's."""
    names = next((value[key] for key in _NAMES if isinstance(value.get(key), list | tuple)), ())
    return _judged([_name(one) for one in names], judge) if len(names) <= _MOST_COLUMNS else ()


def headings_of(rows: list[Any] | tuple[Any, ...], judge: Judge) -> Columns:
    """Return the columns of a list of rows whose first one holds the names; none where none is a secret's."""
    first = rows[0] if len(rows) > 1 else ()
    if not isinstance(first, list | tuple) or not 2 <= len(first) <= _MOST_COLUMNS:
        return ()
    if not all(isinstance(row, list | tuple) and len(row) == len(first) for row in rows):
        return ()
    if not all(isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME for name in first):
        return ()
    if len(first) == 2 and judge(first[0]).strength:
        return ()  # pairs of a name and its value
    return _judged(list(first), judge, _a_token)


def _name(column: Any) -> str:
    named = column.get("name") if isinstance(column, dict) else column
    return named if isinstance(named, str) else ""


def _a_word_too(promise: Promise) -> Promise:
    """Have a column of passwords hold words, too; one of tokens may be a text's words, as models see them."""
    return promise if promise.kind == "password" else _a_token(promise)


def _a_token(promise: Promise) -> Promise:
    return Promise(min(promise.strength, Strength.LIKELY), promise.kind)


def _judged(names: list[str], judge: Judge, least: Callable[[Promise], Promise] = _a_word_too) -> Columns:
    columns = tuple((name, least(judge(name)) if len(name) <= _LONGEST_NAME else NOTHING) for name in names)
    return columns if any(promise.strength >= Strength.LIKELY for _, promise in columns) else ()
