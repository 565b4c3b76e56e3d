"""What is gathered around a run, and the evidence for one of its steps (slots: Aionis contract, section 4.2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.domain.run.conditions import Condition, read_conditions
from bot.domain.run.records import FoundNodes, Node, ReplayedRun
from bot.domain.run.resolved_records import Decision, Feedback, ToolsRun
from bot.domain.run.steps import Step, StepStatus
from bot.domain.run.stored_ids import is_same
from bot.domain.run.two_stores import first_given, own_text, told
from bot.domain.text.given import given_text

GONE = "Aionis no longer has it"


@dataclass(slots=True)
class Evidence:
    """What was read beside `runs/get`, and what could not be.

    `*_asked` is False where the call was not made; `*_problem` is the sentence of the error where it failed. `complete` is
    False where the run has more records than were read. `decision_count` is how many decisions there are, read or not;
    `lost_decisions` are those that a step names and that cannot be read, with why. `reads_as` is the agent that the server
    named to read as. `passing` are the problems that another try may not meet.
    """

    nodes: list[Node] = field(default_factory=list)
    complete: bool = True
    nodes_asked: bool = False
    nodes_problem: str | None = None
    decisions: list[Decision] = field(default_factory=list)
    decision_count: int = 0
    lost_decisions: dict[str, str] = field(default_factory=dict)
    feedback: list[Feedback] = field(default_factory=list)
    decisions_asked: bool = False
    decisions_problem: str | None = None
    rule_titles: dict[str, str] = field(default_factory=dict)
    reads_as: str | None = None
    passing: set[str] = field(default_factory=set)

    def take_page(self, found: FoundNodes) -> None:
        """Take the newest page of the run's records, in place of what was read before."""
        self.nodes, self.complete = list(found.nodes), not found.page.has_more

    def add_records(self, found: Iterable[Node]) -> None:
        """Add records; of one that is known already, what was taken first stays."""
        known = {node.id for node in self.nodes}
        self.nodes += {node.id: node for node in found if node.id not in known}.values()

    def take_decisions(self, told: ToolsRun) -> None:
        """Take the newest decisions, how many there are, and what was said of them."""
        self.decisions, self.decision_count = list(told.decisions), told.lifecycle.decision_count
        self.feedback = told.feedback.recent if told.feedback else []

    def put_first(self, own: Decision) -> None:
        """Put a step's own decision before the others: it may not be among the newest."""
        self.decisions = [own, *(one for one in self.decisions if one.decision_id != own.decision_id)]

    def by_uri(self, uri: str | None) -> Node | None:
        """Return the node that was read at a URI."""
        return next((node for node in self.nodes if uri and node.uri == uri), None)

    def decision(self, stored_id: object) -> Decision | None:
        """Return the decision that was read under an id from slots, masked or not."""
        return next((decision for decision in self.decisions if is_same(stored_id, decision.decision_id)), None)

    @property
    def step_ids(self) -> dict[str, str]:
        """Return the step of each result that was read, by the result's URI."""
        return {node.uri: node.step_id for node in self.nodes if node.type == "evidence" and node.uri and node.step_id}

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

    `outdated` tells that the slots, and so the output, are of an earlier result than the timeline's; `older_text` is what they
    say. `decision_id` is the id itself where the `decision` was read, else as the slots have it.

    `step_read` and `result_read` tell whether the records that carry input and output were read at all, so that "not
    recorded" and "not read" can be told apart. `slots_expected` is False where they were not asked for or the call failed.
    """

    step: Step
    error: str | None
    error_source: Literal["result record", "timeline"] | None
    older_text: str | None
    outdated: bool
    preconditions: list[Condition]
    postconditions: list[Condition]
    tool_input: Any
    expected_output: Any
    output: Any
    output_gaps: list[str]
    repair_note: str | None
    decision_id: str | None
    decision: Decision | None
    retry_policy: Any
    artifacts: list[str]
    earlier_errors: list[str]
    step_read: bool
    result_read: bool
    slots_expected: bool

    @property
    def input_known(self) -> bool:
        """Tell whether an absent input was surely not recorded: its record was read, or there is none."""
        return self.step_read or not self.step.announced

    @property
    def output_known(self) -> bool:
        """Tell whether an absent output was surely not recorded: its record was read, or there is none."""
        return self.result_read or self.step.record.result_uri is None

    @property
    def decided_otherwise(self) -> str | None:
        """Return the tool that the step's own decision selected, where the step called another."""
        selected = self.decision.selected_tool if self.decision else None
        return selected if selected and self.step.record.tool_name not in {None, selected} else None

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
    texts = _texts(step, after_slots if after else None, run)
    decision_id = before_slots.get("decision_id")
    decision = evidence.decision(decision_id)
    expected, output = before_slots.get("expected_output_signature"), after_slots.get("output_signature")
    return StepDetail(
        step=step,
        error=texts.error,
        error_source=texts.source if texts.error else None,
        older_text=texts.older,
        outdated=texts.outdated,
        preconditions=read_conditions(step.record.preconditions),
        postconditions=read_conditions(step.record.postconditions),
        tool_input=before_slots.get("tool_input"),
        expected_output=expected,
        output=output,
        output_gaps=signature_gaps(expected, output) if after else [],
        repair_note=texts.note,
        decision_id=decision.decision_id if decision else given_text(decision_id),
        decision=decision,
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
    # A schema and an example cannot be told apart by more than this: Aionis stores an expectation as whoever wrote it did.
    required = expected.get("required")
    if isinstance(required, list):
        return [f"{field_name} is required and absent" for field_name in required if str(field_name) not in output]
    # What is nested is told by its presence alone: it is often a schema again, of a dialect that nobody names.
    return [
        f"{key} is expected and absent" if key not in output else f"{key} differs from the expected value"
        for key, value in expected.items()
        if key not in output or (not isinstance(value, dict | list) and output[key] != value)
    ]


@dataclass(frozen=True, slots=True)
class _ResultTexts:
    """A step's error and repair note, from where, and what its slots say where that is older."""

    error: str | None
    note: str | None
    source: Literal["result record", "timeline"]
    older: str | None = None
    outdated: bool = False


def _texts(step: Step, slots: dict[str, Any] | None, run: ReplayedRun) -> _ResultTexts:
    """Return what the newest result says. `slots` are those of the result record, None where it was not read."""
    # Lite keeps a result twice: the timeline's text is its last write, the slots' its first.
    uri = step.record.result_uri
    timeline = next((entry.text_summary for entry in run.timeline if uri and entry.uri == uri), None)
    # Without the record: a timeline's text is masked, cut, and may be a sentence of Aionis' own.
    if slots is None:
        return _from_timeline(step, own_text(timeline))
    newest = told(timeline, first_given(slots.get("error"), slots.get("repair_note")))
    if not newest.differs:
        return _ResultTexts(given_text(slots.get("error")), given_text(slots.get("repair_note")), "result record")
    shown = _from_timeline(step, newest.text)
    return _ResultTexts(shown.error, shown.note, "timeline", newest.older, outdated=True)


def _from_timeline(step: Step, text: str | None) -> _ResultTexts:
    """Read the one text that a timeline has for a result: its error, else its repair note."""
    # Aionis writes the error there, else the repair note: only what went well can have the note.
    is_note = step.status == StepStatus.SUCCESS
    note = text if is_note and step.record.repair_applied else None
    return _ResultTexts(None if is_note else text, note, "timeline")


def _earlier_errors(step: Step, evidence: Evidence) -> Iterable[str]:
    """Return the errors of attempts that a later one replaced, oldest first."""
    # A retry may be announced as a new step, with another id under the same index; a result may name either.
    attempts = {step.record.step_id, *(node.step_id for node in evidence.nodes if _under_index(node, step))} - {None}
    for node in reversed(evidence.nodes):  # Aionis answers the newest first
        same_step = node.step_id in attempts or _under_index(node, step)
        error = given_text(node.slots.get("error")) if node.slots.get("replay_kind") == "step_result" else None
        if same_step and node.uri != step.record.result_uri and error:
            yield error


def _under_index(node: Node, step: Step) -> bool:
    return step.index is not None and node.slots.get("step_index") == step.index
