"""One run along the axis: a bar a step, touching ones in separate rows, or columns of many steps where bars have no room."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.blocks.text import duration
from bot.pictures.axis import Axis
from bot.pictures.columns import draw_columns
from bot.pictures.lettering import text_width
from bot.pictures.marks import MARKED_WIDTH, PLAIN_WIDTH, mark, outline
from bot.pictures.palette import Role
from bot.pictures.shapes import Box, Line, Rect, Shape, Text
from bot.pictures.track import Bar, Gap, Kind, Track
from bot.pictures.words import bar_labels

WHOLE = 60  # steps drawn one by one at most
GAP_ROW = 24  # pixels below the bars for what a gap is called
GAP_SHARE = 0.04  # of the axis: shorter gaps are not marked
_LOWEST, _HIGHEST = 12.0, 84.0  # pixels of a row
_BETWEEN = 3.0
_GAP_SIZE = 16
_PLAIN = frozenset({Kind.OK, Kind.SKIPPED})


@dataclass(frozen=True, slots=True)
class Lane:
    """A drawn lane: where the critical step is (None without a time), and what became columns."""

    shapes: list[Shape]
    critical: Box | None
    folded: int = 0
    tallest: int = 0


def draw_lane(track: Track, axis: Axis, area: Box, gaps: Sequence[Gap]) -> Lane:
    """Draw a run's timed steps into an area, its gaps behind and below them."""
    behind = list(_gap_shapes(gaps, axis, area))
    rows = _rows(track.bars, axis, area.height) if len(track.bars) <= WHOLE else None
    if rows is None:
        folded = [bar for bar in track.bars if not bar.critical]
        drawn = draw_columns(folded, axis, area)
        critical = [bar for bar in track.bars if bar.critical]
        placed = [(bar, _upright(extent(bar, axis), area)) for bar in critical]
        behind += drawn.shapes
        return _with_bars(behind, placed, len(folded), drawn.tallest)
    return _with_bars(behind, list(_placed(rows, axis, area)))


def extent(bar: Bar, axis: Axis) -> tuple[float, float]:
    """Return the left and right edge of a bar in pixels, at least as wide as its mark needs."""
    left = axis.x(bar.start)
    right = axis.right if bar.running else axis.x(bar.start if bar.end is None else bar.end)
    marked = bar.kind not in _PLAIN or bar.end is None
    return left, max(right, left + (MARKED_WIDTH if marked else PLAIN_WIDTH))


def _with_bars(behind: list[Shape], placed: Sequence[tuple[Bar, Box]], folded: int = 0, tallest: int = 0) -> Lane:
    shapes, critical = behind, None
    for bar, box in placed:
        shapes += mark(bar.kind, box, hollow=bar.end is None, labels=bar_labels(bar.step))
        if bar.critical:
            critical = box
    if critical:
        shapes += outline(critical.grown(3), Role.TEXT)
    return Lane(shapes, critical, folded, tallest)


def _rows(bars: Iterable[Bar], axis: Axis, height: float) -> list[list[Bar]] | None:
    """Put bars that would touch into separate rows, the critical one into the first; None where they need too many."""
    rows: list[list[Bar]] = []
    taken: list[list[tuple[float, float]]] = []
    for bar in sorted(bars, key=lambda bar: not bar.critical):
        left, right = extent(bar, axis)
        row = next((place for place, spans in enumerate(taken) if _is_free(spans, left, right)), len(rows))
        if row == len(rows):
            rows.append([])
            taken.append([])
        rows[row].append(bar)
        taken[row].append((left, right))
    return rows if len(rows) * (_LOWEST + _BETWEEN) - _BETWEEN <= height else None


def _is_free(spans: Iterable[tuple[float, float]], left: float, right: float) -> bool:
    return all(right + _BETWEEN <= other_left or other_right + _BETWEEN <= left for other_left, other_right in spans)


def _placed(rows: Sequence[Sequence[Bar]], axis: Axis, area: Box) -> Iterator[tuple[Bar, Box]]:
    """Give every bar its box, the last row on the area's ground."""
    count = max(len(rows), 1)
    height = min((area.height + _BETWEEN) / count - _BETWEEN, _HIGHEST)
    top = area.bottom - count * (height + _BETWEEN) + _BETWEEN
    for place, row in enumerate(rows):
        for bar in row:
            left, right = extent(bar, axis)
            yield bar, Box(left, top + place * (height + _BETWEEN), right - left, height)


def _upright(edges: tuple[float, float], area: Box) -> Box:
    left, right = edges
    return Box(left, area.top, right - left, area.height)


def _gap_shapes(gaps: Sequence[Gap], axis: Axis, area: Box) -> Iterator[Shape]:
    named: list[tuple[float, float]] = []
    for gap in sorted(gaps, key=lambda gap: -gap.length):
        left, right = axis.x(gap.start), axis.x(gap.end)
        yield Rect(Box(left, area.top, right - left, area.height), Role.BAND)
        yield from _bracket(left, right, area.bottom + 6)
        words = _gap_words(gap, right - left)
        half = text_width(words, _GAP_SIZE) / 2 + 3
        middle = min(max((left + right) / 2, half + 4), axis.right + MARKED_WIDTH - half)
        if _is_free(named, middle - half, middle + half):
            named.append((middle - half, middle + half))
            yield Text((middle, area.bottom + GAP_ROW - 3), words, _GAP_SIZE, Role.MUTED, "middle")


def _bracket(left: float, right: float, y: float) -> Iterator[Shape]:
    yield Line((left + 1, y), (right - 1, y), Role.MUTED)
    for x in (left + 1, right - 1):
        yield Line((x, y - 5), (x, y + 5), Role.MUTED)


def _gap_words(gap: Gap, room: float) -> str:
    long = f"{duration(gap.length)} {'gap or retries' if gap.retried else 'gap'}"
    return long if text_width(long, _GAP_SIZE) <= room else duration(gap.length)
