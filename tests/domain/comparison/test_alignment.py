"""Which items of two sequences belong together: order first, then what moved, then what stands at one place."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.comparison.alignment import Alignable, Match, PairReason, align

ITEMS = st.lists(
    st.builds(
        lambda kind, exact, role: Alignable(kind, None if exact is None else (kind, exact), lambda: role),
        st.none() | st.sampled_from("abcd"),
        st.none() | st.integers(0, 2),
        st.none() | st.sampled_from("xy"),
    ),
    max_size=25,
)
IN_ORDER = {PairReason.ALIGNED, PairReason.SAME_ROLE, PairReason.SAME_PLACE}


def kinds(text: str) -> list[Alignable]:
    return [Alignable(kind) for kind in text]


def shown(matches: list[Match], first: str, second: str) -> str:
    """Return `a=a b>b c/x -y d-`: aligned, moved, replaced, only in the second, only in the first."""
    marks = {
        PairReason.ALIGNED: "=",
        PairReason.MOVED: ">",
        PairReason.SAME_ROLE: "~",
        PairReason.SAME_PLACE: "/",
        PairReason.ALONE: "-",
    }
    return " ".join(
        f"{'' if match.first is None else first[match.first]}{marks[match.link]}"
        f"{'' if match.second is None else second[match.second]}"
        for match in matches
    )


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("abc", "abc", "a=a b=b c=c"),
        ("abc", "axbc", "a=a -x b=b c=c"),  # inserted
        ("abc", "ac", "a=a b- c=c"),  # dropped
        ("abc", "axc", "a=a b/x c=c"),  # replaced at the same place
        ("ab", "axyz", "a=a b/x -y -z"),  # replaced, and the second goes on
        ("abc", "bca", "a>a b=b c=c"),  # reordered
        ("xbc", "bcxx", "x- b=b c=c -x -x"),  # which one moved is not known
        ("aaa", "aa", "a=a a=a a-"),
        ("abab", "xbxb", "a/x b=b a/x b=b"),
        ("", "ab", "-a -b"),
        ("ab", "", "a- b-"),
    ],
)
def test_steps_are_inserted_dropped_replaced_and_moved(first: str, second: str, expected: str) -> None:
    assert shown(align(kinds(first), kinds(second)), first, second) == expected


def test_exact_keys_choose_among_items_of_one_kind() -> None:
    first = [Alignable("export", ("export", city)) for city in ("HAM", "LYS", "GDN")]
    assert [(match.first, match.second) for match in align(first, first[1:])] == [(0, None), (1, 0), (2, 1)]


def test_several_items_of_one_kind_are_not_said_to_have_moved_by_kind_alone() -> None:
    links = Counter(match.link for match in align(kinds("aabbb"), kinds("bbbaa")))
    assert links == {PairReason.ALIGNED: 3, PairReason.ALONE: 4}


def test_a_role_finds_the_replacement_behind_an_inserted_item() -> None:
    first = [Alignable("a"), Alignable("pay", role=lambda: "refunded")]
    second = [Alignable("a"), Alignable("prepare"), Alignable("pay-v2", role=lambda: "refunded")]
    assert [(match.first, match.second, match.link) for match in align(first, second)] == [
        (0, 0, PairReason.ALIGNED),
        (None, 1, PairReason.ALONE),
        (1, 2, PairReason.SAME_ROLE),
    ]


def test_kinds_whose_hashes_meet_are_still_two_kinds() -> None:
    assert hash(-1) == hash(-2)
    assert [match.link for match in align([Alignable(-1)], [Alignable(-2)])] == [PairReason.SAME_PLACE]


@given(ITEMS, ITEMS)
def test_every_item_is_in_exactly_one_match(first: list[Alignable], second: list[Alignable]) -> None:
    matches = align(first, second)
    assert [match.first for match in matches if match.first is not None] == list(range(len(first)))
    assert sorted(match.second for match in matches if match.second is not None) == list(range(len(second)))


@given(ITEMS, ITEMS)
def test_different_kinds_are_never_equal_and_the_same_kind_never_replaced(
    first: list[Alignable], second: list[Alignable]
) -> None:
    for match in align(first, second):
        if match.first is None or match.second is None:
            assert match.link is PairReason.ALONE
        else:
            same = first[match.first].kind == second[match.second].kind
            assert same == (match.link in {PairReason.ALIGNED, PairReason.MOVED})


@given(ITEMS, ITEMS)
def test_what_did_not_move_is_in_order(first: list[Alignable], second: list[Alignable]) -> None:
    places = [match.second for match in align(first, second) if match.link in IN_ORDER]
    assert places == sorted(places, key=lambda place: -1 if place is None else place)


@given(ITEMS)
def test_a_sequence_is_aligned_with_itself(items: list[Alignable]) -> None:
    assert align(items, items) == [Match(place, place, PairReason.ALIGNED) for place in range(len(items))]


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_as_many_items_as_possible_are_aligned(first: list[str], second: list[str]) -> None:
    aligned = sum(
        match.link is PairReason.ALIGNED
        for match in align([Alignable(x) for x in first], [Alignable(y) for y in second])
    )
    assert aligned == longest_common(first, second)


def longest_common(first: list[str], second: list[str]) -> int:
    """Return the length of the longest common subsequence, by the textbook's table."""
    table = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i, x in enumerate(first):
        for j, y in enumerate(second):
            table[i + 1][j + 1] = table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]
