"""An incident's fields, which are a projection of its log.

`projected` says which fields an entry sets, from the entry alone, so that the store can append the entry and set the fields in
one atomic step, and so that folding the log again (`rebuilt`) gives the same fields.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.domain.incident.checklist import ItemState
from bot.domain.incident.incident_log import Entry, EntryKind
from bot.domain.incident.kept import (
    Closure,
    ComparisonDigest,
    GateHeld,
    Head,
    ItemFacts,
    Recurrence,
    ReminderFacts,
    RunDigest,
    UriDigest,
)
from bot.domain.incident.root_cause import RootCause
from bot.domain.incident.state import BOT, CLOSED, OPEN
from bot.errors import UnreadableEntry

Fields = dict[str, str | None]


def projected(kind: EntryKind, actor: str, at: datetime, payload: Mapping[str, Any]) -> Fields:
    """Return the fields that an entry sets; None takes a field away. A function of the entry alone."""
    fields = _PROJECTIONS[kind](actor, at, payload)
    # Whoever does anything is among the incident's people; the bot is nobody.
    return fields if actor == BOT else {**fields, f"person:{actor}": at.isoformat()}


def rebuilt(id_: str, entries: Iterable[Entry]) -> dict[str, str]:
    """Return an incident's fields, folded from its whole log. Raises `UnreadableEntry`."""
    fields = {"id": id_}
    for entry in entries:
        try:
            fields = fields_after(fields, [entry])
        except (AttributeError, LookupError, TypeError, ValueError) as error:  # what the bot never wrote there
            raise UnreadableEntry(entry.version) from error
    return fields


def fields_after(before: Mapping[str, str], entries: Iterable[Entry]) -> dict[str, str]:
    """Return the fields that an incident has after these entries, from those that it had before them."""
    fields = dict(before)
    for entry in entries:
        for name, value in projected(entry.kind, entry.actor, entry.at, entry.payload).items():
            if value is None:
                fields.pop(name, None)
            else:
                fields[name] = value
        fields["version"] = str(entry.version)
    return fields


Projection = Callable[[str, datetime, Mapping[str, Any]], Fields]


def _opened(_actor: str, _at: datetime, payload: Mapping[str, Any]) -> Fields:
    head = Head.model_validate(payload["head"])
    # The team and the tenancy stand alone, too, for the store's guards.
    return {"status": OPEN, "head": head.model_dump_json(), "team": head.team, "tenancy": f"{head.tenant}/{head.scope}"}


def _run_added(_actor: str, _at: datetime, payload: Mapping[str, Any]) -> Fields:
    run = RunDigest.model_validate(payload["run"])
    return {f"run:{run.run_id}": run.model_dump_json()}


def _compared(_actor: str, _at: datetime, payload: Mapping[str, Any]) -> Fields:
    comparison = ComparisonDigest.model_validate(payload["comparison"])
    return {f"comparison:{comparison.failing}:{comparison.rerun}": comparison.model_dump_json()}


def _uri_added(_actor: str, _at: datetime, payload: Mapping[str, Any]) -> Fields:
    uri = UriDigest.model_validate(payload["uri"])
    return {f"uri:{uri.uri}": uri.model_dump_json()}


def _item(state: ItemState) -> Projection:
    def project(actor: str, at: datetime, payload: Mapping[str, Any]) -> Fields:
        facts = ItemFacts(
            by=actor,
            at=at,
            proof=payload.get("proof", ""),
            owner=payload.get("owner", ""),
            reason=payload.get("reason", ""),
            merged=payload.get("merged"),
        )
        return {f"item:{payload['item']}": state.value, f"item_facts:{payload['item']}": facts.model_dump_json()}

    return project


def _root_cause_set(actor: str, at: datetime, payload: Mapping[str, Any]) -> Fields:
    return {
        "root_cause": RootCause.model_validate(payload["root_cause"]).model_dump_json(),
        "root_cause:edition": str(payload["edition"]),
        "root_cause:by": ItemFacts(by=actor, at=at).model_dump_json(),
        "root_cause:unresolved": None,  # every id was looked up before it was taken
    }


def _reminder(read: Callable[[Mapping[str, Any]], ReminderFacts]) -> Projection:
    return lambda _actor, _at, payload: {f"nudge:{payload['item']}": read(payload).model_dump_json()}


