"""How often a failure was seen on which days: drawn, and the same in words."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.occurrences import DAYS, HEIGHT, WIDTH, occurrences_scene
from bot.pictures.palette import Role
from bot.pictures.png import to_png
from bot.pictures.shapes import Rect, Text
from bot.pictures.svg import to_svg

TODAY = date(2026, 11, 27)
AGES = st.dictionaries(st.integers(0, 400), st.integers(-1, 100_000), max_size=60)


def test_the_words_say_what_the_bars_show() -> None:
    scene = occurrences_scene({TODAY: 3, TODAY - timedelta(days=15): 14, TODAY - timedelta(days=30): 9}, TODAY)
    assert scene.title == "Runs a day that failed this way"
    assert scene.alt == "Seen 17 times in 30 days, from 29 Oct to 27 Nov 2026 (UTC): 12 Nov 14, 27 Nov 3."
    bars = [shape for shape in scene.shapes if isinstance(shape, Rect) and shape.fill is Role.FAILED]
    assert len(bars) == 2
    assert bars[0].box.height > bars[1].box.height
    assert {"14", "3", "27 Nov"} <= {shape.text for shape in scene.shapes if isinstance(shape, Text)}


@given(AGES)
def test_any_days_give_a_picture_within_its_bounds_and_words_within_theirs(ages: dict[int, int]) -> None:
    scene = occurrences_scene({TODAY - timedelta(days=age): count for age, count in ages.items()}, TODAY)
    for shape in scene.shapes:
        if isinstance(shape, Rect):
            box = shape.box
            assert 0 <= box.left <= box.right <= WIDTH
            assert 0 <= box.top <= box.bottom <= HEIGHT
    assert len(scene.alt) <= 1_000


def test_every_day_full_is_drawn_as_svg_and_png() -> None:
    scene = occurrences_scene({TODAY - timedelta(days=age): 10_000 + age for age in range(DAYS)}, TODAY)
    assert to_svg(scene).startswith("<svg")
    assert to_png(scene).startswith(b"\x89PNG")
    assert "18 days with fewer" in scene.alt
