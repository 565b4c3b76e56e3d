"""What holds for every text and every JSON value, whatever is drawn."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.redaction.redactor import Redactor
from bot.runtime.masking import compile_rules
from tests.domain.redaction.measure import remains
from tests.domain.redaction.pieces import TOKENS, Pieces
from tests.domain.redaction.secret_texts import cases
from tests.strategies import JSON, TEXT, UUIDS

compile_rules()
REDACTOR = Redactor()
CASES = cases()
TEXTS = [case.value for case in CASES if isinstance(case.value, str)]
# Parts of which rules are made, so that what is drawn comes near to them.
PARTS = st.sampled_from(
    [
        "password",
        "=",
        ": ",
        '"',
        "'",
        "\\",
        "token",
        "Bearer ",
        "://",
        "@",
        "a:b",
        "[masked: ",
        "[masked: token]",
        "]",
        "<",
        ">",
        "&",
        "key",
        "?",
        "{",
        "}",
        ",",
        ";",
        "--",
        " ",
        "\n",
        "cookie: ",
        "x",
        "Ab3",
        "value",
        "name",
        "… [",
        " more characters cut]",
        "hunter2",
    ]
)
CLOSE = st.lists(PARTS | st.text(max_size=4), max_size=24).map("".join)
MIXED = st.tuples(CLOSE, st.integers(0, len(TEXTS) - 1).map(lambda number: TEXTS[number]), CLOSE).map("".join)
HASHES = st.sampled_from([32, 40, 64, 128]).flatmap(
    lambda size: st.text("0123456789abcdef", min_size=size, max_size=size)
)
URIS = st.tuples(st.sampled_from(["decision", "event", "evidence", "commit"]), UUIDS).map(
    lambda parts: f"aionis://default/support/{parts[0]}/{parts[1]}"
)
NUMBERS = (st.integers() | st.floats(allow_nan=False, allow_infinity=False)).map(str)


@given(CLOSE | TEXT | MIXED)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = REDACTOR.text(text)
    again = REDACTOR.redact_text(once)
    assert again.value == once
    assert again.findings == ()


@given(st.recursive(JSON | MIXED, lambda inner: st.dictionaries(CLOSE, inner, max_size=3), max_leaves=6))
def test_values_too(value: Any) -> None:
    once = REDACTOR.value(value)
    assert REDACTOR.value(once) == once
    json.dumps(once)


@given(MIXED | CLOSE)
def test_findings_point_at_the_marks(text: str) -> None:
    redacted = REDACTOR.redact_text(text)
    for finding in redacted.findings:
        assert redacted.value[finding.offset :].startswith(f"[masked: {finding.rule}]")
    assert sum(redacted.counts.values()) == len(redacted.findings)


@given(
    HASHES | UUIDS | URIS | NUMBERS,
    st.sampled_from(["{}", "step {} failed", "id={}", '{{"run": "{}"}}', "({}), then", "a\n{}\nb"]),
)
def test_identifiers_and_numbers_survive(text: str, around: str) -> None:
    shown = around.format(text)
    assert REDACTOR.text(shown) == shown
    assert REDACTOR.value({"run": text, "n": [text]}) == {"run": text, "n": [text]}


@given(st.sampled_from([kind for kind in TOKENS if not kind.startswith("unnamed")]), st.integers(0, 10**6), CLOSE)
def test_no_piece_of_a_token_is_left(kind: str, seed: int, near: str) -> None:
    secret = TOKENS[kind](Pieces(seed))
    assert not remains(secret, REDACTOR.text(f"{near} {secret} after"))


@given(st.integers(0, len(CASES) - 1).map(lambda number: CASES[number]))
def test_no_piece_of_a_secret_is_left_inside_a_larger_value(case: Any) -> None:
    shown = json.dumps(REDACTOR.value({"steps": [{"tool_input": case.value, "ok": True}]}), ensure_ascii=False)
    assert not remains(case.secret, shown)
