"""A team's own rules: what they do, and how a wrong file is answered."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.redaction_file import install_rules, redaction_file
from bot.config.redaction_rules import load_rules
from bot.domain.redaction.patterns import compiled
from bot.domain.redaction.redactor import Redactor
from bot.domain.redaction.team import WINDOW, team_rule
from bot.errors import SettingsError

FILE = """\
rules:
  - name: customer number
    pattern: 'CUST-[0-9]{8}'
  - name: unseal share
    keys: [unseal_share, vault-path]
allow:
  - 'sandbox-[a-z]{1,20}'
"""
NAMED = redaction_file(Path("redaction.yml"))
REDACTOR = Redactor(load_rules(FILE, NAMED))


def test_patterns_mask_wherever_they_match() -> None:
    assert REDACTOR.text("refund for CUST-12345678 failed") == "refund for [masked: customer number] failed"
    assert REDACTOR.value({"CUST-12345678": ["CUST-12345678"]}) == {
        "[masked: customer number]": ["[masked: customer number]"]
    }


@pytest.mark.parametrize("key", ["unseal_share", "unsealShare", "UNSEAL-SHARE", "vault_path", "vaultPath"])
def test_keys_mask_their_values_in_json_and_in_text(key: str) -> None:
    assert REDACTOR.value({key: "x-1"}) == {key: "[masked: unseal share]"}
    assert REDACTOR.text(f"{key}=abc-123, n=1") == f"{key}=[masked: unseal share], n=1"
    assert Redactor().value({key: "x-1"}) == {key: "x-1"}


def test_allowed_values_survive_and_others_do_not() -> None:
    assert REDACTOR.text("password=sandbox-eu, password=other-eu") == "password=sandbox-eu, password=[masked: password]"
    assert REDACTOR.value({"token": "sandbox-eu", "api_key": "sandbox-1"}) == {
        "token": "sandbox-eu",
        "api_key": "[masked: key]",
    }


def test_built_in_rules_stay() -> None:
    assert "hunter2" not in REDACTOR.text("password=hunter2-hunter2")


@pytest.mark.parametrize("text", ["", "rules:\nallow:\n", "# nothing yet\n", "rules: []"])
def test_a_file_may_be_empty(text: str) -> None:
    assert Redactor(load_rules(text, NAMED)).text("CUST-12345678") == "CUST-12345678"


WRONG = {
    "rules:\n  - name: a\n    pattern: '['": (3, "no regular expression"),
    "rules:\n  - name: a\n    pattern: '(a+)+b'": (3, "too long"),
    "rules:\n  - name: a\n    pattern: 'x*'": (3, "empty text"),
    "rules:\n  - name: a\n    pattern: 'a+b+'": (3, "too long"),
    "rules:\n  - name: a": (2, "either `pattern` or `keys`"),
    "rules:\n  - name: a\n    keys: [b]\n    pattern: c": (2, "either `pattern` or `keys`"),
    "rules:\n  - pattern: a": (2, "needs `name`"),
    "rules:\n  - name: 'a]b'\n    pattern: c": (2, "`name`"),
    "rules:\n  - name: a\n    keys: ['']": (3, "a key is"),
    "rules:\n  - name: a\n    keys: b": (3, "a list"),
    "rules:\n  - name: a\n    patern: b": (3, "none of"),
    "rule:\n  - name: a": (1, "none of"),
    "- name: a": (1, "a mapping"),
    "allow:\n  - '.{1,99}'": (2, "every value"),
    "allow:\n  - [a]": (2, "a text"),
    "rules: [": (1, "expected the node content"),
    "allow: [&a b, *a]": (1, "a YAML alias"),
    "a: b: c": (1, "mapping values are not allowed here"),
    "rules:\n  - name: a\n    pattern: '" + "a" * 301 + "'": (3, "longer than"),
}


@pytest.mark.parametrize(("text", "line", "words"), [(text, *told) for text, told in WRONG.items()])
def test_a_wrong_file_is_answered_with_its_line_and_what_to_do(text: str, line: int, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_rules(text, NAMED)
    assert f"redaction.yml, line {line}: " in caught.value.what
    assert words in caught.value.what
    assert caught.value.fix


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "redaction.yml"
    path.write_text("#" * 200_000, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"REDACTION_FILE redaction\.yml is larger than 100 KiB"):
        install_rules(path)


@given(st.text(max_size=80))
def test_any_file_is_read_or_refused(text: str) -> None:
    with suppress(SettingsError):
        assert load_rules(text, NAMED).rules == ()


@pytest.mark.parametrize(
    "pattern",
    [
        r"CUST-[0-9]{8}",
        r"\bACME-[A-Z]+\b",
        r"(?i)case[- ]?\d{1,6}",
        r"(?:red|blue)-\d{4}",
        r"(?<![a-z])id_\w{4,30}",
        r"[]a]{3}x",
    ],
)
def test_ordinary_patterns_are_taken(pattern: str) -> None:
    assert compiled(pattern).pattern == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a*)*b",
        r"(a|aa)+b",
        r"(?:a?){40}b",
        r"(a{1,50}){2}x",
        r"(.)\1x",
        r"(?P<a>b)(?P=a)",
        r"a*a*b",
        r"(?x) a # b",
        r"(?>a)b",
        r"a++b",
        "a" * 301,
    ],
)
def test_patterns_that_could_stall_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"too long|not supported|longer"):
        compiled(pattern)


class Recorder:
    """Stands in for a pattern, and notes what it is run on."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []

    def finditer(self, _text: str, start: int, end: int) -> list[Any]:
        self.spans.append((start, end))
        return []


@pytest.mark.parametrize("length", [0, 1, 999, 1_000, 50_000, 55_000])
def test_a_pattern_sees_a_long_text_in_windows_that_together_are_no_more_than_twice_as_long(length: int) -> None:
    recorder = Recorder()
    assert list(team_rule("x", recorder).find("a" * length)) == []  # type: ignore[arg-type]
    assert all(end - start <= WINDOW for start, end in recorder.spans)
    assert sum(end - start for start, end in recorder.spans) <= 2 * length
    assert {at for span in recorder.spans for at in range(*span)} == set(range(length))


@pytest.mark.parametrize("before", [0, 480, 495, 499, 500, 501, 990, 995, 1_000, 1_003, 49_000])
def test_a_match_is_found_once_wherever_it_stands(before: int) -> None:
    found = list(team_rule("case", compiled("CASE-[0-9]{4}")).find("." * before + "CASE-1234" + "." * 700))
    assert found == [(before, before + 9, "case")]


def test_a_pattern_that_tries_every_place_against_the_rest_does_not_stall() -> None:
    rules = load_rules("rules: [{name: tail, pattern: '\\s+$'}, {name: words, pattern: '[a-z]+ $'}]", NAMED)
    text = (" " * 499 + "x") * 90 + "a" * 4_999
    assert Redactor(rules).text(text) == text  # over a whole text, this pattern would take minutes
