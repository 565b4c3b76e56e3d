"""The hash chain of an incident's log: what is hashed, in one place for the store's script, the audit and the bundle.

An entry's `digest` is the SHA-256 of what it says and of its salt, and its `chain` the SHA-256 of the chain of the entry before,
its version and its digest. The chain is made of digests alone, so that it holds where a person was taken out of an entry later;
the salt keeps a digest from telling, by trying, what is no longer there.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIRST = "0" * 64  # the chain before the first entry


@dataclass(frozen=True, slots=True)
class ChainSeal:
    """How an entry is held by the chain. One of a version without the chain has neither `salt` nor `chain`."""

    salt: str
    digest: str
    chain: str


def digest_of(salt: str, kind: str, actor: str, at: datetime, key: str, payload: Mapping[str, Any]) -> str:
    """Return the digest of what an entry says."""
    # Sorted keys and one form of the time: an entry that was read from a bundle must come to what the store has hashed.
    said = [salt, kind, actor, _instant(at), key, payload]
    return _sha256(json.dumps(said, sort_keys=True, separators=(",", ":")))


def digest_of_old(fields: Iterable[tuple[str, str]]) -> str:
    """Return the digest of an entry without the chain, from its fields as they are stored, in their order.

    It is the SHA-1 that Redis' scripts have; the chain above it is SHA-256 like all of it.
    """
    raw = [text.encode() for field in fields for text in field]
    return hashlib.sha1(b"".join(b"%d:%s" % (len(text), text) for text in raw), usedforsecurity=False).hexdigest()


def next_chain(previous: str, version: int, digest: str) -> str:
    """Return the chain of an entry. The store's script does the same (bot/store/incident.lua)."""
    return _sha256(f"{previous}\n{version}\n{digest}")


def _instant(at: datetime) -> str:
    try:
        return at.astimezone(UTC).isoformat()
    except OverflowError:  # of a bundle that somebody made up
        return at.isoformat()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
