"""Taking somebody out of an incident's log: what each entry says afterwards, and the tombstone that says so."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain.incident import log_changes
from bot.domain.incident.incident_log import Change, Entry
from bot.domain.incident.log_chain import FIRST, ChainSeal, digest_of, next_chain

PERSON = "a person"
INCIDENT = "another incident"
NAMELESS = "a forgotten person"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be forgotten: an id, the names that are known for it, and what is said in place of the id."""

    what: str
    id: str
    names: tuple[str, ...]
    pseudonym: str

    def is_in(self, text: str) -> bool:
        """Tell whether a text has the id or one of the names, each as a word of its own."""
        return bool(_pattern(self).search(text))

    def out_of(self, text: str) -> str:
        """Return a text without them."""
        return _pattern(self).sub(lambda found: self.pseudonym if found.group() == self.id else NAMELESS, text)

    def out_of_value(self, value: Any) -> Any:
        """Return a JSON value without them, in keys as well."""
        if isinstance(value, str):
            return self.out_of(value)
        if isinstance(value, dict):
            return {self.out_of(key): self.out_of_value(one) for key, one in value.items()}
        return [self.out_of_value(one) for one in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A log after somebody was taken out of it: its entries, of which `rewritten` read otherwise now, and the tombstone."""

    entries: tuple[Entry, ...]
    rewritten: tuple[int, ...]
    tombstone: Entry


def forget(entries: Sequence[Entry], wanted: Wanted, *, at: datetime, new_salt: Callable[[], str]) -> Forgotten | None:
    """Return a log without somebody, its chain still holding; None where nothing of them is in it."""
    after = [_rewritten(entry, wanted, new_salt) for entry in entries]
    changed = [new for old, new in zip(entries, after, strict=True) if new is not old]
    if not changed:
        return None
    digests = {entry.version: _digest(entry, entry.seal.salt) for entry in changed if entry.seal}
    change = log_changes.forgotten(wanted.what, wanted.pseudonym, digests, at=at, key=f"forgotten:{wanted.pseudonym}")
    tombstone = _appended(after, change, new_salt())
    return Forgotten((*after, tombstone), tuple(digests), tombstone)


def _rewritten(entry: Entry, wanted: Wanted, new_salt: Callable[[], str]) -> Entry:
    actor, key, payload = wanted.out_of(entry.actor), wanted.out_of(entry.key), wanted.out_of_value(entry.payload)
    seal = entry.seal
    if seal is None or (actor, key, payload) == (entry.actor, entry.key, entry.payload):
        return entry
    # The old salt goes: without it nobody can try who stood here against the digest, which stays for the chain's sake.
    return replace(entry, actor=actor, key=key, payload=payload, seal=ChainSeal(new_salt(), seal.digest, seal.chain))


def _appended(entries: Sequence[Entry], change: Change, salt: str) -> Entry:
    version = entries[-1].version + 1
    entry = Entry(version, change.kind, change.actor, change.at, change.key, change.payload)
    digest = _digest(entry, salt)
    return replace(entry, seal=ChainSeal(salt, digest, next_chain(_head(entries), version, digest)))


def _head(entries: Iterable[Entry]) -> str:
    head = FIRST
    for entry in entries:
        head = next_chain(head, entry.version, entry.seal.digest if entry.seal else "")
    return head


def _digest(entry: Entry, salt: str) -> str:
    return digest_of(salt, entry.kind, entry.actor, entry.at, entry.key, entry.payload)


def _pattern(wanted: Wanted) -> re.Pattern[str]:
    # The longest first: the first that fits is taken, and “Ann” would leave the rest of “Ann Lee” standing.
    known = sorted((re.escape(text) for text in (wanted.id, *wanted.names)), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(known)})(?!\w)")
