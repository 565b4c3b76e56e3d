"""The time axis: seconds to pixels, and ticks in units people use."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.pictures.lettering import text_width
from bot.pictures.palette import Role
from bot.pictures.shapes import Line, Shape, Text

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_INTERVALS = 6
_STEPS = (
    *(scale * digit for scale in (0.001, 0.01, 0.1) for digit in (1, 2, 5)),
    *(1, 2, 5, 10, 15, 30),
    *(_MINUTE * count for count in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * count for count in (1, 2, 3, 6, 12)),
    *(_DAY * digit * 10**power for power in range(8) for digit in (1, 2, 5)),
)
_UNITS = ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"))
_SIZE = 16
_EDGE = 8  # pixels kept free at the canvas' sides


@dataclass(frozen=True, slots=True)
class Axis:
    """A span of `length` seconds between two x coordinates."""

    left: float
    right: float
    length: float

    def x(self, seconds: float) -> float:
        """Return the x coordinate of a moment; moments outside the span are put to its ends."""
        if self.length <= 0:
            return self.left
        share = min(max(seconds / self.length, 0.0), 1.0)
        return self.left + share * (self.right - self.left)

    def ticks(self) -> list[float]:
        """Return the seconds at which ticks stand, from 0, at most seven."""
        step = next((step for step in _STEPS if step * _INTERVALS >= self.length), _STEPS[-1])
        return [step * place for place in range(_INTERVALS + 1) if step * place <= self.length]


def axis_shapes(axis: Axis, y: float, canvas_width: float) -> Iterator[Shape]:
    """Draw the line, the ticks and, where they have room, their labels; 26 pixels high."""
    yield Line((axis.left, y), (axis.right, y), Role.MUTED)
    reached = 0.0
    for seconds in axis.ticks():
        x, words = axis.x(seconds), tick_words(seconds)
        yield Line((x, y), (x, y + 6), Role.MUTED)
        half = text_width(words, _SIZE) / 2
        middle = min(max(x, _EDGE + half), canvas_width - _EDGE - half)
        if middle - half >= reached:
            yield Text((middle, y + 23), words, _SIZE, Role.MUTED, "middle")
            reached = middle + half + _EDGE


def tick_words(seconds: float) -> str:
    """Return a moment in its largest units: `0`, `200 ms`, `1.5 s`, `1 min 30 s`, `2 h`, `3 d 12 h`."""
    if seconds < 1:
        return f"{seconds * 1000:g} ms" if seconds else "0"
    if seconds < _MINUTE:
        return f"{seconds:g} s"
    size, unit = next(entry for entry in _UNITS if seconds >= entry[0])
    whole, rest = divmod(seconds, size)
    return f"{whole:,.0f} {unit} {tick_words(rest)}" if rest >= 1 else f"{whole:,.0f} {unit}"
