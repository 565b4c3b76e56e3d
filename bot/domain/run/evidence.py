"""What is gathered around a run, and the evidence for one of its steps (slots: Aionis contract, section 4.2)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.domain.run.conditions import Condition, read_conditions
from bot.domain.run.records import Decision, Feedback, Node, ReplayedRun
from bot.domain.run.steps import Step

_STOCK_RESULT = re.compile(r"Replay step outcome: \w+")


@dataclass(slots=True)
class Evidence:
    """What was read beside `runs/get`, and what could not be.

    `*_asked` is False where the call was not made; `*_problem` is the sentence of the error where it failed. `complete` is
    False where the run has more records than were read.
    """

    nodes: list[Node] = field(default_factory=list)
    complete: bool = True
    nodes_asked: bool = False
    nodes_problem: str | None = None
    decisions: list[Decision] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    decisions_asked: bool = False
    decisions_problem: str | None = None
    rule_titles: dict[str, str] = field(default_factory=dict)

    def by_uri(self, uri: str | None) -> Node | None:
        """Return the node that was read at a URI."""
        return next((node for node in self.nodes if uri and node.uri == uri), None)

    @property
    def run_end(self) -> Node | None:
        """Return the run's newest stored end record."""
        return next((node for node in self.nodes if node.slots.get("replay_kind") == "run_end"), None)

    @property
    def run_start(self) -> Node | None:
        """Return the run's own record."""
        return next((node for node in self.nodes if node.slots.get("replay_kind") == "run"), None)


@dataclass(slots=True)
class StepDetail:
    """All that is known of one step. Absent values are None; `error_source` says where the error text came from.

    `step_read` and `result_read` tell whether the records that carry input and output were read at all, so that "not
    recorded" and "not read" can be told apart. `slots_expected` is False where they were not asked for or the call failed.
    """

    step: Step
    error: str | None
    error_source: Literal["result record", "timeline"] | None
    preconditions: list[Condition]
    postconditions: list[Condition]
    tool_input: Any
    expected_output: Any
    output: Any
    output_gaps: list[str]
    repair_note: str | None
    decision_id: str | None
    retry_policy: Any
    artifacts: list[str]
    earlier_errors: list[str]
    step_read: bool
    result_read: bool
    slots_expected: bool

    @property
    def failed_postconditions(self) -> list[Condition]:
        """Return the postconditions that say they failed."""
        return [condition for condition in self.postconditions if condition.outcome == "fail"]


def step_detail(step: Step, run: ReplayedRun, evidence: Evidence) -> StepDetail:
    """Gather the evidence for one step from the run's records and the slots that were read."""
    before = evidence.by_uri(step.record.step_uri)
    after = evidence.by_uri(step.record.result_uri)
    before_slots = before.slots if before else {}
    after_slots = after.slots if after else {}
    error, source = _error_text(step, after_slots, run)
    expected, output = before_slots.get("expected_output_signature"), after_slots.get("output_signature")
    return StepDetail(
        step=step,
        error=error,
        error_source=source,
        preconditions=read_conditions(step.record.preconditions),
        postconditions=read_conditions(step.record.postconditions),
        tool_input=before_slots.get("tool_input"),
        expected_output=expected,
        output=output,
        output_gaps=signature_gaps(expected, output) if after else [],
        repair_note=_text(after_slots.get("repair_note")),
        decision_id=_text(before_slots.get("decision_id")),
        retry_policy=before_slots.get("retry_policy"),
        artifacts=[str(ref) for ref in step.record.artifact_refs or ()],
        earlier_errors=list(_earlier_errors(step, evidence)),
        step_read=before is not None,
        result_read=after is not None,
        slots_expected=evidence.nodes_asked and evidence.nodes_problem is None and bool(evidence.nodes),
    )


def signature_gaps(expected: Any, output: Any) -> list[str]:
    """Say in which top-level fields an output differs from what was expected.

    An expectation with a `required` list (as in JSON Schema) is read as that; any other object is compared field by field.
    Expectations of other shapes are shown but not compared.
    """
    if not isinstance(expected, dict) or not isinstance(output, dict):
        return []
    required = expected.get("required")
    if isinstance(required, list):
        return [f"{field_name} is required and absent" for field_name in required if str(field_name) not in output]
    return [
        f"{key} is expected and absent" if key not in output else f"{key} differs from the expected value"
        for key, value in expected.items()
        if key not in output or (not isinstance(value, dict | list) and output[key] != value)
    ]


def _error_text(
    step: Step, slots: dict[str, Any], run: ReplayedRun
) -> tuple[str | None, Literal["result record", "timeline"] | None]:
    recorded = _text(slots.get("error"))
    if recorded:
        return recorded, "result record"
    uri = step.record.result_uri
    summary = next((entry.text_summary for entry in run.timeline if uri and entry.uri == uri), None)
    if summary and step.status != "success" and not _STOCK_RESULT.fullmatch(summary):
        return summary, "timeline"
    return None, None


def _earlier_errors(step: Step, evidence: Evidence) -> Iterable[str]:
    """Return the errors of attempts that a later one replaced, oldest first."""
    for node in reversed(evidence.nodes):
        slots = node.slots
        same_step = slots.get("replay_kind") == "step_result" and (
            slots.get("step_id") == step.record.step_id
            or (step.index is not None and slots.get("step_index") == step.index)
        )
        error = _text(slots.get("error"))
        if same_step and node.uri != step.record.result_uri and error:
            yield error


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
