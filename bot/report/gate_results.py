"""What a gate says, for machines that gather results: JUnit XML, and an in-toto statement about a test's result."""

from collections.abc import Iterator
from typing import Any

from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

from bot.domain.recurrence.gate import UNTRIED, GateCheck, GatedRun, GateOutcome, GateResult
from bot.domain.text.visible import visible
from bot.runtime.masking import mask_text

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"


def junit_xml(result: GateResult) -> str:
    """Return the result as JUnit XML: a test case for each check; what is no proof is an error, for nothing was shown."""
    suite = TestSuite(name(result))
    for run in result.runs:
        for check in run.checks:
            suite.add_testcase(_case(run, check))
    for failure in result.untried:
        suite.add_testcase(_untried(failure.run_id))
    document = JUnitXml()
    document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]
    text: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return text.decode()


def statement(result: GateResult, *, subjects: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the result as an in-toto statement with a test-result predicate.

    `subjects` are the reruns: a name, and the SHA-256 of the answer of Aionis that was judged. Only a gate that passed has the
    result PASSED: what is no proof counts as FAILED, with the checks that prove nothing among the warned tests.
    """
    tests = list(_tests(result))
    passed = result.outcome is GateOutcome.PASSED
    return {
        "_type": STATEMENT,
        "subject": [{"name": subject, "digest": {"sha256": digest}} for subject, digest in subjects],
        "predicateType": PREDICATE,
        "predicate": {
            "result": "PASSED" if passed else "FAILED",
            "configuration": [{"name": "gate.json", "digest": {"sha256": result.gate.sha256()}}],
            "passedTests": [test for test, outcome in tests if outcome is GateOutcome.PASSED],
            "warnedTests": [test for test, outcome in tests if outcome is GateOutcome.NO_PROOF],
            "failedTests": [test for test, outcome in tests if outcome is GateOutcome.FAILED],
        },
    }


def name(result: GateResult) -> str:
    """Return what the gate is called."""
    return f"incident-bot gate {result.gate.incident}" if result.gate.incident else "incident-bot gate"


def _tests(result: GateResult) -> Iterator[tuple[str, GateOutcome]]:
    for run in result.runs:
        for check in run.checks:
            yield f"{run.run_id}: {check.name} (failure of {run.failure.run_id})", check.outcome
    for failure in result.untried:
        yield UNTRIED.format(run_id=failure.run_id), GateOutcome.NO_PROOF


def _case(run: GatedRun, check: GateCheck) -> TestCase:
    case = TestCase(name=check.name, classname=f"failure {run.failure.run_id}, rerun {run.run_id}")
    outcome, reason = check.outcome, _xml_text(check.reason)
    if outcome is GateOutcome.FAILED:
        case.result = [Failure(reason, "failed")]
    elif outcome is GateOutcome.NO_PROOF:
        case.result = [Error(reason, "no proof")]
    return case


def _untried(run_id: str) -> TestCase:
    case = TestCase(name="a rerun is held against it", classname=f"failure {run_id}")
    case.result = [Error(UNTRIED.format(run_id=run_id), "no proof")]
    return case


def _xml_text(text: str) -> str:
    """Return a text without what XML cannot carry."""
    return visible(mask_text(text))
