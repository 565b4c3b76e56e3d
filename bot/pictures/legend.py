"""What the marks that occur mean, in one line."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.pictures.gaps import bracket
from bot.pictures.lettering import text_width
from bot.pictures.marks import draw_mark
from bot.pictures.palette import Role
from bot.pictures.shapes import Box, Rect, Shape, Text
from bot.pictures.track import StepStyle, Track, style_of

_SIZE = 16
_SAMPLE_WIDTH, _SAMPLE_HEIGHT = 22, 18
_BETWEEN = 16
_ORDER = (
    StepStyle.FAILED,
    StepStyle.PARTIAL,
    StepStyle.DIVERGENT,
    StepStyle.PENDING,
    StepStyle.OTHER,
    StepStyle.SKIPPED,
    StepStyle.OK,
)


@dataclass(frozen=True, slots=True)
class _LegendEntry:
    words: str
    kind: StepStyle | None = None  # None is a gap
    hollow: bool = False


def draw_legend(tracks: list[Track], *, gaps: bool, baseline: float, left: float, right: float) -> Iterator[Shape]:
    """Draw a sample and a word for every mark in the tracks, worst first; what has no room is left out."""
    x = left
    for entry in _entries(tracks, gaps=gaps):
        width = _SAMPLE_WIDTH + 6 + text_width(entry.words, _SIZE)
        if x + width > right:
            return
        box = Box(x, baseline - 15, _SAMPLE_WIDTH, _SAMPLE_HEIGHT)
        if entry.kind is None:
            yield Rect(box, Role.BAND)
            yield from bracket(box.left, box.right, box.centre[1])
        else:
            yield from draw_mark(entry.kind, box, hollow=entry.hollow)
        yield Text((x + _SAMPLE_WIDTH + 6, baseline), entry.words, _SIZE, Role.MUTED)
        x += width + _BETWEEN


def _entries(tracks: list[Track], *, gaps: bool) -> Iterator[_LegendEntry]:
    steps = [step for track in tracks for step in track.diagnosis.steps]
    kinds = {style_of(step) for step in steps}
    yield from (_LegendEntry(kind.value, kind) for kind in _ORDER if kind in kinds)
    if any(step.duration is None and style_of(step) is not StepStyle.PENDING for step in steps):
        yield _LegendEntry("end unknown", StepStyle.OK, hollow=True)
    if gaps:
        yield _LegendEntry("gap")
