"""`make audit` passes where everything was looked up and nothing is known, and nowhere else."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


def pip(*dependencies: dict[str, object]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


CLEAN: dict[str, object] = {"name": "a", "version": "1", "vulns": []}
WEAK: dict[str, object] = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}]}
SKIPPED: dict[str, object] = {
    "name": "c",
    "skip_reason": "Dependency not found on PyPI and could not be audited: c (3)",
}


@pytest.mark.parametrize(
    ("output", "code", "said"),
    [
        (pip(CLEAN), 0, "1 packages, nothing known"),
        (pip(CLEAN, WEAK), 1, "b 2: CVE-1 (fixed in 2.1)"),
        (pip(CLEAN, SKIPPED), 2, "NOT LOOKED UP"),
        (pip(SKIPPED, WEAK), 1, "CVE-1"),
        ("", 2, "NOT LOOKED UP"),
        ("null", 2, "NOT LOOKED UP"),
        ("{}", 2, "NOT LOOKED UP"),
    ],
)
def test_pip(audit: ModuleType, capsys: pytest.CaptureFixture[str], output: str, code: int, said: str) -> None:
    assert audit.report("x", audit.judge_pip(output, "error: no route")) == code
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("output", "code", "said"),
    [
        ({"vulnerabilities": {}, "metadata": {"dependencies": {"total": 20}}}, 0, "20 packages, nothing known"),
        (
            {"vulnerabilities": {"x": {"severity": "high", "range": "<1"}}, "metadata": {"dependencies": {"total": 2}}},
            1,
            "x: high, <1",
        ),
        ({"message": "405 Method Not Allowed", "error": {"code": "E405"}}, 2, "NOT LOOKED UP"),
        (None, 2, "NOT LOOKED UP"),
    ],
)
def test_npm(audit: ModuleType, capsys: pytest.CaptureFixture[str], output: object, code: int, said: str) -> None:
    assert audit.report("x", audit.judge_npm(json.dumps(output), "npm error audit endpoint returned an error")) == code
    assert said in capsys.readouterr().out


def test_a_tool_that_is_not_there_is_no_pass(audit: ModuleType) -> None:
    output, said = audit._run(["/nowhere/pip-audit"])
    assert audit.judge_pip(output, said).unasked
