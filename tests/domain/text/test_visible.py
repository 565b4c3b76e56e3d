"""Characters that act without being seen: written out for people, escaped for machines."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text.visible import escaped_json, is_hidden, visible, visible_line

ANY = st.text(alphabet=st.characters())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "⟨U+001B⟩[31mred"),
        ("invoice\u202egnp.exe", "invoice⟨U+202E⟩gnp.exe"),
        ("pay\u200bments", "pay⟨U+200B⟩ments"),
        ("a\u3164b", "a⟨U+3164⟩b"),
        ("Müller · 退款 🚀", "Müller · 退款 🚀"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
    ],
)
def test_what_is_hidden_is_written_out_and_all_else_stays(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(ANY)
def test_nothing_hidden_is_left_and_a_line_is_a_line(text: str) -> None:
    assert not [one for one in visible(text) if is_hidden(one) and one not in "\n\t"]
    assert not [one for one in visible_line(text) if is_hidden(one)]


@given(st.dictionaries(ANY, ANY, max_size=3))
def test_json_has_the_same_value_and_nothing_hidden(value: dict[str, str]) -> None:
    text = escaped_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(text) == value
    assert not [one for one in text if is_hidden(one)]
