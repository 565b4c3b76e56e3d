"""What people type and paste, and what is understood by it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access.tenancy import Tenancy
from bot.domain.run.ids_in_text import find_references
from bot.domain.run.record_references import parse_reference, read_reference
from bot.domain.run.run_ids import parse_run_id, two_run_ids
from bot.domain.run.uris import URI_TYPES, AionisUri
from bot.errors import BotError, ForeignUri, UsageError

HERE = Tenancy("default", "support")
ID = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"


@pytest.mark.parametrize(
    "typed",
    [ID, ID.upper(), f"`{ID}`", f'"{ID}"', f"“{ID}”", f"<{ID}>", f" {ID}. ", f"({ID}),", f"run {ID}", f"run_id={ID}"],
)
def test_a_run_id_is_found_in_what_surrounds_it(typed: str) -> None:
    assert parse_run_id(typed) == ID


@pytest.mark.parametrize("typed", ["run_123", "", "3d1868e", "deadbeef1", f"{ID} {ID.replace('3', '4')}", f"{ID}{ID}"])
def test_what_is_no_single_run_id_is_answered_with_the_right_form(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_run_id(typed)
    assert "/replay" in caught.value.fix


@pytest.mark.parametrize("length", range(8, 36))
def test_the_beginning_of_a_run_id_is_taken_for_it_from_eight_characters_on(length: int) -> None:
    beginning = ID[:length]
    assert parse_run_id(f"`{beginning.upper()}…`") == beginning
    assert two_run_ids(f"{beginning} with {ID}") == (beginning, ID)


def test_a_whole_id_is_meant_where_there_is_one() -> None:
    assert parse_run_id(f"run {ID} of 20261127") == ID


def test_a_uri_typed_as_a_run_id_points_to_resolve() -> None:
    with pytest.raises(UsageError, match="not a run id") as caught:
        parse_run_id(f"aionis://default/support/event/{ID}")
    assert "/resolve" in caught.value.fix


@pytest.mark.parametrize(
    "typed",
    [
        f"aionis://default/support/commit/{ID}",
        f"<aionis://default/support/commit/{ID}>",
        f"<aionis://default/support/commit/{ID}|a commit>.",
        f"memory://commit/{ID}",
        f"`memory://commit/{ID.upper()}`",
        f"commit {ID}",
        f"Commit: {ID}",
    ],
)
def test_every_way_to_name_a_commit(typed: str) -> None:
    assert str(parse_reference(typed, HERE)) == f"aionis://default/support/commit/{ID}"


@pytest.mark.parametrize("place", ["acme/support", "default/billing"])
def test_another_tenant_or_scope_is_refused(place: str) -> None:
    with pytest.raises(ForeignUri):
        parse_reference(f"aionis://{place}/commit/{ID}", HERE)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (f"aionis://default/support/{ID}", "3 parts"),
        (f"aionis://default/support/widget/{ID}", "unknown type"),
        ("aionis://default/support/commit/commit_xxx", "UUID"),
        ("memory://commit/" + "a" * 64, "hash is not its id"),
        (ID, "of what"),
        ("nonsense", "not an Aionis URI"),
    ],
)
def test_what_is_wrong_with_a_uri_is_said(typed: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_reference(typed, HERE)


@given(st.text(min_size=1).map(str.strip).filter(bool), st.sampled_from(URI_TYPES), st.uuids().map(str))
def test_a_uri_survives_being_written_and_read(scope: str, type_: str, id_: str) -> None:
    tenancy = Tenancy("acme", scope)
    uri = AionisUri("acme", scope, type_, id_)
    assert parse_reference(str(uri), tenancy) == uri


@given(st.text())
def test_any_text_is_understood_or_answered(text: str) -> None:
    for parse in (parse_run_id, read_reference):
        failure = failure_of(parse, text)
        assert failure is None or (failure.what and failure.fix)


def failure_of(parse: Callable[[str], object], text: str) -> BotError | None:
    try:
        parse(text)
    except BotError as error:
        return error
    return None


def test_references_are_found_in_order_and_once() -> None:
    uri = f"aionis://default/support/decision/{ID}"
    other = ID.replace("3", "4")
    assert find_references(f"see {other}, {uri} and <{uri}|this> {other.upper()}!") == [other, uri]
