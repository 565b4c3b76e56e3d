"""One mark a step: every kind has a shape of its own beside its colour, and so does an end that is not recorded."""

from collections.abc import Iterator, Sequence

from bot.pictures.lettering import text_width
from bot.pictures.palette import Role
from bot.pictures.shapes import Box, Line, Point, Polygon, Rect, Shape, Text
from bot.pictures.track import StepStyle

PLAIN_WIDTH = 6  # pixels that a bar has at least
MARKED_WIDTH = 18  # the same for one whose shape must be seen

_ROLES = {kind: Role(kind.value) for kind in StepStyle}
_OUTLINED = frozenset({StepStyle.SKIPPED, StepStyle.PENDING})
_GLYPH = 36  # pixels of a glyph at most
_PADDING = 5
_LABEL, _LARGE_LABEL = 16, 20
_LABELLED_HEIGHT, _LARGE_HEIGHT = 22, 40


def draw_mark(kind: StepStyle, box: Box, *, hollow: bool = False, labels: Sequence[str] = ()) -> Iterator[Shape]:
    """Draw a step's mark inside `box`. `hollow` is for ends that are not known; the first label that fits is written in it."""
    role = _ROLES[kind]
    if kind is StepStyle.PENDING:
        yield from _open(box, role)
    elif kind is StepStyle.SKIPPED or hollow:
        yield from draw_frame(box, role, dashed=hollow)
    elif kind is StepStyle.PARTIAL:
        yield from _half(box, role)
    else:
        yield Rect(box, role)
    yield from _inside(kind, box, labels, role if hollow or kind in _OUTLINED else Role.INK)


def draw_frame(box: Box, role: Role, *, dashed: bool = False, width: float = 2) -> Iterator[Shape]:
    """Draw a frame whose outer edge is the box."""
    inset = width / 2
    left, right, top, bottom = box.left + inset, box.right - inset, box.top + inset, box.bottom - inset
    for y in (top, bottom):
        yield Line((box.left, y), (box.right, y), role, width, dashed)
    for x in (left, right):
        yield Line((x, box.top), (x, box.bottom), role, width, dashed)


def role_of(kind: StepStyle) -> Role:
    """Return the colour of a kind."""
    return _ROLES[kind]


def _open(box: Box, role: Role) -> Iterator[Shape]:
    """Draw a frame that is open to the right, with an arrow there."""
    head = min(box.width / 2, box.height / 2, 14)
    stem = box.right - head
    for y in (box.top + 1, box.bottom - 1):
        yield Line((box.left, y), (stem, y), role, 2, dashed=True)
    yield Line((box.left + 1, box.top), (box.left + 1, box.bottom), role)
    middle = box.centre[1]
    yield Polygon(((stem, middle - head), (box.right, middle), (stem, middle + head)), role)


def _half(box: Box, role: Role) -> Iterator[Shape]:
    yield from draw_frame(box, role)
    yield Rect(_filled_half(box), role)


def _filled_half(box: Box) -> Box:
    """Return the lower half, or the left one where only that is high enough to be written in."""
    if box.height < 2 * _LABELLED_HEIGHT and box.width >= 2 * box.height:
        return Box(box.left, box.top, box.width / 2, box.height)
    return Box(box.left, box.centre[1], box.width, box.height / 2)


def _inside(kind: StepStyle, box: Box, labels: Sequence[str], ink: Role) -> Iterator[Shape]:
    glyph = kind in _GLYPHS
    size = min(box.width - 4, box.height - 4, _GLYPH) if glyph else 0
    x, y = box.centre
    free = _filled_half(box) if kind is StepStyle.PARTIAL and ink is Role.INK else box
    label = _label(free, labels, ink, taken=size + _PADDING if glyph else 0)
    if glyph and size > 3:
        yield from _GLYPHS[kind]((box.left + _PADDING + size / 2 if label else x, y), size, ink)
    if label:
        yield label


def _label(box: Box, labels: Sequence[str], ink: Role, *, taken: float) -> Text | None:
    """Return the first label that fits beside what is taken on the left, or None."""
    size = _LARGE_LABEL if box.height >= _LARGE_HEIGHT else _LABEL
    room = box.width - 2 * _PADDING - taken
    label = next((label for label in labels if text_width(label, size) <= room), None)
    if label is None or box.height < _LABELLED_HEIGHT:
        return None
    return Text((box.left + _PADDING + taken, box.centre[1] + size * 0.35), label, size, ink)


def _cross(centre: Point, size: float, role: Role) -> Iterator[Shape]:
    thick = max(size / 9, 1.2)
    for direction in (1, -1):
        yield _stroke(centre, size / 2 - thick / 2, direction * (size / 2 - thick / 2), thick, role)


def _unequal(centre: Point, size: float, role: Role) -> Iterator[Shape]:
    x, y = centre
    thick = max(size / 8, 1.2)
    for shift in (-size / 6, size / 6):
        yield Rect(Box(x - size / 2, y + shift - thick / 2, size, thick), role)
    yield _stroke(centre, size / 4, -size / 2 + thick, thick, role)


def _question(centre: Point, size: float, role: Role) -> Iterator[Shape]:
    x, y = centre
    yield Text((x, y + max(size, 14) * 0.35), "?", max(size, 14), role, "middle", bold=True)


def _dash(centre: Point, size: float, role: Role) -> Iterator[Shape]:
    x, y = centre
    yield Line((x - size / 2, y), (x + size / 2, y), role)


def _stroke(centre: Point, across: float, down: float, thick: float, role: Role) -> Polygon:
    """Return a slanted bar from (-across, -down) to (across, down) around the centre."""
    x, y = centre
    reach = (across**2 + down**2) ** 0.5
    nx, ny = -down / reach * thick, across / reach * thick
    corners = (
        (-across + nx, -down + ny),
        (across + nx, down + ny),
        (across - nx, down - ny),
        (-across - nx, -down - ny),
    )
    return Polygon(tuple((x + dx, y + dy) for dx, dy in corners), role)


_GLYPHS = {
    StepStyle.FAILED: _cross,
    StepStyle.DIVERGENT: _unequal,
    StepStyle.OTHER: _question,
    StepStyle.SKIPPED: _dash,
}
