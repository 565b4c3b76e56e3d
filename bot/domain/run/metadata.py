"""What real agents write into a run's metadata, and people ask first: who ran, for which case, how many steps were planned."""

import re
from dataclasses import dataclass

from bot.domain.run.records import Node
from bot.domain.text.given import given_text

# The `replay_mode`s that are known, case apart: nothing is executed in the first, and in the others something is.
_SIMULATED = frozenset({"simulate"})
_EXECUTED = frozenset({"strict", "guided"})
_MOST_STEPS = 1_000_000  # what is more is a mistake of whoever wrote it


@dataclass(frozen=True, slots=True)
class RunMetadata:
    """The metadata keys that are known; None where a key is absent or of another type."""

    agent: str | None = None
    case: str | None = None
    planned_steps: int | None = None
    replay_mode: str | None = None

    @property
    def simulated(self) -> bool:
        """Tell whether the mode says that nothing was executed."""
        return _word(self.replay_mode) in _SIMULATED

    @property
    def executed(self) -> bool:
        """Tell whether the mode says that something was executed. A mode that is not known says neither."""
        return _word(self.replay_mode) in _EXECUTED


def read_metadata(record: Node | None) -> RunMetadata:
    """Return what the metadata in a run's own record says; nothing where the record was not read."""
    metadata = record.slots.get("metadata") if record else None
    if not isinstance(metadata, dict):
        return RunMetadata()
    planned = _whole_number(metadata.get("planned_steps"))
    return RunMetadata(
        agent=_name(metadata.get("agent")),
        case=_name(metadata.get("case")),
        planned_steps=planned if planned is not None and 0 < planned <= _MOST_STEPS else None,
        replay_mode=given_text(metadata.get("replay_mode")),
    )


def stored_case(record: Node | None) -> object:
    """Return the case as it stands in a run's own record, a text or a number, for `find` matches the type, too."""
    metadata = record.slots.get("metadata") if record else None
    return metadata.get("case") if isinstance(metadata, dict) else None


def _name(value: object) -> str | None:
    """Return a name; frameworks write numbers of orders and agents as numbers."""
    return str(value) if type(value) is int else given_text(value)


def _whole_number(value: object) -> int | None:
    """Return a number that may be written as a text, or with a decimal point."""
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"\s*[0-9]{1,7}\s*", value, re.ASCII) else None
    if type(value) is float:
        return int(value) if value.is_integer() else None
    return value if type(value) is int else None


def _word(mode: str | None) -> str:
    return (mode or "").strip().casefold()
