"""JSON from outside: whatever is broken in one field, the rest is read, and nothing that is read hurts later."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text.json_text import finite, has_non_numbers, mended, read_json

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_what_is_json_is_read_as_it_is(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == json.loads(json.dumps(value))


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (rb'{"a": "\ud83d", "b": 1}', {"a": "�", "b": 1}),
        (rb'{"\udc00": 1}', {"�": 1}),
        (rb'["\ud83d\ude80"]', ["🚀"]),
        (rb'["\\ud83d"]', ["\\ud83d"]),
        (b'["\xff", "whole"]', ["�", "whole"]),
        (b'\xef\xbb\xbf["marked"]', ["marked"]),
        (b"[1e999, -1e999]", ["number out of range"] * 2),
    ],
)
def test_what_is_broken_is_mended_and_the_rest_is_read(body: bytes, read: object) -> None:
    assert read_json(body) == read


@pytest.mark.parametrize("body", [b"", b"{", b"[NaN]", b'{"a": Infinity}', b"[" * 500, b"[1,]", b"nothing"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(body)


@given(st.binary(max_size=200))
def test_whatever_is_mended_is_text_of_about_its_length(body: bytes) -> None:
    assert len(mended(body).decode()) <= len(body)


def test_a_number_that_is_none_is_told_from_a_word() -> None:
    assert has_non_numbers(b"[NaN]")
    assert not has_non_numbers(b'["NaN", "Infinity"]')


def test_what_is_finite_is_not_copied() -> None:
    value = {"a": [1.5, {"b": 2}]}
    assert finite(value) is value
    assert finite([math.inf, {"x": math.nan}]) == ["number out of range", {"x": "number out of range"}]
