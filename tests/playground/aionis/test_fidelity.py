"""The sample against recordings of the real server: the same keys, types, codes and header names.

The recordings are no part of this project; the tests are skipped where they are absent.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.playground.aionis import SampleAionis
from tests.playground.aionis.asking import NOON, Asker, asker_of

SHARED = Path(__file__).resolve().parents[4] / "shared" / "aionis"
RECORDINGS = SHARED / "recordings"
SECOND = SHARED / "second"  # of a second look, without headers

# Objects whose keys are their writers' or depend on which records there are: only that they are objects is compared.
FREE = frozenset(
    {
        "tool_input", "expected_output_signature", "output_signature", "metadata", "metrics", "success_criteria",
        "retry_policy", "preconditions", "postconditions", "if", "then", "exceptions", "slots_contains",
        "type_counts", "tier_counts", "memory_lane_counts", "redaction", "route_matrix",
    }
)  # fmt: skip
HOP_BY_HOP = {"connection", "keep-alive", "date", "content-length"}  # the web server's business
DEFAULT_KEY = "key-default-FAKE"

RUNS = {
    "runs_get_after_fix": "after-fix",
    "runs_get_artifacts": "success",
    "runs_get_before_fix": "before-fix",
    "runs_get_crashed_mid_step": "stalled",
    "runs_get_failed_step2": "refund-failed",
    "runs_get_failed_step2__other_tenant_same_scope_LEAKS_200": "refund-failed",
    "runs_get_in_progress": "in-progress",
    "runs_get_partial": "partial",
    "runs_get_private_lane": "private",
    "runs_get_started_only": "started-only",
    "runs_get_success": "refund-rerun",
    "runs_get_tenant_acme": "acme-failed",
    "runs_get_zero_steps": "zero-steps",
    "find_by_slots_run_id": "refund-failed",
    "find_private_with_consumer": "private",
    "find_private_without_consumer_empty": "private",
    "tools_run_after_fix": "after-fix",
    "tools_run_before_fix": "before-fix",
    "err_tools_run_no_decisions": "success",
    "dangling_decision__find": "decision-gone",
    "dangling_decision__runs_get": "decision-gone",
    "dangling_decision__tools_run": "decision-gone",
    "ended_twice_failed_last__find": "reopened",
    "ended_twice_failed_last__runs_get": "reopened",
    "masked_id__find_by_client_id": "masked-id",
    "masked_id__find_masked_id": "masked-id",
    "masked_id__find_plain_id_finds_nothing": "masked-id",
    "masked_id__runs_get": "masked-id",
    "orphan_results__find": "orphan-results",
    "orphan_results__runs_get": "orphan-results",
    "pb_strict__find": "playbook-strict",
    "pb_strict__runs_get": "playbook-strict",
    "refund_before_fix__runs_get": "disabled-rule",
    "refund_before_fix__tools_run": "disabled-rule",
    "used_other_tool__find": "other-tool",
    "used_other_tool__runs_get": "other-tool",
    "used_other_tool__tools_run": "other-tool",
}


def at_run(index: int, key: str) -> Callable[[dict[str, Any]], str]:
    """Return a reader of a URI in the timeline of `runs/get`."""
    return lambda answer: str(answer["timeline"][index][key])


# Recording of `resolve` → (run, where its URI is to be found).
RESOLVED: dict[str, tuple[str, Callable[[dict[str, Any]], str]]] = {
    "resolve_commit_run_end": ("refund-failed", at_run(-1, "commit_uri")),
    "resolve_node_run_end_event_full": ("refund-failed", at_run(-1, "uri")),
    "resolve_node_step_procedure_full": ("refund-failed", at_run(3, "uri")),
    "resolve_node_step_result_evidence_full": ("refund-failed", at_run(4, "uri")),
    "err_resolve_private_node_without_consumer_404": ("private", at_run(-1, "uri")),
}


def recordings() -> list[Any]:
    if not RECORDINGS.is_dir():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the recordings of the real Aionis are not here"))]
    return sorted(path.stem for folder in (RECORDINGS, SECOND) for path in folder.glob("*.json"))


def read_recording(name: str) -> dict[str, Any]:
    folder = SECOND if "__" in name and (SECOND / f"{name}.json").exists() else RECORDINGS
    recorded: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return recorded


@pytest.mark.parametrize("name", recordings())
async def test_the_sample_answers_like_the_real_one(name: str) -> None:
    recorded = read_recording(name)
    ask = asker_of(_sample_for(name))
    request = recorded["request"]
    content = request.get("raw_body") or json.dumps(await _equivalent(ask, name, request.get("body")))
    response = await ask.http.request(
        request["method"],
        request["path"],
        headers=request["headers"],
        content=content.encode() if request["method"] == "POST" else None,
    )
    answer, expected = response.json(), recorded["response"]
    assert response.status_code == recorded["status"]
    if "headers" in recorded:
        assert response.headers.keys() - HOP_BY_HOP == recorded["headers"].keys() - HOP_BY_HOP
        assert response.headers["content-type"] == recorded["headers"]["content-type"]
    if "page" in expected:
        assert bool(answer["nodes"]) == bool(expected["nodes"])
    if response.status_code == 200:
        assert shape(answer) == shape(expected)
    else:
        assert answer.get("error") == expected["error"]
        assert shape(answer) == shape(expected)
        assert (answer["message"], answer.get("issues")) == (expected["message"], expected.get("issues"))


def shape(value: Any, key: str = "") -> Any:
    """Return keys and types; null and empty lists tell nothing and become "?", lists the shapes they hold."""
    if value is None or value == []:
        return Anything()
    if key in FREE:
        return type(value).__name__
    if isinstance(value, dict):
        return {name: shape(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return Several([shape(item) for item in value])
    return "number" if type(value) in {int, float} else type(value).__name__


class Anything:
    """Equal to any shape: what is null here may be a text there."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "?"


