"""Many steps as columns along the axis: the taller, the more steps were active; kinds stacked, trouble on top."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from bot.pictures.axis import Axis
from bot.pictures.marks import draw_mark
from bot.pictures.shapes import Box, Shape
from bot.pictures.track import Bar, StepStyle

_PITCH, _WIDTH = 14.0, 12.0
_LEAST = 12.0  # pixels that trouble is high at least, so that its shape is seen
_STACK = (
    StepStyle.OK,
    StepStyle.SKIPPED,
    StepStyle.OTHER,
    StepStyle.PENDING,
    StepStyle.PARTIAL,
    StepStyle.DIVERGENT,
    StepStyle.FAILED,
)  # from below
_CALM = frozenset({StepStyle.OK, StepStyle.SKIPPED})


@dataclass(frozen=True, slots=True)
class Columns:
    """Drawn columns; `tallest` is the number of steps in the fullest one."""

    shapes: list[Shape]
    tallest: int


def draw_columns(bars: Iterable[Bar], axis: Axis, area: Box) -> Columns:
    """Draw how many steps of each kind are active in every stretch of the axis. O(steps + columns)."""
    count = max(int((axis.right - axis.left) // _PITCH), 1)
    active = _active(bars, axis, count)
    totals = [sum(by_kind) for by_kind in zip(*active.values(), strict=True)]
    tallest = max(totals, default=0)
    shapes: list[Shape] = []
    for place, total in enumerate(totals):
        if total:
            amounts = [(kind, active[kind][place]) for kind in _STACK if active[kind][place]]
            shapes += _column(amounts, tallest, Box(axis.left + place * _PITCH, area.top, _WIDTH, area.height))
    return Columns(shapes, tallest)


def _active(bars: Iterable[Bar], axis: Axis, count: int) -> dict[StepStyle, list[int]]:
    """Return for every kind how many of its steps touch each column."""
    changes = {kind: [0] * (count + 1) for kind in _STACK}
    for bar in bars:
        last = axis.right if bar.running else axis.x(bar.start if bar.end is None else bar.end)
        changes[bar.kind][_place(axis.x(bar.start), axis, count)] += 1
        changes[bar.kind][_place(last, axis, count) + 1] -= 1
    return {kind: list(accumulate(amounts[:-1])) for kind, amounts in changes.items()}


def _place(x: float, axis: Axis, count: int) -> int:
    return min(int((x - axis.left) // _PITCH), count - 1)


def _column(amounts: Sequence[tuple[StepStyle, int]], tallest: int, area: Box) -> Iterator[Shape]:
    heights = [max(amount / tallest * area.height, 2.0 if kind in _CALM else _LEAST) for kind, amount in amounts]
    squeeze = min(area.height / sum(heights), 1.0)
    bottom = area.bottom
    for (kind, _), height in zip(amounts, heights, strict=True):
        bottom -= height * squeeze
        yield from draw_mark(kind, Box(area.left, bottom, area.width, height * squeeze))
