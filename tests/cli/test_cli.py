"""The terminal commands as a person runs them: output, exit codes, no tracebacks."""

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.playground.slack import LocalSlack
from bot.playground.slack.blockkit import check_blocks
from tests.cli.terminal import RUNS, UNKNOWN, environment, run, run_process
from tests.scenarios.processes import free_port


def replay(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run("replay", *arguments, AIONIS_BASE_URL=url, AIONIS_SCOPE="support")


def test_a_replay_for_people_shows_the_critical_step(aionis_url: str) -> None:
    settings = {"AIONIS_BASE_URL": aionis_url, "AIONIS_SCOPE": "support"}
    result = run_process("replay", RUNS["refund-failed"].run_id, **settings)
    assert result.returncode == 0, result.stderr
    for expected in ("FAILED", "▶", "payments.create_refund", "http_status", "Try next", "request id"):
        assert expected in result.stdout


def test_in_a_pipe_no_id_is_broken_and_no_line_is_filled_up(aionis_url: str) -> None:
    failed, rerun = RUNS["refund-failed"], RUNS["refund-rerun"]
    settings = {"AIONIS_BASE_URL": aionis_url, "AIONIS_SCOPE": "support", "COLUMNS": "20"}
    for arguments, whole in (
        (["compare", failed.run_id, rerun.run_id], [failed.run_id, rerun.run_id]),
        (["recent"], [failed.run_id]),
    ):
        shown = run(*arguments, **settings).stdout
        assert [id_ for id_ in whole if id_ not in shown] == [], arguments
        assert max(map(len, shown.splitlines())) < 1_500, "lines are as long as what they say"
        assert [line for line in shown.splitlines() if line.endswith(" ")] == []


def test_a_terminal_without_unicode_gets_escapes_and_no_traceback(aionis_url: str) -> None:
    settings = {"AIONIS_BASE_URL": aionis_url, "AIONIS_SCOPE": "support"}
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    result = run_process("replay", RUNS["refund-failed"].run_id, **settings, **plain)
    assert result.returncode == 0, result.stderr
    assert "payments.create_refund" in result.stdout
    assert "Traceback" not in result.stderr
    assert run_process("doctor", **settings, **plain).stderr.count("Traceback") == 0
    assert run_process("resolve", "aionis://x", **settings, **plain).stderr.count("Traceback") == 0
    elsewhere = run_process("replay", UNKNOWN, "--scope", "süd", "--json", AIONIS_BASE_URL=aionis_url, **plain)
    assert "in default/süd" in json.loads(elsewhere.stdout)["error"]["what"]


def test_a_replay_for_machines_has_the_promised_keys(aionis_url: str) -> None:
    found = json.loads(replay(aionis_url, RUNS["refund-failed"].run_id, "--json").stdout)
    assert found["run_id"] == RUNS["refund-failed"].run_id
    assert (found["tenant_id"], found["scope"], found["verdict"]) == ("default", "support", "failed")
    assert found["critical_step"]["index"] == 2
    assert found["critical_step"]["tool"] == "payments.create_refund"
    assert found["critical_step"]["status"] == "failed"
    assert found["critical_step"]["error"]
    assert found["critical_step"]["attempts"] == 1
    assert found["steps"] == {
        "total": 2,
        "success": 1,
        "failed": 1,
        "partial": 0,
        "skipped": 0,
        "pending": 0,
        "other": 0,
    }
    assert [entry["name"] for entry in found["failed_postconditions"]] == ["http_status", "refund_id_present"]
    assert found["decisions"][0]["rules"][0]["title"]
    assert found["missing"] == []
    assert found["goal"]
    assert found["request_id"]


def test_blocks_are_the_exact_slack_messages_root_first(aionis_url: str) -> None:
    messages: list[dict[str, Any]] = json.loads(replay(aionis_url, RUNS["refund-failed"].run_id, "--blocks").stdout)
    assert [sorted(message) for message in messages] == [["blocks", "text"]]
    assert "FAILED at step 2" in messages[0]["text"]
    assert "Timeline ·" in json.dumps(messages[0], ensure_ascii=False)
    for message in messages:
        assert check_blocks(message["blocks"]) == []


def test_options_win_over_the_environment(aionis_url: str) -> None:
    result = run(
        "replay",
        RUNS["acme-failed"].run_id,
        "--json",
        "--base-url",
        aionis_url,
        "--tenant",
        "acme",
        "--scope",
        "support",
    )
    assert json.loads(result.stdout)["tenant_id"] == "acme"


def test_a_private_run_is_read_as_its_owner(aionis_url: str) -> None:
    run_id = RUNS["private"].run_id
    named = json.loads(replay(aionis_url, run_id, "--json").stdout)
    configured = json.loads(replay(aionis_url, run_id, "--json", "--consumer-agent", "local-user").stdout)
    assert (named["reads_as"], configured["reads_as"]) == ("local-user", None)
    for seen in (named, configured):
        assert "not visible" not in {gap["why"] for gap in seen["missing"]}


def test_long_timelines_fold_unless_asked(aionis_url: str) -> None:
    run_id = RUNS["three-hundred"].run_id
    assert "more:" in replay(aionis_url, run_id).stdout
    assert "more:" not in replay(aionis_url, run_id, "--all").stdout


@pytest.mark.parametrize("arguments", [["decision", "ID"], ["URI"], ["URI", "--json"], ["URI", "--blocks"]])
def test_resolve_prints_a_decision(aionis_url: str, arguments: list[str]) -> None:
    uri = RUNS["refund-failed"].decision_uris[0]
    given = [argument.replace("URI", uri).replace("ID", uri.rsplit("/", 1)[-1]) for argument in arguments]
    result = run("resolve", *given, AIONIS_BASE_URL=aionis_url, AIONIS_SCOPE="support")
    assert result.returncode == 0, result.stderr
    assert "payments.create_refund" in result.stdout


def test_an_unknown_run_ends_with_1_and_the_fix(aionis_url: str) -> None:
    result = replay(aionis_url, UNKNOWN)
    assert result.returncode == 1
    assert "Aionis has no run" in result.stderr
    assert "Request id" in result.stderr


def test_an_aionis_that_is_not_there_ends_with_1() -> None:
    result = run("replay", UNKNOWN, AIONIS_BASE_URL=f"http://127.0.0.1:{free_port()}", AIONIS_DEADLINE_SECONDS="1")
    assert result.returncode == 1
    assert "No connection to Aionis" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["replay", "nonsense"], {}, "not a run id"),
        (["resolve", "nonsense"], {}, "not an Aionis URI"),
        (["replay", UNKNOWN], {"AIONIS_BASE_URL": "ftp://x"}, "AIONIS_BASE_URL"),
        (["serve"], {}, "SLACK_BOT_TOKEN is not set"),
        (["serve"], {"SLACK_BOT_TOKEN": "t"}, "SLACK_SIGNING_SECRET is not set"),
        (["serve"], {"BOT_PORT": "high"}, "BOT_PORT"),
        (["worker"], {}, "SLACK_BOT_TOKEN is not set"),
        (["worker"], {"SLACK_BOT_TOKEN": "t", "SLACK_APP_TOKEN": "t", "REDIS_URL": "redis://127.0.0.1:1"}, "REDIS_URL"),
        (["unknown-command"], {}, "No such command"),
    ],
)
def test_usage_and_settings_end_with_2_and_one_plain_sentence(
    arguments: list[str], settings: dict[str, str], said: str
) -> None:
    result = (run_process if arguments[0] in {"serve", "worker"} else run)(*arguments, **settings)
    assert result.returncode == 2, result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_serve_says_when_redis_is_not_there() -> None:
    settings = {"SLACK_BOT_TOKEN": "t", "SLACK_SIGNING_SECRET": "s", "REDIS_URL": "redis://127.0.0.1:1"}
    result = run_process("serve", **settings, BOT_PORT=str(free_port()))
    assert result.returncode == 2, result.stderr
    assert "REDIS_URL does not lead to" in result.stderr
    assert "ConnectionError" not in result.stderr
    assert "Traceback" not in result.stderr


