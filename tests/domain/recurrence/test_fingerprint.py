"""Fingerprints: the same for the same failure, another for another tool, postcondition, wording, tenancy or kind."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access.tenancy import Tenancy
from bot.domain.recurrence.decisions import Decisions, Join, Split, fold, split_name
from bot.domain.recurrence.fingerprint import FailureKind, Ingredients, make_ingredients
from tests.domain.error_wording.test_wording import TEMPLATES, VALUES
from tests.strategies import TEXT

HERE = Tenancy("acme", "support")
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_.", min_size=1, max_size=20)
KINDS = st.sampled_from(FailureKind)


def made(
    tool: str = "refund",
    names: tuple[str, ...] = ("paid",),
    error: str = "queue closed",
    kind: FailureKind = FailureKind.FAILED,
) -> Ingredients:
    return make_ingredients(HERE, tool=tool, postconditions=names, error=error, kind=kind)


@given(NAMES, st.lists(NAMES, max_size=4), TEMPLATES, VALUES, VALUES, KINDS)
def test_equal_up_to_values(
    tool: str, names: list[str], template: str, first: str, second: str, kind: FailureKind
) -> None:
    one = made(tool, tuple(names), template.format(first), kind)
    other = made(tool, tuple(reversed([*names, *names])), template.format(second), kind)
    assert one == other
    assert one.fingerprint == other.fingerprint


@given(NAMES, NAMES)
def test_another_tool_or_postcondition_is_another(first: str, second: str) -> None:
    same = first == second
    assert (made(first).fingerprint == made(second).fingerprint) == same
    assert (made(names=(first,)).fingerprint == made(names=(second,)).fingerprint) == same


@pytest.mark.parametrize(
    "changed",
    [
        {"tool": "x"},
        {"postconditions": ()},
        {"error": "queue full"},
        {"kind": FailureKind.PARTIAL},
        {"scope": "x"},
        {"tenant_id": "x"},
    ],
)
def test_every_ingredient_counts(changed: dict[str, object]) -> None:
    one = made()
    assert replace(one, **changed).fingerprint != one.fingerprint  # type: ignore[arg-type]


def test_ingredients_do_not_run_into_each_other() -> None:
    assert made("a", ("b",), "c").fingerprint != made("a", (), "b c").fingerprint
    assert made(names=("a", "b")).fingerprint != made(names=("a b",)).fingerprint


@given(TEXT, st.lists(TEXT, max_size=3), TEXT)
def test_any_text_gives_a_fingerprint(tool: str, names: list[str], error: str) -> None:
    assert len(made(tool, tuple(names), error).fingerprint) == 24


def test_a_sentence_for_a_name_may_carry_values_and_a_word_may_not() -> None:
    assert made(names=("order 12 is refunded",)) == made(names=("order ORD-7-X is refunded",))
    assert made(names=("check_1",)) != made(names=("check_2",))


def test_a_split_run_is_a_failure_of_its_own_and_can_come_back() -> None:
    apart = split_name("f", "run-2")
    decisions = fold([Split("run-2", apart)])
    assert decisions.of_run("run-1", "f") == "f"
    assert decisions.of_run("run-2", "f") == apart
    assert fold([Split("run-2", apart), Split("run-2", "")]).of_run("run-2", "f") == "f"


def test_joined_fingerprints_are_one_and_can_part() -> None:
    decisions = fold([Join("a", "b"), Join("b", "c")])
    assert {decisions.of(one) for one in "abc"} == {"c"}
    assert fold([Join("a", "b"), Join("a", "a")]).of("a") == "a"


@given(st.lists(st.builds(Join, st.sampled_from("abcd"), st.sampled_from("abcd"))), st.sampled_from("abcd"))
def test_joins_in_a_circle_end(joins: list[Join], start: str) -> None:
    assert fold(joins).of(start) in set("abcd")


def test_without_decisions_all_is_as_it_was() -> None:
    assert Decisions().of_run("run", "f") == "f"
