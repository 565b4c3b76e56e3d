"""Who may do what, where."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access.rules import (
    AccessRules,
    Home,
    Person,
    Place,
    allows,
    ensure_may_ask,
    is_colleague,
    keeps_incidents,
    managers_words,
    may_manage,
    parse_binding,
    readable_tenancy,
)
from bot.domain.access.tenancy import Tenancy
from bot.errors import BotError, NotAllowed, Unbound, UsageError

OWN = Tenancy("default", "support")


def rules(**more: Any) -> AccessRules:
    given_: dict[str, Any] = {
        "allowed_scopes": (),
        "own": OWN,
        "default_binding": True,
        "admins": frozenset(),
        "admin_groups": frozenset(),
        "shared_channels": False,
        "guests": False,
    }
    return AccessRules(**{**given_, **more})


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
        (("acme/*/eu",), Tenancy("acme", "prod/2/eu"), True),
        (("acme/prod",), Tenancy("acme", "Prod"), False),
        (("acme/prod",), Tenancy("acme", "prod/eu"), False),
        (("acme/prod?",), Tenancy("acme", "prod2"), False),
        (("acme/prod?",), Tenancy("acme", "prod?"), True),
        (("acme/[a-z]",), Tenancy("acme", "b"), False),
        (("acme/[eu] prod*",), Tenancy("acme", "[eu] prod/1"), True),
        (("*/*",), Tenancy("globex", "any thing"), True),
    ],
)
def test_what_a_channel_may_be_bound_to(patterns: tuple[str, ...], tenancy: Tenancy, allowed: bool) -> None:
    assert allows(rules(allowed_scopes=patterns), tenancy) is allowed


def test_an_unbound_channel_reads_the_default_or_nothing() -> None:
    assert readable_tenancy(rules(), None) == OWN
    with pytest.raises(Unbound) as raised:
        readable_tenancy(rules(default_binding=False), None)
    assert "/replay bind tenant=" in raised.value.fix


def test_a_binding_that_is_no_longer_allowed_reads_nothing() -> None:
    with pytest.raises(NotAllowed, match="no longer among"):
        readable_tenancy(rules(), Tenancy("acme", "prod"))


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
        ensure_may_ask(rules(), who, where, home=Home("T1"))
    assert raised.value.fix
    ensure_may_ask(rules(shared_channels=True, guests=True), who, where, home=Home("T1"))


@pytest.mark.parametrize("team", ["", "T1"])
def test_who_belongs_to_no_known_company_counts_as_a_member(team: str) -> None:
    ensure_may_ask(rules(), person(team_id=""), place(), home=Home(team))


def test_guests_are_let_in_without_shared_channels() -> None:
    ensure_may_ask(rules(guests=True), person(is_guest=True), place(), home=Home("T1"))
    with pytest.raises(NotAllowed, match="another company"):
        ensure_may_ask(rules(guests=True), person(is_guest=True, team_id="T2"), place(), home=Home("T1"))


def test_a_direct_message_is_bound_by_admins_alone() -> None:
    direct = place(is_direct=True, creator="")
    assert not may_manage(rules(), person(), direct, frozenset(), home=Home("T1"))
    assert may_manage(rules(), person(is_admin=True), direct, frozenset(), home=Home("T1"))


@pytest.mark.parametrize(
    "who", [person(id="U9", team_id="T2"), person(team_id="T2", is_admin=True), person(id="U9", is_guest=True)]
)
def test_other_companies_and_guests_manage_only_where_they_are_named(who: Person) -> None:
    shared = place(is_ext_shared=True)
    assert not may_manage(rules(shared_channels=True, guests=True), who, shared, frozenset(), home=Home("T1"))
    assert may_manage(
        rules(shared_channels=True, admins=frozenset({who.id})), who, shared, frozenset(), home=Home("T1")
    )


def test_what_slack_escapes_in_a_command_is_undone() -> None:
    assert parse_binding("tenant=acme scope=R&D") == Tenancy("acme", "R&D")


def test_members_get_answers() -> None:
    ensure_may_ask(rules(), person(), place(), home=Home("T1"))


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
    assert may_manage(rules(**settings), who, place(), frozenset({"U6"}), home=Home("T1")) is may


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
        ("tenant=acme scope=‘check out’", Tenancy("acme", "check out")),
        ("tenant=acme scope=a=b", Tenancy("acme", "a=b")),
        (r"tenant=acme scope=prod\eu", Tenancy("acme", r"prod\eu")),
        ("tenant=acme scope=#1", Tenancy("acme", "#1")),
        ("  tenant=acme   scope=prod/eu/1 ", Tenancy("acme", "prod/eu/1")),
        ("scope=prod7. tenant=acme", Tenancy("acme", "prod7")),
        ("tenant=acme.com., scope=v1.2.", Tenancy("acme.com", "v1.2")),
        ('tenant=acme scope="v1."', Tenancy("acme", "v1.")),
        ("tenant=acme and scope=prod please", Tenancy("acme", "prod")),
        ("this channel to acme/prod.", Tenancy("acme", "prod")),
    ],
)
def test_a_binding_is_read_as_people_type_it(typed: str, meant: Tenancy) -> None:
    assert parse_binding(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "tenant=acme",
        "tenant= scope=x",
        "tenant=a scope=' '",
        "tenant=a b scope=c",
        "tenant=a tenant=b scope=c",
        "tenant=a scope=b other=c",
        "tenant=-a scope=b",
        f"tenant={'a' * 65} scope=b",
        'tenant=a scope="b',
    ],
)
def test_what_is_no_binding_is_answered_with_the_form(typed: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_binding(typed)
    assert raised.value.fix


def test_a_scope_must_not_look_like_a_tenant() -> None:
    with pytest.raises(UsageError, match="is not a scope"):
        parse_binding("tenant=a scope=tenant:b")


TENANTS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
SCOPES = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters='"“”„`'), min_size=1)


# A full stop behind a name is the sentence's: a tenant that ends in one is put in quotes.
@given(
    tenant=TENANTS.filter(lambda text: not text.endswith(".")),
    scope=SCOPES.map(str.strip).filter(lambda text: text and not text.startswith("tenant:")),
)
def test_any_scope_can_be_typed_in_quotes(tenant: str, scope: str) -> None:
    typed = parse_binding(f'scope="{scope}" tenant={tenant}')
    assert typed == Tenancy(tenant, scope.translate({0x2018: "'", 0x2019: "'"}))


@given(tenant=TENANTS, scope=SCOPES.filter(lambda text: "*" not in text))
def test_a_pattern_without_a_star_allows_only_itself(tenant: str, scope: str) -> None:
    mine = rules(allowed_scopes=(f"{tenant}/{scope}",))
    assert allows(mine, Tenancy(tenant, scope))
    assert not allows(mine, Tenancy(tenant, f"{scope}x"))


@given(st.text())
def test_any_text_is_a_binding_or_is_answered(typed: str) -> None:
    try:
        assert parse_binding(typed).tenant_id
    except BotError as error:
        assert error.what  # noqa: PT017 either way is right


@pytest.mark.parametrize(
    ("who", "home", "colleague"),
    [
        (person(), Home("T1"), True),
        (person(team_id=""), Home("T1"), True),
        (person(team_id="T2"), Home("T1"), False),
        (person(team_id="T2"), Home("T1", "E1"), False),
        (person(team_id="T2", enterprise_id="E1"), Home("T1", "E1"), True),
        (person(team_id="T2", enterprise_id="E2"), Home("T1", "E1"), False),
        (person(team_id="E1"), Home("T1", "E1"), True),
        (person(team_id="T2", teams=("T2", "T1")), Home("T1"), True),
        (person(team_id="T2", enterprise_id="E1"), Home("E1", "E1"), True),  # installed for the whole organisation
        (person(team_id="T2", enterprise_id=""), Home("T1", ""), False),
    ],
)
def test_people_of_one_organisation_are_colleagues(who: Person, home: Home, colleague: bool) -> None:
    assert is_colleague(who, home) is colleague
    assert may_manage(rules(), replace(who, is_admin=True), place(), frozenset(), home=home) is colleague
    if colleague:
        ensure_may_ask(rules(), who, place(), home=home)
    else:
        with pytest.raises(NotAllowed):
            ensure_may_ask(rules(), who, place(), home=home)


def test_nothing_is_done_for_a_deactivated_account() -> None:
    with pytest.raises(NotAllowed, match="deactivated"):
        ensure_may_ask(rules(shared_channels=True, guests=True), person(is_deleted=True), place(), home=Home("T1"))


@pytest.mark.parametrize(
    "typed",
    [
        "tenant=acme scope=prod",
        "Tenant=acme SCOPE=prod",
        "tenant=acme\u00a0scope=prod",
        "tenant=acme, scope=prod",
        "tenant=acme,scope=prod,",
        "scope=prod tenant=acme",
        "\u200btenant=acme scope=prod\u200b",
        "`tenant=acme scope=prod`",
        "tenant=“acme” scope=‘prod’",
        "tenant=acme\u200b scope=prod\u200b",
        "`tenant=acme` `scope=prod`",
        "tenant = acme scope = prod",
        "tenant:acme scope:prod",
        "tenant: acme, scope: prod",
        "«tenant=acme scope=prod»",
        "tenant=acme; scope=prod",
        "tenant=acme scope=prod.",
        "acme/prod",
    ],
)
def test_a_binding_is_read_with_what_phones_and_pages_put_in_between(typed: str) -> None:
    assert parse_binding(typed) == Tenancy("acme", "prod")


def test_what_stands_in_quotes_is_kept_and_what_has_blanks_needs_them() -> None:
    assert parse_binding('tenant=acme scope="v7."') == Tenancy("acme", "v7.")
    assert parse_binding('tenant=acme scope="a, tenant=b"') == Tenancy("acme", "a, tenant=b")
    with pytest.raises(UsageError) as refused:
        parse_binding("tenant=acme scope=checkout prod/eu")
    assert "with quotes around what has blanks" in str(refused.value)
