"""The evidence table, for any root cause: postable as a table and as fields, literal, and the modal gives back what it shows."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.blocks.checklist import EDITED_TEXT
from bot.blocks.root_cause import (
    EMPTY,
    GONE,
    KnownDecision,
    prefilled,
    read_root_cause,
    root_cause_message,
    root_cause_modal,
)
from bot.blocks.routing import IncidentModal, IncidentTarget, decode
from bot.domain.incident import log_changes
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.root_cause import ID_FIELDS, Cause, RootCause
from bot.domain.incident.state import Incident
from bot.domain.text.visible import visible
from bot.errors import UsageError
from tests.blocks.test_checklist import (
    AT,
    JONAS,
    MANY,
    MAYA,
    ROOT_CAUSES,
    URL,
    assert_opens,
    assert_postable,
    closed,
    entered_as_shown,
    incident_of,
    incidents,
)
from tests.strategies import TEXT

RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
DECISION = "aionis://default/support/decision/0f7f2f2e-0d57-4f39-9f55-8a6f4a6c2a11"
FULL = RootCause(
    expected="payments.find_refund",
    selected="payments.create_refund",
    rules="rule: Refund on request",
    cause=Cause.RULE_GAP,
    explanation="No rule asks for an earlier refund first.",
    remediation=URL,
    owner=JONAS,
    run=RUN,
    decision=DECISION,
)
LONGEST = RootCause(
    expected="<" * 1_000,
    selected="&" * 1_000,
    rules='"' * 1_000,
    explanation="\\" * 2_000,
    remediation="https://a.example/" + "&" * 900,
    owner="&" * 100,
    run="&" * 500,
    step="&" * 500,
    decision='"' * 500,
    commit="<" * 500,
)


def with_table(cause: RootCause, *unresolved: str) -> Incident:
    checked = log_changes.root_cause_checked(unresolved, edition=1, at=AT, key="c")
    return incident_of(log_changes.root_cause_set(cause, edition=0, by=MAYA, at=AT, key="s"), checked)


def with_runs(*runs: RunDigest) -> Incident:
    return incident_of(
        *(log_changes.run_added(run, by=MAYA, at=AT + timedelta(minutes=n), key=f"{n}") for n, run in enumerate(runs))
    )


FAILED = RunDigest(
    run_id=RUN,
    verdict="failed",
    failing=True,
    critical="step 2 · payments.create_refund",
    error="409 refunded already",
    decisions=(DECISION,),
    commits=("aionis://c",),
)


@MANY
@given(incidents())
@example(with_table(LONGEST, *(getattr(LONGEST, field) for field in ID_FIELDS)))
@example(with_table(LONGEST.model_copy(update={"remediation": "https://a.example/" + "&" * 12})))
def test_any_table_is_postable_as_a_table_and_as_fields_and_its_modal_opens(incident: Incident) -> None:
    message = root_cause_message(incident)
    assert_postable(message)
    assert [block["type"] for block in message.blocks].count("table") == 1
    assert message.plainer is not None
    assert "table" not in [block["type"] for block in message.plainer]
    assert len(message.text.encode()) <= 4_000, f"chat.update takes no more: {EDITED_TEXT} characters of four bytes"
    assert_opens(root_cause_modal(incident, prefilled(incident), parent="V1"))


@MANY
@given(ROOT_CAUSES, TEXT, TEXT)
def test_any_start_opens_and_can_be_saved_as_it_is(cause: RootCause, selected: str, rules: str) -> None:
    known = KnownDecision(selected=selected, rules=rules, step=cause.step)
    for start in (cause, prefilled(with_runs(FAILED), known)):
        view = root_cause_modal(incident_of(), start)
        assert_opens(view)
        saved = read_root_cause(entered_as_shown(view))
        assert (saved.cause, bool(saved.explanation)) == (start.cause, bool(visible(start.explanation).strip()))


@given(st.sampled_from(list(Cause)))
def test_the_modal_gives_back_what_it_shows(cause: Cause) -> None:
    start = FULL.model_copy(update={"cause": cause})
    view = root_cause_modal(incident_of(), start)
    assert read_root_cause(entered_as_shown(view)) == start


def test_an_empty_modal_reads_as_an_empty_table() -> None:
    assert read_root_cause(entered_as_shown(root_cause_modal(incident_of(), RootCause()))) == RootCause()
    with pytest.raises(UsageError):  # of an older version: what it lacks is not cleared
        read_root_cause({})


def test_inputs_are_named_after_their_fields_and_none_is_required() -> None:
    inputs = [b for b in root_cause_modal(incident_of(), FULL)["blocks"] if b["type"] == "input"]
    assert sorted(block["block_id"] for block in inputs) == sorted(RootCause.model_fields)
    assert all(block["optional"] for block in inputs)


def test_the_modal_remembers_which_edition_is_edited() -> None:
    modal = decode(IncidentModal, root_cause_modal(with_table(FULL), FULL, parent="V1")["private_metadata"])
    assert (modal.edition, modal.parent) == (1, "V1")


def test_a_new_table_starts_with_the_first_failing_run_and_guesses_no_cause() -> None:
    fine = FAILED.model_copy(update={"run_id": "fine", "failing": False})
    later = FAILED.model_copy(update={"run_id": "later"})
    start = prefilled(with_runs(fine, FAILED, later), KnownDecision(selected="payments.create_refund", rules="rule: R"))
    assert start == RootCause(
        selected="payments.create_refund", rules="rule: R", run=RUN, decision=DECISION, commit="aionis://c"
    )
    assert "409 refunded already" in json.dumps(root_cause_modal(with_runs(fine, FAILED), start))


def test_an_edited_table_starts_with_its_last_edition() -> None:
    assert prefilled(with_table(FULL), KnownDecision(selected="other")) == FULL
    assert prefilled(incident_of()) == RootCause()


def answers(incident: Incident) -> dict[str, Any]:
    table = next(block for block in root_cause_message(incident).blocks if block["type"] == "table")
    return {
        question["elements"][0]["elements"][0]["text"]: answer["elements"][0]["elements"]
        for question, answer in table["rows"][1:]
    }


def test_the_table_answers_every_question() -> None:
    shown = answers(with_table(FULL))
    assert shown["Cause"][0]["text"] == "rule gap"
    assert shown["Owner"][0] == {"type": "user", "user_id": JONAS}
    assert shown["Remediation"][0]["url"] == URL
    assert shown["Run"][0]["text"] == RUN
    assert shown["Commit"][0]["text"] == EMPTY
    assert len(shown) == len(RootCause.model_fields)


@pytest.mark.parametrize(
    ("incident", "standing"),
    [
        (with_table(FULL), "complete"),
        (with_table(RootCause(run=RUN)), "not complete"),
        (with_table(FULL, RUN), "needs another look"),
    ],
)
def test_the_header_and_the_text_say_how_the_table_stands(incident: Incident, standing: str) -> None:
    message = root_cause_message(incident)
    assert message.blocks[0]["text"]["text"] == f"Root cause · INC-7Q2K · {standing}"
    assert message.text.startswith(f"Root cause of INC-7Q2K, {standing}.")


def test_what_is_missing_and_what_is_gone_is_named_in_every_rendering() -> None:
    message = root_cause_message(with_table(FULL.model_copy(update={"expected": ""}), RUN))
    assert message.plainer is not None
    for rendering in (message.text, json.dumps(message.blocks), json.dumps(message.plainer)):
        assert "the expected decision or tool" in rendering
        assert RUN in rendering
    assert answers(with_table(FULL, RUN))["Run"][1]["text"].endswith(GONE)


def test_every_rendering_carries_the_answers_and_who_saved_them() -> None:
    message = root_cause_message(with_table(FULL))
    assert message.plainer is not None
    for rendering in (message.text, json.dumps(message.blocks), json.dumps(message.plainer)):
        for fact in ("payments.find_refund", "payments.create_refund", "rule gap", FULL.explanation, JONAS, RUN):
            assert fact in rendering
    assert f"Edition 1, saved by <@{MAYA}>" in json.dumps(message.blocks)


def test_a_table_can_be_edited_until_the_incident_is_closed() -> None:
    cause = log_changes.root_cause_set(FULL, edition=0, by=MAYA, at=AT, key="s")
    button = root_cause_message(incident_of(cause)).blocks[-1]["elements"][0]
    assert decode(IncidentTarget, button["value"]).incident == "INC-7Q2K"
    assert "Edit…" not in json.dumps(root_cause_message(incident_of(cause, closed())).blocks, ensure_ascii=False)
