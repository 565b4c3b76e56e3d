"""What people type: readable whatever it was pasted from, and bounded before anything looks at it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text.typed import LONGEST, typed, unescaped, with_plain_dashes, with_plain_ids

ID = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"


@given(st.text())
def test_what_is_readable_once_is_readable(text: str) -> None:
    assert typed(typed(text)) == typed(text)


def test_more_than_a_command_can_have_is_not_looked_at() -> None:
    assert len(typed("x" * (LONGEST + 1))) == LONGEST


@pytest.mark.parametrize("text", ["re\u00adplay", "\u200breplay", "\u202ereplay\u202c", "replay\ufeff"])
def test_what_cannot_be_seen_is_taken_out(text: str) -> None:
    assert typed(text) == "replay"


@pytest.mark.parametrize("blank", "\u00a0\u2003\u202f\u3000")
def test_every_blank_is_a_blank(blank: str) -> None:
    assert typed(f"replay{blank}{ID}") == f"replay {ID}"


@pytest.mark.parametrize(
    "text", [ID, ID.replace("-", "\u2011"), ID.replace("-", "\u2013"), ID.replace("-", ""), ID.replace("-", "\uff0d")]
)
def test_an_id_is_the_same_with_whatever_dashes_and_with_none(text: str) -> None:
    assert with_plain_ids(f"run {text}!") == f"run {ID}!"


@pytest.mark.parametrize("hash_", ["a" * 33, f"{'a' * 32}-1", f"x{'a' * 32}"])
def test_what_is_longer_than_an_id_is_left_alone(hash_: str) -> None:
    assert with_plain_ids(hash_) == hash_


@given(st.text())
def test_plain_dashes_keep_the_length(text: str) -> None:
    assert len(with_plain_dashes(text)) == len(text)


def test_what_slack_escapes_is_undone_once() -> None:
    assert unescaped("&lt;@U1&gt; &amp;amp; more") == "<@U1> &amp; more"
