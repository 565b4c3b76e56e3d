"""What two recorded values have in common, without saying "same" of what was not read."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Sameness(StrEnum):
    """How a value of two records compares."""

    SAME = "same"
    CHANGED = "changed"
    ONE_SIDED = "only on one side"  # one of the records does not have it, or does not exist
    NOT_RECORDED = "not recorded"  # both were read, neither has it
    NOT_READ = "not read"  # at least one of the records was not read


@dataclass(frozen=True, slots=True)
class ListChange:
    """What a list gained, lost and kept, each without repeats and in the list's order."""

    added: list[str]
    gone: list[str]
    kept: list[str]

    @property
    def equal(self) -> bool:
        """Tell whether nothing was added and nothing is gone."""
        return not (self.added or self.gone)


def sameness(first: Mapping[str, Any] | None, second: Mapping[str, Any] | None, key: str) -> Sameness:
    """Compare one key of two records; a record that was not read is None."""
    if first is None or second is None:
        return Sameness.NOT_READ
    before, after = first.get(key), second.get(key)
    if before is None and after is None:
        return Sameness.NOT_RECORDED
    if before is None or after is None:
        return Sameness.ONE_SIDED
    return Sameness.SAME if canonical(before) == canonical(after) else Sameness.CHANGED


def list_change(before: Iterable[object], after: Iterable[object]) -> ListChange:
    """Compare two lists of names; order and repeats do not count."""
    old, new = dict.fromkeys(map(str, before)), dict.fromkeys(map(str, after))
    return ListChange(
        added=[name for name in new if name not in old],
        gone=[name for name in old if name not in new],
        kept=[name for name in new if name in old],
    )


def canonical(value: Any) -> str:
    """Return a JSON value as text, equal for equal values only; Python itself takes true and 1 for equal."""
    return json.dumps(value, sort_keys=True, default=str)