async def test_serve_says_when_its_port_is_taken(slack: LocalSlack, redis_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": slack.api_url}
        result = await asyncio.to_thread(run_process, "serve", **settings, REDIS_URL=redis_url, BOT_PORT=port)
    assert result.returncode == 2, result.stderr
    assert f"BOT_PORT {port}" in result.stderr
    assert "Traceback" not in result.stderr


def test_many_decisions_are_counted_and_hide_nothing(aionis_url: str) -> None:
    lines = replay(aionis_url, RUNS["sixty-decisions"].run_id).stdout.splitlines()
    decisions = [line for line in lines if line.startswith("Decision")]
    assert (len(decisions), decisions[0].partition(":")[0]) == (5, "Decision of the critical step")
    assert "55 more decisions" in lines
    assert any(line.startswith("Try next: ") for line in lines)


def test_help_and_version() -> None:
    assert "playground" in run_process("--help").stdout
    assert run_process("--version").stdout.strip()


def test_recent_lists_what_is_in_trouble_one_line_a_failure(aionis_url: str) -> None:
    lines = run("recent", AIONIS_BASE_URL=aionis_url, AIONIS_SCOPE="support").stdout.splitlines()
    assert [line for line in lines if RUNS["refund-failed"].run_id in line and "payments.create_refund" in line]
    found = json.loads(
        run("recent", "--json", "--limit", "3", AIONIS_BASE_URL=aionis_url, AIONIS_SCOPE="support").stdout
    )
    assert len(found) == 3
    assert all(one["runs"][0] == one["run_id"] for one in found)


@pytest.mark.parametrize("arguments", [("replay", "nope"), ("resolve", "nope"), ("compare", "a", "b")])
def test_hints_name_commands_of_the_terminal(arguments: tuple[str, ...]) -> None:
    said = run(*arguments).stderr
    assert "`incident-bot " in said
    assert "`/re" not in said


def test_the_shell_completes_commands() -> None:
    program = Path(sys.executable).with_name("incident-bot")
    asked = {"_INCIDENT_BOT_COMPLETE": "complete_bash", "COMP_WORDS": "incident-bot re", "COMP_CWORD": "1"}
    done = subprocess.run([program], env=environment(**asked), capture_output=True, text=True, check=False)  # noqa: S603
    assert {"replay", "recent", "resolve"} <= set(done.stdout.split())
