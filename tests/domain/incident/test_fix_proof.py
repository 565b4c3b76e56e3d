"""Which failing runs are proved to be fixed: the newest proof decides, and each failing run needs its own."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST
from bot.domain.incident.fix_proof import fix_proofs, proofs_of
from bot.domain.incident.incident_log import Change, Entry, EntryKind
from bot.domain.incident.kept import ComparisonDigest, GateHeld, Recurrence, RunDigest
from bot.domain.incident.next_actions import to_do
from bot.domain.incident.projection import rebuilt
from bot.domain.incident.state import Incident, read_incident
from bot.domain.incident.verification import NOT_IN_GATE, STILL_RUNNING, due_checks, due_follow_up

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
A, B, FIRST, SECOND = (f"{letter * 8}-0000-4000-8000-000000000000" for letter in "abcd")


def run(id_: str, verdict: str = "failed", *, failing: bool = True, fingerprint: str = "") -> Change:
    digest = RunDigest(run_id=id_, verdict=verdict, failing=failing, fingerprint=fingerprint)
    return log_changes.run_added(digest, by="U1", at=AT, key=f"run {id_}")


def seen_again(run_id: str, minute: int, *, fingerprint: str, began: int | None = None) -> Change:
    at = AT + timedelta(minutes=minute)
    start = None if began is None else AT + timedelta(minutes=began)
    again = Recurrence(run_id=run_id, runs=2, at=at, seen=at, began=start, fingerprint=fingerprint)
    return log_changes.recurred(again, key=f"again {run_id}")


def compared(failing: str, rerun: str, verdict: str, minute: int, *, began: int | None = None) -> Change:
    start = None if began is None else AT + timedelta(minutes=began)
    digest = ComparisonDigest(failing=failing, rerun=rerun, verdict=verdict, fixed=verdict == "fixed", began=start)
    return log_changes.compared(digest, by="U1", at=AT + timedelta(minutes=minute), key=f"compared {minute}")


def incident(*changes: Change) -> Incident:
    opening = log_changes.opened(
        team="T1", channel="C1", tenancy=Tenancy(), checklist=DEFAULT_CHECKLIST, by="U1", at=AT, key="open"
    )
    entries = [
        Entry(version, change.kind, change.actor, change.at, change.key, change.payload)
        for version, change in enumerate((opening, *changes), start=1)
    ]
    return read_incident(rebuilt("INC-7Q2K", entries))


def verified(held: Incident) -> dict[str, str]:
    changes = due_checks(held, at=AT)
    return {
        change.payload["item"]: change.payload["proof"] for change in changes if change.kind is EntryKind.ITEM_VERIFIED
    }


def test_a_later_rerun_that_still_fails_takes_the_proof_away() -> None:
    held = incident(run(A), compared(A, FIRST, "fixed", 1))
    assert "fix_verified" in verified(held)
    failed_again = incident(
        run(A), compared(A, FIRST, "fixed", 1), run(SECOND), compared(A, SECOND, "still failing", 2)
    )
    assert "fix_verified" not in verified(failed_again)
    (proof,) = fix_proofs(failed_again.failing_runs, failed_again.comparisons)
    assert proof.newest
    assert (proof.newest.rerun, [one.rerun for one in proof.overtaken]) == (SECOND, [FIRST])
    assert any("is still failing in the newest rerun, dddddddd" in sentence for sentence in to_do(failed_again))


def test_what_fails_elsewhere_is_said_in_words_and_counted_as_not_fixed() -> None:
    elsewhere = incident(run(A), compared(A, FIRST, "fixed", 1), run(SECOND), compared(A, SECOND, "fails elsewhere", 2))
    assert any("it fails elsewhere in the newest rerun, dddddddd" in sentence for sentence in to_do(elsewhere))
    (proof,) = fix_proofs(elsewhere.failing_runs, elsewhere.comparisons)
    assert proof.tally_alone == "1 of 2 reruns fixed"


def test_a_verified_item_lapses_and_says_why() -> None:
    shown = log_changes.item_verified("fix_verified", proof="p", at=AT, key="v")
    held = incident(run(A), compared(A, FIRST, "fixed", 1), shown, compared(A, SECOND, "still failing", 2))
    lapsed = [change for change in due_checks(held, at=AT) if change.kind is EntryKind.ITEM_LAPSED]
    assert [change.payload["reason"] for change in lapsed] == ["run aaaaaaaa is still failing in rerun dddddddd"]


@pytest.mark.parametrize("verdict", ["not proof", "not comparable"])
def test_what_proves_nothing_overtakes_nothing(verdict: str) -> None:
    held = incident(run(A), compared(A, FIRST, "fixed", 1), compared(A, SECOND, verdict, 2))
    assert "fix_verified" in verified(held)


def test_each_failing_run_needs_its_own_proof() -> None:
    held = incident(run(A), run(B), compared(A, FIRST, "fixed", 1))
    assert "fix_verified" not in verified(held)
    assert any("run bbbbbbbb" in sentence for sentence in to_do(held))
    both = incident(run(A), run(B), compared(A, FIRST, "fixed", 1), compared(B, SECOND, "fixed", 2))
    assert "aaaaaaaa" in verified(both)["fix_verified"]
    assert "bbbbbbbb" in verified(both)["fix_verified"]


def test_a_failed_rerun_is_an_attempt_and_needs_no_proof_of_its_own() -> None:
    held = incident(
        run(A), run(FIRST), compared(A, FIRST, "still failing", 1), run(SECOND, "success", failing=False),
        compared(A, SECOND, "fixed", 2),
    )  # fmt: skip
    assert "fix_verified" in verified(held)


def test_a_run_that_goes_on_is_no_replay_evidence() -> None:
    held = incident(run(A, "in_progress"))
    assert "replay_evidence" not in verified(held)
    shown = log_changes.item_verified("replay_evidence", proof="p", at=AT, key="v")
    (lapsed,) = due_checks(incident(run(A, "in_progress"), shown), at=AT)
    assert lapsed.payload["reason"] == STILL_RUNNING
    assert "replay_evidence" in verified(incident(run(A, "stalled")))


def reruns_asked(number: int) -> Change:
    return log_changes.fix_reruns_set(number, by="U1", at=AT, key=f"reruns {number}")


def fix_state(*changes: Change) -> str:
    checks = [one for one in due_checks(incident(*changes), at=AT) if one.payload["item"] == "fix_verified"]
    return str(checks[0].payload["proof"]) if checks else ""


def test_as_many_reruns_in_a_row_as_are_asked_for_prove_a_fix() -> None:
    third = FIRST.replace("c", "e")
    one = [run(A), reruns_asked(2), compared(A, FIRST, "fixed", 1)]
    assert fix_state(*one) == ""
    two = [*one, compared(A, SECOND, "fixed", 2)]
    assert fix_state(*two).endswith("fixed, 2 reruns in a row")
    assert fix_state(*two, compared(A, third, "still failing", 3)) == ""


def test_fewer_reruns_than_are_asked_for_do_not_stand_as_fixed() -> None:
    asked = [run(A), reruns_asked(2), compared(A, FIRST, "fixed", 1)]
    third = FIRST.replace("c", "e")
    for changes, standing in (
        (asked, "1 of 2 in a row fixed"),
        ([*asked, compared(A, SECOND, "still_failing", 2)], "STILL FAILING"),
        ([*asked, compared(A, SECOND, "still failing", 2), compared(A, third, "fixed", 3)], "1 of 2 in a row fixed"),
        ([*asked, compared(A, SECOND, "fixed", 2)], "FIXED"),
    ):
        assert [proof.standing for proof in proofs_of(incident(*changes))] == [standing]


def test_the_same_rerun_compared_twice_is_one() -> None:
    changes = [run(A), reruns_asked(2), compared(A, FIRST, "fixed", 1), compared(A, FIRST, "fixed", 2)]
    assert fix_state(*changes) == ""


def test_the_number_of_reruns_is_said() -> None:
    told = incident(run(A), compared(A, FIRST, "still failing", 1), compared(A, SECOND, "fixed", 2), reruns_asked(3))
    (proof,) = fix_proofs(told.failing_runs, told.comparisons, needed=told.fix_reruns)
    assert proof.progress == "1 of 1 rerun since the fix: fixed; 1 of 3 in a row"


def test_reruns_are_told_in_the_order_in_which_they_ran_since_the_first_that_was_fixed() -> None:
    third = FIRST.replace("c", "e")
    told = incident(
        run(A), compared(A, third, "still failing", 1, began=30), compared(A, SECOND, "fixed", 2, began=20),
        compared(A, FIRST, "fixed", 3, began=10),
    )  # fmt: skip
    (proof,) = proofs_of(told)
    assert proof.progress == "2 of 3 reruns since the fix: fixed, fixed, still failing"
    assert not proof.fixed


def test_the_same_failure_seen_again_takes_the_proof_away_until_a_later_rerun_is_fixed() -> None:
    failing = run(A, fingerprint="f1")
    before = [failing, compared(A, FIRST, "fixed", 1, began=1)]
    assert fix_state(*before)
    assert fix_state(*before, seen_again(B, 5, fingerprint="f2"))
    assert not fix_state(*before, seen_again(B, 5, fingerprint="f1"))
    assert fix_state(*before, seen_again(B, 5, fingerprint="f1"), compared(A, SECOND, "fixed", 9, began=6))


def test_a_failure_that_began_before_a_green_rerun_and_ended_after_it_is_the_earlier_one() -> None:
    green = [run(A, fingerprint="f1"), compared(A, FIRST, "fixed", 8, began=3)]
    assert fix_state(*green, seen_again(B, 9, began=1, fingerprint="f1"))
    assert not fix_state(*green, seen_again(B, 9, began=4, fingerprint="f1"))


def test_a_watch_verifies_the_follow_up_and_its_end_takes_that_back() -> None:
    before = incident(run(A))
    (verified,) = due_follow_up(before, ["0123456789abcdef"], at=AT)
    assert verified.payload == {
        "item": "monitor",
        "proof": "watch of default/default, which knows fingerprint 01234567",
    }
    watched = incident(run(A), verified)
    assert due_follow_up(watched, ["0123456789abcdef"], at=AT) == []
    (lapsed,) = due_follow_up(watched, [], at=AT)
    assert lapsed.kind is EntryKind.ITEM_LAPSED


def test_what_somebody_asserted_stays_asserted_without_a_watch() -> None:
    asserted = log_changes.item_asserted("monitor", proof="https://x.example/1", owner="", by="U1", at=AT, key="a")
    assert due_follow_up(incident(run(A), asserted), [], at=AT) == []


def held(outcome: str, *fingerprints: str, minute: int = 1) -> Change:
    gate = GateHeld(outcome=outcome, runs=(FIRST,), fingerprints=fingerprints, sha256="ab" * 32)
    return log_changes.gate_held(gate, by="U1", at=AT + timedelta(minutes=minute), key=f"gate {minute}")


def follow_up(*changes: Change, watched: tuple[str, ...] = ()) -> list[str]:
    due = due_follow_up(incident(*changes), watched, at=AT)
    return [f"{change.kind}: {change.payload.get('proof') or change.payload['reason']}" for change in due]


def test_a_gate_that_passed_verifies_the_follow_up_until_it_fails_or_does_not_know_a_failing_run() -> None:
    failing = run(A, fingerprint="f1")
    (passed,) = follow_up(failing, held("passed", "f1"))
    assert (
        passed == "item_verified: gate passed with run cccccccc at 2026-11-24 03:01:00.000 UTC, gate.json abababababab"
    )
    assert follow_up(failing, held("failed", "f1")) == follow_up(failing, held("passed", "f2")) == []
    verified = log_changes.item_verified("monitor", proof=passed.partition(": ")[2], at=AT, key="v")
    shown = [failing, held("passed", "f1"), verified]
    assert follow_up(*shown) == []
    assert follow_up(*shown, held("failed", "f1", minute=2)) == [
        "item_lapsed: the gate did not pass with run cccccccc: failed"
    ]
    assert follow_up(*shown, run(B, fingerprint="f2")) == [f"item_lapsed: {NOT_IN_GATE}"]


def test_where_the_watch_ends_a_gate_that_passed_takes_its_place() -> None:
    failing = run(A, fingerprint="f1")
    watched = log_changes.item_verified("monitor", proof="watch of default/default, which knows f1", at=AT, key="v")
    lapsed, verified = follow_up(failing, held("passed", "f1"), watched)
    assert lapsed.startswith("item_lapsed: the channel no longer watches")
    assert verified.startswith("item_verified: gate passed")
