"""The log in a report: every entry with its values, whatever its kind."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.incident.incident_log import Entry
from bot.domain.incident.people import PERSON_FIELDS
from bot.domain.run.phrases import plural
from bot.report.parts import Section, Table, said, when
from bot.report.people import Names

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
        if key == "histories":
            yield from (_history(fingerprint, history) for fingerprint, history in value.items())
        elif isinstance(value, Mapping):
            yield from _values(value, titles, names)
        else:
            yield f"{_word(key)}: {_shown(key, value, titles, names)}"


def _history(fingerprint: str, history: Any) -> str:
    """Return what was known of a failure on one line; the days and runs themselves are in `recurrence.json`."""
    if not isinstance(history, Mapping):
        return f"{fingerprint}: {said(str(history))}"
    first, last = (str(history.get(end) or "") for end in ("first_seen", "last_seen"))
    words = [f"seen {plural(int(history.get('count') or 0), 'time')}"]
    if first and last:
        words.append(f"first {_when(first)}, last {_when(last)}")
    incidents = [f"{said(one['id'])} {said(one['state'])}" for one in history.get("incidents") or ()]
    words.append(f"incidents: {', '.join(incidents) or 'none'}")
    return f"{fingerprint}: {'; '.join(words)}"


def _when(at: str) -> str:
    return when(datetime.fromisoformat(at))


def _word(key: str) -> str:
    """Return a key in words; a person's id, as which names are kept, stays what it is."""
    return key if key.isupper() else key.replace("_", " ")


def _shown(key: str, value: Any, titles: Mapping[str, str], names: Names) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(_values(value, titles, names))
    if isinstance(value, list):
        entries = [_shown(key, entry, titles, names) for entry in value]
        if any(isinstance(entry, Mapping) for entry in value):
            return " · ".join(entries)
        return (" " if all(entry.endswith(".") for entry in entries) else ", ").join(entries)
    if key == "item":
        return said(titles.get(value, value))
    return names.who(value) if key in PERSON_FIELDS else said(str(value))
