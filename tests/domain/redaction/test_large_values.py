"""Values made of very many small parts: no rule is asked about what no rule can match, and learning from them ends."""

from collections.abc import Iterator

import pytest

from bot.domain.redaction.dispatch import Dispatch
from bot.domain.redaction.redactor import Redactor
from bot.domain.redaction.rules import Rule
from bot.domain.redaction.walk import Texts, Walk
from bot.domain.text.json_text import finite, read_json


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts about which rules are asked."""
    texts: list[str] = []
    concerned = Dispatch.concerned

    def counted(self: Dispatch, text: str) -> Iterator[Rule]:
        texts.append(text)
        return concerned(self, text)

    monkeypatch.setattr(Dispatch, "concerned", counted)
    return texts


def test_no_rule_is_asked_about_tiny_keys_and_words(asked: list[str]) -> None:
    value = {f"k{number}": {"n": number, "at": f"v{number}"} for number in range(5_000)}
    assert Redactor().value(value) == value
    assert asked == []


def test_learning_looks_into_so_many_texts_and_still_takes_what_names_tell(asked: list[str]) -> None:
    texts, secrets = Texts(left=10), dict[str, str]()
    value = {"said": [f"a={number}" for number in range(40)], "password": "Tulip" + "-rain42!"}
    Walk(Redactor(), [], secrets, texts=texts).value(value)
    assert len(set(asked)) <= 12  # with those read across the list
    assert secrets == {"Tulip" + "-rain42!": "password"}


def test_what_is_remembered_is_masked_in_the_shortest_text_too() -> None:
    redactor = Redactor().knowing({"hunter22x": "password"})
    assert redactor.text("hunter22x") == "[masked: password]"
    assert redactor.text("x_hunter22x") == "x_[masked: password]"
    assert redactor.text("k17") == "k17"


def test_a_value_whose_numbers_are_finite_is_not_copied() -> None:
    value = read_json(b'{"a": [1, 2.5, {"b": null}]}')
    assert finite(value) is value
    assert finite({"a": [1, float("inf")]}) == {"a": [1, "number out of range"]}


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "pass\\u0077ord: %s", "a": "x"}',  # the second of the same name hides the first from whoever reads JSON
        '{"a":' * 60 + '"pass\\u0077ord: %s"' + "}" * 60,
        '["pass\\u0077ord: %s"]',
    ],
)
def test_escapes_are_undone_wherever_reading_the_json_does_not_reach(text: str) -> None:
    secret = "Tulip" + "-rain42!"
    assert secret not in Redactor().text(text % secret)


def test_json_in_which_nothing_is_found_is_not_read_without_its_escapes_again(asked: list[str]) -> None:
    text = '{"log": "step 1 of 2\\nstep 2 of 2: a \\"quoted\\" word"}'
    assert Redactor().text(text) == text
    assert asked.count('{"log": "step 1 of 2\nstep 2 of 2: a "quoted" word"}') == 0
