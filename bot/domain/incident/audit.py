"""Whether an incident's log is as it was written: its chain, what each entry says, and the fields that follow from it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.incident.incident_log import Entry, EntryKind
from bot.domain.incident.log_chain import FIRST, ChainSeal, digest_of, next_chain
from bot.domain.incident.projection import rebuilt
from bot.domain.incident.state import Incident, read_incident
from bot.errors import UnreadableEntry

TAKEN_OUT = "Entry {number} is missing: entries were taken out."
ALTERED = "Entry {number} was altered: it is not what was written ({what})."
UNLINKED = (
    "Entry {number} does not follow the one before it: an entry at or before it was altered, put in or taken out."
)
PUT_IN = "Entry {number} is outside of the chain that earlier ones have: an older version wrote it, or somebody else."
CUT = "The incident counts {counted} entries and its log has {found}: entries were taken out or put in at its end."
UNREADABLE = "Entry {number} cannot be read: it was altered."
NO_FIELDS = "The log is there and the incident's fields are not."
_GUARDS = ("team", "tenancy")  # which the store's script reads, and nobody else
SPOILT_FIELDS = "The incident's fields say something else than its log; `incident-bot rebuild` puts them right."


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found. `head` is the chain of the last entry; `unchained` counts entries older than the chain."""

    problems: tuple[str, ...]
    head: str
    unchained: int
    tombstones: int


def audited(id_: str, entries: Sequence[Entry], fields: Mapping[str, str]) -> Audit:
    """Check an incident's log against its chain, and its fields against the log."""
    problems = [*chain_problems(entries, masked=False), *_field_problems(id_, entries, fields)]
    return Audit(
        problems=tuple(problems),
        head=next((entry.seal.chain for entry in reversed(entries) if entry.seal and entry.seal.chain), ""),
        unchained=sum(1 for entry in entries if entry.seal and not entry.seal.chain),
        tombstones=sum(1 for entry in entries if entry.kind is EntryKind.FORGOTTEN),
    )


def chain_problems(entries: Sequence[Entry], *, masked: bool) -> Iterator[str]:
    """Yield where the chain of a log does not hold. What a tombstone says of entries before it counts as written.

    In a bundle entries may be `masked`: those have no salt, and the chain holds that they were there, not what they said.
    """
    # The first gap ends it: behind one nothing holds, and each entry would be called altered for it.
    for number, entry in enumerate(entries, start=1):
        if entry.version != number:
            yield TAKEN_OUT.format(number=number)
            return
    now = _digests_now(entries)
    for entry in entries:
        if entry.seal and not _is_as_written(entry, entry.seal, now.get(entry.version), masked=masked):
            yield ALTERED.format(number=entry.version, what=entry.kind.value.replace("_", " "))
    yield from _unlinked(entries)
    if not masked:
        yield from _outside(entries)


def _is_as_written(entry: Entry, seal: ChainSeal, now: str | None, *, masked: bool) -> bool:
    if not seal.salt:  # one from before the chain, which a later entry's chain holds
        return masked or not (seal.chain or now)
    # One from before the chain has salt only where it was rewritten: its digest is of how it was stored, and says nothing here.
    written = now or (seal.digest if seal.chain else "")
    return written == digest_of(seal.salt, entry.kind, entry.actor, entry.at, entry.key, entry.payload)


def _unlinked(entries: Sequence[Entry]) -> Iterator[str]:
    head = FIRST
    for entry in entries:
        seal = entry.seal
        if seal is None:
            return
        head = next_chain(head, entry.version, seal.digest)
        if seal.chain and seal.chain != head:
            yield UNLINKED.format(number=entry.version)
            return


def _outside(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the entries at the end that no chain holds, where there is one."""
    chained = [entry.version for entry in entries if entry.seal and entry.seal.chain]
    for entry in entries[chained[-1] :] if chained else ():
        yield PUT_IN.format(number=entry.version)


def _digests_now(entries: Sequence[Entry]) -> dict[int, str]:
    """Return the digests that tombstones give to entries before them."""
    digests: dict[int, str] = {}
    for entry in entries:
        said = entry.payload.get("digests") if entry.kind is EntryKind.FORGOTTEN else None
        for version, digest in said.items() if isinstance(said, dict) else ():
            # Of entries before it alone: one that somebody puts in at the end must not explain away what comes later.
            if version.isdecimal() and int(version) < entry.version:
                digests[int(version)] = str(digest)
    return digests


def _field_problems(id_: str, entries: Sequence[Entry], fields: Mapping[str, str]) -> Iterator[str]:
    if "head" not in fields:
        yield NO_FIELDS
        return
    counted, found = fields.get("version", "0"), entries[-1].version if entries else 0
    if counted != str(found):
        yield CUT.format(counted=counted, found=found)
        return
    folded = _folded(id_, entries)
    if _read(fields) != _read(folded) or any(fields.get(name) != folded.get(name) for name in _GUARDS):
        yield SPOILT_FIELDS


def _folded(id_: str, entries: Sequence[Entry]) -> Mapping[str, str]:
    try:
        return rebuilt(id_, entries)
    except UnreadableEntry:  # which the chain tells
        return {}


def _read(fields: Mapping[str, str]) -> Incident | None:
    """Return the incident, as what fields mean is compared, not how a version of the bot wrote it; None where they mean none."""
    try:
        return read_incident(fields)
    except (AttributeError, LookupError, TypeError, ValueError):
        return None
