"""What a report is made of, before it is Markdown or HTML."""

from dataclasses import dataclass
from datetime import datetime

from bot.blocks.text import outside, utc

_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its head, and rows of as many cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ReportPicture:
    """An SVG for HTML, and what it shows in words for Markdown."""

    svg: str
    alt: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: a title, and paragraphs, tables and pictures."""

    title: str
    parts: tuple[str | Table | ReportPicture, ...]


def when(at: datetime | None) -> str:
    """Return a time in UTC, "" where there is none."""
    return utc(at) if at else ""


def said(text: str) -> str:
    """Return a text from outside: masked, on one line, bounded; "" for an empty one."""
    return outside(text, _TEXT, one_line=True) if text else ""
