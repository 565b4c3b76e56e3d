"""What the report says, and in which order."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.access.tenancy import Tenancy
from bot.domain.bundle.kept_answers import KeptAnswer, keep_answer
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST
from bot.domain.incident.incident_log import Change, Entry, EntryKind
from bot.domain.incident.kept import ComparisonDigest, RunDigest
from bot.domain.incident.people import names_in, people_in
from bot.domain.incident.projection import rebuilt
from bot.domain.incident.state import read_incident
from bot.report.bundling import diagnoses
from bot.report.formats import to_markdown
from bot.report.parts import Section, Table
from bot.report.sections import sections_of

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
FAILED, RERUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30", "6132885d-1717-5f40-a763-e7fc4336a802"
DECISION = "1e4afbe8-613a-5168-90de-d2973f3b57a5"
Answer = dict[str, Any]


def entries(*changes: Change) -> list[Entry]:
    opened = log_changes.opened(
        team="T1", channel="C1", tenancy=Tenancy(), checklist=DEFAULT_CHECKLIST, by="U1", at=AT, key="open"
    )
    run = RunDigest(
        run_id=FAILED, verdict="failed", failing=True, critical="step 2 · pay", error="409 refunded", failed=("http_status",)
    )  # fmt: skip
    added = log_changes.run_added(run, by="U1", at=AT, key="run")
    return [
        Entry(version, change.kind, change.actor, change.at, change.key, change.payload)
        for version, change in enumerate((opened, added, *changes), start=1)
    ]


def answers() -> list[KeptAnswer]:
    step = {
        "step_index": 2,
        "tool_name": "pay",
        "status": "failed",
        "created_at": AT.isoformat(),
        "decision_id": DECISION,
        "postconditions": [{"name": "http_status", "state": "fail", "message": "expected 200, got 409"}],
    }
    run = {"run": {"run_id": FAILED, "status": "failed"}, "steps": [step]}
    rules = ["rule-1"]
    decision = {"decision_id": DECISION, "selected_tool": "pay", "candidates": ["pay", "ask"], "source_rule_ids": rules}
    return [
        kept("replay/runs/get", {"run_id": FAILED}, run),
        kept("tools/run", {"run_id": FAILED}, {"decisions": [decision]}),
    ]


def kept(endpoint: str, asked: Answer, body: Answer) -> KeptAnswer:
    path = f"/v1/memory/{endpoint}"
    return keep_answer(path=path, asked=asked, request_id="req-1", read_at=AT, body=json.dumps(body).encode())


def report(log: list[Entry], kept_answers: list[KeptAnswer]) -> list[Section]:
    incident = read_incident(rebuilt("INC-7Q2K", log))
    return list(sections_of(incident, log, kept_answers, diagnoses(kept_answers, incident.tenancy)))


def table_of(section: Section) -> dict[str, str]:
    (table,) = (part for part in section.parts if isinstance(part, Table))
    return {row[0]: row[1] for row in table.rows}


def compared(verdict: str) -> Change:
    digest = ComparisonDigest(
        failing=FAILED, rerun=RERUN, verdict=verdict, fixed=verdict == "fixed", reasons=("The step succeeds.",)
    )
    return log_changes.compared(digest, by="U2", at=AT, key=verdict)


def named(**names: str) -> Change:
    return log_changes.people_named(names, at=AT, key=f"names {names}")


def test_what_broke_comes_first_with_postconditions_decision_and_fix() -> None:
    first = report(entries(named(U2="Jonas Weber"), compared("fixed")), answers())[0]
    assert first.title == "What broke"
    facts = table_of(first)
    assert facts["Failed postconditions"] == "step 2 · http_status: expected 200, got 409"
    assert facts["Decision"].startswith("pay selected from 2 candidates · rule: rule-1")
    assert DECISION in facts["Decision"]
    assert facts["Fix"].startswith(f"FIXED by {RERUN}: The step succeeds. (compared by Jonas Weber (U2), ")


def test_without_the_answer_the_incident_s_own_digest_tells() -> None:
    facts = table_of(report(entries(), [])[0])
    assert facts["Critical step"] == "step 2 · pay"
    assert (facts["Error"], facts["Failed postconditions"]) == ("409 refunded", "http_status")
    assert facts["Fix"] == "not proved: no comparison with a rerun"


def test_the_newest_proof_is_said() -> None:
    assert table_of(report(entries(compared("fixed"), compared("still_failing")), [])[0])["Fix"].startswith(
        "STILL FAILING"
    )


def test_the_log_has_its_values() -> None:
    log = entries(
        log_changes.severity_set("SEV1", by="U1", at=AT, key="s"),
        log_changes.item_asserted("monitor", proof="https://git.example/pull/4", owner="U2", by="U1", at=AT, key="i"),
        log_changes.reminder_snoozed("monitor", AT + timedelta(hours=1), by="U1", at=AT, key="z"),
        named(U1="Maya Chen", U2="Jonas Weber"),
        log_changes.closed(
            items=(), overridden=True, reason="It is late", blockers=["Corrective change merged"], by="U1", at=AT, key="c"
        ),
        log_changes.reopened("It came back", by="U2", at=AT, key="r"),
    )  # fmt: skip
    section = report(log, [])[-1]
    (table,) = (part for part in section.parts if isinstance(part, Table))
    said = {row[3]: row[4] for row in table.rows}
    assert said["run added"].splitlines()[:2] == [f"run id: {FAILED}", "verdict: failed"]
    assert said["severity set"] == "severity: SEV1"
    assert said["item asserted"].splitlines() == [
        "item: Follow-up monitor or gate added",
        "proof: https://git.example/pull/4",
        "owner: Jonas Weber (U2)",
    ]
    assert said["closed"].splitlines() == [
        "overridden: yes",
        "reason: It is late",
        "blockers: Corrective change merged",
    ]
    assert said["reopened"] == "reason: It came back"
    assert said["people named"].splitlines() == ["U1: Maya Chen", "U2: Jonas Weber"]
    assert next(row[2] for row in table.rows) == "Maya Chen (U1)"
    assert all(said[kind.value.replace("_", " ")] for kind in EntryKind if kind.value.replace("_", " ") in said)


def test_people_are_everybody_who_did_or_owns_something_by_their_newest_name() -> None:
    log = entries(
        log_changes.item_assigned("monitor", owner="U3", by="U2", at=AT, key="a"),
        log_changes.item_verified("replay_evidence", proof="replay", at=AT, key="v"),
        named(U1="Maya"),
        named(U1="Maya Chen"),
    )
    assert people_in(log) == ["U1", "U2", "U3"]
    assert names_in(log) == {"U1": "Maya Chen"}


def test_a_cell_of_several_lines_does_not_end_the_table_in_markdown() -> None:
    table = Table(("Fact", "Value"), (("Failed", "one\ntwo"), ("Fix", "none")))
    lines = to_markdown("I", [Section("S", (table,))]).splitlines()
    assert lines[lines.index("| --- | --- |") + 1 :][:2] == ["| Failed | one; two |", "| Fix | none |"]


def test_the_log_names_who_leads_and_says_histories_in_words_on_one_line() -> None:
    history = {
        "failure": "f00d",
        "count": 2,
        "first_seen": AT.isoformat(),
        "last_seen": (AT + timedelta(hours=1)).isoformat(),
        "days": {"2026-11-24": 2},
        "runs": [{"run_id": FAILED, "at": AT.isoformat()}],
        "incidents": [{"id": "INC-7Q2K", "state": "open", "fixed": False, "fix": "", "at": AT.isoformat()}],
    }
    log = entries(
        log_changes.lead_set("U3", by="U1", at=AT, key="l"),
        named(U1="Maya Chen", U3="Jonas Weber"),
        log_changes.history_noted({"f00d": history}, at=AT, key="h"),
    )
    assert people_in(log) == ["U1", "U3"]
    (table,) = (part for part in report(log, [])[-1].parts if isinstance(part, Table))
    shown = {row[3]: row[4] for row in table.rows}
    assert shown["lead set"] == "lead: Jonas Weber (U3)"
    (line,) = shown["history noted"].splitlines()
    assert line.startswith("f00d: seen 2 times; first ")
    assert line.endswith("; incidents: INC-7Q2K open")
    assert "{" not in line


def test_a_sentence_s_punctuation_stays_outside_of_code_in_markdown() -> None:
    text = "step 2 (payments.create_refund), “a.b”. <https://x.example/a>!"
    expected = r"step 2 \(`payments.create_refund`\), “`a.b`”. \<`https://x.example/a`\>\!"
    assert expected in to_markdown("I", [Section("S", (text,))])
