"""With `--json`, all that a command writes to stdout is one JSON value, whatever happens; and exit codes for scripts."""

import json
from typing import Any

import httpx
import pytest

from bot.cli.compare import _EXITS
from bot.domain.comparison.fix_verdict import FixVerdict
from tests.cli.terminal import RUNS, UNKNOWN, run, run_process
from tests.cli.test_compare import compare

RUN = RUNS["refund-failed"].run_id


def asked(url: str, *arguments: str) -> Any:
    return run(*arguments, "--json", AIONIS_BASE_URL=url, AIONIS_SCOPE="support")


def broken(url: str, kind: str, times: int) -> None:
    answer = httpx.post(f"{url}/_sample/faults", json={"endpoint": "runs/get", "kind": kind, "times": times, "ms": 10})
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["server_error", "rate_limited", "closed", "bad_gateway"])
def test_a_retried_call_leaves_the_json_whole(aionis_url: str, kind: str) -> None:
    broken(aionis_url, kind, 1)
    settings = {"AIONIS_BASE_URL": aionis_url, "AIONIS_SCOPE": "support"}
    result = run_process("replay", RUN, "--json", **settings)  # a process has other loggers than the tests
    assert json.loads(result.stdout)["run_id"] == RUN
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "kind", "code"),
    [
        (["replay", UNKNOWN], "RunNotFound", 1),
        (["replay", "run_123"], "UsageError", 2),
        (["resolve", "aionis://other/support/decision/" + UNKNOWN], "ForeignUri", 2),
        (["resolve", "decision", UNKNOWN], "RecordNotFound", 1),
        (["compare", RUN, UNKNOWN], "RunNotFound", 1),
        (["similar", UNKNOWN], "RunNotFound", 1),
        (["bisect", UNKNOWN], "RunNotFound", 1),
        (["verify", "no-such-bundle.zip"], "UsageError", 2),
    ],
)
def test_a_failure_is_json_too(aionis_url: str, arguments: list[str], kind: str, code: int) -> None:
    result = asked(aionis_url, *arguments)
    error = json.loads(result.stdout)["error"]
    assert (error["kind"], result.returncode) == (kind, code)
    assert error["what"]
    assert error["fix"]
    assert (error["request_id"] is None) == (code == 2)
    assert result.stderr == ""


@pytest.mark.parametrize("arguments", [["replay"], ["replay", RUN, "--nonsense"], ["nonsense"], ["compare", RUN]])
def test_refused_arguments_are_json_too(arguments: list[str]) -> None:
    result = run(*arguments, "--json")
    error = json.loads(result.stdout)["error"]
    assert (error["kind"], result.returncode) == ("UsageError", 2)
    assert error["what"]
    assert result.stderr == ""


def test_a_wrong_setting_is_json_too() -> None:
    result = run("replay", RUN, "--json", AIONIS_BASE_URL="no url")
    assert json.loads(result.stdout)["error"]["kind"] == "SettingsError"
    assert result.returncode == 2


def test_without_json_a_failure_is_for_people(aionis_url: str) -> None:
    result = run("replay", UNKNOWN, AIONIS_BASE_URL=aionis_url, AIONIS_SCOPE="support")
    assert result.stdout == ""
    assert "Aionis has no run" in result.stderr


@pytest.mark.parametrize(
    ("failing", "rerun", "code"),
    [
        ("refund-failed", "refund-rerun", 0),
        ("feed-failed", "feed-still-failing", 3),
        ("feed-failed", "feed-elsewhere", 3),
        ("feed-failed", "feed-regressed", 3),
        ("feed-failed", "feed-failed", 4),
        ("playbook-strict", "playbook-simulated-rerun", 4),
        ("feed-failed", "refund-rerun", 5),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_exit_code_tells_the_verdict_where_that_is_asked_for(
    aionis_url: str, failing: str, rerun: str, code: int, form: list[str]
) -> None:
    assert compare(aionis_url, failing, rerun, "--exit-code", *form).returncode == code
    assert compare(aionis_url, failing, rerun, *form).returncode == 0


def test_every_verdict_has_an_exit_code() -> None:
    assert set(_EXITS) == {proof.value for proof in FixVerdict}
