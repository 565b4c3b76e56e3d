"""Hashes and deterministic ids: the same writes give the same ids in every process, so that documents can quote them."""

import hashlib
import json
import uuid
from typing import Any

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "sample-aionis").bytes


def name_id(*parts: str) -> str:
    """Return the UUID (version 5) that these names always have; by hand, since a long run needs 80,000 of them."""
    digest = hashlib.sha1(_NAMESPACE + "/".join(parts).encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def sha256(text: str) -> str:
    """Return 64 hex digits. Lone surrogates, which JSON can carry, are hashed as they are."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def canonical_sha256(value: Any) -> str:
    """Return the hash of a JSON value, whatever the order of its keys."""
    return sha256(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def encode_json(value: Any) -> bytes:
    """Return compact UTF-8 JSON as JavaScript writes it: only lone surrogates are escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
