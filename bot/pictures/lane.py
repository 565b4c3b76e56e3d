"""One run along the axis: a bar a step, simultaneous ones in separate rows; where those have no room, columns of many steps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.pictures.axis import Axis
from bot.pictures.columns import draw_columns
from bot.pictures.gaps import draw_gaps
from bot.pictures.marks import MARKED_WIDTH, PLAIN_WIDTH, draw_frame, draw_mark
from bot.pictures.palette import Role
from bot.pictures.phrases import bar_labels
from bot.pictures.shapes import Box, Shape
from bot.pictures.track import Bar, Gap, StepStyle, Track

WHOLE = 60  # steps drawn one by one at most
_LONG = 90.0  # pixels from which a bar stays a bar among columns
_LONG_ROWS, _LONG_HEIGHT = 2, 22.0
_LOWEST = 12.0  # pixels of a row
_HIGHEST = 0.72  # of the area: room for the arrow that leads to the critical step
_BETWEEN = 3.0
_SEAM = 2.0  # pixels left free at a bar's end, so that the next one may begin there
_PLAIN = frozenset({StepStyle.OK, StepStyle.SKIPPED})


@dataclass(frozen=True, slots=True)
class Lane:
    """A drawn lane: where the critical step is (None without a time), and what became columns."""

    shapes: list[Shape]
    critical: Box | None
    folded: int = 0
    tallest: int = 0


@dataclass(slots=True)
class _Rows:
    """Bars that do not touch, row by row."""

    rows: list[list[Bar]] = field(default_factory=list)
    _taken: list[list[tuple[float, float]]] = field(default_factory=list)

    def add(self, bar: Bar, axis: Axis, *, at_most: int) -> bool:
        """Put a bar into the first row that has room; False where none of `at_most` rows has."""
        left, right = extent(bar, axis)
        place = next((place for place, spans in enumerate(self._taken) if _is_free(spans, left, right)), len(self.rows))
        if place >= at_most:
            return False
        if place == len(self.rows):
            self.rows.append([])
            self._taken.append([])
        self.rows[place].append(bar)
        self._taken[place].append((left, right))
        return True


def draw_lane(track: Track, axis: Axis, area: Box, gaps: Sequence[Gap]) -> Lane:
    """Draw a run's timed steps into an area, its gaps behind and below them."""
    rows = _all_rows(track.bars, axis, area.height)
    if rows is None:
        return _folded(track.bars, axis, area, gaps)
    placed = list(_placed(rows, axis, area))
    top = min((box.top for _, box in placed), default=area.top)
    return _lane([*draw_gaps(gaps, axis, Box(area.left, top, area.width, area.bottom - top))], placed)


def extent(bar: Bar, axis: Axis) -> tuple[float, float]:
    """Return the left and right edge of a bar in pixels, at least as wide as its mark needs."""
    left = axis.x(bar.start)
    right = axis.right if bar.running else axis.x(bar.start if bar.end is None else bar.end) - _SEAM
    marked = bar.kind not in _PLAIN or bar.end is None
    return left, max(right, left + (MARKED_WIDTH if marked else PLAIN_WIDTH))


def _lane(behind: list[Shape], placed: Iterable[tuple[Bar, Box]], folded: int = 0, tallest: int = 0) -> Lane:
    shapes, critical = behind, None
    for bar, box in placed:
        shapes += draw_mark(bar.kind, box, hollow=bar.end is None, labels=bar_labels(bar.step))
        if bar.critical:
            critical = box
    if critical:
        shapes += draw_frame(critical.grown(3), Role.TEXT)
    return Lane(shapes, critical, folded, tallest)


def _all_rows(bars: Sequence[Bar], axis: Axis, height: float) -> _Rows | None:
    """Return all bars in rows, the critical one in the first; None where they are too many or need too many rows."""
    if len(bars) > WHOLE:
        return None
    at_most = int((height + _BETWEEN) // (_LOWEST + _BETWEEN))
    rows = _Rows()
    fits = [rows.add(bar, axis, at_most=at_most) for bar in sorted(bars, key=lambda bar: not bar.critical)]
    return rows if all(fits) else None


def _is_free(spans: Iterable[tuple[float, float]], left: float, right: float) -> bool:
    return all(right <= other_left or other_right <= left for other_left, other_right in spans)


def _placed(rows: _Rows, axis: Axis, area: Box) -> Iterator[tuple[Bar, Box]]:
    """Give every bar its box, the last row on the area's ground."""
    count = max(len(rows.rows), 1)
    height = min((area.height + _BETWEEN) / count - _BETWEEN, area.height * _HIGHEST)
    top = area.bottom - count * (height + _BETWEEN) + _BETWEEN
    for place, row in enumerate(rows.rows):
        for bar in row:
            left, right = extent(bar, axis)
            yield bar, Box(left, top + place * (height + _BETWEEN), right - left, height)


def _folded(bars: Sequence[Bar], axis: Axis, area: Box, gaps: Sequence[Gap]) -> Lane:
    """Draw columns, and what stays a bar: the longest steps below them, the critical one above or among them."""
    long = _long(bars, axis)
    kept = {id(bar) for row in long.rows for bar in row}
    critical = next((bar for bar in bars if bar.critical), None)
    above = critical is not None and id(critical) in kept
    upper, lower = _split(area, len(long.rows), above=above)
    folded = [bar for bar in bars if id(bar) not in kept and not bar.critical]
    drawn = draw_columns(folded, axis, lower if above else upper)
    placed = list(_placed_long(long, axis, upper if above else lower))
    if critical and not above:
        left, right = extent(critical, axis)
        placed.append((critical, Box(left, upper.top, right - left, upper.height)))
    return _lane([*draw_gaps(gaps, axis, area), *drawn.shapes], placed, len(folded), drawn.tallest)


def _long(bars: Sequence[Bar], axis: Axis) -> _Rows:
    """Return the bars that are long enough to stay bars, the critical one first, then the longest, as far as there is room."""
    rows = _Rows()
    widths = [(right - left, bar) for bar in bars for left, right in [extent(bar, axis)] if right - left >= _LONG]
    for _, bar in sorted(widths, key=lambda entry: (not entry[1].critical, -entry[0], entry[1].step.number)):
        rows.add(bar, axis, at_most=_LONG_ROWS)
    return rows


def _split(area: Box, long_rows: int, *, above: bool) -> tuple[Box, Box]:
    """Return the area's upper and lower part, one of them as high as the rows of long bars need."""
    taken = long_rows * (_LONG_HEIGHT + _BETWEEN)
    height = taken if above else area.height - taken
    upper = Box(area.left, area.top, area.width, height)
    return upper, Box(area.left, area.top + height, area.width, area.height - height)


def _placed_long(rows: _Rows, axis: Axis, area: Box) -> Iterator[tuple[Bar, Box]]:
    top = area.top if any(bar.critical for row in rows.rows for bar in row) else area.top + _BETWEEN
    for place, row in enumerate(rows.rows):
        for bar in row:
            left, right = extent(bar, axis)
            yield bar, Box(left, top + place * (_LONG_HEIGHT + _BETWEEN), right - left, _LONG_HEIGHT)
