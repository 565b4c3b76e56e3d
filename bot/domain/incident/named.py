"""Incidents as people name them: `INC-7Q2K`, and `INC7Q2K` or `inc 7q2k` as phones write it."""

import re

from bot.domain.text.typed import from_locale

ALONE = r"INC(?:-[2-9A-Z]{4,8}|[ _#:]?(?=[A-Z]{0,7}[2-9])[2-9A-HJ-NP-Z]{4,8}|[A-HJ-NP-Z]{4})"  # nothing but an id, in capitals
_NAMED = re.compile(
    r"\b(?i:INC)-(?P<dashed>(?i:[2-9A-Z]{4,8}))\b"
    # Words begin with these letters, too: without the dash an id has a digit, or is in capitals. None has I or O.
    r"|\b(?i:INC)[ _#:]?(?P<digits>(?=[A-Za-z]{0,7}[2-9])(?i:[2-9A-HJ-NP-Z]{4,8}))\b"
    r"|\bINC(?P<capitals>[A-HJ-NP-Z]{4,8})\b"
)
_ALONE = re.compile(ALONE)
_SHORT = re.compile(r"#?(?!SEV[1-9])(?=[A-Z]{0,7}[2-9])(?=[2-9]{0,7}[A-HJ-NP-Z])([2-9A-HJ-NP-Z]{4,8})")
# The bot's own messages name an incident as a link to its root, and what is copied from there stays one.
_LINK = re.compile(rf"<[^<>|\s]{{1,2000}}\|\s?#?({ALONE})\s?>", re.IGNORECASE)


def incident_id(text: str) -> str | None:
    """Return the id that a text is, as it is kept, or None."""
    said = text.strip().upper()
    return f"INC-{said[3:].lstrip('- _#:')}" if _ALONE.fullmatch(said) else None


def as_incident_id(text: str) -> str:
    """Return an id that somebody gave as such, as it is kept; what is none as it would be."""
    text = from_locale(text)
    return incident_id(text) or text.strip().upper()


def split_incident(text: str) -> tuple[str | None, str]:
    """Return the first id that a text names, and the text without it."""
    before, id_, after = parted_at_incident(text)
    return (id_, f"{before}{after}") if id_ else (None, text)


def parted_at_incident(text: str) -> tuple[str, str | None, str]:
    """Return what stands before the first id that a text names, the id, and what stands behind it."""
    if whole := incident_id(text):
        return "", whole, ""
    text = unlinked(text)
    found = _NAMED.search(text)
    if found is None:
        return text, None, ""
    return text[: found.start()], f"INC-{(found[found.lastgroup or 0]).upper()}", text[found.end() :]


def unlinked(text: str) -> str:
    """Return a text with the ids of incidents that are links in it as ids."""
    return _LINK.sub(r"\1", text)


def without_prefix(text: str) -> str | None:
    """Return the id that `7Q2K` is short for, where nothing but an id can stand; None for all else."""
    found = _SHORT.fullmatch(text.strip().upper())
    return f"INC-{found.group(1)}" if found else None
