"""Who is named in an incident's log, and by which names the log knows them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.domain.incident.incident_log import Entry, EntryKind
from bot.domain.incident.state import BOT

PERSON_FIELDS = frozenset({"owner", "lead", "by"})  # the fields of a payload that hold a Slack user id


def people_in(entries: Iterable[Entry]) -> list[str]:
    """Return the Slack user ids of everybody who did something, owns something or leads, the first first."""
    return list(dict.fromkeys(user for entry in entries for user in _of(entry) if user and user != BOT))


def names_in(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the newest name of each user id that the log has one of."""
    names: dict[str, str] = {}
    for entry in entries:
        if entry.kind is EntryKind.PEOPLE_NAMED:
            names.update(entry.payload["names"])
    return names


def _of(entry: Entry) -> Iterator[str]:
    yield entry.actor
    yield from _named(entry.payload)


def _named(payload: Mapping[str, Any]) -> Iterator[str]:
    for key, value in payload.items():
        if key in PERSON_FIELDS and isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from _named(value)
