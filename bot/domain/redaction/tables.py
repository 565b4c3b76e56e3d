"""Secrets in tables: below the name of their column in CSV, Markdown, listings and SQL, or beside their name in a row."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from bot.domain.redaction.key_names import KINDS, Judge, Promise, Strength
from bot.domain.redaction.looks import is_harmless, is_identifier, is_opaque, mixes
from bot.domain.redaction.rules import Found, Rule
from bot.domain.redaction.source_code import is_code

_CELL = {
    ",": re.compile(r"[ \t]*(?:\"(?:[^\"\n]|\"\")*\"|[^,\n]*)"),
    ";": re.compile(r"[ \t]*(?:\"(?:[^\"\n]|\"\")*\"|[^;\n]*)"),
    "\t": re.compile(r"[^\t\n]*"),
    "|": re.compile(r"[^|\n]*"),
    "│": re.compile(r"[^│\n]*"),
}
# A cell of a listing whose columns are two blanks apart or more (`kubectl get`, `docker ps`).
_WIDE = re.compile(r"[^\s](?:[^\n\t ]| (?! ))*")
_HEADING = re.compile(r"[^\W\d][\w .()/#-]{0,40}")
_RULER = re.compile(r"[\s|+:=─┼├┤│-]*")
_ARGUMENT = re.compile(r"[A-Za-z_]\w{0,40}=[^=]|f[\"']")
_COMPOUND = re.compile(r"\w[_-]\w|[a-z][A-Z]")
_OF_CODE = re.compile(r"[\"'], [\"']")
_LEAST_CHOSEN = 8
_MOST_CELLS = 200
_LONGEST_LINE = 4_000
# SQL with the columns named, and PostgreSQL's `COPY … FROM stdin`.
_INSERT = re.compile(
    r"\b(?:INSERT\s{1,4}(?:IGNORE\s{1,4}|OR\s{1,4}\w{1,10}\s{1,4})?INTO|REPLACE\s{1,4}INTO|COPY)\s{1,4}[^\s(]{1,120}\s{0,4}\((?P<columns>[^()]{1,2000})\)\s{0,20}(?:VALUES|SELECT|FROM\s{1,4}stdin;?)\s{0,20}",
    re.IGNORECASE,
)
_ROW = re.compile(
    r"\s{0,20},?\s{0,20}\((?P<row>(?:[^()'\"]|'(?:[^'\\]|\\.|'')*+'|\"(?:[^\"\\]|\\.)*+\"|\([^()]{0,200}\))*+)\)"
)
_VALUE = re.compile(
    r"\s*(?:[A-Za-z_]{1,10}\(\s*)?(?:'(?P<single>(?:[^'\\]|\\.|'')*+)'|\"(?P<double>(?:[^\"\\]|\\.)*+)\"|(?P<bare>[^,'\"]*+))[^,]*+(?:,|\Z)"
)


class _Line(NamedTuple):
    start: int
    text: str


class _Table(NamedTuple):
    separator: str
    cells: int
    secret: dict[int, Promise]


def table_rules(judge: Judge, hints: tuple[str, ...]) -> tuple[Rule, ...]:
    """Return the rules; `judge` judges the names of columns and rows, of which one of `hints` is part."""
    return (
        Rule(KINDS, lambda text: _columns(text, judge), hints),
        Rule(KINDS, lambda text: _inserts(text, judge), ("into", "copy")),
    )


def _columns(text: str, judge: Judge) -> Iterator[Found]:
    table: _Table | None = None
    headed = below = False  # whether the last line had cells, and whether such a line and a ruler are above
    for line in _lines(text):
        if _RULER.fullmatch(line.text):
            table = table if line.text.strip() else None
            below = bool(line.text.strip()) and (headed or below)
            headed = False
            continue
        separator = table.separator if table else _separator(line.text)
        if separator is None or len(line.text) > _LONGEST_LINE:
            table, headed, below = None, False, False
            continue
        headed = True
        cells = _cells(line, separator)
        if table and cells and (len(cells) == table.cells or (separator == "  " and len(cells) > max(table.secret))):
            yield from _in_row(cells, table)
        else:
            # A line that does not fit the table ends it, and may be the headings of the next.
            table = None if below else _headings(cells, _separator(line.text), judge, line.text)
        if separator != "  " and (not table or len(cells) == 2 + 2 * (separator == "|")):
            yield from _beside(cells, judge)


def _lines(text: str) -> Iterator[_Line]:
    at = 0
    for line in text.split("\n"):
        yield _Line(at, line.rstrip("\r"))
        at += len(line) + 1


def _separator(line: str) -> str | None:
    return next((sign for sign in ("|", "│", "\t", ";", ",") if sign in line), "  " if "  " in line.strip() else None)


def _cells(line: _Line, separator: str) -> list[tuple[int, int, str]]:
    """Return where the cells of a line stand in the text, without quotes and blanks around them, and what they hold."""
    if separator == "  ":
        spans = [match.span() for match in _WIDE.finditer(line.text)]
    else:
        spans, at = [], 0
        while at <= len(line.text) and len(spans) < _MOST_CELLS:
            match = _CELL[separator].match(line.text, at)
            spans.append((at, match.end() if match else at))
            if line.text[spans[-1][1] : spans[-1][1] + 1] not in {"", separator}:
                return []  # a quote that ends before its cell does: code, and no table
            at = spans[-1][1] + 1
    return [_trimmed(line, start, end) for start, end in spans]


def _trimmed(line: _Line, start: int, end: int) -> tuple[int, int, str]:
    cell = line.text[start:end]
    bare = cell.strip(" \t\"'`*")
    begin = line.start + start + (cell.index(bare) if bare else 0)
    return begin, begin + len(bare), bare


def _headings(cells: list[tuple[int, int, str]], separator: str | None, judge: Judge, line: str) -> _Table | None:
    """Return the table that a line of headings begins, if it has a column of secrets."""
    names = [name for _, _, name in cells]
    named = sum(map(bool, names))
    if (
        separator is None
        or named < 1 + (separator in ",;")
        or not all(_HEADING.fullmatch(name) or not name for name in names)
    ):
        return None
    # A list in code has a blank behind each comma and no secret that is a word.
    most = Strength.LIKELY if separator == "," and _OF_CODE.search(line) else Strength.SURE
    promises = {place: _at_most(most, judge(name)) for place, name in enumerate(names)}
    secret = {
        place: promise
        for place, promise in promises.items()
        if promise.strength >= Strength.LIKELY or names[place].lower() == "key"
    }
    return _Table(separator, len(cells), secret) if secret else None


def _at_most(strength: Strength, promise: Promise) -> Promise:
    return Promise(min(strength, promise.strength), promise.kind)


def _in_row(cells: list[tuple[int, int, str]], table: _Table) -> Iterator[Found]:
    for place, promise in table.secret.items():
        start, end, cell = cells[place]
        if _is_secret(cell, promise):
            yield Found(start, end, promise.kind or "secret")


def _beside(cells: list[tuple[int, int, str]], judge: Judge) -> Iterator[Found]:
    """Find values beside their names: `| API key | … |`, `api_token,…`."""
    for (_, _, name), (start, end, cell) in pairwise(cells):
        promise = judge(name) if 2 < len(name) <= 60 and _HEADING.fullmatch(name) else None
        if (
            promise
            and promise.strength >= Strength.LIKELY
            and _is_value(name, cell, promise)
            and not _is_an_argument(cell)
        ):
            yield Found(start, end, promise.kind)


def _is_value(name: str, cell: str, promise: Promise) -> bool:
    chosen = promise.strength is Strength.SURE and _COMPOUND.search(name) and len(cell) >= _LEAST_CHOSEN
    return is_opaque(cell) or bool(chosen and mixes(cell) and not is_identifier(cell) and " " not in cell)


def _is_an_argument(cell: str) -> bool:
    """Tell `count=1))` and `domain=""` from values: code has commas, too."""
    called = cell.endswith(")") and "(" in cell and is_code(cell)
    return called or _ARGUMENT.match(cell) is not None or cell.count(")") > cell.count("(")


def _is_secret(cell: str, promise: Promise) -> bool:
    if len(cell) < 3 or is_harmless(cell):
        return False
    if promise.strength is Strength.SURE:
        return (
            is_opaque(cell)
            or (promise.kind == "password" and " " not in cell and (not is_identifier(cell) or _is_long_number(cell)))
            or mixes(cell)
        )
    return is_opaque(cell, 8)


def _is_long_number(cell: str) -> bool:
    return cell.isdigit() and len(cell) >= 6


def _inserts(text: str, judge: Judge) -> Iterator[Found]:
    """Find what is inserted into a secret's column."""
    for insert in _INSERT.finditer(text):
        promises = [judge(column.strip(" \t\n\"'`[]")) for column in insert["columns"].split(",")]
        secret = {place: promise for place, promise in enumerate(promises) if promise.strength >= Strength.LIKELY}
        at = insert.end()
        while secret and (row := _ROW.match(text, at)):
            at = row.end()
            for place, value in enumerate(_VALUE.finditer(text, *row.span("row"))):
                form = value.lastgroup or "bare"
                if place in secret and not is_harmless(value[form]) and len(value[form].strip()) > 2:
                    yield Found(*value.span(form), secret[place].kind)
