"""Whatever Aionis answers gives a picture: inside its canvas, bounded, and readable by what shows it."""

import math
import unicodedata
import xml.etree.ElementTree as ET
from io import BytesIO
from itertools import combinations
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from bot.pictures.lettering import text_width
from bot.pictures.phrases import ALT_LIMIT
from bot.pictures.png import SCALE, drawable, to_png
from bot.pictures.scene import comparison_scene, timeline_scene
from bot.pictures.shapes import Box, Line, Scene, Text
from bot.pictures.svg import to_svg
from tests.pictures.making import Told, diagnosed, points, run_of
from tests.strategies import runs, slots_for

ANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
SVG = "{http://www.w3.org/2000/svg}"


def assert_drawn(scene: Scene) -> None:
    assert_inside(scene)
    assert 0 < len(scene.alt) <= ALT_LIMIT
    assert not {unicodedata.category(character) for character in scene.alt} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert_png(scene)
    assert_svg(scene)


def assert_inside(scene: Scene) -> None:
    for x, y in points(scene):
        assert math.isfinite(x)
        assert math.isfinite(y)
        assert -0.01 <= x <= scene.width + 0.01
        assert -0.01 <= y <= scene.height + 0.01
    for shape in scene.shapes:
        if isinstance(shape, Line):
            (x1, y1), (x2, y2) = shape.start, shape.end
            assert (x1 == x2 and y1 <= y2) or (y1 == y2 and x1 <= x2), "the renderers rely on it"
    assert_readable([shape for shape in scene.shapes if isinstance(shape, Text)], scene.width)


def assert_readable(texts: list[Text], canvas: float) -> None:
    assert min((text.size for text in texts), default=14) >= 14
    for text in texts:
        box = text_box(text)
        assert box.left >= 0
        assert box.right <= canvas
    for one, other in combinations(texts, 2):
        assert not overlap(text_box(one), text_box(other)), (one, other)


def text_box(text: Text) -> Box:
    width = text_width(text.text, text.size, bold=text.bold)
    left = text.at[0] - {"start": 0, "middle": width / 2, "end": width}[text.anchor]
    return Box(left, text.at[1] - text.size * 0.75, width, text.size * 0.8)


def overlap(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


def assert_png(scene: Scene) -> None:
    data = to_png(scene)
    assert len(data) <= 200_000
    with Image.open(BytesIO(data)) as image:
        image.load()
        assert image.size == (scene.width * SCALE, scene.height * SCALE)


def assert_svg(scene: Scene) -> None:
    root = ET.fromstring(to_svg(scene))  # noqa: S314 our own text
    shapes = {f"{SVG}{name}" for name in ("rect", "line", "polygon", "text")}
    assert {element.tag for element in root} <= {f"{SVG}title", f"{SVG}desc", *shapes}
    allowed = {"x", "y", "width", "height", "fill", "points", "x1", "y1", "x2", "y2", "stroke", "stroke-width"}
    allowed |= {"stroke-dasharray", "font-size", "text-anchor"}
    assert {name for element in root for name in element.attrib} <= allowed
    assert len(root) == len(scene.shapes) + 2


@ANY
@given(runs().flatmap(lambda run: st.tuples(st.just(run), slots_for(run))))
def test_any_run_is_drawn(made: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    assert_drawn(timeline_scene(diagnosed(*made)))


@ANY
@given(runs(max_steps=5), runs(max_steps=5))
def test_any_two_runs_are_compared(failing: dict[str, Any], rerun: dict[str, Any]) -> None:
    assert_drawn(comparison_scene(diagnosed(failing), diagnosed(rerun)))


TOLD = st.builds(
    Told,
    st.sampled_from(["orders.find", "payments.create_refund", "支付.退款"]),
    st.sampled_from(["success", "success", "success", "failed", "partial", "skipped", "pending", "timeout"]),
    st.none() | st.floats(min_value=0, max_value=600),
    st.none() | st.floats(min_value=0, max_value=600),
    st.sampled_from([{}, {"postconditions": [{"ok": False}]}, {"step_index": 3}, {"step_index": None}]),
)


@ANY
@given(
    st.lists(TOLD, max_size=90),
    st.none() | st.floats(min_value=0, max_value=900),
    st.sampled_from(["failed", "in_progress"]),
)
def test_steps_at_any_times_are_drawn(steps: list[Told], end: float | None, status: str) -> None:
    diagnosis = run_of(*steps, end=end, status=status)
    for scene in (timeline_scene(diagnosis), comparison_scene(diagnosis, run_of(*steps[:7], end=60))):
        assert_inside(scene)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(runs(max_steps=4), st.integers(min_value=20, max_value=200))
def test_any_long_run_is_drawn(run: dict[str, Any], times: int) -> None:
    repeated = [{**step, "step_index": None} for step in run["steps"]] * times
    assert_drawn(timeline_scene(diagnosed({**run, "steps": repeated})))


@given(st.text(max_size=80), st.sampled_from([16, 20, 30]))
def test_what_pillow_draws_is_never_wider_than_was_reckoned(text: str, size: int) -> None:
    line = " ".join(text.split())
    assert ImageFont.load_default(size).getlength(drawable(line)) <= text_width(line, size) + 1
