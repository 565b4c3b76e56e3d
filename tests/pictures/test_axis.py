"""Ticks in units people use, and texts that fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.axis import Axis, tick_words
from bot.pictures.lettering import fitted, text_width


@pytest.mark.parametrize(
    ("length", "ticks"),
    [
        (0, ["0"]),
        (0.75, ["0", "200 ms", "400 ms", "600 ms"]),
        (11, ["0", "2 s", "4 s", "6 s", "8 s", "10 s"]),
        (150, ["0", "30 s", "1 min", "1 min 30 s", "2 min", "2 min 30 s"]),
        (2_700, ["0", "10 min", "20 min", "30 min", "40 min"]),
        (36_000, ["0", "2 h", "4 h", "6 h", "8 h", "10 h"]),
        (400_000, ["0", "1 d", "2 d", "3 d", "4 d"]),
    ],
)
def test_ticks_stand_at_round_times(length: float, ticks: list[str]) -> None:
    assert [tick_words(seconds) for seconds in Axis(0, 100, length).ticks()] == ticks


@given(st.floats(min_value=0, max_value=1e12))
def test_there_are_few_ticks_whatever_the_length(length: float) -> None:
    assert 1 <= len(Axis(0, 100, length).ticks()) <= 7


@given(st.floats(min_value=0, max_value=1e12), st.floats(allow_nan=False, allow_infinity=False))
def test_every_moment_has_a_place_on_the_axis(length: float, moment: float) -> None:
    assert 20 <= Axis(20, 680, length).x(moment) <= 680


@given(st.text(max_size=200), st.floats(min_value=0, max_value=900))
def test_a_fitted_text_fits_and_is_the_beginning_of_the_whole(text: str, width: float) -> None:
    shown = fitted(text, 16, width)
    assert text_width(shown, 16) <= max(width, 0)
    assert shown == text or text.startswith(shown.removesuffix("…"))