class Several:
    """The shapes in a list; two lists are alike where every element of each resembles one of the other."""

    def __init__(self, shapes: list[Any]) -> None:
        self.shapes = shapes

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Anything):
            return True
        return isinstance(other, Several) and self.within(other) and other.within(self)

    __hash__ = None  # type: ignore[assignment]

    def within(self, other: "Several") -> bool:
        return all(any(one == another for another in other.shapes) for one in self.shapes)

    def __repr__(self) -> str:
        return repr(self.shapes)


def _sample_for(name: str) -> SampleAionis:
    guarded = name.startswith("auth_")
    aionis = SampleAionis(
        now=NOON,
        api_keys={DEFAULT_KEY: "default"} if guarded else None,
        sdk_demo=name.startswith("sdk_demo"),
    )
    if name.endswith("_429"):
        aionis.faults.add(kind="rate_limited", ms=1893, tenant="quota" in name)
    return aionis


async def _equivalent(ask: Asker, name: str, body: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the recorded body with the sample's own ids in it."""
    if body is None:
        return None
    if name in RUNS:
        run_id = ask.aionis.runs[RUNS[name]].run_id
        scope = ask.aionis.runs[RUNS[name]].scope
        if "client_id" in body or "PHONE" in json.dumps(body) or "masked_id" in name:
            return {**body, "scope": scope}  # the same ids there and here
        if "slots_contains" in body:
            return {**body, "scope": scope, "slots_contains": {"run_id": run_id}}
        return {**body, "run_id": run_id, "scope": scope}
    if name in RESOLVED:
        run, uri_in = RESOLVED[name]
        return {**body, "uri": uri_in(await ask.run(run))}
    return {**body, **(await _other_ids(ask, name))}


async def _other_ids(ask: Asker, name: str) -> dict[str, Any]:
    runs = ask.aionis.runs
    if name in {"resolve_decision_before_fix", "resolve_decision_after_fix", "tools_decision_by_id_before_fix"}:
        uri = runs["after-fix" if "after" in name else "before-fix"].decision_uris[0]
        return {"decision_id": uri.rsplit("/", 1)[1]} if name.startswith("tools") else {"uri": uri}
    if name == "resolve_commit_tools_feedback":
        return {"uri": runs["after-fix"].commit_uris[0]}
    if name == "resolve_node_rule":
        decision = await ask.ok("tools/decision", run_id=runs["after-fix"].run_id)
        return {"uri": f"aionis://default/support/rule/{decision['decision']['source_rule_ids'][0]}"}
    if name == "resolve_edge_part_of":
        uri = (await ask.run("refund-failed"))["timeline"][-1]["commit_uri"]
        commit = await ask.ok("resolve", uri=uri)
        return {"uri": f"aionis://default/support/edge/{commit['commit']['diff_json']['edges'][0]['id']}"}
    return {}


def test_shapes_differ_where_keys_or_types_do() -> None:
    assert shape({"a": 1, "b": None}) == shape({"a": 2.5, "b": "x"})
    assert shape({"a": 1}) != shape({"a": "1"})
    assert shape({"a": 1}) != shape({"a": 1, "b": 1})
    assert shape([{"a": 1}, {"b": 1}]) == shape([{"b": 1}, {"a": 1}, {"a": 2}])
    assert shape([{"a": 1}]) != shape([{"a": 1}, {"b": 1}])
    assert shape({"metadata": {"a": 1}}) == shape({"metadata": {"b": 1}})
