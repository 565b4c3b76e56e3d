"""What was found to be secret in one place of a record, so that it is masked in every other."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain.redaction.looks import is_harmless, mixes
from bot.domain.redaction.rules import Found
from bot.domain.redaction.wordy import is_wordy

_LEAST = 6  # characters; what is shorter stands in too many other places by chance
_LONG = 12  # from here on also inside of longer words, which it is not in by chance
_MOST = 200
"""Secrets that are remembered at a time; a record with more is made of secrets."""
_PARTS = re.compile(r"[^\s\"'\\,;]+")


def remembered(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what of these secrets (each with its kind) can be told from ordinary words, so that it may be masked wherever it stands."""
    parts = ((part, kind) for secret, kind in found if len(secret) <= 2_000 for part in _PARTS.findall(secret))
    return {part: kind for part, kind in parts if _is_distinctive(part)}


def _is_distinctive(part: str) -> bool:
    if len(part) < _LEAST or is_harmless(part) or "[masked" in part:
        return False
    return (
        (mixes(part) and not part.startswith(("/", "http")))
        or (len(part) >= 16 and not is_wordy(part))
        or (part.isdigit() and len(part) >= 8)
    )


@dataclass(frozen=True)
class Memory:
    """Secrets, each with its kind, that are masked wherever they stand."""

    secrets: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.secrets)

    def with_secrets(self, more: Mapping[str, str]) -> "Memory":
        """Return a memory that holds these, too."""
        if more.keys() <= self.secrets.keys():
            return self
        return Memory(dict([*self.secrets.items(), *more.items()][:_MOST]))

    def found(self, text: str) -> Iterator[Found]:
        """Yield where these secrets stand in a text; short ones only where they are no part of a longer word."""
        for secret, kind in self.secrets.items():
            at = text.find(secret)
            while at >= 0:
                end = at + len(secret)
                if len(secret) >= _LONG or not (text[max(0, at - 1) : at].isalnum() or text[end : end + 1].isalnum()):
                    yield Found(at, end, kind)
                at = text.find(secret, end)
