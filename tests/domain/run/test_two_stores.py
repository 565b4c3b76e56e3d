"""One record told twice: which telling is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.run.two_stores import Told, first_given, told
from bot.playground.aionis.masking import summary

STOCK = "Replay step outcome: failed"


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200))
def test_a_record_that_was_written_once_is_told_once(text: str) -> None:
    """Whatever an agent writes, Aionis' own form of it is no other telling."""
    stored = first_given(text)
    found = told(summary(text) if stored else STOCK, stored)
    assert not found.differs
    assert found.text == stored


@pytest.mark.parametrize("length", [7_998, 7_999, 8_000, 8_001, 20_000])
def test_a_cut_is_no_other_telling(length: int) -> None:
    text = "word " * (length // 5) + "x" * (length % 5)
    assert not told(summary(text), text).differs


@pytest.mark.parametrize(
    ("timeline", "stored", "expected"),
    [
        ("new", "old", Told("new", "old", differs=True)),
        (STOCK, "old", Told(None, "old", differs=True)),
        ("new", None, Told("new", None, differs=True)),
        (STOCK, None, Told(None)),
        ("Replay run ended with status=failed", None, Told(None)),
        (None, "old", Told("old")),
        (None, None, Told(None)),
    ],
)
def test_the_timeline_is_the_newest(timeline: str | None, stored: str | None, expected: Told) -> None:
    assert told(timeline, stored) == expected
