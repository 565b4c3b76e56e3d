"""The timeline of one run, or of two on one axis, laid out as a scene. Both renderers draw what is laid out here."""

from collections.abc import Iterator, Sequence

from bot.domain.comparison.compare import first_name
from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.pictures.axis import Axis, axis_shapes
from bot.pictures.gaps import ROW as GAP_ROW
from bot.pictures.gaps import SHARE as GAP_SHARE
from bot.pictures.lane import Lane, draw_lane
from bot.pictures.legend import draw_legend
from bot.pictures.lettering import fitted, text_width
from bot.pictures.marks import draw_frame, draw_mark, role_of
from bot.pictures.palette import Role
from bot.pictures.phrases import (
    LaneWords,
    comparison_alt,
    comparison_title,
    facts,
    headline,
    lane_name,
    left_out,
    step_title,
    timeline_alt,
    what_happened,
)
from bot.pictures.shapes import Box, Line, Polygon, Rect, Scene, Shape, Text
from bot.pictures.strip import HEIGHT as STRIP_HEIGHT
from bot.pictures.strip import draw_strip, strip_of
from bot.pictures.track import Gap, Track, style_of, track_of

WIDTH, HEIGHT = 720, 360
COMPARISON_HEIGHT = 400
_LEFT, _RIGHT = 20.0, 700.0
_AXIS_RIGHT = 680.0  # beyond it is room for a last bar that is wider than its time
_LEGEND_SIZE = 16
_TITLE_SIZES, _FACTS_SIZES = (30, 26, 22), (18, 16)
_VERDICTS = {Verdict.FAILED: Role.FAILED, Verdict.PARTIAL: Role.PARTIAL, Verdict.STALLED: Role.PARTIAL}


def timeline_scene(diagnosis: Diagnosis) -> Scene:
    """Lay out the timeline of one run: 720 × 360 pixels at 1x. Total: any diagnosis gives a scene."""
    track = track_of(diagnosis)
    axis, gaps = _axis([track]), _gaps(track, track.length)
    top = 152.0 if diagnosis.critical else 84.0
    lane, strip = _lane_and_strip(track, axis, gaps, top)
    ground = HEIGHT - 62.0 - (STRIP_HEIGHT if strip else 0)
    shapes = [
        *_panel(HEIGHT),
        *_heading(diagnosis),
        *_critical(diagnosis, lane, baseline=104, size=24),
        *lane.shapes,
        *_empty_words(track, (top + ground - GAP_ROW) / 2),
        *(axis_shapes(axis, ground, WIDTH) if track.length is not None else ()),
        *strip,
        *_footer([(track, lane, gaps)], HEIGHT - 14.0),
    ]
    return Scene(WIDTH, HEIGHT, headline(diagnosis), timeline_alt(track, gaps, folded=lane.folded), tuple(shapes))


def comparison_scene(failing: Diagnosis, rerun: Diagnosis) -> Scene:
    """Lay out two runs on one axis, each from its own start: 720 × 400 pixels at 1x."""
    tracks = [track_of(failing), track_of(rerun)]
    axis = _axis(tracks)
    shapes = list(_panel(COMPARISON_HEIGHT))
    drawn, told = [], []
    for role, track, top in zip((first_name(failing), "rerun"), tracks, (10.0, 176.0), strict=True):
        gaps = _gaps(track, axis.length)
        lane = draw_lane(track, axis, Box(_LEFT, top + 68, _AXIS_RIGHT - _LEFT, 64), gaps)
        shapes += _lane_heading(role, track, lane, top)
        shapes += [*lane.shapes, *_empty_words(track, top + 100)]
        drawn.append((track, lane, gaps))
        told.append(LaneWords(role, track, gaps, lane.folded))
    if axis.length > 0:
        shapes += axis_shapes(axis, 340, WIDTH)
    shapes += _footer(drawn, COMPARISON_HEIGHT - 12.0)
    return Scene(WIDTH, COMPARISON_HEIGHT, comparison_title(failing, rerun), comparison_alt(told), tuple(shapes))


def _axis(tracks: Sequence[Track]) -> Axis:
    return Axis(_LEFT, _AXIS_RIGHT, max(track.length or 0.0 for track in tracks))


def _gaps(track: Track, length: float | None) -> list[Gap]:
    return track.gaps((length or 0.0) * GAP_SHARE)


