"""One record told twice: the timeline has its latest write, its slots the first (Aionis contract, section 16)."""

import re
from dataclasses import dataclass
from typing import Any

from bot.domain.error_wording.kept_text import as_kept

# What Aionis writes into the timeline where the agent said nothing; in the slots nothing stands there.
_STOCK = re.compile(r"Replay step outcome: \w+|Replay run ended with status=\w+")


@dataclass(frozen=True, slots=True)
class Told:
    """What a record says: `text` is the newest, None where it says nothing. `differs` tells that the slots say `older`."""

    text: str | None
    older: str | None = None
    differs: bool = False


def told(timeline: str | None, stored: str | None) -> Told:
    """Weigh a record's text in the timeline against the one in its slots. Equal ones, masks and cuts apart, are told whole."""
    if timeline is None:
        return Told(stored)
    newest = None if _STOCK.fullmatch(timeline) else timeline
    if newest is None and stored is None:
        return Told(None)
    if newest is not None and stored is not None and as_kept(newest) == as_kept(stored):
        return Told(stored)  # the slots' is not cut
    return Told(newest, stored, differs=True)


def own_text(text: str | None) -> str | None:
    """Return a timeline's text where somebody wrote it, None for the sentence that Aionis writes itself."""
    return None if text is None or _STOCK.fullmatch(text) else text


def first_given(*texts: Any) -> str | None:
    """Return the first text that was given at all, as Aionis takes it for the timeline; None where it is blank."""
    given = next((text for text in texts if isinstance(text, str)), None)
    return given if given and given.strip() else None
