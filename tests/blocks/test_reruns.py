"""The list of reruns, and what a gate says: postable whatever is in them."""

from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from bot.blocks.gate import gate_message
from bot.blocks.incident_root import root_message
from bot.blocks.reruns import is_worth_a_list, rerun_list_message
from bot.domain.access.tenancy import Tenancy
from bot.domain.comparison.fix_verdict import FixVerdict
from bot.domain.incident import incident_log, log_changes
from bot.domain.incident.kept import ComparisonDigest, Recurrence, RunDigest
from bot.domain.incident.state import BOT, Incident
from bot.domain.recurrence.gate import GateCheck, GatedRun, GateOutcome, GateResult
from bot.domain.recurrence.gate_document import GateDocument, GateFailure
from tests.blocks.test_checklist import AT, incident_of
from tests.blocks.test_layout import MANY, assert_postable
from tests.strategies import TEXT

FAILING = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
RERUN = "6132885d-1717-5f40-a763-e7fc4336a802"


def compared(number: int, verdict: FixVerdict, reason: str, by: str = BOT) -> incident_log.Change:
    digest = ComparisonDigest(
        failing=FAILING,
        rerun=f"{number:08x}{RERUN[8:]}",
        verdict=verdict.value,
        fixed=verdict is FixVerdict.FIXED,
        reasons=(reason,),
        began=AT + timedelta(minutes=number),
    )
    return log_changes.compared(digest, by=by, at=AT, key=f"compared {number}")


def incident(verdicts: list[FixVerdict], text: str, *, by: str = BOT) -> Incident:
    run = RunDigest(run_id=FAILING, verdict="failed", failing=True, fingerprint="f1", error=text[:300])
    again = Recurrence(run_id=RERUN, runs=7, at=AT, seen=AT, fingerprint="f1", after="INC-7Q2K")
    return incident_of(
        log_changes.run_added(run, by="U0AMAYA001", at=AT, key="run"),
        *(compared(number, verdict, text[:300], by) for number, verdict in enumerate(verdicts)),
        log_changes.recurred(again, key="again"),
    )


@MANY
@given(st.lists(st.sampled_from(FixVerdict), min_size=1, max_size=30), TEXT)
@example([FixVerdict.FIXED] * 100, "x" * 3_000)
def test_any_list_of_reruns_is_postable(verdicts: list[FixVerdict], text: str) -> None:
    found = incident(verdicts, text)
    assert_postable(rerun_list_message(found))
    assert_postable(root_message(found))


@MANY
@given(TEXT, st.sampled_from(GateOutcome), st.integers(0, 9))
@example("<@U0AMAYA001> " * 300, GateOutcome.FAILED, 40)
def test_any_gate_is_postable(text: str, outcome: GateOutcome, runs: int) -> None:
    failure = GateFailure(
        run_id=text[:100], status=None, goal=None, case=None, started_at=None, ended_at=None, recipe="x",
        fingerprint=None, ingredients=None, steps=(), critical=None,
    )  # fmt: skip
    tenancy = Tenancy()
    gate = GateDocument(
        incident="INC-7Q2K", tenant_id=tenancy.tenant_id, scope=tenancy.scope, failures=(failure, failure)
    )
    checks = tuple(GateCheck(name, outcome, text) for name in "abcde")
    held = tuple(GatedRun(failure, text[:80], FixVerdict.FIXED, checks) for _ in range(runs))
    assert_postable(gate_message(GateResult(gate, held), incident_of()))


def test_the_list_says_with_which_other_error_a_rerun_still_fails() -> None:
    other = "It fails with another error: “refused”; before it was “locked”."
    digest = ComparisonDigest(
        failing=FAILING,
        rerun=RERUN,
        verdict="still failing",
        fixed=False,
        another_error=True,
        reasons=("Step 2.", other),
    )
    found = incident_of(
        log_changes.run_added(RunDigest(run_id=FAILING, verdict="failed", failing=True), by=BOT, at=AT, key="run"),
        log_changes.compared(digest, by=BOT, at=AT, key="compared"),
    )
    listed = rerun_list_message(found)
    assert "*still failing, with another error*" in str(listed.blocks)
    assert other in str(listed.blocks)
    assert "0 of 1 rerun fixed: still failing (another error)" in listed.text


def test_one_comparison_that_somebody_made_has_its_own_message_and_no_list() -> None:
    assert not is_worth_a_list(incident([FixVerdict.FIXED], "", by="U0AMAYA001"))
    assert is_worth_a_list(incident([FixVerdict.FIXED], ""))
