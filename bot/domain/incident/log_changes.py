"""What can be appended to an incident's log: each with what must hold for it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.checklist import Checklist, ItemState
from bot.domain.incident.incident_log import ABSENT, IS_OPEN, Change, EntryKind, Guard
from bot.domain.incident.kept import (
    Closure,
    ComparisonDigest,
    GateHeld,
    Head,
    Recurrence,
    ReminderFacts,
    RunDigest,
    UriDigest,
)
from bot.domain.incident.root_cause import RootCause
from bot.domain.incident.state import BOT, CLOSED, ROOT

DISCARDED = "Discarded: its first message never came to be. {because}"
_BECAUSE = 300  # characters of that


def opened(
    *,
    team: str,
    channel: str,
    tenancy: Tenancy,
    checklist: Checklist,
    by: str,
    at: datetime,
    key: str,
    fix_reruns: int = 1,
) -> Change:
    """Return the first entry of an incident."""
    head = Head(
        team=team,
        channel=channel,
        tenant=tenancy.tenant_id,
        scope=tenancy.scope,
        checklist=checklist,
        by=by,
        at=at,
        fix_reruns=fix_reruns,
    )
    return Change(EntryKind.OPENED, by, at, key, {"head": head.model_dump(mode="json")}, (Guard("status", (ABSENT,)),))


def by_watch(opening: Change) -> Change:
    """Return the first entry of an incident as that of the channel's watch, which whoever it names began."""
    payload = {"head": {**opening.payload["head"], "by_watch": True}}
    return replace(opening, payload=payload)


def run_added(run: RunDigest, *, by: str, at: datetime, key: str, via: str = "") -> Change:
    """Return the entry of a replayed run; `via` names the act that brought it, where that is another one."""
    digest = run.model_copy(update={"by": by, "at": at})
    payload = {"run": digest.model_dump(mode="json"), **({"via": via} if via else {})}
    return Change(EntryKind.RUN_ADDED, by, at, key, payload, (IS_OPEN,))


def run_removed(run_id: str, to: str, *, by: str, at: datetime, key: str) -> Change:
    """Return the entry of a run that was moved to the incident `to`."""
    return Change(EntryKind.RUN_REMOVED, by, at, key, {"run_id": run_id, "to": to}, (IS_OPEN,))


def compared(comparison: ComparisonDigest, *, by: str, at: datetime, key: str) -> Change:
    """Return the entry of a comparison."""
    digest = comparison.model_copy(update={"by": by, "at": at})
    return Change(EntryKind.COMPARED, by, at, key, {"comparison": digest.model_dump(mode="json")}, (IS_OPEN,))


def uri_added(uri: UriDigest, *, by: str, at: datetime, key: str) -> Change:
    """Return the entry of a resolved record."""
    digest = uri.model_copy(update={"by": by, "at": at})
    return Change(EntryKind.URI_ADDED, by, at, key, {"uri": digest.model_dump(mode="json")}, (IS_OPEN,))


def uri_removed(uri: str, to: str, *, by: str, at: datetime, key: str) -> Change:
    """Return the entry of a resolved record that was moved to the incident `to`."""
    return Change(EntryKind.URI_REMOVED, by, at, key, {"uri": uri, "to": to}, (IS_OPEN,))


def severity_set(severity: str, *, by: str, at: datetime, key: str) -> Change:
    """Return the entry of a severity; "" takes it away."""
    return Change(EntryKind.SEVERITY_SET, by, at, key, {"severity": severity}, (IS_OPEN,))


def fix_reruns_set(reruns: int, *, by: str, at: datetime, key: str) -> Change:
    """Return the entry of how many reruns in a row prove a fix."""
    return Change(EntryKind.FIX_RERUNS_SET, by, at, key, {"reruns": reruns}, (IS_OPEN,))


def rerun_not_compared(failing: str, rerun: str, *, count: int, at: datetime, key: str) -> Change:
    """Return the entry of a rerun of a failing run that is beyond those which are compared; `count` is how many now are."""
    payload = {"failing": failing, "rerun": rerun, "count": count}
    return Change(EntryKind.RERUN_NOT_COMPARED, BOT, at, key, payload, (IS_OPEN,))


def lead_set(lead: str, *, by: str, at: datetime, key: str, instead_of: Iterable[str] = (ABSENT,)) -> Change:
    """Return the entry of who is on the incident, a user id; "" hands it back. Taken in place of these leads alone."""
    return Change(EntryKind.LEAD_SET, by, at, key, {"lead": lead}, (IS_OPEN, Guard("lead", tuple(instead_of))))


def item_asserted(item: str, *, proof: str, owner: str, by: str, at: datetime, key: str) -> Change:
    """Return the entry of a person who says that an open item is done."""
    guards = (IS_OPEN, Guard(f"item:{item}", (ABSENT, ItemState.OPEN)))
    return Change(EntryKind.ITEM_ASSERTED, by, at, key, {"item": item, "proof": proof, "owner": owner}, guards)


