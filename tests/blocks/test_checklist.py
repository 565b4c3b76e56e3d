"""The checklist and its modals, for any incident that a log can tell of: postable, literal, one right button per item."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.blocks.checklist import checklist_message
from bot.blocks.checklist_items import (
    NO_REASON,
    ItemAnswer,
    ask_run_modal,
    item_modal,
    read_item,
    read_typed_run_id,
    read_undo,
    undo_modal,
)
from bot.blocks.elements import literal, who
from bot.blocks.inputs import OWNER, PROOF, REASON, RUN, Values
from bot.blocks.interactions import foreign_button_message, incident_closed_message, item_refused_message
from bot.blocks.layout import JSON_BUDGET, Message, json_size
from bot.blocks.routing import IncidentModal, ItemTarget, SeverityTarget, decode
from bot.blocks.severity import read_severity
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST, MAX_ITEMS, Check, Checklist, ItemSpec, ProofKind
from bot.domain.incident.incident_log import Change, Entry
from bot.domain.incident.kept import ComparisonDigest, RunDigest, UriDigest
from bot.domain.incident.projection import rebuilt
from bot.domain.incident.root_cause import Cause, RootCause
from bot.domain.incident.state import SEVERITIES, Incident, read_incident
from bot.errors import UsageError
from bot.playground.slack.blockkit import check_blocks, check_view, too_long
from bot.playground.slack.inputs import values_of
from tests.blocks.test_layout import assert_nothing_is_parsed, parsed_texts
from tests.strategies import TEXT, UUIDS

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=2, minutes=5)
MAYA, JONAS = "U0AMAYA001", "U0AJONAS01"
URL = "https://git.example.com/rules/pull/4?a=1&b=2"
MANY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
PERSON = st.sampled_from([MAYA, JONAS])
ANYBODY = PERSON | TEXT
LINK = st.sampled_from(
    [URL, "https://e.example/:smile:/<b>|c", "https://e.example/?token=abcdefgh", "https://é.example"]
)
PROOF_TEXT = TEXT | LINK | UUIDS
# What we write ourselves: mentions, channels, and links that show their own address.
OWN = re.compile(r"<@[UW][A-Z0-9]+>|<#[CG][A-Z0-9]+>|<(https?://[^|>]+)\|\1>")


def incident_of(*changes: Change, checklist: Checklist = DEFAULT_CHECKLIST) -> Incident:
    """Return the incident that its opening and these changes make."""
    opening = log_changes.opened(
        team="T1",
        channel="C0AINCDNT1",
        tenancy=Tenancy("default", "support"),
        checklist=checklist,
        by=MAYA,
        at=AT,
        key="open",
    )
    entries = [
        Entry(version, change.kind, change.actor, change.at, change.key, change.payload)
        for version, change in enumerate((opening, *changes), start=1)
    ]
    return read_incident(rebuilt("INC-7Q2K", entries))


def asserted(item: str, *, proof: str = URL, owner: str = "", by: str = MAYA) -> Change:
    return log_changes.item_asserted(item, proof=proof, owner=owner, by=by, at=AT, key="k")


def closed(*, reason: str = "", blockers: Iterable[str] = ()) -> Change:
    return log_changes.closed(
        items=(), overridden=bool(reason), reason=reason, blockers=blockers, by=JONAS, at=LATER, key="close"
    )


SPECS = st.builds(
    ItemSpec,
    id=st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True),
    title=TEXT.map(lambda text: text[:120] or "Untitled"),
    check=st.none() | st.sampled_from(Check),
    proof=st.sampled_from(ProofKind),
    owner=st.booleans(),
)
CHECKLISTS = st.just(DEFAULT_CHECKLIST) | st.lists(
    SPECS, min_size=1, max_size=MAX_ITEMS, unique_by=lambda spec: spec.id
).map(lambda specs: Checklist(items=tuple(specs)))
ROOT_CAUSES = st.builds(
    RootCause,
    expected=TEXT.map(lambda text: text[:1_000]),
    selected=TEXT.map(lambda text: text[:1_000]),
    rules=TEXT.map(lambda text: text[:1_000]),
    cause=st.none() | st.sampled_from(Cause),
    explanation=TEXT.map(lambda text: text[:2_000]),
    remediation=PROOF_TEXT.map(lambda text: text[:1_000]),
    owner=ANYBODY,
    run=UUIDS | TEXT,
    step=TEXT,
    decision=TEXT,
    commit=TEXT,
)
RUNS = st.builds(
    RunDigest,
    run_id=UUIDS | TEXT,
    verdict=TEXT,
    failing=st.booleans(),
    goal=TEXT,
    critical=TEXT,
    error=TEXT,
    decisions=st.lists(TEXT, max_size=2).map(tuple),
)


def item_changes(item: str) -> st.SearchStrategy[Change]:
    by, at = PERSON, st.just(AT)
    text: dict[str, Any] = {"item": st.just(item), "at": at, "key": st.just("k")}
    return st.one_of(
        st.builds(log_changes.item_asserted, proof=PROOF_TEXT, owner=ANYBODY, by=by, **text),
        st.builds(log_changes.item_verified, proof=PROOF_TEXT, **text),
        st.builds(log_changes.item_lapsed, reason=TEXT, **text),
        st.builds(log_changes.item_undone, reason=TEXT, owner=ANYBODY, by=by, **text),
        st.builds(log_changes.item_assigned, owner=ANYBODY, by=by, **text),
    )


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    """Return an incident folded from a log with hostile text wherever people, files or Aionis can put some."""
    checklist = draw(CHECKLISTS)
    by: dict[str, Any] = {"by": MAYA, "at": AT, "key": "k"}
    changes = [log_changes.run_added(run, **by) for run in draw(st.lists(RUNS, max_size=7))]
    changes += [log_changes.uri_added(UriDigest(uri=draw(TEXT), title=draw(TEXT)), **by)] if draw(st.booleans()) else []
    changes += [draw(item_changes(spec.id)) for spec in checklist.items if draw(st.booleans())]
    changes.append(log_changes.severity_set(draw(st.sampled_from(["", *SEVERITIES])), **by))
    if draw(st.booleans()):
        changes.append(log_changes.root_cause_set(draw(ROOT_CAUSES), edition=0, **by))
        lost = draw(st.lists(TEXT, max_size=4))
        changes.append(log_changes.root_cause_checked(lost, edition=1, at=AT, key="k"))
    if draw(st.booleans()):
        titles = [spec.title for spec in checklist.items]
        changes.append(closed(reason=draw(TEXT.map(lambda text: text[:500])), blockers=titles))
    return incident_of(*changes, checklist=checklist)


def assert_literal(text: str) -> None:
    assert_nothing_is_parsed(OWN.sub("", re.sub(r"`[^`]*`", "", text)))


def assert_postable(message: Message) -> None:
    for blocks in (message.blocks, message.plainer or message.blocks):
        assert check_blocks(blocks) == []
        assert not too_long(blocks)
        assert json_size(blocks) <= JSON_BUDGET
        for text in parsed_texts(blocks):
            assert_literal(text)
    assert 0 < len(message.text) <= 4_000
    assert_literal(message.text)


def assert_opens(view: dict[str, Any]) -> None:
    assert check_view(view) == []
    for text in parsed_texts(view):
        assert_literal(text)


def entered_as_shown(view: dict[str, Any]) -> dict[str, Any]:
    """Return what the local Slack submits when nobody touches anything."""
    return values_of(view["blocks"])


def row(message: Message, title: str) -> dict[str, Any]:
    return next(block for block in message.blocks if f"*{title}*" in block.get("text", {}).get("text", ""))


def label(block: dict[str, Any]) -> str | None:
    return block["accessory"]["text"]["text"] if "accessory" in block else None


def shown(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


def checklist_of(incident: Incident) -> Message:
    return checklist_message(incident, now=LATER, reopen_until=LATER + timedelta(hours=48))


LONGEST = Checklist(
    items=tuple(
        ItemSpec(id=f"a{number:02}{'x' * 37}", title="&" * 120, proof=ProofKind.LINK, owner=True)
        for number in range(MAX_ITEMS)
    )
)


@MANY
@given(incidents())
@example(incident_of(checklist=LONGEST))
@example(incident_of(*(asserted(i.id, proof="<&" * 250, owner="&" * 90) for i in LONGEST.items), checklist=LONGEST))
@example(incident_of(closed(reason="&" * 500, blockers=["&" * 120] * MAX_ITEMS), checklist=LONGEST))
def test_any_checklist_is_postable_and_keeps_every_item_with_its_button(incident: Incident) -> None:
    message = checklist_of(incident)
    assert_postable(message)
    assert len(message.text.encode()) <= 4_000, "chat.update takes no more"
    rows = [b for b in message.blocks if b.get("text", {}).get("text", "").startswith(("☐", "✓"))]
    assert len(rows) == len(incident.items)
    for block, item in zip(rows, incident.items, strict=True):
        assert label(block) or not incident.is_open or (item.done and item.spec.check is not Check.EVIDENCE)
        assert incident.is_open or label(block) is None


@MANY
@given(incidents(), TEXT.filter(bool))
def test_any_modal_of_an_item_opens_and_any_refusal_is_postable(incident: Incident, parent: str) -> None:
    for item in incident.items:
        assert_opens(item_modal(incident, item, parent=parent[:100]))
        assert_opens(undo_modal(incident, item))
        assert_postable(item_refused_message(item, now=LATER))
    assert_opens(ask_run_modal(incident))
    for message in (
        incident_closed_message(incident, now=LATER),
        foreign_button_message(),
    ):
        assert_postable(message)


def item_spec(**how: Any) -> Checklist:
    return Checklist(items=(ItemSpec(id="it", title="It", **how),))


VERIFIED = log_changes.item_verified("it", proof="run 1", at=AT, key="k")


@pytest.mark.parametrize(
    ("how", "changes", "button", "words"),
    [
        ({}, (), "Mark done…", "open"),
        ({"proof": ProofKind.NONE}, (), "Mark done", "open"),
        ({"proof": ProofKind.NONE, "owner": True}, (), "Mark done…", "open · no owner yet"),
        ({"check": Check.EVIDENCE}, (), "Fill in root cause…", "open"),
        ({"check": Check.REPLAY}, (), "Replay a run…", "open"),
        ({}, (asserted("it"),), "Undo…", f"done, asserted by <@{MAYA}> · "),
        ({"check": Check.EVIDENCE}, (VERIFIED,), "Edit…", "done, verified by the bot · "),
        ({"check": Check.REPLAY}, (VERIFIED,), None, "done, verified by the bot · "),
        (
            {},
            (log_changes.item_undone("it", reason="wrong PR", owner=JONAS, by=MAYA, at=AT, key="k"),),
            "Mark done…",
            f"open again: `wrong PR`, undone by <@{MAYA}> · ",
        ),
        (
            {"check": Check.REPLAY},
            (log_changes.item_lapsed("it", reason="the run was moved", at=AT, key="k"),),
            "Replay a run…",
            "open again: `the run was moved`, turned back by the bot · ",
        ),
        (
            {},
            (log_changes.item_assigned("it", owner=JONAS, by=MAYA, at=AT, key="k"),),
            "Mark done…",
            f"open · owner <@{JONAS}>",
        ),
    ],
)
def test_each_state_has_its_words_and_one_button(
    how: dict[str, Any], changes: tuple[Change, ...], button: str | None, words: str
) -> None:
    block = row(checklist_of(incident_of(*changes, checklist=item_spec(**how))), "It")
    assert label(block) == button
    assert block["text"]["text"].split("\n")[1].startswith(words)


def test_only_an_item_that_needs_nothing_is_marked_by_one_click() -> None:
    asks = [
        decode(
            ItemTarget, row(checklist_of(incident_of(checklist=item_spec(proof=proof))), "It")["accessory"]["value"]
        ).ask
        for proof in (ProofKind.NONE, ProofKind.LINK)
    ]
    assert asks == [False, True]


def test_a_link_shows_its_own_address_and_anything_else_is_code() -> None:
    assert "· <https://a.example/1|https://a.example/1>" in shown(
        checklist_of(incident_of(asserted("monitor", proof="https://a.example/1")))
    )
    for proof in (
        "javascript:alert(1)",
        "https://a.example/<b>",
        "https://a.example/?token=abcdefgh",
        "ftp://a.example",
    ):
        text = row(checklist_of(incident_of(asserted("monitor", proof=proof))), "Follow-up monitor or gate added")
        assert text["text"]["text"].endswith("`")
        assert "abcdefgh" not in text["text"]["text"]


def test_header_and_fallback_say_how_far_it_is_and_what_blocks() -> None:
    incident = incident_of(log_changes.severity_set("SEV1", by=MAYA, at=AT, key="k"), asserted("monitor", owner=JONAS))
    message = checklist_of(incident)
    assert message.blocks[0]["text"]["text"] == "Checklist · INC-7Q2K · SEV1 · 1 of 5 done"
    assert message.text.startswith(
        "Checklist of INC-7Q2K (SEV1): 1 of 5 done. Open: Root cause linked to concrete IDs;"
    )
    menu = message.blocks[-1]["elements"][-1]
    assert decode(SeverityTarget, menu["initial_option"]["value"]).severity == "SEV1"


def test_the_checklist_is_the_same_until_something_happens() -> None:
    incident = incident_of(asserted("monitor"))
    days = [checklist_message(incident, now=AT + timedelta(days=day), reopen_until=None) for day in range(3)]
    assert days[0] == days[1] == days[2]


def test_once_all_is_done_nothing_blocks_and_closing_is_the_first_thing_to_do() -> None:
    message = checklist_of(incident_of(*(asserted(item.id) for item in DEFAULT_CHECKLIST.items)))
    assert message.text.endswith("Nothing blocks the close.")
    assert message.blocks[-1]["elements"][0]["style"] == "primary"


def test_a_closed_checklist_is_frozen_and_says_who_closed_it_how() -> None:
    incident = incident_of(asserted("monitor"), closed(reason="Holiday", blockers=["Corrective change merged"]))
    message = checklist_of(incident)
    told = shown(message)
    assert f"Closed anyway by <@{JONAS}>" in told
    assert "open for 2 h 5 min" in told
    assert "Reason: `Holiday`" in told
    assert "Open at that time: Corrective change merged" in told
    assert [label(block) for block in message.blocks if "accessory" in block] == ["Reopen…"]
    assert message.text.startswith("INC-7Q2K is closed anyway.")


def test_the_button_to_reopen_goes_when_its_time_is_over() -> None:
    frozen = checklist_message(incident_of(closed()), now=LATER, reopen_until=LATER)
    assert "Reopen" not in shown(frozen)


def test_whoever_clicks_second_is_told_who_was_first() -> None:
    incident = incident_of(asserted("monitor"))
    item = incident.item("monitor")
    assert item is not None
    told = item_refused_message(item, now=AT + timedelta(seconds=12)).text
    assert told.startswith(f"Already done by <@{MAYA}>, 12 s ago.")


def test_the_modals_give_what_they_are_given() -> None:
    incident = incident_of(
        log_changes.run_added(RunDigest(run_id="good", verdict="success", failing=False), by=MAYA, at=AT, key="r"),
        log_changes.item_assigned("monitor", owner=JONAS, by=MAYA, at=AT, key="k"),
    )
    kept = incident.item("monitor")
    assert kept is not None
    item = replace(kept, spec=kept.spec.model_copy(update={"proof": ProofKind.RUN}))
    view = item_modal(incident, item, parent="V1")
    assert read_item(entered_as_shown(view), item) == ItemAnswer(proof="good", owner=JONAS)
    assert decode(IncidentModal, view["private_metadata"]).parent == "V1"
    assert read_undo(entered_as_shown(undo_modal(incident, item))) == NO_REASON
    assert read_typed_run_id(entered_as_shown(ask_run_modal(incident))) == ""


def test_readers_take_what_slack_sends() -> None:
    item = incident_of().item("monitor")
    assert item is not None
    filled: Values = {PROOF: {"entered": {"value": f" {URL}\n"}}, OWNER: {"entered": {"selected_user": JONAS}}}
    assert read_item(filled, item) == ItemAnswer(URL, JONAS)
    empty: Values = {PROOF: {"entered": {"value": None}}, OWNER: {"entered": {"selected_user": None}}}
    assert read_item(empty, item) == ("", "")
    assert read_undo({REASON: {"entered": {"value": "wrong PR"}}}) == "wrong PR"
    assert read_typed_run_id({RUN: {"entered": {"value": "3d1868e2"}}}) == "3d1868e2"


@pytest.mark.parametrize(
    "odd",
    [{}, {PROOF: {}}, {PROOF: {"other": {"value": URL}}}, {PROOF: {"entered": {"type": "users_select"}}}],
    ids=["no block", "no input", "another input", "another kind"],
)
def test_a_modal_without_an_input_says_nothing_of_what_stands_in_it(odd: Values) -> None:
    item = incident_of().item("monitor")
    assert item is not None
    with pytest.raises(UsageError, match="older version"):
        read_item({OWNER: {"entered": {"selected_user": JONAS}}, **odd}, item)


@pytest.mark.parametrize("chosen", [None, {}, {"value": ""}, {"value": "SEV9"}, {"value": "SEV1\n"}])
def test_a_choice_that_was_not_offered_sets_and_clears_nothing(chosen: dict[str, str] | None) -> None:
    state: dict[str, Any] = {"entered": {"type": "static_select", "selected_option": chosen}}
    with pytest.raises(UsageError, match="older version"):
        read_severity({"severity": state})
    with pytest.raises(UsageError, match="older version"):
        decode(
            SeverityTarget, json.dumps({"incident": "INC-7Q2K", "severity": f"{(chosen or {}).get('value') or 'SEV0'}"})
        )


def test_people_are_mentioned_only_by_their_ids() -> None:
    assert (who(MAYA), who("bot"), who("U1> <!channel")) == (f"<@{MAYA}>", "the bot", "`U1&gt; &lt;!channel`")


def test_markup_in_a_title_is_shown_and_not_obeyed() -> None:
    assert literal("*a* `b` ~c~ _d_ snake_case", 100) == "∗a∗ ’b’ ∼c∼ ˍdˍ snake_case"


@pytest.mark.parametrize(("minutes", "said"), [((1,), "started before the merge"), ((1, 3), "started after the merge")])
def test_a_fix_that_was_verified_before_the_merge_was_known_says_how_the_newest_rerun_stands_to_it(
    minutes: tuple[int, ...], said: str
) -> None:
    run = RunDigest(run_id="4c484afe", verdict="failed", failing=True)
    reruns = [
        ComparisonDigest(
            failing=run.run_id, rerun=f"r{one}", verdict="fixed", fixed=True, began=AT + timedelta(minutes=one)
        )
        for one in minutes
    ]
    made = [log_changes.compared(one, by=MAYA, at=AT, key=one.rerun) for one in reruns]
    proof = log_changes.item_verified("fix_verified", proof="comparison: fixed", at=AT, key="fix")
    merged = log_changes.item_verified(
        "corrective_change", proof="merged", at=AT, key="merge", merged=AT + timedelta(minutes=2)
    )
    added = log_changes.run_added(run, by=MAYA, at=AT, key="run")
    found = incident_of(added, *made[:1], proof, merged, *made[1:])
    shown = json.dumps(checklist_message(found, now=LATER, reopen_until=None).blocks)
    assert f"rerun r{minutes[-1]} {said}" in shown
