"""The log in a report: every entry with its values, whatever its kind."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.domain.incident.incident_log import Entry
from bot.report.parts import Section, Table, said, when
from bot.report.people import Names

_PEOPLE = frozenset({"owner"})
_TWICE = frozenset({"by", "at", "checklist"})  # what the entry itself, or the checklist's own section, says


def log_section(entries: Sequence[Entry], titles: Mapping[str, str], names: Names) -> Section:
    """Return the section; `titles` are those of the checklist's items by id."""
    rows = tuple(
        (
            str(entry.version),
            when(entry.at),
            names.who(entry.actor),
            entry.kind.value.replace("_", " "),
            "\n".join(_values(entry.payload, titles, names)),
        )
        for entry in entries
    )
    return Section("Log", (Table(("Entry", "When", "Who", "What", "Values"), rows),))


def _values(payload: Mapping[str, Any], titles: Mapping[str, str], names: Names) -> Iterator[str]:
    """Yield `severity: SEV1` and the like: every value that is not empty, those inside others, too."""
    for key, value in payload.items():
        if key in _TWICE or value in (None, "", [], {}):
            continue
        if isinstance(value, Mapping):
            yield from _values(value, titles, names)
        else:
            yield f"{_word(key)}: {_shown(key, value, titles, names)}"


def _word(key: str) -> str:
    """Return a key in words; a person's id, as which names are kept, stays what it is."""
    return key if key.isupper() else key.replace("_", " ")


def _shown(key: str, value: Any, titles: Mapping[str, str], names: Names) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        entries = [_shown(key, entry, titles, names) for entry in value]
        return (" " if all(entry.endswith(".") for entry in entries) else ", ").join(entries)
    if key == "item":
        return said(titles.get(value, value))
    return names.who(value) if key in _PEOPLE else said(str(value))
