"""What Aionis masks and cuts: e-mail, US SSN, IPv4 and US phone patterns, nothing else (contract, sections 4 and 9).

A phone number may begin anywhere and ends at a word's end, so it also takes the last digits of long tokens and of UUIDs, those
of record links included: 1.8 % of random ids are hit. Secrets pass.
"""

import re
from functools import lru_cache, partial
from typing import Any

from bot.playground.aionis.hashing import sha256

SUMMARY_LIMIT = 8000  # characters of a title or text_summary
_PATTERNS = (
    ("EMAIL", re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", re.ASCII)),
    ("SSN", re.compile(r"\b\d{3}-\d{2}-\d{4}\b", re.ASCII)),
    ("IP", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", re.ASCII)),
    ("PHONE", re.compile(r"(?:\+?1[-\s]?)?(?:\d{3}|\(\s*\d{3}\s*\))[-\s]?\d{3}[-\s]?\d{4}\b", re.ASCII)),
)
_MAYBE = re.compile(r"@|\d{1,3}\.\d{1,3}\.|\d{3}\D{0,9}\d{2}")  # a cheap test: most strings have nothing to mask
LINKS = frozenset({"run_id", "step_id", "decision_id", "replay_kind"})  # slots that say what a record belongs to
_MASKED_LINKS = 1 << 16  # ids whose masked form is remembered: `find` compares the links of every record


def mask(text: str) -> str:
    """Return the text with every match replaced by `[KIND#8hex]`, the same value always by the same mark."""
    if not _MAYBE.search(text):
        return text
    for kind, pattern in _PATTERNS:
        text = pattern.sub(partial(_mark, kind), text)
    return text


@lru_cache(maxsize=_MASKED_LINKS)
def masked_link(text: str) -> str:
    """Return the masked form of a record's link; links repeat, so it is worked out once."""
    return mask(text)


def _mark(kind: str, match: re.Match[str]) -> str:
    return f"[{kind}#{sha256(match.group())[:8]}]"


def mask_json(value: Any) -> Any:
    """Return a JSON value with its strings masked; object keys stay."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [mask_json(item) for item in value]
    if isinstance(value, dict):
        return {key: mask_json(item) for key, item in value.items()}
    return value


def summary(text: str | None) -> str | None:
    """Return a title or text_summary: white space collapsed, masked, cut with a final `…`; None for a blank one."""
    text = mask(" ".join((text or "").split()))
    return (text if len(text) <= SUMMARY_LIMIT else text[: SUMMARY_LIMIT - 1] + "…") or None
