"""What a scene is made of. Coordinates are in pixels at 1x from the top left; colours are roles of the palette."""

from dataclasses import dataclass
from typing import Literal

from bot.pictures.palette import Role

DASH = (5.0, 4.0)  # pixels drawn, pixels left out
BOLD_STROKE = 1 / 30  # of the font size: bold is an outline, so that it is as wide in every font

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """An area to lay things out in."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def centre(self) -> Point:
        return self.left + self.width / 2, self.top + self.height / 2

    def grown(self, by: float) -> "Box":
        """Return the box, larger by some pixels on every side."""
        return Box(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled rectangle."""

    box: Box
    fill: Role


@dataclass(frozen=True, slots=True)
class Line:
    """A level line to the right or an upright one downwards, `width` pixels thick, solid or dashed."""

    start: Point
    end: Point
    stroke: Role
    width: float = 2
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled polygon of three points or more."""

    points: tuple[Point, ...]
    fill: Role


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text: `at` is the point on its baseline that `anchor` says, `size` its font size in pixels."""

    at: Point
    text: str
    size: float
    fill: Role = Role.TEXT
    anchor: Anchor = "start"
    bold: bool = False


Shape = Rect | Line | Polygon | Text


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture before it is drawn: its size in pixels at 1x, its title, and `alt`, which says the same in words.

    `alt` is masked, free of hidden characters, and at most 1,000 characters long. Shapes are in painting order.
    """

    width: int
    height: int
    title: str
    alt: str
    shapes: tuple[Shape, ...]