def _closed(_actor: str, _at: datetime, payload: Mapping[str, Any]) -> Fields:
    return {"status": CLOSED, "closed": Closure.model_validate(payload["closure"]).model_dump_json()}


_PROJECTIONS: dict[EntryKind, Projection] = {
    EntryKind.OPENED: _opened,
    EntryKind.RUN_ADDED: _run_added,
    EntryKind.RUN_REMOVED: lambda _actor, _at, payload: {f"run:{payload['run_id']}": None},
    EntryKind.COMPARED: _compared,
    EntryKind.URI_ADDED: _uri_added,
    EntryKind.URI_REMOVED: lambda _actor, _at, payload: {f"uri:{payload['uri']}": None},
    EntryKind.FIX_RERUNS_SET: lambda _actor, _at, payload: {"fix_reruns": str(payload["reruns"])},
    EntryKind.RERUN_NOT_COMPARED: lambda _actor, _at, payload: {
        f"uncompared:{payload['failing']}": str(payload["count"])
    },
    # Taken away, and not "": a guard for “nobody has set it” is one for a field that is not there, as it was at first.
    EntryKind.SEVERITY_SET: lambda _actor, _at, payload: {"severity": payload["severity"] or None},
    EntryKind.CHANNEL_CHANGED: lambda _actor, _at, payload: {"channel": payload["channel"]},
    EntryKind.LEAD_SET: lambda _actor, _at, payload: {"lead": payload["lead"] or None},
    EntryKind.ITEM_ASSERTED: _item(ItemState.ASSERTED),
    EntryKind.ITEM_VERIFIED: _item(ItemState.VERIFIED),
    EntryKind.CHANGE_LOOKED_UP: lambda _actor, _at, payload: {
        f"looked_up:{payload['item']}": f"{payload['stamp']} {payload['said']}"
    },
    EntryKind.ITEM_LAPSED: _item(ItemState.OPEN),
    EntryKind.ITEM_UNDONE: _item(ItemState.OPEN),
    EntryKind.ITEM_ASSIGNED: _item(ItemState.OPEN),
    EntryKind.ROOT_CAUSE_SET: _root_cause_set,
    EntryKind.ROOT_CAUSE_CHECKED: lambda _actor, _at, payload: {
        "root_cause:unresolved": "\n".join(payload["unresolved"]) or None
    },
    EntryKind.MESSAGE_POSTED: lambda _actor, _at, payload: {f"message:{payload['part']}": payload["ts"]},
    EntryKind.REMINDED: _reminder(lambda payload: ReminderFacts(state=payload["stamp"])),
    EntryKind.REMINDER_SNOOZED: _reminder(
        lambda payload: ReminderFacts(snoozed_until=datetime.fromisoformat(payload["until"]))
    ),
    # A field of its own: a snooze or reminder that comes later does not take it back.
    EntryKind.REMINDERS_STOPPED: lambda _actor, _at, payload: {f"nudges_stopped:{payload['item']}": "yes"},
    EntryKind.GATE_HELD: lambda _actor, _at, payload: {
        "gate": GateHeld.model_validate(payload["gate"]).model_dump_json()
    },
    # For the bundle, which reads the log itself; nothing about how the incident stands.
    EntryKind.HISTORY_NOTED: lambda _actor, _at, _payload: {},
    EntryKind.RECURRED: lambda _actor, at, payload: {
        "recurred": Recurrence.model_validate({**payload, "at": at}).model_dump_json()
    },
    EntryKind.FAILURE_SPLIT: lambda _actor, _at, _payload: {},
    EntryKind.FAILURE_JOINED: lambda _actor, _at, _payload: {},
    EntryKind.PEOPLE_NAMED: lambda _actor, _at, _payload: {},
    EntryKind.EXPORTED: lambda _actor, _at, payload: {"exported": f"{payload['version']} {payload['sha256']}"},
    EntryKind.FORGOTTEN: lambda _actor, _at, _payload: {},
    EntryKind.CLOSED: _closed,
    EntryKind.REOPENED: lambda _actor, at, _payload: {"status": OPEN, "closed": None, "reopened": at.isoformat()},
}
