"""Gaps: a tinted stretch behind the bars, and below them a bracket and how long it lasted."""

from collections.abc import Iterator, Sequence

from bot.blocks.text import duration
from bot.pictures.axis import Axis
from bot.pictures.lettering import text_width
from bot.pictures.palette import Role
from bot.pictures.shapes import Box, Line, Rect, Shape, Text
from bot.pictures.track import Gap

ROW = 30  # pixels below the bars for brackets and their words
SHARE = 0.04  # of the axis: shorter gaps are not marked
_SIZE = 16
_EDGE = 8  # pixels kept free at the canvas' left side; on the right, as many as before the axis


def draw_gaps(gaps: Sequence[Gap], axis: Axis, area: Box) -> Iterator[Shape]:
    """Draw gaps behind the bars of an area; where words would overlap, the longer gap has its own."""
    named: list[tuple[float, float]] = []
    for gap in sorted(gaps, key=lambda gap: -gap.length):
        left, right = axis.x(gap.start), axis.x(gap.end)
        yield Rect(Box(left, area.top, right - left, area.height), Role.BAND)
        yield from bracket(left, right, area.bottom + 6)
        words = _words(gap, right - left)
        half = text_width(words, _SIZE) / 2
        middle = min(max((left + right) / 2, half + _EDGE), axis.right + axis.left - half)
        if all(middle + half + 4 <= start or end + 4 <= middle - half for start, end in named):
            named.append((middle - half, middle + half))
            yield Text((middle, area.bottom + ROW - 7), words, _SIZE, Role.MUTED, "middle")


def bracket(left: float, right: float, y: float) -> Iterator[Shape]:
    """Draw how far a gap reaches, 8 pixels high around `y`."""
    yield Line((left + 1, y), (right - 1, y), Role.MUTED)
    for x in (left + 1, right - 1):
        yield Line((x, y - 4), (x, y + 4), Role.MUTED)


def _words(gap: Gap, room: float) -> str:
    words = f"{duration(gap.length)} {'gap or retries' if gap.retried else 'gap'}"
    return words if text_width(words, _SIZE) <= room else duration(gap.length)
