"""Masking of secrets in everything that leaves the bot: by key name, by shape, by what stands around them, by randomness.

UUIDs, hashes, Aionis URIs, tool names and numbers survive. A masked value says what it was, never any part of it. What cannot
be checked is not passed. docs/redaction.md tells what is masked; a team's own rules are read in `bot/config/redaction_rules.py`.
"""

from typing import Any

from bot.domain.redaction.findings import UNCHECKED, Finding, Redacted
from bot.domain.redaction.redactor import CUT, LIMIT, Redactor
from bot.domain.redaction.rules import Rules

__all__ = [
    "CUT",
    "LIMIT",
    "UNCHECKED",
    "Finding",
    "Redacted",
    "Redactor",
    "Rules",
    "install",
    "installed",
    "is_secret_key",
    "mask_text",
    "mask_value",
    "prepare",
]

# In a list, so that whoever has imported `mask_text` uses the one that is installed later.
_redactors = [Redactor()]


def install(redactor: Redactor) -> None:
    """Make this redactor the one that `mask_text`, `mask_value` and `is_secret_key` use."""
    _redactors[:] = [redactor]


def installed() -> Redactor:
    """Return the redactor in use."""
    return _redactors[0]


def prepare() -> None:
    """Compile the rules now rather than with the first text."""
    installed().text("password=")


def mask_text(text: str) -> str:
    """Return the text with every recognised secret replaced by `[masked: <kind>]`, cut (and saying so) at 50,000 characters."""
    return installed().text(text)


def mask_value(value: Any) -> Any:
    """Return a copy of a JSON value with secrets masked: texts by shape, and everything under a secret-looking key."""
    return installed().value(value)


def is_secret_key(key: str) -> bool:
    """Tell whether a key's name (snake, kebab or camel case) says that its value is a secret."""
    return installed().kind_of(key) is not None
