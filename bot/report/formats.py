"""A report as Markdown, and as HTML that needs nothing else. No text from outside becomes markup in either."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from bot.report.parts import Picture, Section, Table

_MARKUP = frozenset("\\`*_{}[]<>()#+!|~&")
_BETWEEN = re.compile(r"([\s`|]+)")  # a backtick would end code, a bar a cell
# An address with or without its scheme, `www.`, a name with a dot in it, mail: fuzzy on purpose, as renderers are.
_LINK_LIKE = re.compile(r"://|//\w|@|\w\.[^\W\d]|(?i:www\.|\b[a-z][a-z0-9+-]{1,20}:[\w/+])")
_LEADING = re.compile(r"^(\s*[0-9]{0,9})([-=.)])")  # what begins a list, or makes a heading of the line before
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d1c1d;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th:empty{display:none}svg{max-width:100%;height:auto}"
)


def to_markdown(title: str, sections: Sequence[Section]) -> str:
    """Return a report as Markdown."""
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
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{body}</body></html>\n"
    )


def _markdown_part(part: str | Table | Picture) -> Iterator[str]:
    if isinstance(part, Picture):
        yield f"*{_escaped(part.alt)}*"
    elif isinstance(part, Table):
        yield f"| {' | '.join(map(_escaped, part.head))} |"
        yield f"|{' --- |' * len(part.head)}"
        yield from (f"| {' | '.join(map(_escaped, row))} |" for row in part.rows)
    else:
        yield _escaped(part)


def _escaped(text: str) -> str:
    """Return a text that is shown as it is. What a renderer may turn into a link by itself becomes code, which none does.

    Backslashes would not do: some renderers look for links after they are gone.
    """
    tokens = _BETWEEN.split(text)
    shown = "".join(f"`{token}`" if _LINK_LIKE.search(token) else _literal(token) for token in tokens)
    return _LEADING.sub(r"\1\\\2", shown)


def _literal(text: str) -> str:
    return "".join(f"\\{character}" if character in _MARKUP else character for character in text)


def _html_part(part: str | Table | Picture) -> str:
    if isinstance(part, Picture):
        return part.svg
    if isinstance(part, Table):
        head = "".join(f"<th>{escape(cell)}</th>" for cell in part.head)
        rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in part.rows)
        return f"<table><tr>{head}</tr>{rows}</table>"
    return f"<p>{escape(part)}</p>"
