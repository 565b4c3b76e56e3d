"""A report as Markdown, and as HTML that needs nothing else. No text from outside becomes markup in either."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from bot.pictures.lettering import FONTS
from bot.report.parts import ReportPicture, Section, Table

_MARKUP = frozenset("\\`*_{}[]<>()#+!|~&")
_BETWEEN = re.compile(r"([\s`|]+)")  # a backtick would end code, a bar a cell
# An address with or without its scheme, `www.`, a name with a dot in it, mail: fuzzy on purpose, as renderers are.
_LINK_LIKE = re.compile(r"://|//\w|@|\w\.[^\W\d]|(?i:www\.|\b[a-z][a-z0-9+-]{1,20}:[\w/+])")
# What a sentence puts around a word is no part of it: it stands beside the code.
_BEFORE, _AFTER = "([\"'“‘«„<", ")]\"'”’»>.,;:!?…"
_LEADING = re.compile(r"^(\s*[0-9]{0,9})([-=.)])")  # what begins a list, or makes a heading of the line before
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
# One unbroken word never widens the page. On a phone a row stands as a block of its own, each value below its column's name.
_STYLE = (
    f"body{{font:16px/1.5 {FONTS};"
    "max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d1c1d;background:#fff;"
    "overflow-wrap:anywhere}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "td{white-space:pre-line;min-width:5.5em}th{overflow-wrap:normal;background:#f4f4f4}"
    ".facts td:first-child{width:12em;min-width:9em}"
    ".picture{margin:1rem 0}svg{max-width:100%;height:auto}"
    "@media(max-width:40rem){"
    "body{margin:1rem auto;padding:0 .75rem}h1{font-size:1.5rem}h2{font-size:1.2rem}"
    "table,tbody,tr,td{display:block}tr:first-child{display:none}"
    "tr{border:1px solid #bbb;margin:0 0 .75rem;padding:.25rem .5rem}td{border:0;padding:.2rem 0}td:empty{display:none}"
    "td::before{content:attr(data-column);display:block;font-size:.8rem;color:#555}"
    ".facts tr{border-width:0 0 1px;margin:0;padding:.25rem 0}.facts td{width:auto}.facts td::before{content:none}"
    ".facts td:first-child{width:auto;font-weight:bold}}"
    "@page{margin:15mm}"
    "@media print{body{font-size:10.5pt;margin:0;max-width:none;padding:0}h2{break-after:avoid}tr,svg{break-inside:avoid}}"
)


def to_markdown(title: str, sections: Sequence[Section]) -> str:
    lines = [f"# {_escaped(title)}", ""]
    for section in sections:
        lines += [f"## {_escaped(section.title)}", ""]
        for part in section.parts:
            lines += [*_markdown_part(part), ""]
    return "\n".join(lines)


def to_html(title: str, sections: Sequence[Section]) -> str:
    """Return a report as one HTML page that loads nothing and runs nothing."""
    body = "".join(
        f"<section><h2>{escape(section.title)}</h2>{''.join(map(_html_part, section.parts))}</section>\n"
        for section in sections
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{body}</body></html>\n"
    )


def _markdown_part(part: str | Table | ReportPicture) -> Iterator[str]:
    if isinstance(part, ReportPicture):
        yield f"*{_escaped(part.alt)}*"
    elif isinstance(part, Table):
        yield f"| {' | '.join(map(_escaped, part.head))} |"
        yield f"|{' --- |' * len(part.head)}"
        yield from (f"| {' | '.join(map(_cell, row))} |" for row in part.rows)
    else:
        yield _escaped(part)


def _cell(text: str) -> str:
    """Return a cell's text on one line: a line break would end the table."""
    return _escaped("; ".join(text.splitlines()))


def _escaped(text: str) -> str:
    """Return a text that is shown as it is. What a renderer may turn into a link by itself becomes code, which none does.

    Backslashes would not do: some renderers look for links after they are gone.
    """
    tokens = _BETWEEN.split(text)
    shown = "".join(_as_code(token) if _LINK_LIKE.search(token) else _literal(token) for token in tokens)
    return _LEADING.sub(r"\1\\\2", shown)


def _as_code(token: str) -> str:
    rest = token.lstrip(_BEFORE)
    word = rest.rstrip(_AFTER)
    return f"{_literal(token[: len(token) - len(rest)])}`{word}`{_literal(rest[len(word) :])}"


def _literal(text: str) -> str:
    return "".join(f"\\{character}" if character in _MARKUP else character for character in text)


def _html_part(part: str | Table | ReportPicture) -> str:
    if isinstance(part, ReportPicture):
        return f'<div class="picture">{part.svg}</div>'
    if isinstance(part, Table):
        head = "".join(f"<th>{escape(cell)}</th>" for cell in part.head)
        rows = "".join(_html_row(part.head, row) for row in part.rows)
        # Two columns are a name and its value.
        return f'<table class="{"facts" if len(part.head) == 2 else "rows"}"><tr>{head}</tr>{rows}</table>'
    return f"<p>{escape(part)}</p>"


def _html_row(head: Sequence[str], row: Sequence[str]) -> str:
    cells = "".join(
        f'<td data-column="{escape(column)}">{escape(cell)}</td>' for column, cell in zip(head, row, strict=True)
    )
    return f"<tr>{cells}</tr>"
