"""Ids: recognising UUIDs in what people type, and minting our own."""

import hashlib
import re
import uuid

from ulid import ULID

UUID_PATTERN = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
# At least the eight characters that `short` gives, and less than a whole id.
PREFIX_PATTERN = (
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{0,4}|-[0-9a-fA-F]{4}-[0-9a-fA-F]{0,4}|(?:-[0-9a-fA-F]{4}){2}-[0-9a-fA-F]{0,4}"
    r"|(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{0,11})?"
)
_UUID = re.compile(UUID_PATTERN)
_BEGINNING = re.compile(PREFIX_PATTERN)


def as_uuid(text: str) -> str | None:
    """Return `text` as a lower-case UUID with dashes, or None. Aionis looks ids up case-sensitively, in lower case."""
    return text.lower() if _UUID.fullmatch(text) else None


def as_beginning(text: str) -> str | None:
    """Return `text` as the lower-case beginning of a UUID, at least the eight characters that `short` gives, or None."""
    return text.lower() if _BEGINNING.fullmatch(text) else None


def new_request_id() -> str:
    """Mint the `x-request-id` that we send with a call to Aionis: a UUID v4."""
    return str(uuid.uuid4())


def new_id() -> str:
    """Mint a sortable id (ULID) for things of our own."""
    return str(ULID())


def short_hash(text: str) -> str:
    """Return what tells a text from others where it is too long, or not to be told, itself."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def short(identifier: str, length: int = 8) -> str:
    """Return the first characters of a long id or hash, for texts where the whole is shown elsewhere."""
    return identifier[:length]
