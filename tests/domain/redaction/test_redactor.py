"""The redactor: failing closed, saying where, leaving marks alone, and doing without what it cannot read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.config.redaction_file import redaction_file
from bot.config.redaction_rules import load_rules
from bot.domain.redaction.findings import UNCHECKED, Finding
from bot.domain.redaction.redactor import Redactor
from bot.domain.redaction.rules import Found, Rule
from bot.runtime.masking import in_use, install, mask_text, mask_value

CLOSED = f"[masked: {UNCHECKED}]"


def _raises(text: str) -> Iterator[Found]:
    yield Found(0, len(text) // 0, "broken")


BROKEN = Redactor(rules=(Rule(frozenset({"broken"}), _raises, hints=("",)),))


class Unprintable:
    def __str__(self) -> str:
        raise OSError


def test_a_text_that_cannot_be_checked_does_not_pass() -> None:
    assert BROKEN.text("ordinary") == CLOSED
    assert BROKEN.value({"steps": ["ordinary", 5]}) == {CLOSED: [CLOSED, 5]}
    assert BROKEN.redact_text("ordinary").findings == (Finding(UNCHECKED),)


def test_a_rule_that_finds_something_new_without_end_does_not_pass() -> None:
    def grows(text: str) -> Iterator[Found]:
        yield Found(text.rindex("x"), len(text), f"x{text.count('[')}")

    assert Redactor(rules=(Rule(frozenset({"y"}), grows, hints=("",)),)).text("x") == CLOSED


def test_what_cannot_be_written_as_text_does_not_pass() -> None:
    assert Redactor().value({"a": Unprintable(), "b": 1}) == {"a": CLOSED, "b": 1}
    assert Redactor().value({Unprintable(): 1}) == CLOSED


def test_objects_of_other_types_are_checked_as_text() -> None:
    error = ValueError("password=hunter2-hunter2")
    assert Redactor().value({"error": error, "raw": b"x"}) == {"error": "password=[masked: password]", "raw": b"x"}


def test_findings_say_where_and_by_which_rule() -> None:
    redacted = Redactor().redact_value({"steps": [{"input": {"password": "hunter2"}}, "a token=hunter2-hunter2"]})
    assert redacted.findings == (
        Finding("password", ("steps", 0, "input", "password")),
        Finding("token", ("steps", 1), 8),
    )
    assert redacted.counts == {"password": 1, "token": 1}


def test_keys_that_hold_secrets_stay_apart() -> None:
    keys = [f"Bearer {'a1b2c3d4' * 4}{n}" for n in "123"]
    masked = Redactor().value(dict.fromkeys(keys, 1))
    assert list(masked) == [
        "Bearer [masked: credential]",
        "Bearer [masked: credential] (2)",
        "Bearer [masked: credential] (3)",
    ]


def test_a_masked_name_is_judged_as_it_is_shown() -> None:
    once = Redactor().value({"joinedcookie: Ab3": "x-1"})
    assert Redactor().value(once) == once


def test_marks_of_unknown_kinds_are_text_like_any_other() -> None:
    assert "hunter2" not in mask_text("password=[masked: hunter2]")


@pytest.mark.parametrize(
    "schema",
    [{"password": {"type": "string", "minLength": 8}}, {"token": {"type": "string", "description": "of the caller"}}],
)
def test_a_schema_describes_secrets_without_holding_any(schema: Any) -> None:
    assert Redactor().value({"properties": schema}) == {"properties": schema}


def test_a_schema_with_an_example_is_masked() -> None:
    masked = Redactor().value({"password": {"type": "string", "default": "hunter2"}})
    assert "hunter2" not in str(masked)


@pytest.mark.parametrize("length", [49_999, 50_000, 50_001, 120_000])
def test_long_texts_are_cut_once(length: int) -> None:
    for text in ("y" * length, "word " * (length // 5), "password=hunter2 " * (length // 17)):
        once = mask_text(text)
        assert "hunter2" not in once
        assert mask_text(once) == once
        assert len(once) <= 50_060


def test_no_half_of_a_token_is_left_at_the_cut() -> None:
    token = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0" * 2
    assert "gh" + "p_" not in mask_text("word " * 9_999 + token + " word" * 9)


@pytest.mark.parametrize(
    "piece",
    [
        "key=",
        "password:",
        "_session=",
        "cookie:a=",
        "://a:",
        "name:x,value:",
        "|\n ",
        '\\"',
        "-----BEGIN PRIV" + "ATE KEY-----",
    ],
)
def test_no_text_makes_it_stall(piece: str) -> None:
    assert mask_text(piece * (50_000 // len(piece)))  # a quadratic rule would keep this test running for minutes


def test_the_installed_redactor_is_the_one_in_use() -> None:
    before = in_use()
    install(
        Redactor(
            load_rules(
                "rules: [{name: case, pattern: 'CASE-[0-9]{4}'}, {name: vault, keys: [vault_path]}]",
                redaction_file(Path("x")),
            )
        )
    )
    try:
        assert mask_text("see CASE-1234") == "see [masked: case]"
        assert mask_value({"vaultPath": "orders"}) == {"vaultPath": "[masked: vault]"}
    finally:
        install(before)
    assert mask_text("see CASE-1234") == "see CASE-1234"
