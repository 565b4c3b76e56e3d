"""What Aionis masks and cuts: e-mail, US SSN, IPv4 and US phone patterns, nothing else (contract, sections 4 and 9).

It has no word boundaries on digits, so it also mangles long digit runs inside tokens, as the real one does. Secrets pass.
"""

import re
from functools import partial
from typing import Any

from bot.playground.aionis.hashing import sha256

SUMMARY_LIMIT = 8000  # characters of a title or text_summary
_PATTERNS = (
    ("EMAIL", re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    ("SSN", re.compile(r"\b\d{3}-\d{2}-\d{4}\b")),
    ("IP", re.compile(r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b")),
    ("PHONE", re.compile(r"(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-. ]?)\d{3}[-. ]?\d{4}")),
)
_MAYBE = re.compile(r"@|\d{1,3}\.\d{1,3}\.|\d{3}\D{0,2}\d{2}")  # a cheap test: most strings have nothing to mask
# Links between records, which stay whole so that `find` by run works; real ids rarely match a pattern.
IDENTIFIERS = frozenset({"run_id", "step_id", "decision_id", "replay_kind"})


def mask(text: str) -> str:
    """Return the text with every match replaced by `[KIND#8hex]`, the same value always by the same mark."""
    if not _MAYBE.search(text):
        return text
    for kind, pattern in _PATTERNS:
        text = pattern.sub(partial(_mark, kind), text)
    return text


def _mark(kind: str, match: re.Match[str]) -> str:
    return f"[{kind}#{sha256(match.group())[:8]}]"


def mask_json(value: Any) -> Any:
    """Return a JSON value with its strings masked; object keys and record identifiers stay."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [mask_json(item) for item in value]
    if isinstance(value, dict):
        return {key: item if key in IDENTIFIERS else mask_json(item) for key, item in value.items()}
    return value


def summary(text: str | None) -> str | None:
    """Return a title or text_summary: white space collapsed, masked, cut with a final `…`; None for a blank one."""
    text = mask(" ".join((text or "").split()))
    return (text if len(text) <= SUMMARY_LIMIT else text[: SUMMARY_LIMIT - 1] + "…") or None
