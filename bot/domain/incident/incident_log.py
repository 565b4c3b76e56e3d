"""The incident log: every kind of entry, and what must hold for one to be taken.

The log is the truth. `log_changes.py` makes what is appended to it, `projection.py` the incident's fields that follow from it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.incident.log_chain import ChainSeal
from bot.domain.incident.state import OPEN

ABSENT = ""


class EntryKind(StrEnum):
    """Kinds of log entries. Their values are in every log and bundle there is, and never change."""

    OPENED = "opened"
    RUN_ADDED = "run_added"  # replayed into the incident; again: its newest digest
    RUN_REMOVED = "run_removed"  # moved to another incident
    COMPARED = "compared"  # a failing run with its rerun; again: what the newest comparison of the two says
    URI_ADDED = "uri_added"
    URI_REMOVED = "uri_removed"
    SEVERITY_SET = "severity_set"
    FIX_RERUNS_SET = "fix_reruns_set"  # how many reruns in a row prove a fix
    RERUN_NOT_COMPARED = "rerun_not_compared"  # beyond those that are compared: by the bot
    LEAD_SET = "lead_set"  # who is on it; "" hands it back
    ITEM_ASSERTED = "item_asserted"
    ITEM_VERIFIED = "item_verified"  # by the bot
    CHANGE_LOOKED_UP = "change_looked_up"  # what its forge says of a change that is not known to be merged: by the bot
    ITEM_LAPSED = "item_lapsed"  # verified no longer: by the bot
    ITEM_UNDONE = "item_undone"
    ITEM_ASSIGNED = "item_assigned"
    ROOT_CAUSE_SET = "root_cause_set"
    ROOT_CAUSE_CHECKED = "root_cause_checked"  # its ids looked up again in Aionis: by the bot
    MESSAGE_POSTED = "message_posted"  # one of the bot's own messages that it keeps up to date
    REMINDED = "nudged"  # these three under the name that they had first
    REMINDER_SNOOZED = "nudge_snoozed"
    REMINDERS_STOPPED = "nudges_stopped"
    PEOPLE_NAMED = "people_named"  # what people are called, for the bundle that is exported next: by the bot
    GATE_HELD = "gate_held"  # reruns were held against the incident's gate
    # How often its failures were seen, for the bundle that is exported next: by the bot.
    HISTORY_NOTED = "history_noted"
    RECURRED = "recurred"  # its failure was seen again: by the bot
    FAILURE_SPLIT = "failure_split"  # a run is another failure after all, or that is taken back
    FAILURE_JOINED = "failure_joined"  # two fingerprints are one failure
    EXPORTED = "exported"  # the bundle of the log up to this entry
    CHANNEL_CHANGED = "channel_changed"  # Slack has given its channel another id
    CLOSED = "closed"
    REOPENED = "reopened"
    FORGOTTEN = "forgotten"  # somebody was taken out of entries before it: a tombstone, by whoever runs the bot


@dataclass(frozen=True, slots=True)
class Guard:
    """A field that must have one of these values; `ABSENT` stands for a field that is not there."""

    field: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that somebody wants to append. `key` makes it happen once, however often it is tried."""

    kind: EntryKind
    actor: str
    at: datetime
    key: str
    payload: dict[str, Any]
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log. `version` is its place, from 1; `seal` is there once it was stored."""

    version: int
    kind: EntryKind
    actor: str
    at: datetime
    key: str
    payload: dict[str, Any]
    seal: ChainSeal | None = None


IS_OPEN = Guard("status", (OPEN,))
