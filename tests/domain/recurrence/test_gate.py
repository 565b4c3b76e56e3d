"""A gate keeps a failure masked, and knows it again in a rerun that is not."""

from typing import Any

import pytest

from bot.domain.access.tenancy import Tenancy
from bot.domain.recurrence.gate import GateOutcome, hold
from bot.domain.recurrence.gate_document import GateDocument, gate_of
from tests.domain.comparison.test_comparison import LATER, Told, check, rerun, run, step

SECRET = "Tr0ub" + "4dor&3"
SECRET_CASE = f"password={SECRET}"
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "a sentence as a postcondition": ({}, f"the password {SECRET} is accepted"),
    "a name as a postcondition": ({}, f"password={SECRET}"),
}


def failing(more: dict[str, Any], condition: str, **when: Any) -> Told:
    return run(step("portal.login", "failed", postconditions=[check(condition, "fail")], **more), case="login", **when)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_failure_that_is_kept_masked_is_known_again(case: tuple[dict[str, Any], str]) -> None:
    first, _ = failing(*case)
    gate = gate_of([(first, "login")], Tenancy("default", "support"))
    assert "masked" in gate.text()
    (held,) = hold(gate, [failing(*case, at=LATER)]).runs
    outcomes = {one.name: one.outcome for one in held.checks}
    assert outcomes["the fingerprint did not recur"] is GateOutcome.FAILED


@pytest.mark.parametrize("case", [None, SECRET_CASE])
def test_a_goal_and_a_case_that_are_masked_are_those_of_the_rerun(case: str | None) -> None:
    goal = f"Log in with password={SECRET}"
    broken, _ = run(step("portal.login", "failed"), goal=goal, case=case)
    gate = gate_of([(broken, case)], Tenancy("default", "support"))
    assert SECRET not in gate.text()
    other = goal if case is None else "Log in again"
    told = hold(gate, [rerun(step("portal.login"), goal=other, case=case)])
    assert told.outcome is GateOutcome.PASSED, told.runs[0].checks


def test_a_rerun_passes_that_fixes_a_crashed_run() -> None:
    crashed, _ = run(step("mailbox.lock"), step("mailbox.copy", "pending"), status="in_progress")
    gate = gate_of([(crashed, None)], Tenancy("default", "support"))
    told = hold(gate, [rerun(step("mailbox.lock"), step("mailbox.copy"))])
    assert told.outcome is GateOutcome.PASSED, told.runs[0].checks


def test_a_gate_of_another_reading_does_not_say_that_a_failing_rerun_failed_otherwise() -> None:
    broken, _ = run(step("mailbox.copy", "failed", postconditions=[check("copied", "fail")]))
    old = gate_of([(broken, None)], Tenancy("default", "support")).model_dump(exclude={"failures": {0: {"reading"}}})
    gate = GateDocument.model_validate(old)
    again = rerun(step("mailbox.copy", "failed", postconditions=[check("kept", "fail")]))
    outcomes = {one.name: one.outcome for one in hold(gate, [again]).runs[0].checks}
    assert outcomes["the fingerprint did not recur"] is GateOutcome.NO_PROOF
    assert outcomes["the critical step succeeded"] is GateOutcome.FAILED
    assert hold(gate, [rerun(step("mailbox.copy"))]).runs[0].checks[3].outcome is GateOutcome.PASSED
