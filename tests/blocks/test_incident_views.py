"""Closing, status, reminders, the Home tab and binding, for any incident: postable, literal, and saying what is asked."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.blocks.binding import SCOPE, TENANT, bind_modal, bound_message, read_binding, unbound_message
from bot.blocks.close import blocked_message, blocked_modal
from bot.blocks.home_tab import WatchStanding, home_view
from bot.blocks.incidents import joined_message, no_incident_message
from bot.blocks.inputs import read_reason
from bot.blocks.move import choose_modal, read_choice
from bot.blocks.place import Where
from bot.blocks.reminders import reminder_message, snoozed_message, stopped_message
from bot.blocks.reopen import reopen_modal
from bot.blocks.routing import ChannelTarget, IncidentModal, PlacedTarget, ReminderTarget, decode
from bot.blocks.status import status_message
from bot.domain.access.rules import AccessRules
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import incident_log, log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST
from bot.domain.incident.closing_rights import ClosingRights
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.state import Incident
from bot.domain.recurrence.troubled import TroubledRun
from bot.domain.run.diagnosis import diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import ReplayedRun
from bot.domain.run.steps import outline
from bot.errors import BotError, Unbound, Unreachable, UsageError
from tests.blocks.test_checklist import (
    ANYBODY,
    AT,
    JONAS,
    LATER,
    LONGEST,
    MANY,
    MAYA,
    assert_literal,
    assert_opens,
    assert_postable,
    asserted,
    entered_as_shown,
    incident_of,
    incidents,
)
from tests.strategies import TEXT, runs

HERE = Tenancy("default", "support")
LINK = "https://local.slack.test/archives/C0AINCDNT1/p1"
RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
RULES = AccessRules(
    allowed_scopes=("acme/*",),
    own=HERE,
    default_binding=True,
    admins=frozenset(),
    admin_groups=frozenset(),
    shared_channels=False,
    guests=False,
)


def troubled(run: dict[str, Any], first_end: str | None = None) -> TroubledRun:
    parsed = ReplayedRun.model_validate(run)
    found = diagnose(
        parsed,
        outline(parsed),
        Evidence(nodes_asked=True),
        tenancy=HERE,
        now=LATER,
        stalled_after=timedelta(minutes=15),
    )
    return TroubledRun(found, AT, first_end)


RUNS = st.lists(st.builds(troubled, runs(), TEXT), max_size=5)
FAILED = RunDigest(
    run_id=RUN, verdict="failed", failing=True, critical="step 2 · payments.create_refund", goal="Refund"
)


MAY_ALL = ClosingRights(close=True, override=True, others="")
MAY_NOTHING = ClosingRights(close=False, override=False, others="@maya, who created this channel")


def long_one() -> Incident:
    """Return an incident in which all that people and Aionis can make long is as long as it gets."""
    run = RunDigest(run_id="&" * 60, verdict="&" * 60, failing=True, critical="&" * 500, goal="&" * 500)
    runs = [
        log_changes.run_added(run.model_copy(update={"run_id": f"{n}{run.run_id}"}), by=MAYA, at=AT, key=f"{n}")
        for n in range(9)
    ]
    owned = [log_changes.item_assigned(item.id, owner=JONAS, by=MAYA, at=AT, key=item.id) for item in LONGEST.items]
    return incident_of(*runs, *owned, checklist=LONGEST)


def linked(incident: Incident) -> dict[str, str]:
    return {incident.root_ts or "": LINK}


def rooted(*changes: incident_log.Change) -> Incident:
    return incident_of(log_changes.message_posted("root", "1.1", at=AT, key="root"), *changes)


def home(
    incidents_: list[Incident],
    failed: dict[Tenancy, list[TroubledRun] | BotError],
    user: str = JONAS,
    watched: Sequence[WatchStanding] = (),
) -> dict[str, Any]:
    return home_view(
        user=user, incidents=incidents_, permalinks={"1.1": LINK}, failed=dict(failed), watched=watched, now=LATER
    )


def shown(blocks: Any) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def labels(blocks: list[dict[str, Any]]) -> list[str]:
    """Return what stands on every button, in order."""
    held = [e for b in blocks for e in (*b.get("elements", ()), b.get("accessory"))]
    return [e["text"]["text"] for e in held if isinstance(e, dict) and e.get("type") == "button"]


@MANY
@given(incidents())
@example(long_one())
def test_whatever_blocks_a_close_the_modal_opens_and_the_messages_are_postable(incident: Incident) -> None:
    for rights in (MAY_ALL, MAY_NOTHING):
        assert_opens(blocked_modal(incident, rights))
    assert_opens(reopen_modal(incident))
    assert_postable(blocked_message(incident, MAY_ALL, Where()))


@MANY
@given(st.lists(incidents(), min_size=1, max_size=3), TEXT)
@example([long_one()] * 25, "run")
def test_any_status_is_postable_and_any_choice_opens(found: list[Incident], what: str) -> None:
    assert_postable(status_message(found, permalinks=linked(found[0]), now=LATER))
    placed = PlacedTarget(incident=found[0].id, uri=what[:300])
    assert_postable(joined_message(found[0], what[:100], placed, others=len(found) - 1))
    assert_opens(choose_modal(placed, found, channel="C0AINCDNT1"))


@MANY
@given(incidents(), st.none() | ANYBODY)
@example(long_one(), JONAS)
def test_any_reminder_is_postable_and_keeps_the_buttons_of_every_item(incident: Incident, owner: str | None) -> None:
    items = incident.blockers
    if items:
        message = reminder_message(incident, items, owner=owner, link=LINK)
        assert_postable(message)
        assert len([label for label in labels(message.blocks) if label != "Open the checklist"]) == len(items)
        assert json.dumps(message.blocks).count('"static_select"') == 1


@MANY
@given(st.lists(incidents(), max_size=3), RUNS, TEXT)
@example([long_one()] * 25, [], "")
def test_any_home_opens(found: list[Incident], failed: list[TroubledRun], what: str) -> None:
    watched = [WatchStanding("C0AINCDNT1", Tenancy("acme", what[:200]), AT, what)] * 20
    view = home(found, {HERE: failed, Tenancy("acme", "prod"): Unreachable(what)}, watched=watched)
    assert_opens(view)


@MANY
@given(TEXT, TEXT, TEXT)
def test_any_binding_is_postable(tenant: str, scope: str, by: str) -> None:
    tenancy = Tenancy(tenant[:64], scope[:256])
    assert_opens(bind_modal("C0AINCDNT1", tenancy, RULES))
    assert_postable(bound_message(tenancy, by))


def test_fixed_messages_are_postable() -> None:
    for message in (
        no_incident_message(Where()),
        snoozed_message(LATER),
        stopped_message(),
        unbound_message(Unbound("This channel reads nothing yet.", fix="Bind it."), "C0AINCDNT1"),
    ):
        assert_postable(message)


def test_each_blocker_comes_with_the_button_that_fixes_it() -> None:
    view = blocked_modal(incident_of(asserted("monitor")), MAY_ALL)
    assert labels(view["blocks"]) == ["Fill in root cause…", "Mark done…", "Replay the failing run…", "Replay a run…"]
    assert view["submit"]["text"] == "Close anyway"
    assert view["blocks"][-1]["optional"] is False
    assert read_reason({"reason": {"entered": {"value": " Holiday "}}}) == "Holiday"


def test_once_nothing_blocks_the_modal_closes_without_a_reason() -> None:
    done = incident_of(*(asserted(item.id) for item in DEFAULT_CHECKLIST.items))
    assert "Close incident" not in labels(blocked_modal(done, MAY_NOTHING)["blocks"])
    assert "@maya" in shown(blocked_modal(done, MAY_NOTHING)["blocks"])
    view = blocked_modal(done, MAY_ALL)
    assert labels(view["blocks"]) == ["Close incident"]
    assert "submit" not in view


def test_a_refused_close_names_what_blocks() -> None:
    assert (
        "Open: Root cause linked to concrete IDs; Corrective change merged"
        in blocked_message(incident_of(), MAY_ALL, Where()).text
    )


def test_the_status_says_age_runs_progress_blockers_and_where() -> None:
    incident = rooted(
        log_changes.run_added(FAILED, by=MAYA, at=AT, key="r"),
        log_changes.run_added(FAILED.model_copy(update={"run_id": RUN.replace("3d", "4d")}), by=MAYA, at=AT, key="r2"),
        log_changes.severity_set("SEV2", by=MAYA, at=AT, key="s"),
    )
    message = status_message([incident], permalinks=linked(incident), now=LATER)
    told = shown(message.blocks)
    assert "*INC-7Q2K · SEV2 · open for 2 h 5 min · 0 of 5 done*" in told
    assert "run `3d1868e2` failed at step 2 · payments.create_refund — Refund" in told
    assert told.count("— Refund") == 1, "the goal of both is said once"
    assert "nobody is on it yet · Not proved fixed" in told
    assert "Blocks the close: Root cause linked to concrete IDs; Corrective change merged" in told
    assert message.blocks[0]["accessory"]["url"] == LINK
    assert "INC-7Q2K open, 0 of 5 done" in message.text


def test_where_a_run_was_added_is_said_with_a_way_to_move_it() -> None:
    placed = PlacedTarget(incident="INC-7Q2K", run_id=RUN)
    message = joined_message(incident_of(), "Run 3d1868e2", placed, others=1)
    assert message.text.startswith("Run 3d1868e2 was added to INC-7Q2K")
    assert "1 other incident is open here" in message.text
    assert decode(PlacedTarget, message.blocks[0]["accessory"]["value"]) == placed


def test_the_choice_is_another_incident_or_a_new_one() -> None:
    placed = PlacedTarget(incident="INC-AAAA", run_id=RUN)
    view = choose_modal(placed, [incident_of()], channel="C0AINCDNT1")
    assert read_choice(entered_as_shown(view)) == "INC-7Q2K"
    assert decode(IncidentModal, view["private_metadata"]).run_id == RUN
    assert read_choice(entered_as_shown(choose_modal(placed, [], channel="C0AINCDNT1"))) is None


def test_a_reminder_speaks_to_the_owner_and_has_one_menu_for_all() -> None:
    incident = incident_of()
    message = reminder_message(incident, incident.blockers[1:3], owner=JONAS, link=LINK)
    assert message.text == (
        f"<@{JONAS}>: 2 items of INC-7Q2K are still open. Corrective change merged; Fix verified by a rerun"
    )
    assert labels(message.blocks) == ["Mark done…", "Replay the failing run…", "Open the checklist"]
    menu, opens = message.blocks[-1]["elements"]
    targets = [decode(ReminderTarget, option["value"]) for option in menu["options"]]
    assert [(target.owner, target.hours) for target in targets] == [(JONAS, 4), (JONAS, 24), (JONAS, 72), (JONAS, 0)]
    assert opens["url"] == LINK


def test_home_lists_incidents_with_blockers_own_items_and_failed_runs() -> None:
    own = log_changes.item_assigned("monitor", owner=JONAS, by=MAYA, at=AT, key="o")
    end = {"replay_kind": "run_end", "title": "Replay Run End failed", "text_summary": "Refund refused"}
    run = troubled({"run": {"run_id": RUN, "status": "failed"}, "timeline": [end]})
    told = shown(home([rooted(own)], {HERE: [run]})["blocks"])
    assert "Open incidents · 1" in told
    assert "<#C0AINCDNT1>" in told
    assert LINK in told
    assert "Blocks the close: Root cause linked" in told
    assert "Your open items · 1" in told
    assert f"`{RUN}`" in told
    assert "Refund refused" in told
    assert "Your open items · 0" in shown(home([rooted(own)], {}, user=MAYA)["blocks"])


def test_an_empty_home_says_so_in_words() -> None:
    told = shown(home([], {HERE: []})["blocks"])
    assert "None in the channels that you share with me." in told
    assert "No open item names you as its owner." in told
    assert "No failed run is visible." in told


def test_home_says_which_scope_could_not_be_read() -> None:
    told = shown(home([], {HERE: Unreachable("No connection to Aionis.")})["blocks"])
    assert "default/support: could not be read. No connection to Aionis." in told


def test_a_binding_is_read_as_it_was_entered() -> None:
    view = bind_modal("C0AINCDNT1", HERE, RULES)
    assert read_binding(entered_as_shown(view)) == HERE
    assert decode(ChannelTarget, view["private_metadata"]).channel == "C0AINCDNT1"
    assert "acme/*" in shown(view["blocks"])
    with pytest.raises(UsageError):
        read_binding({TENANT: {"entered": {"value": "a b"}}, SCOPE: {"entered": {"value": ""}}})


def test_everybody_is_told_what_the_channel_reads_and_who_said_so() -> None:
    message = bound_message(HERE, MAYA)
    assert "default/support" in message.text
    assert f"<@{MAYA}> bound this channel to `default/support`" in shown(message.blocks)


def test_the_way_to_bind_is_a_button() -> None:
    message = unbound_message(Unbound("This channel reads nothing yet."), "C0AINCDNT1")
    assert labels(message.blocks) == ["Bind this channel…"]
    assert_literal(message.text)
