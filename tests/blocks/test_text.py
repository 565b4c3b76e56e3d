"""What is cut off is counted, by whatever it was cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.text import cut, outside, outside_json

_REST = re.compile(r"… \[\+([\d,]+)\]\Z")


def left_out(shown: str) -> int:
    """Return how many characters a cut text says are missing."""
    match = _REST.search(shown)
    assert match, shown[-40:]
    return int(match[1].replace(",", ""))


@pytest.mark.parametrize("length", [1_000, 50_000, 50_001, 60_653, 310_912])
def test_a_text_of_any_length_is_counted_whole(length: int) -> None:
    text = "row without unit; " * (length // 18 + 1)
    shown = outside(text[:length], 900)
    kept = len(_REST.sub("", shown))
    assert kept + left_out(shown) == length


def test_a_long_text_inside_of_a_value_is_counted_whole() -> None:
    value = {"log": "row without unit; " * 10_000, "after": "x" * 100}
    shown = outside_json(value, 400)
    assert left_out(shown) > 179_000


@given(st.text("ab ", min_size=20, max_size=400), st.integers(20, 100))
def test_kept_and_left_out_are_the_whole(text: str, limit: int) -> None:
    shown = cut(text, limit)
    assert len(shown) <= limit
    assert shown == text or len(_REST.sub("", shown)) + left_out(shown) == len(text)
