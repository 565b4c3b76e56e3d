"""A change of an incident on its way to the script that applies it (incident.lua), and what the script answers."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from bot.domain.incident.incident_log import Change, EntryKind
from bot.domain.incident.log_chain import digest_of
from bot.domain.incident.projection import projected
from bot.domain.incident.state import ROOT, Incident, read_incident
from bot.runtime import metrics
from bot.store.log_entries import to_json

SALT_BYTES = 16
KEPT_FOR = {EntryKind.OPENED, EntryKind.CLOSED, EntryKind.REOPENED}  # what says how long an incident is kept
Fields = Mapping[str, str]
TENANCY, CHANNEL = "tenancy", "channel"  # the fields whose guards are the script's own


class Outcome(StrEnum):
    """What became of a change."""

    DONE = "done"
    REPEATED = "repeated"  # the same key was taken before: nothing changed now
    REFUSED = "refused"  # a guard did not hold
    EARLY = "early"  # its time is before that of the last entry: tried again with that one's
    JOINED = "joined"  # not opened: another incident of the channel is open


@dataclass(frozen=True)
class Applied:
    """The answer of a change: its outcome, and the incident as it stands right after.

    `because` is the field whose guard did not hold, or the id of the incident that is open already.
    """

    outcome: Outcome
    because: str
    fields: Fields

    @property
    def accepted(self) -> bool:
        """Tell whether the change is in the log, now or from an earlier try."""
        return self.outcome in {Outcome.DONE, Outcome.REPEATED}

    @property
    def is_of_another_tenancy(self) -> bool:
        """Tell whether the change was refused as the channel reads another tenancy by now."""
        return self.outcome is Outcome.REFUSED and self.because == TENANCY

    @property
    def is_of_earlier_channel(self) -> bool:
        """Tell whether nothing was opened as the channel has another id by now."""
        return self.outcome is Outcome.REFUSED and self.because == CHANNEL

    @cached_property
    def incident(self) -> Incident | None:
        """Return the incident, or None where there is none (expired, or never opened)."""
        return read_incident(self.fields) if "head" in self.fields else None


def arguments_of(id_: str, change: Change) -> list[str]:
    """Return the arguments that say what is appended, where it must hold, and which fields it sets and takes away."""
    fields = projected(change.kind, change.actor, change.at, change.payload)
    return [
        id_,
        change.kind.value,
        change.actor,
        change.at.isoformat(),
        change.key,
        to_json(change.payload),
        to_json([[guard.field, *guard.allowed] for guard in change.guards]),
        to_json({name: value for name, value in fields.items() if value is not None}),
        to_json([name for name, value in fields.items() if value is None]),
    ]


def count_change(change: Change) -> None:
    """Count what became true with a change."""
    if change.kind in KEPT_FOR:
        metrics.count("incidents", change=change.kind)
    elif change.kind.startswith("item_"):
        metrics.count("checklist", basis=change.kind.removeprefix("item_"))
    elif change.kind is EntryKind.COMPARED:
        metrics.count("fix_verdicts", verdict=change.payload["comparison"]["verdict"].replace("_", " "))


def sealed(change: Change) -> tuple[str, str]:
    """Return a new salt and the digest that seals the entry with it."""
    salt = secrets.token_hex(SALT_BYTES)
    return salt, digest_of(salt, change.kind, change.actor, change.at, change.key, change.payload)


def root_in(change: Change) -> str:
    """Return the ts of a root that is posted; "" for every other change."""
    payload = change.payload
    return str(payload["ts"]) if change.kind is EntryKind.MESSAGE_POSTED and payload["part"] == ROOT else ""


def milliseconds(at: datetime) -> int:
    """Return a time as Redis counts."""
    return int(at.timestamp() * 1000)
