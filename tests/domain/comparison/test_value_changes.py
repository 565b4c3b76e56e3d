"""What changed inside an input or output, key by key."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.compare_phrases import change_words
from bot.domain.comparison.value_changes import ABSENT, ValueChange, masked_at, value_changes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"amount": 4200}, {"amount": 0}, ["amount: 4200 → 0"]),
        ({"a": {"b": [1, {"c": "x"}]}}, {"a": {"b": [1, {"c": "y"}]}}, ['a.b[1].c: "x" → "y"']),
        ({"a": 1}, {"a": 1, "b": None}, ["b: null added"]),
        ({"a": 1, "b": {"c": 2}}, {"a": 1}, ['b: {"c": 2} gone']),
        ([1, 2, 3], [1], ["[1]: 2 gone", "[2]: 3 gone"]),
        ({"a": 1}, {"a": True}, ["a: 1 → true"]),
        ({"a": "5"}, {"a": 5}, ['a: "5" → 5']),
        ("x", {"a": 1}, ['the whole: "x" → {"a": 1}']),
    ],
)
def test_each_change_names_its_place_and_both_values(before: Any, after: Any, said: list[str]) -> None:
    assert change_words(value_changes(before, after), most=9, limit=60) == said


def test_what_does_not_fit_is_counted() -> None:
    changes = value_changes({str(n): n for n in range(1_000)}, {})
    assert changes.total == 1_000
    assert change_words(changes, most=2, limit=60) == ["0: 0 gone", "1: 1 gone", "998 more"]


def test_a_value_is_masked_by_the_keys_it_stands_under() -> None:
    secret = "hunter" + "2!x"
    changes = value_changes({"auth": {"password": secret}}, {"auth": {"password": secret + "y"}})
    assert secret not in "".join(change_words(changes, most=9, limit=200))
    assert secret not in str(masked_at(("auth", "password"), secret))


@given(JSON, JSON)
def test_equal_values_have_no_changes_and_others_have_some(before: Any, after: Any) -> None:
    assert value_changes(before, before).total == 0
    forth, back = value_changes(before, after), value_changes(after, before)
    assert forth.total == back.total
    assert {(c.path, repr(c.before), repr(c.after)) for c in forth.first} == {
        (c.path, repr(c.after), repr(c.before)) for c in back.first
    }


def test_the_whole_value_has_an_empty_path() -> None:
    assert ValueChange((), 1, ABSENT).path == ""
