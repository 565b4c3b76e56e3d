"""Time and size of a run's picture, against parsing the same run."""

import asyncio
from collections.abc import Callable

from benchmarks.figures import Figure
from benchmarks.processes import Bench
from benchmarks.steps import material_of, median_seconds
from bot.pictures.png import to_png
from bot.pictures.scene import timeline_scene
from bot.pictures.svg import to_svg

LENGTHS = (10, 300, 2_000)
_SECONDS = 1.0  # a picture at most
_KILOBYTES = 200.0


def measure(_bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Measure runs of every length."""
    figures = []
    for length in LENGTHS:
        found = _figures(length)
        say(f"  {length:,} steps: " + " · ".join(f"{figure.value:.1f} {figure.unit}" for figure in found))
        figures += found
    return figures


def _figures(length: int) -> list[Figure]:
    material = asyncio.run(material_of(length))
    diagnosis = material.diagnose(material.parse())
    scene = timeline_scene(diagnosis)
    parse, layout = median_seconds(material.parse), median_seconds(lambda: timeline_scene(diagnosis))
    png, svg = median_seconds(lambda: to_png(scene)), median_seconds(lambda: to_svg(scene))
    name = f"{length:,} steps"
    return [
        Figure(f"{name}, parse: time", parse * 1000, "ms"),
        Figure(f"{name}, scene: time", layout * 1000, "ms"),
        Figure(f"{name}, scene to SVG: time", svg * 1000, "ms"),
        Figure(f"{name}, scene to PNG: time", png * 1000, "ms"),
        Figure(f"{name}, scene and PNG: time", (layout + png) * 1000, "ms", at_most=_SECONDS * 1000),
        Figure(f"{name}, scene and PNG against parse", (layout + png) / parse),
        Figure(f"{name}, PNG: size", len(to_png(scene)) / 1000, "kB", at_most=_KILOBYTES),
        Figure(f"{name}, SVG: size", len(to_svg(scene).encode()) / 1000, "kB", at_most=_KILOBYTES),
    ]
