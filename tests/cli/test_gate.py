"""`incident-bot gate` as a pipeline runs it: exit codes, files, and gates that are no gates."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.domain.recurrence.gate_document import GateDocument
from tests.cli.terminal import RUNS, UNKNOWN

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "gate.schema.json").read_text(encoding="utf-8"))
PASSED, FAILED, NO_PROOF = 0, 3, 4


def gate(url: str, *arguments: str) -> Result:
    named = [RUNS[one].run_id if one in RUNS else one for one in arguments]
    environment = {"AIONIS_BASE_URL": url, "AIONIS_SCOPE": "support"}
    return CliRunner().invoke(app, ["gate", *named], env=environment)


@pytest.mark.parametrize(
    ("failing", "rerun", "exit_code"),
    [
        ("refund-failed", "refund-rerun", PASSED),
        ("feed-failed", "feed-other-tool", PASSED),
        ("playbook-strict", "playbook-strict-rerun", PASSED),
        ("feed-failed", "feed-still-failing", FAILED),
        ("feed-failed", "feed-elsewhere", FAILED),
        ("feed-failed", "feed-regressed", FAILED),
        ("feed-failed", "feed-failed", NO_PROOF),
        ("refund-failed", "refund-good-last", NO_PROOF),
        ("feed-failed", "refund-rerun", NO_PROOF),
        ("feed-failed", "simulated", NO_PROOF),
        ("feed-failed", "in-progress", NO_PROOF),
    ],
)
def test_the_exit_code_says_it(aionis_url: str, failing: str, rerun: str, exit_code: int) -> None:
    result = gate(aionis_url, "--from", failing, "--run", rerun)
    assert result.exit_code == exit_code, result.output


def test_every_rerun_has_to_pass(aionis_url: str) -> None:
    good, bad, nothing = "feed-other-tool", "feed-still-failing", "refund-rerun"
    assert gate(aionis_url, "--from", "feed-failed", "--run", good, "--run", bad).exit_code == FAILED
    assert gate(aionis_url, "--from", "feed-failed", "--run", good, "--run", nothing).exit_code == NO_PROOF
    assert gate(aionis_url, "--from", "feed-failed", "--run", good, "--run", good).exit_code == PASSED


def test_without_a_rerun_the_newest_of_the_case_is_taken(aionis_url: str) -> None:
    result = gate(aionis_url, "--from", "refund-failed", "--json")
    assert result.exit_code == PASSED
    assert [one["run_id"] for one in json.loads(result.stdout)["runs"]] == [RUNS["refund-rerun"].run_id]


def test_a_case_without_a_later_run_is_no_proof(aionis_url: str) -> None:
    result = gate(aionis_url, "--from", "deadlock-rerun", "--json")
    assert result.exit_code == NO_PROOF, result.output
    assert json.loads(result.stdout)["runs"] == []


def test_a_gate_in_a_file_says_the_same_without_the_failing_run(aionis_url: str, tmp_path: Path) -> None:
    for failing, rerun in (("refund-failed", "refund-rerun"), ("feed-failed", "feed-still-failing")):
        path = tmp_path / "gate.json"
        live = gate(aionis_url, "--from", failing, "--run", rerun, "--write-gate", str(path), "--json")
        kept = gate(aionis_url, str(path), "--run", rerun, "--json")
        assert (kept.exit_code, json.loads(kept.stdout)) == (live.exit_code, json.loads(live.stdout))
        jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), SCHEMA)


def test_junit_has_a_case_for_every_check(aionis_url: str, tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    gate(
        aionis_url,
        "--from",
        "feed-failed",
        "--run",
        "feed-still-failing",
        "--run",
        "refund-rerun",
        "--junit",
        str(path),
    )
    suite = Xml.fromstring(path.read_text(encoding="utf-8"))[0]  # noqa: S314 our own file
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("6", "3", "2")
    told = {case.get("name"): case[0].tag for case in suite if len(case)}
    assert told["the critical step succeeded"] == "failure"
    assert told["the rerun is proof"] == "error"


def test_the_statement_says_passed_only_of_what_passed(aionis_url: str, tmp_path: Path) -> None:
    found: dict[str, Any] = {}
    for rerun in ("refund-rerun", "refund-good-last"):
        gate(aionis_url, "--from", "refund-failed", "--run", rerun, "--in-toto", str(tmp_path / "statement.json"))
        found[rerun] = json.loads((tmp_path / "statement.json").read_text(encoding="utf-8"))
    good, none = found["refund-rerun"], found["refund-good-last"]
    assert good["_type"] == "https://in-toto.io/Statement/v1"
    assert good["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert good["predicate"]["result"] == "PASSED"
    assert good["predicate"]["failedTests"] == good["predicate"]["warnedTests"] == []
    assert len(good["subject"][0]["digest"]["sha256"]) == 64
    assert good["predicate"]["configuration"][0]["name"] == "gate.json"
    assert none["predicate"]["result"] == "FAILED"
    assert none["predicate"]["passedTests"] == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is no JSON"),
        ("[]", "is no gate"),
        ('{"version": "gate/2"}', "is no gate"),
        (
            '{"version": "gate/1", "tenant_id": "a", "scope": "b", "incident": null, "failures": [], "more": 1}',
            "is no gate",
        ),
    ],
)
def test_what_is_no_gate_is_told(aionis_url: str, tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "gate.json"
    path.write_text(content, encoding="utf-8")
    result = gate(aionis_url, str(path), "--run", "refund-rerun")
    assert result.exit_code == 2
    assert told in result.output


def test_usage_is_told_with_exit_code_2(aionis_url: str, tmp_path: Path) -> None:
    assert gate(aionis_url).exit_code == 2
    assert gate(aionis_url, "INC-7Q2K", "--from", "refund-failed").exit_code == 2
    assert gate(aionis_url, str(tmp_path / "none.json")).exit_code == 2
    assert gate(aionis_url, str(tmp_path)).exit_code == 2
    assert gate(aionis_url, "--from", "refund-rerun", "--run", "refund-rerun").exit_code == 2
    assert gate(aionis_url, "--from", UNKNOWN, "--run", "refund-rerun").exit_code == 1


def test_an_empty_gate_proves_nothing(aionis_url: str, tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    path.write_text(
        GateDocument(incident=None, tenant_id="default", scope="support", failures=()).text(), encoding="utf-8"
    )
    assert gate(aionis_url, str(path), "--run", "refund-rerun").exit_code == NO_PROOF
