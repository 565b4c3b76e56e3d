"""What changed inside a recorded value: key by key, nested, in the order of the older one."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.domain.comparison.differences import canonical
from bot.runtime.masking import mask_value

_MOST = 200  # changes that are listed of one value; the rest is counted


class Absent(Enum):
    """The side that does not have a key or item. Not None, which JSON has, too."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One place at which two values differ. `keys` lead there: names in objects, numbers from 0 in lists, () is the whole."""

    keys: tuple[str | int, ...]
    before: Any
    after: Any

    @property
    def path(self) -> str:
        """Return the place as `items[2].sku`; the whole value is ""."""
        text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in self.keys)
        return text.removeprefix(".")


@dataclass(frozen=True, slots=True)
class ValueChanges:
    """What changed: the first changes, and how many there are in all."""

    first: tuple[ValueChange, ...] = ()
    total: int = 0


def value_changes(before: Any, after: Any) -> ValueChanges:
    """Return where two JSON values differ. O(size of both); lists are compared place by place."""
    first: list[ValueChange] = []
    total = 0
    for change in _changes((), before, after):
        total += 1
        if len(first) < _MOST:
            first.append(change)
    return ValueChanges(tuple(first), total)


def masked_at(keys: tuple[str | int, ...], value: Any) -> Any:
    """Return a value masked as it would be where it stands: under its keys, which tell what it is."""
    nested = value
    for key in reversed(keys):
        nested = [nested] if isinstance(key, int) else {key: nested}
    masked = mask_value(nested)
    for _ in keys:
        if not isinstance(masked, dict | list):
            return masked  # a key further up had all of it masked
        masked = masked[0] if isinstance(masked, list) else next(iter(masked.values()))
    return masked


def _changes(keys: tuple[str | int, ...], before: Any, after: Any) -> Iterator[ValueChange]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _changes((*keys, str(key)), before.get(key, ABSENT), after.get(key, ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        # Place by place: where an item was put in front everything behind differs, but what is said of each place is true.
        for place in range(max(len(before), len(after))):
            yield from _changes((*keys, place), _item(before, place), _item(after, place))
    elif before is ABSENT or after is ABSENT or canonical(before) != canonical(after):
        yield ValueChange(keys, before, after)


def _item(values: list[Any], place: int) -> Any:
    return values[place] if place < len(values) else ABSENT