def item_verified(
    item: str, *, proof: str, at: datetime, key: str, owner: str = "", merged: datetime | None = None
) -> Change:
    """Return the entry of the bot that checked an item that was not verified; `owner` is who was named before, and stays."""
    # A person's word gives way to a proof; the other way round `item_asserted` is refused.
    guards = (IS_OPEN, Guard(f"item:{item}", (ABSENT, ItemState.OPEN, ItemState.ASSERTED)))
    payload = {"item": item, "proof": proof, **({"owner": owner} if owner else {})}
    if merged:
        payload["merged"] = merged.isoformat()
    return Change(EntryKind.ITEM_VERIFIED, BOT, at, key, payload, guards)


def change_looked_up(item: str, *, stamp: str, said: str, at: datetime, key: str) -> Change:
    """Return the entry of what a forge says of the change that an item was asserted with; `stamp` is the item's, then."""
    guards = (IS_OPEN, Guard(f"item:{item}", (ItemState.ASSERTED,)))
    return Change(EntryKind.CHANGE_LOOKED_UP, BOT, at, key, {"item": item, "stamp": stamp, "said": said}, guards)


def item_lapsed(item: str, *, reason: str, at: datetime, key: str) -> Change:
    """Return the entry of the bot that found a verified item's proof to hold no longer."""
    guards = (IS_OPEN, Guard(f"item:{item}", (ItemState.VERIFIED,)))
    return Change(EntryKind.ITEM_LAPSED, BOT, at, key, {"item": item, "reason": reason}, guards)


def item_undone(item: str, *, reason: str, owner: str, by: str, at: datetime, key: str) -> Change:
    """Return the entry of a person who takes an assertion back."""
    guards = (IS_OPEN, Guard(f"item:{item}", (ItemState.ASSERTED,)))
    return Change(EntryKind.ITEM_UNDONE, by, at, key, {"item": item, "reason": reason, "owner": owner}, guards)


def item_assigned(item: str, *, owner: str, by: str, at: datetime, key: str) -> Change:
    """Return the entry of a person who names the owner of an open item."""
    guards = (IS_OPEN, Guard(f"item:{item}", (ABSENT, ItemState.OPEN)))
    return Change(EntryKind.ITEM_ASSIGNED, by, at, key, {"item": item, "owner": owner}, guards)


def root_cause_set(cause: RootCause, *, edition: int, by: str, at: datetime, key: str) -> Change:
    """Return the entry of the evidence table's next edition; `edition` is the one that was edited, 0 for none."""
    # Two people may have the form open: the second must see what the first has saved, and not put it away unseen.
    seen = (str(edition),) if edition else (ABSENT,)
    payload = {"root_cause": cause.model_dump(mode="json"), "edition": edition + 1}
    return Change(EntryKind.ROOT_CAUSE_SET, by, at, key, payload, (IS_OPEN, Guard("root_cause:edition", seen)))


def root_cause_checked(unresolved: Iterable[str], *, edition: int, at: datetime, key: str) -> Change:
    """Return the entry of a look at the table's ids; `unresolved` are those that Aionis no longer knows."""
    guards = (IS_OPEN, Guard("root_cause:edition", (str(edition),)))
    return Change(EntryKind.ROOT_CAUSE_CHECKED, BOT, at, key, {"unresolved": list(unresolved)}, guards)


def message_posted(part: str, ts: str, *, at: datetime, key: str, instead_of: str | None = None) -> Change:
    """Return the entry of a message that the incident lives below (`root`) or that the bot keeps up to date.

    A root is taken only where there is none yet, or in place of the one that is gone (`instead_of`).
    """
    # Of closed incidents, too: the words of the close, and the summary after it, are posted when it is closed.
    guards = (Guard(f"message:{ROOT}", (instead_of or ABSENT,)),) if part == ROOT else ()
    return Change(EntryKind.MESSAGE_POSTED, BOT, at, key, {"part": part, "ts": ts}, guards)


def reminded(item: str, stamp: str, *, at: datetime, key: str, known: ReminderFacts | None = None) -> Change:
    """Return the entry of a reminder of an item in the state `stamp`.

    Taken only while what is known of its reminders is still so: a snooze that somebody clicked meanwhile stays.
    """
    unchanged = Guard(f"nudge:{item}", (known.model_dump_json() if known else ABSENT,))
    return Change(EntryKind.REMINDED, BOT, at, key, {"item": item, "stamp": stamp}, (IS_OPEN, unchanged))


def reminder_snoozed(item: str, until: datetime, *, by: str, at: datetime, key: str) -> Change:
    """Return the entry of a reminder put off."""
    return Change(EntryKind.REMINDER_SNOOZED, by, at, key, {"item": item, "until": until.isoformat()}, (IS_OPEN,))


