"""A scene as SVG: one self-contained element, its text escaped, without scripts, styles or references to anything."""

import re
from collections.abc import Iterator
from html import escape

from bot.pictures.lettering import FONTS
from bot.pictures.palette import PALETTE
from bot.pictures.shapes import BOLD_STROKE, DASH, Line, Point, Polygon, Rect, Scene, Shape, Text

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\ufffd"


def to_svg(scene: Scene) -> str:
    """Return the scene as an SVG element that scales to its place; the same scene gives the same text."""
    return "\n".join(_parts(scene)) + "\n"


def _parts(scene: Scene) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {scene.width} {scene.height}" width="{scene.width}" '
        f'height="{scene.height}" role="img" font-family="{FONTS}">'
    )
    yield f"<title>{_escaped(scene.title)}</title>"
    yield f"<desc>{_escaped(scene.alt)}</desc>"
    yield from map(_element, scene.shapes)
    yield "</svg>"


def _element(shape: Shape) -> str:
    match shape:
        case Rect():
            box = shape.box
            return (
                f'<rect x="{_number(box.left)}" y="{_number(box.top)}" width="{_number(box.width)}" '
                f'height="{_number(box.height)}" fill="{PALETTE[shape.fill]}"/>'
            )
        case Line():
            return _line(shape)
        case Polygon():
            points = " ".join(_pair(point) for point in shape.points)
            return f'<polygon points="{points}" fill="{PALETTE[shape.fill]}"/>'
        case Text():
            return _text(shape)


def _line(line: Line) -> str:
    (x1, y1), (x2, y2) = line.start, line.end
    dash = f' stroke-dasharray="{_number(DASH[0])} {_number(DASH[1])}"' if line.dashed else ""
    return (
        f'<line x1="{_number(x1)}" y1="{_number(y1)}" x2="{_number(x2)}" y2="{_number(y2)}" '
        f'stroke="{PALETTE[line.stroke]}" stroke-width="{_number(line.width)}"{dash}/>'
    )


def _text(text: Text) -> str:
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    weight = f' stroke="{PALETTE[text.fill]}" stroke-width="{_number(text.size * BOLD_STROKE)}"' if text.bold else ""
    return (
        f'<text x="{_number(text.at[0])}" y="{_number(text.at[1])}" font-size="{_number(text.size)}" '
        f'fill="{PALETTE[text.fill]}"{anchor}{weight}>{_escaped(text.text)}</text>'
    )


def _escaped(text: str) -> str:
    return escape(_NOT_XML.sub(_REPLACEMENT, text))


def _pair(point: Point) -> str:
    return f"{_number(point[0])},{_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
