"""Hypothesis strategies for what Aionis may answer: any shape the contract allows, with hostile text in every free field."""

from typing import Any

from hypothesis import strategies as st

HOSTILE = st.sampled_from(
    [
        "<!channel> <@U0123> <https://evil.example|click>",
        "*bold* _it_ ~strike~ `code` ```block```",
        ":smile: :rotating_light:",
        "\u202egnp.exe\u200b\x00\x1b[31m",
        "line\nbreak\r\n\ttab",
        'javascript:alert(1) https://example.com/?a=<b>&c="d"',
        "💥" * 50,
        "x" * 20_000,
        "",
        " ",
        "\\" * 3_000,
        '"' * 3_000,
    ]
)
TEXT = HOSTILE | st.text(max_size=60)
UUIDS = st.uuids().map(str)
STATUS = st.sampled_from(["success", "failed", "partial", "skipped", "pending", "timeout", ""]) | TEXT
TIMES = st.datetimes().map(lambda time: time.isoformat() + "Z") | st.none() | st.just("2026-11-23 00:07:14.814123+00")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
CONDITIONS = st.lists(
    JSON
    | st.fixed_dictionaries(
        {"kind": TEXT, "state": st.sampled_from(["pass", "fail", "unknown"]), "message": TEXT},
        optional={"ok": st.booleans()},
    ),
    max_size=8,
)


@st.composite
def steps(draw: st.DrawFn) -> dict[str, Any]:
    status = draw(STATUS)
    return {
        "step_id": draw(UUIDS),
        "step_index": draw(st.none() | st.integers(min_value=-3, max_value=12)),
        "tool_name": draw(st.none() | TEXT),
        "status": status,
        "safety_level": draw(st.none() | st.sampled_from(["auto_ok", "manual_only"]) | TEXT),
        "repair_applied": draw(st.booleans()),
        "preconditions": draw(CONDITIONS),
        "postconditions": draw(CONDITIONS),
        "artifact_refs": draw(st.lists(TEXT, max_size=5)),
        "step_uri": f"aionis://default/support/procedure/{draw(UUIDS)}",
        "created_at": draw(TIMES),
        "result_uri": draw(st.none() | UUIDS.map(lambda id_: f"aionis://default/support/evidence/{id_}")),
    }


@st.composite
def runs(draw: st.DrawFn, *, max_steps: int = 12) -> dict[str, Any]:
    """Return an answer of `runs/get`."""
    run_steps = draw(st.lists(steps(), max_size=max_steps))
    timeline = [
        {
            "uri": step["result_uri"],
            "replay_kind": "step_result",
            "title": f"Step {step['step_index']} {step['status']}",
            "text_summary": draw(st.none() | TEXT),
            "created_at": draw(TIMES),
            "commit_uri": None,
        }
        for step in run_steps
        if step["result_uri"]
    ]
    return {
        "tenant_id": "default",
        "scope": "support",
        "run": {
            "run_id": draw(UUIDS),
            "status": draw(st.sampled_from(["success", "failed", "partial", "in_progress"]) | TEXT),
            "goal": draw(st.none() | TEXT),
            "run_uri": draw(st.none() | TEXT),
            "started_at": draw(TIMES),
            "ended_at": draw(TIMES),
        },
        "steps": run_steps,
        "artifacts": draw(st.lists(TEXT, max_size=5)),
        "timeline": timeline,
    }


@st.composite
def slots_for(draw: st.DrawFn, run: dict[str, Any]) -> list[dict[str, Any]]:
    """Return nodes of `find` that go with some steps of a run."""
    nodes = []
    for step in run["steps"]:
        if draw(st.booleans()):
            nodes.append(
                {
                    "id": step["step_id"],
                    "uri": step["step_uri"],
                    "slots": {
                        "replay_kind": "step",
                        "tool_input": draw(JSON),
                        "expected_output_signature": draw(JSON),
                        "decision_id": draw(st.none() | UUIDS),
                    },
                }
            )
        if step["result_uri"] and draw(st.booleans()):
            nodes.append(
                {
                    "id": step["step_id"],
                    "uri": step["result_uri"],
                    "slots": {
                        "replay_kind": "step_result",
                        "step_index": step["step_index"],
                        "output_signature": draw(JSON),
                        "error": draw(st.none() | TEXT),
                        "repair_note": draw(st.none() | TEXT),
                    },
                }
            )
    return nodes


@st.composite
def decisions(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "decision_id": draw(UUIDS | TEXT),
        "decision_kind": draw(st.none() | TEXT),
        "run_id": draw(st.none() | UUIDS | TEXT),
        "selected_tool": draw(st.none() | TEXT),
        "candidates": draw(st.lists(TEXT, max_size=12)),
        "context_sha256": draw(st.none() | TEXT),
        "source_rule_ids": draw(st.lists(UUIDS | TEXT, max_size=12)),
        "metadata": draw(st.none() | st.dictionaries(TEXT, JSON, max_size=4)),
        "created_at": draw(TIMES),
        "commit_id": draw(st.none() | UUIDS | TEXT),
    }