def reminders_stopped(item: str, *, by: str, at: datetime, key: str) -> Change:
    """Return the entry of reminders of an item ended for good."""
    return Change(EntryKind.REMINDERS_STOPPED, by, at, key, {"item": item}, (IS_OPEN,))


def people_named(names: Mapping[str, str], *, at: datetime, key: str) -> Change:
    """Return the entry of what people are called in Slack, by user id. Taken of closed incidents, too."""
    return Change(EntryKind.PEOPLE_NAMED, BOT, at, key, {"names": dict(names)})


def history_noted(histories: Mapping[str, Any], *, at: datetime, key: str) -> Change:
    """Return the entry of what the index knows of the incident's failures, by fingerprint. Taken of closed incidents, too."""
    return Change(EntryKind.HISTORY_NOTED, BOT, at, key, {"histories": dict(histories)})


def recurred(seen: Recurrence, *, key: str) -> Change:
    """Return the entry of a failure that was seen again."""
    # Its `at` is the entry's own, and is put back when it is projected.
    payload = {name: value for name, value in seen.model_dump(mode="json").items() if name != "at" and value}
    return Change(EntryKind.RECURRED, BOT, seen.at, key, payload, (IS_OPEN,))


def gate_held(held: GateHeld, *, by: str, at: datetime, key: str) -> Change:
    """Return the entry of reruns that were held against the incident's gate."""
    digest = held.model_copy(update={"by": by, "at": at})
    return Change(EntryKind.GATE_HELD, by, at, key, {"gate": digest.model_dump(mode="json")}, (IS_OPEN,))


def failure_split(run_id: str, fingerprint: str, *, apart: bool, by: str, at: datetime, key: str) -> Change:
    """Return the entry of a person who says that a run is not the failure of its fingerprint, or that it is after all."""
    payload = {"run_id": run_id, "fingerprint": fingerprint, "apart": apart}
    return Change(EntryKind.FAILURE_SPLIT, by, at, key, payload, (IS_OPEN,))


def failure_joined(fingerprint: str, into: str, *, by: str, at: datetime, key: str) -> Change:
    """Return the entry of a person who says that two fingerprints are one failure."""
    return Change(EntryKind.FAILURE_JOINED, by, at, key, {"fingerprint": fingerprint, "into": into}, (IS_OPEN,))


def channel_changed(old: str, new: str, *, at: datetime, key: str) -> Change:
    """Return the entry of a channel that Slack gave another id. Taken of closed incidents, too."""
    return Change(EntryKind.CHANNEL_CHANGED, BOT, at, key, {"channel": new, "before": old})


def exported(sha256: str, *, version: int, by: str, at: datetime, key: str) -> Change:
    """Return the entry of an exported bundle: its hash, and the version that it shows. Taken of closed incidents, too."""
    return Change(EntryKind.EXPORTED, by, at, key, {"sha256": sha256, "version": version})


def closed(
    *, items: Iterable[str], overridden: bool, reason: str, blockers: Iterable[str], by: str, at: datetime, key: str
) -> Change:
    """Return the entry that closes. Not overridden, it is taken only while every one of `items` (ids) is done."""
    # Item by item, and not by the version that was looked at: a replay that comes in between is no reason not to close.
    done = (ItemState.ASSERTED, ItemState.VERIFIED)
    guards = () if overridden else tuple(Guard(f"item:{item}", done) for item in items)
    closure = Closure(by=by, at=at, overridden=overridden, reason=reason, blockers=tuple(blockers))
    return Change(EntryKind.CLOSED, by, at, key, {"closure": closure.model_dump(mode="json")}, (IS_OPEN, *guards))


def discarded(because: str, *, at: datetime, key: str) -> Change:
    """Return the entry that closes an incident whose root never came to be. Not taken of one that has a root."""
    closure = Closure(by=BOT, at=at, overridden=True, reason=DISCARDED.format(because=because[:_BECAUSE]))
    unposted = Guard(f"message:{ROOT}", (ABSENT,))
    return Change(EntryKind.CLOSED, BOT, at, key, {"closure": closure.model_dump(mode="json")}, (IS_OPEN, unposted))


def reopened(reason: str, *, by: str, at: datetime, key: str) -> Change:
    """Return the entry that opens a closed incident again."""
    return Change(EntryKind.REOPENED, by, at, key, {"reason": reason}, (Guard("status", (CLOSED,)),))


def forgotten(what: str, pseudonym: str, digests: Mapping[int, str], *, at: datetime, key: str) -> Change:
    """Return the tombstone of `what` was taken out: its pseudonym, and the digests of the entries as they read now."""
    payload = {
        "what": what,
        "pseudonym": pseudonym,
        "digests": {str(version): digest for version, digest in digests.items()},
    }
    return Change(EntryKind.FORGOTTEN, BOT, at, key, payload)
