"""What reaches a terminal or a log line: no control, bidi or zero-width character of anybody else's, and nothing that forges."""

import json
import logging
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.domain.text.visible import escaped_json, visible, visible_line
from bot.runtime.logs import configure_logs
from tests.security.hostile_http import hostile_aionis

ID = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
OSC = "\x1b]0;owned\x07\x1b]8;;http://evil.example\x1b\\"
CSI = "\x1b[2J\x1b[31m\x1b[8m"
C1 = "\x9b31m\x9d0;x\x9c\x85"
BIDI = "\u202eexe.gpj\u202c\u2066\u200f\u061c"
ZERO_WIDTH = "\u200b\u2060\ufeff\u00ad\u3164\u034f\U000e0041\U000e0101"
EVIL = f"{OSC}{CSI}\x00\x7f\x08{C1}{BIDI}{ZERO_WIDTH}[bold]:smile:[/] [/nonsense]"
VERDICT = "Every file agrees with the bundle's own manifest, and every log entry with the one before."

STEP = {"step_index": 1, "step_id": ID, "tool_name": EVIL, "status": "failed", "step_uri": EVIL, "result_uri": EVIL}
EVIL_ANSWERS = {
    "runs/get": {
        "run": {"run_id": ID, "status": EVIL, "goal": EVIL, "run_uri": EVIL},
        "steps": [{**STEP, "postconditions": [{"name": EVIL, "ok": False, EVIL: EVIL}], "artifact_refs": [EVIL]}],
        "timeline": [{"uri": EVIL, "replay_kind": "step_result", "text_summary": EVIL, "commit_uri": EVIL}],
    },
    "find": {"nodes": [{"id": ID, "uri": EVIL, "title": EVIL, "slots": {"error": EVIL, "tool_input": {EVIL: [EVIL]}}}]},
    "tools/run": {
        "decisions": [{"decision_id": EVIL, "decision_uri": EVIL, "selected_tool": EVIL, "source_rule_ids": [EVIL]}],
        "feedback": {"total": 1, "recent": [{"decision_id": ID, "note": EVIL, "outcome": EVIL}]},
    },
    "resolve": {
        "decision": {
            "decision_id": ID,
            "run_id": EVIL,
            "commit_id": EVIL,
            "selected_tool": EVIL,
            "decision_kind": EVIL,
            "candidates": [EVIL],
            "metadata": {EVIL: EVIL, "plain": 1},
        }
    },
}


@pytest.fixture(scope="module")
def aionis() -> Iterator[str]:
    with hostile_aionis(EVIL_ANSWERS) as url:
        yield url


def invoke(*arguments: str, url: str = "http://127.0.0.1:1", **settings: str) -> Result:
    return CliRunner(env={"COLUMNS": "120", "AIONIS_BASE_URL": url, **settings}).invoke(app, arguments)


def raw_characters(text: str) -> set[str]:
    """Return the characters that act without being seen."""
    return {char for char in text if char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}


@pytest.mark.parametrize(
    "arguments", [("replay", ID), ("replay", ID, "--all"), ("compare", ID, ID), ("resolve", "decision", ID)]
)
def test_what_aionis_says_cannot_act_on_the_terminal(aionis: str, arguments: tuple[str, ...]) -> None:
    result = invoke(*arguments, url=aionis)
    assert result.exit_code == 0, result.output
    assert raw_characters(result.output) == set()
    assert "⟨U+001B⟩" in result.output


@pytest.mark.parametrize("form", ["--json", "--blocks"])
@pytest.mark.parametrize("arguments", [("replay", ID), ("compare", ID, ID), ("resolve", "decision", ID)])
def test_json_stays_json_and_carries_no_raw_character(aionis: str, arguments: tuple[str, ...], form: str) -> None:
    result = invoke(*arguments, form, url=aionis)
    assert result.exit_code == 0, result.output
    assert raw_characters(result.stdout) == set()
    assert isinstance(json.loads(result.stdout), dict | list)


def test_json_says_what_was_recorded(aionis: str) -> None:
    found = json.loads(invoke("replay", ID, "--json", url=aionis).stdout)
    assert found["timeline"][0]["tool"] == EVIL


@pytest.mark.parametrize(
    "arguments",
    [("replay", EVIL), ("resolve", EVIL), ("resolve", f"aionis://{EVIL}/s/rule/{ID}"), ("verify", f"{EVIL}.zip")],
)
def test_an_error_that_quotes_what_was_typed_quotes_it_visibly(arguments: tuple[str, ...]) -> None:
    result = invoke(*arguments)
    assert result.exit_code in {1, 2}
    assert raw_characters(result.output) == set()


def test_a_scope_that_looks_like_markup_is_shown_as_it_is(aionis: str) -> None:
    result = invoke("resolve", "decision", ID, url=aionis, AIONIS_SCOPE="[/b] [link=http://evil.example]x")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "name",
    [
        f"x\n{VERDICT}\n",
        f"\r\x1b[2K{VERDICT}\x1b[8m",
        f"\x1b[1A\x1b[2K{VERDICT}\u202e",
        f"a{' ' * 300}{VERDICT}",
        VERDICT,
        "x" * 5_000,
    ],
)
def test_a_file_name_in_a_bundle_cannot_forge_the_verdict(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("MANIFEST.sha256", "")
        archive.writestr(name, "x")
    result = invoke("verify", str(path))
    assert result.exit_code == 1
    assert raw_characters(result.output) == set()
    assert all(not line.startswith(VERDICT) for line in result.output.splitlines())
    assert max(map(len, result.output.splitlines())) < 300
    assert "was added" in result.output


def test_a_log_line_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    handlers, level, before = logging.getLogger().handlers, logging.getLogger().level, structlog.get_config()
    try:
        configure_logs("INFO", "console")
        structlog.get_logger("test").info(
            "event", what=f"x\n2026-01-01 [info ] forged\r\t{EVIL}", more={"a": f"\n{EVIL}"}
        )
        logging.getLogger("library").warning("said %s", f"\n{EVIL}")
        try:
            int(EVIL)
        except ValueError:
            logging.getLogger("library").exception("failed")
        lines = capsys.readouterr().err.splitlines()
        configure_logs("INFO", "json")
        structlog.get_logger("test").info("event", what=EVIL)
        as_json = capsys.readouterr().err
    finally:
        logging.getLogger().handlers = handlers
        logging.getLogger().setLevel(level)
        structlog.configure(**before)
    assert raw_characters("\n".join(lines)) == set()
    assert sum("forged" in line for line in lines) == 1
    assert lines[1].count("said") == 1
    assert any(line.startswith("Traceback") for line in lines)
    assert raw_characters(as_json) == set()
    assert json.loads(as_json)["what"] == EVIL


@given(st.text(alphabet=st.characters() | st.sampled_from(EVIL)))
def test_visible_is_visible_and_says_the_same_twice(text: str) -> None:
    assert raw_characters(visible(text)) <= {"\t"}
    assert raw_characters(visible_line(text)) == set()
    assert "\n" not in visible_line(text)
    assert visible(visible(text)) == visible(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from(EVIL)))
def test_escaped_json_reads_the_same(text: str) -> None:
    written = escaped_json(json.dumps({text: text}, ensure_ascii=False))
    assert raw_characters(written) == set()
    assert json.loads(written) == {text: text}
