"""Entries of an incident's log as Redis has them."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.domain.incident.incident_log import Entry, EntryKind
from bot.domain.incident.log_chain import ChainSeal, digest_of_old
from bot.errors import UnreadableEntry

to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def read_entries(raw: Any) -> list[Entry]:
    """Return the entries of a stream's answer. Raises `UnreadableEntry`."""
    entries = []
    for number, (identifier, fields) in enumerate(raw, start=1):
        try:
            entries.append(_entry(identifier, fields))
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise UnreadableEntry(number) from error
    return entries


def stored(entry: Entry) -> dict[str, str]:
    """Return an entry's fields as the script stores them; those of one from before the chain go without it."""
    fields = {
        "kind": entry.kind.value,
        "actor": entry.actor,
        "at": entry.at.isoformat(),
        "key": entry.key,
        "payload": to_json(entry.payload),
    }
    seal = entry.seal or ChainSeal("", "", "")
    return {**fields, **{name: text for name, text in asdict(seal).items() if text}}


def _entry(identifier: str, fields: dict[str, str]) -> Entry:
    payload = json.loads(fields["payload"])
    if not isinstance(payload, dict):
        raise TypeError("a payload is an object")
    return Entry(
        version=int(identifier.partition("-")[0]),
        kind=EntryKind(fields["kind"]),
        actor=fields["actor"],
        at=datetime.fromisoformat(fields["at"]),
        key=fields["key"],
        payload=payload,
        seal=_seal(fields),
    )


def _seal(fields: dict[str, str]) -> ChainSeal:
    if "salt" in fields:
        return ChainSeal(fields["salt"], fields.get("digest", ""), fields.get("chain", ""))
    return ChainSeal("", digest_of_old(fields.items()), fields.get("chain", ""))
