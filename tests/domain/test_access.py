"""Who may do what, where."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access import (
    Person,
    Place,
    Rules,
    allows,
    ensure_may_ask,
    keeps_incidents,
    managers_words,
    may_manage,
    parse_binding,
    readable,
)
from bot.domain.tenancy import Tenancy
from bot.errors import BotError, NotAllowed, Unbound, UsageError

OWN = Tenancy("default", "support")


def rules(**more: Any) -> Rules:
    given_: dict[str, Any] = {
        "allowed_scopes": (),
        "own": OWN,
        "default_binding": True,
        "admins": frozenset(),
        "admin_groups": frozenset(),
        "shared_channels": False,
        "guests": False,
    }
    return Rules(**{**given_, **more})


def person(**more: Any) -> Person:
    given_ = {"id": "U1", "name": "maya", "tz": "UTC", "team_id": "T1", "is_admin": False, "is_guest": False}
    return Person(**{**given_, "is_bot": False, **more})


def place(**more: Any) -> Place:
    given_ = {"id": "C1", "creator": "U9", "is_direct": False, "is_ext_shared": False, "known": True}
    return Place(**{**given_, **more})


@pytest.mark.parametrize(
    ("patterns", "tenancy", "allowed"),
    [
        ((), OWN, True),
        ((), Tenancy("default", "billing"), False),
        (("acme/*",), Tenancy("acme", "prod/eu"), True),
        (("acme/prod*",), Tenancy("acme", "staging"), False),
        (("*/support",), Tenancy("globex", "support"), True),
        (("acme/support",), OWN, True),
        (("ac*me/support",), Tenancy("ac", "me/support"), False),
    ],
)
def test_what_a_channel_may_be_bound_to(patterns: tuple[str, ...], tenancy: Tenancy, allowed: bool) -> None:
    assert allows(rules(allowed_scopes=patterns), tenancy) is allowed


def test_an_unbound_channel_reads_the_default_or_nothing() -> None:
    assert readable(rules(), None) == OWN
    with pytest.raises(Unbound) as raised:
        readable(rules(default_binding=False), None)
    assert "/replay bind tenant=" in raised.value.fix


def test_a_binding_that_is_no_longer_allowed_reads_nothing() -> None:
    with pytest.raises(NotAllowed, match="no longer among"):
        readable(rules(), Tenancy("acme", "prod"))


@pytest.mark.parametrize(
    ("who", "where", "words"),
    [
        (person(), place(is_ext_shared=True), "shared with another company"),
        (person(team_id="T2"), place(), "another company"),
        (person(is_guest=True), place(), "Guests"),
    ],
)
def test_who_gets_no_answer(who: Person, where: Place, words: str) -> None:
    with pytest.raises(NotAllowed, match=words) as raised:
        ensure_may_ask(rules(), who, where, team="T1")
    assert raised.value.fix
    ensure_may_ask(rules(shared_channels=True, guests=True), who, where, team="T1")


def test_members_get_answers() -> None:
    ensure_may_ask(rules(), person(), place(), team="T1")


def test_incidents_are_kept_where_the_bot_is_a_member() -> None:
    assert keeps_incidents(place())
    assert not keeps_incidents(place(known=False))
    assert not keeps_incidents(place(is_direct=True))


@pytest.mark.parametrize(
    ("who", "settings", "may"),
    [
        (person(id="U9"), {}, True),
        (person(is_admin=True), {}, True),
        (person(), {}, False),
        (person(id="U9"), {"admins": frozenset({"U5"})}, False),
        (person(is_admin=True), {"admins": frozenset({"U5"})}, False),
        (person(id="U5"), {"admins": frozenset({"U5"})}, True),
        (person(id="U6"), {"admin_groups": frozenset({"S1"})}, True),
        (person(id="U7"), {"admin_groups": frozenset({"S1"})}, False),
    ],
)
def test_who_may_manage(who: Person, settings: dict[str, Any], may: bool) -> None:
    assert may_manage(rules(**settings), who, place(), frozenset({"U6"})) is may


def test_who_may_is_said_in_words() -> None:
    assert managers_words(rules(), creator="maya", admins=[]) == "@maya, who created this channel, or a workspace admin"
    named = rules(admins=frozenset({"U5"}), admin_groups=frozenset({"S1"}))
    assert managers_words(named, creator="maya", admins=["jo"]) == "@jo or a member of the user group S1"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tenant=acme scope=prod", Tenancy("acme", "prod")),
        ("scope=prod tenant=acme", Tenancy("acme", "prod")),
        ('tenant=acme scope="checkout prod/eu"', Tenancy("acme", "checkout prod/eu")),
        ("tenant=acme scope=“checkout prod”", Tenancy("acme", "checkout prod")),
        ("`tenant=acme scope=prod`", Tenancy("acme", "prod")),
    ],
)
def test_a_binding_is_read_as_people_type_it(typed: str, meant: Tenancy) -> None:
    assert parse_binding(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["acme/prod", "tenant=acme", "tenant= scope=x", "tenant=a b scope=c", "tenant=-a scope=b", 'tenant=a scope="b'],
)
def test_what_is_no_binding_is_answered_with_the_form(typed: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_binding(typed)
    assert raised.value.fix


def test_a_scope_must_not_look_like_a_tenant() -> None:
    with pytest.raises(UsageError, match="is not a scope"):
        parse_binding("tenant=a scope=tenant:b")


@given(st.text())
def test_any_text_is_a_binding_or_is_answered(typed: str) -> None:
    try:
        assert parse_binding(typed).tenant_id
    except BotError as error:
        assert error.what  # noqa: PT017 either way is right
