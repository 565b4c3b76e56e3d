"""What real agents write into a run's metadata, and people ask first: who ran, for which case, how many steps were planned."""

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
    planned = metadata.get("planned_steps")
    return RunMetadata(
        agent=given_text(metadata.get("agent")),
        case=given_text(metadata.get("case")),
        planned_steps=planned if type(planned) is int and 0 < planned <= _MOST_STEPS else None,
        replay_mode=given_text(metadata.get("replay_mode")),
    )


def _word(mode: str | None) -> str:
    return (mode or "").strip().casefold()
