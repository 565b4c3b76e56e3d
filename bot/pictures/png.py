"""A scene as PNG, at twice its size. Importing this module imports Pillow (0.1 s): do it where a picture is made."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.pictures.palette import PALETTE, Role
from bot.pictures.shapes import BOLD_STROKE, DASH, Line, Point, Polygon, Rect, Scene, Shape, Text

SCALE = 2

_COVERED = frozenset("©«°±´·»‘’“”…‹›⁄™")  # beyond ASCII, in the font that Pillow brings
_SIMILAR = str.maketrans({"–": "-", "—": "-", "⟨": "<", "⟩": ">", "→": ">", "×": "x", "\N{NO-BREAK SPACE}": " "})
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
_MISSING = "\uffff"  # no font has it, so its box is drawn


def to_png(scene: Scene) -> bytes:
    """Return the scene as an opaque PNG of twice its size; the same scene gives the same bytes."""
    image = Image.new("RGB", (scene.width * SCALE, scene.height * SCALE), PALETTE[Role.PANEL])
    draw = ImageDraw.Draw(image)
    for shape in scene.shapes:
        _paint(draw, shape)
    with BytesIO() as file:
        image.save(file, "PNG", compress_level=6)  # 9 takes four times as long for 3 % less
        return file.getvalue()


def drawable(text: str) -> str:
    """Return the text as the font can show it: without accents, and a box for every character of another script."""
    return "".join(map(_drawable, text.translate(_SIMILAR)))


def _drawable(character: str) -> str:
    if character.isascii() or character in _COVERED:
        return character
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() else _MISSING


def _paint(draw: ImageDraw.ImageDraw, shape: Shape) -> None:
    match shape:
        case Rect():
            box = shape.box
            _rectangle(draw, (box.left, box.top), (box.right, box.bottom), shape.fill)
        case Line():
            _line(draw, shape)
        case Polygon():
            draw.polygon([_scaled(point) for point in shape.points], fill=PALETTE[shape.fill])
        case Text():
            _text(draw, shape)


def _rectangle(draw: ImageDraw.ImageDraw, corner: Point, opposite: Point, fill: Role) -> None:
    """Fill the pixels between two corners; Pillow counts the far edge in, and wants it after the near one."""
    (left, top), (right, bottom) = _pixel(corner), _pixel(opposite)
    draw.rectangle((left, top, max(right - 1, left), max(bottom - 1, top)), fill=PALETTE[fill])


def _line(draw: ImageDraw.ImageDraw, line: Line) -> None:
    """Draw a line as exact rectangles: a scene's lines are level or upright, and run right or down."""
    (x1, y1), (x2, y2) = line.start, line.end
    half = line.width / 2
    for begin, end in _strokes(max(x2 - x1, y2 - y1), dashed=line.dashed):
        if y1 == y2:
            _rectangle(draw, (x1 + begin, y1 - half), (x1 + end, y1 + half), line.stroke)
        else:
            _rectangle(draw, (x1 - half, y1 + begin), (x1 + half, y1 + end), line.stroke)


def _strokes(length: float, *, dashed: bool) -> Iterator[tuple[float, float]]:
    """Yield where ink begins and ends along a line."""
    if not dashed:
        yield 0.0, length
        return
    begin = 0.0
    while begin < length:
        yield begin, min(begin + DASH[0], length)
        begin += sum(DASH)


def _text(draw: ImageDraw.ImageDraw, text: Text) -> None:
    x, y = _scaled(text.at)
    draw.text(
        (x, y),
        drawable(text.text),
        fill=PALETTE[text.fill],
        font=_font(text.size * SCALE),
        anchor=_ANCHORS[text.anchor],
        stroke_width=text.size * SCALE * BOLD_STROKE / 2 if text.bold else 0,
    )


@lru_cache(maxsize=32)
def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _scaled(point: Point) -> Point:
    return point[0] * SCALE, point[1] * SCALE


def _pixel(point: Point) -> tuple[int, int]:
    return round(point[0] * SCALE), round(point[1] * SCALE)