def _lane_and_strip(track: Track, axis: Axis, gaps: Sequence[Gap], top: float) -> tuple[Lane, list[Shape]]:
    """Draw the lane; where it leaves out what matters, draw it again, lower, with a strip of slots below the axis."""
    bottom = HEIGHT - 62.0 - GAP_ROW
    lane = draw_lane(track, axis, _area(top, bottom), gaps)
    if strip_of(track, folded=lane.folded > 0) is None:
        return lane, []
    lane = draw_lane(track, axis, _area(top, bottom - STRIP_HEIGHT), gaps)
    strip = strip_of(track, folded=lane.folded > 0)
    area = Box(_LEFT, HEIGHT - 36.0 - STRIP_HEIGHT, _RIGHT - _LEFT, STRIP_HEIGHT)
    return lane, list(draw_strip(strip, track.diagnosis.critical_step, area)) if strip else []


def _area(top: float, bottom: float) -> Box:
    return Box(_LEFT, top, _AXIS_RIGHT - _LEFT, bottom - top)


def _panel(height: float) -> Iterator[Shape]:
    panel = Box(0, 0, WIDTH, height)
    yield Rect(panel, Role.PANEL)
    yield from draw_frame(panel, Role.BORDER)


def _heading(diagnosis: Diagnosis) -> Iterator[Shape]:
    title, counts = headline(diagnosis), facts(diagnosis)
    yield _line_of_text(title, 40, _size(title, _TITLE_SIZES), _verdict_role(diagnosis), bold=True)
    yield _line_of_text(counts, 66, _size(counts, _FACTS_SIZES), Role.MUTED)


def _size(words: str, sizes: Sequence[float]) -> float:
    """Return the largest size in which the words fit, else the smallest."""
    return next((size for size in sizes if text_width(words, size, bold=True) <= _RIGHT - _LEFT), sizes[-1])


def _lane_heading(role: str, track: Track, lane: Lane, top: float) -> Iterator[Shape]:
    diagnosis = track.diagnosis
    words = lane_name(role, diagnosis)
    if track.untimed:
        words += f" · {len(track.untimed):,} untimed"
    yield _line_of_text(words, top + 22, 20, _verdict_role(diagnosis), bold=True)
    yield from _critical(diagnosis, lane, baseline=top + 47, size=18)


def _verdict_role(diagnosis: Diagnosis) -> Role:
    """Return the verdict's colour; a run that says success or an unknown word takes that of its critical step."""
    step = diagnosis.critical_step
    return _VERDICTS.get(diagnosis.verdict) or (role_of(style_of(step)) if step else Role.TEXT)


def _critical(diagnosis: Diagnosis, lane: Lane, *, baseline: float, size: float) -> Iterator[Shape]:
    """Name the critical step, say why (on a line of its own where letters are large), and lead the eye to its bar."""
    detail = diagnosis.critical
    if detail is None:
        return
    kind, left = style_of(detail.step), _LEFT + size + 10
    large = size > 20
    words = step_title(detail.step) if large else f"{step_title(detail.step)} · {what_happened(detail)}"
    yield from draw_mark(kind, Box(_LEFT, baseline - size * 0.85, size, size))
    yield _line_of_text(words, baseline, size, Role.TEXT, left=left, bold=large)
    if large:
        yield _line_of_text(what_happened(detail), baseline + 23, 18, Role.TEXT, left=left)
    if lane.critical:
        yield from _leader(lane.critical, baseline + (32 if large else 8), role_of(kind))


def _leader(bar: Box, y: float, role: Role) -> Iterator[Shape]:
    x, tip = bar.centre[0], bar.top - 4
    yield Line((_LEFT, y), (x, y), role)
    yield Line((x, y), (x, tip - 6), role)
    yield Polygon(((x - 7, tip - 8), (x + 7, tip - 8), (x, tip)), role)


def _empty_words(track: Track, middle: float) -> Iterator[Shape]:
    if not track.bars:
        words = "No step has a recorded time." if track.untimed else "No step was recorded."
        yield Text((WIDTH / 2, middle + 8), words, 24, Role.TEXT, "middle")


def _footer(drawn: Sequence[tuple[Track, Lane, list[Gap]]], baseline: float) -> Iterator[Shape]:
    """Draw the legend, and on the right what the picture leaves out."""
    words = left_out(sum(lane.folded for _, lane, _ in drawn), max(lane.tallest for _, lane, _ in drawn))
    right = _RIGHT - (text_width(words, _LEGEND_SIZE) + 16 if words else 0)
    gaps = any(gaps for _, _, gaps in drawn)
    yield from draw_legend([track for track, _, _ in drawn], gaps=gaps, baseline=baseline, left=_LEFT, right=right)
    if words:
        yield Text((_RIGHT, baseline), words, _LEGEND_SIZE, Role.MUTED, "end")


def _line_of_text(
    words: str, baseline: float, size: float, role: Role, *, left: float = _LEFT, bold: bool = False
) -> Text:
    return Text((left, baseline), fitted(words, size, _RIGHT - left, bold=bold), size, role, bold=bold)
