"""What somebody else's document says in a field that may hold anything."""

from typing import Any


def given_text(value: Any) -> str | None:
    """Return a text that says something; None for a blank one, and for what is none."""
    return value if isinstance(value, str) and value.strip() else None
