"""The evidence bundle: the same bytes for the same state, and every alteration found."""

import importlib.util
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access.tenancy import Tenancy
from bot.domain.bundle.archive import MANIFEST, problems_of
from bot.domain.bundle.kept_answers import KeptAnswer, keep_answer
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST
from bot.domain.incident.incident_log import Change, Entry
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.root_cause import RootCause
from bot.report import bundle_of

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
DOCS = Path(__file__).parents[3] / "docs"
KEY = "sk-" + "T3BlbkFJ" + "x9Qz7LmP2vRkw4Hs8D"


def entries(*changes: Change) -> list[Entry]:
    opened = log_changes.opened(
        team="T1", channel="C1", tenancy=Tenancy(), checklist=DEFAULT_CHECKLIST, by="U1", at=AT, key="open"
    )
    run = RunDigest(run_id=RUN, verdict="failed", failing=True, goal="Refund an order")
    added = log_changes.run_added(run, by="U1", at=AT, key="run")
    return [
        Entry(version, change.kind, change.actor, change.at, change.key, change.payload)
        for version, change in enumerate((opened, added, *changes), start=1)
    ]


def answers() -> list[KeptAnswer]:
    step = {"step_index": 1, "tool_name": "pay", "status": "failed", "created_at": "2026-11-25T02:59:00Z"}
    body: dict[str, Any] = {"run": {"run_id": RUN, "status": "failed", "goal": f"use {KEY}"}, "steps": [step]}
    return [
        keep_answer(
            path="/v1/memory/replay/runs/get",
            asked={"run_id": RUN},
            request_id="req-1",
            read_at=AT,
            body=json.dumps(body).encode(),
        )
    ]


def bundle() -> bytes:
    cause = log_changes.root_cause_set(
        RootCause(explanation="<b>why</b> | and how"), edition=0, by="U2", at=AT, key="c"
    )
    return bundle_of(entries(cause), answers(), "INC-TEST")


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_it_holds_what_the_issue_promises() -> None:
    assert list(files_of(bundle())) == [
        MANIFEST,
        "answers/0001-replay-runs-get.json",
        "gate.json",
        "incident.json",
        "log.jsonl",
        "recurrence.json",
        "redactions.json",
        "report.html",
        "report.md",
    ]


def test_the_same_state_gives_the_same_bytes() -> None:
    assert bundle() == bundle()


def test_as_exported_nothing_is_wrong_with_it() -> None:
    assert problems_of(bundle()) == []


def test_no_secret_is_in_it_but_where_and_which_rule() -> None:
    files = files_of(bundle())
    assert [name for name, content in files.items() if KEY.encode() in content] == []
    (masking,) = json.loads(files["redactions.json"])
    assert masking["file"] == "answers/0001-replay-runs-get.json"
    assert masking["path"] == ["answer", "run", "goal"]


def test_the_report_escapes_what_people_wrote() -> None:
    files = files_of(bundle())
    assert b"&lt;b&gt;why&lt;/b&gt;" in files["report.html"]
    assert b"\\<b\\>why\\</b\\> \\| and how" in files["report.md"]
    assert b"<svg" in files["report.html"]
    assert b"<script" not in files["report.html"]


@given(name=st.sampled_from(sorted(set(files_of(bundle())) - {MANIFEST})), place=st.integers(0, 10**6))
def test_one_byte_changed_is_found_and_named(name: str, place: int) -> None:
    files = files_of(bundle())
    content = bytearray(files[name])
    content[place % len(content)] ^= 1
    assert f"{name} was altered." in problems_of(zipped({**files, name: bytes(content)}))


def test_one_byte_changed_in_the_archive_itself_is_named_too() -> None:
    content = bytearray(bundle())
    content[content.index(b"<h1>Incident")] ^= 1
    assert problems_of(bytes(content)) == ["report.html was altered."]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files.pop("report.md"), "report.md is missing."),
        (lambda files: files.update({"note.txt": b"x"}), "note.txt was added."),
        (lambda files: files.pop(MANIFEST), "MANIFEST.sha256 is missing"),
        (lambda files: files.update({MANIFEST: b"\xff"}), "it is no list of hashes"),
    ],
)
def test_what_is_missing_or_added_is_named(change: Any, said: str) -> None:
    files = files_of(bundle())
    change(files)
    assert any(said in problem for problem in problems_of(zipped(files)))


def test_an_entry_taken_out_is_found_even_with_a_new_manifest() -> None:
    files = files_of(bundle())
    lines = files["log.jsonl"].splitlines(keepends=True)
    for kept in (lines[1:], lines[:1] + lines[2:], lines[:-1]):
        assert any(
            "log.jsonl" in problem and "altered, added or taken out" in problem
            for problem in problems_of(zipped({**files, "log.jsonl": b"".join(kept)}))
        )


@given(st.binary(max_size=300))
def test_anything_else_is_no_bundle(content: bytes) -> None:
    assert problems_of(content)


def test_the_published_schemas_are_those_of_the_files() -> None:
    spec = importlib.util.spec_from_file_location("schemas", DOCS / "schemas.py")
    assert spec
    assert spec.loader
    schemas = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(schemas)
    for name in schemas.DOCUMENTS:
        assert (DOCS / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8") == schemas.schema_of(name), (
            "run make schemas"
        )


def test_the_files_are_as_the_schemas_say() -> None:
    files = files_of(bundle())
    validate("incident", json.loads(files["incident.json"]))
    validate("redactions", json.loads(files["redactions.json"]))
    validate("gate", json.loads(files["gate.json"]))
    validate("recurrence", json.loads(files["recurrence.json"]))
    validate("answer", json.loads(files["answers/0001-replay-runs-get.json"]))
    for line in files["log.jsonl"].splitlines():
        validate("log-line", json.loads(line))


def validate(name: str, value: Any) -> None:
    jsonschema.validate(value, json.loads((DOCS / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")))
