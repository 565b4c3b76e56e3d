"""Two runs' steps side by side: which belong together, and in what each pair differs.

Inputs and outputs are slots (Aionis contract, section 4.2): they are there only for records that were read.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.domain.comparison.alignment import Alignable, Match, PairReason, align
from bot.domain.comparison.differences import Sameness, canonical, sameness
from bot.domain.comparison.value_changes import ABSENT, ValueChanges, value_changes
from bot.domain.error_wording.wording import wording_of
from bot.domain.run.conditions import Condition, ConditionOutcome, read_conditions
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.evidence import Evidence, StepDetail
from bot.domain.run.steps import Step, StepStatus


class OutcomeChange(StrEnum):
    """What became of a postcondition. Those of the same outcome are counted, not listed."""

    FIXED = "fixed"  # failed, passes now
    BROKEN = "broken"  # did not fail, or was not there, and fails now
    CHANGED = "changed"  # any other change of the outcome
    ADDED = "added"  # checked in the rerun only, and not failed
    GONE = "gone"  # checked in the failing run only


class Difference(StrEnum):
    """In what a pair differs, what matters most first."""

    DROPPED = "only in the failing run"
    INSERTED = "only in the rerun"
    TOOL = "tool"
    STATUS = "status"
    POSTCONDITIONS = "postconditions"
    MOVED = "order"
    ERROR = "error"
    REPAIR = "repair"
    SAFETY = "safety level"
    BEYOND = "after the other run's last step"
    ATTEMPTS = "attempts"
    OUTPUT = "output"
    INPUT = "input"


MINOR = frozenset({Difference.ATTEMPTS, Difference.OUTPUT, Difference.INPUT})  # ids and times differ in any rerun
ALONE = frozenset({Difference.DROPPED, Difference.INSERTED, Difference.BEYOND})


@dataclass(frozen=True, slots=True)
class ConditionChange:
    """One postcondition whose outcome is not the same; None where a side does not have it. The message is the newer one."""

    name: str
    before: ConditionOutcome | None
    after: ConditionOutcome | None
    message: str

    @property
    def change(self) -> OutcomeChange:
        """Return what became of it."""
        if self.after is ConditionOutcome.FAIL:
            return OutcomeChange.BROKEN
        if self.before is None:
            return OutcomeChange.ADDED
        if self.after is None:
            return OutcomeChange.GONE
        return (
            OutcomeChange.FIXED
            if (self.before, self.after) == (ConditionOutcome.FAIL, ConditionOutcome.PASS)
            else OutcomeChange.CHANGED
        )


@dataclass(frozen=True, slots=True)
class StepPair:
    """A step of the failing run and its counterpart in the rerun; one of them is None where there is no counterpart.

    `conditions` are the postconditions whose outcome changed, `same_conditions` is how many kept theirs. `outputs` and `inputs`
    are the recorded values themselves, the failing run's first; None where they were not read. `errors` are the error texts of
    both, None where there is none or it was not read; they differ where their wording does, ids, numbers and times apart.
    """

    failing: Step | None
    rerun: Step | None
    link: PairReason
    differences: tuple[Difference, ...]
    conditions: tuple[ConditionChange, ...] = ()
    same_conditions: int = 0
    output: Sameness = Sameness.ONE_SIDED
    input: Sameness = Sameness.ONE_SIDED
    outputs: tuple[Any, Any] = (None, None)
    inputs: tuple[Any, Any] = (None, None)
    errors: tuple[str | None, str | None] = (None, None)

    @property
    def output_changes(self) -> ValueChanges:
        """Return in what the outputs differ, where both were read."""
        return _changes(self.output, self.outputs)

    @property
    def input_changes(self) -> ValueChanges:
        """Return in what the inputs differ, where both were read."""
        return _changes(self.input, self.inputs)

    @property
    def equal(self) -> bool:
        """Tell whether nothing that was read differs, durations apart."""
        return not self.differences

    @property
    def notable(self) -> bool:
        """Tell whether more differs than attempts, output and input."""
        return any(difference not in MINOR for difference in self.differences)

    @property
    def step(self) -> Step:
        """Return the failing run's step, or the rerun's where only that exists."""
        step = self.failing or self.rerun
        if step is None:
            raise AssertionError("a pair has at least one step")
        return step


@dataclass(slots=True)
class Account:
    """One run's steps, with the slots that were read, by URI."""

    steps: Sequence[Step]
    slots: dict[str, dict[str, Any]]
    critical: StepDetail | None = None

    @classmethod
    def of(cls, run: Diagnosis, evidence: Evidence) -> "Account":
        """Return a run's steps with what was read about them. O(records)."""
        return cls(run.steps, {node.uri: node.slots for node in evidence.nodes if node.uri}, run.critical)

    def error(self, step: Step) -> str | None:
        """Return a step's error text as it was read: of the critical step what the diagnosis found, else the result record's."""
        if self.critical is not None and self.critical.step is step:
            return self.critical.error
        text = (self.after(step) or {}).get("error")
        return text if isinstance(text, str) and text.strip() else None

    @property
    def every_input_read(self) -> bool:
        """Tell whether the announcement of every step was read."""
        return all(self.before(step) is not None for step in self.steps)

    def before(self, step: Step) -> dict[str, Any] | None:
        """Return the slots of a step's announcement (input, decision), or None where they were not read."""
        return self.slots.get(step.record.step_uri or "")

    def after(self, step: Step) -> dict[str, Any] | None:
        """Return the slots of a step's result (output), empty where there is none, or None where they were not read."""
        if step.status == StepStatus.PENDING and step.record.result_uri is None:
            return {}
        return self.slots.get(step.record.result_uri or "")


def pair_steps(failing: Account, rerun: Account) -> list[StepPair]:
    """Return the steps of both runs as pairs, in the order of the failing run.

    Same tool and order make a pair. Where every input of both runs was read, equal inputs are matched first, so that one of
    several calls of a tool finds the call that did the same work; a part of them would pull the alignment towards it.
    """
    inputs_known = failing.every_input_read and rerun.every_input_read
    matches = align(_items(failing, inputs_known=inputs_known), _items(rerun, inputs_known=inputs_known))
    # Behind the last pair there is nothing to be missing: one run simply went on, which is no step that was dropped.
    ends = max((place for place, match in enumerate(matches) if match.link is not PairReason.ALONE), default=-1)
    return [_pair(match, failing, rerun, beyond=place > ends >= 0) for place, match in enumerate(matches)]


def works(step: Step) -> bool:
    """Tell whether a step succeeded with no failed postcondition."""
    return step.status == StepStatus.SUCCESS and not step.failed_condition


def breaks(step: Step) -> bool:
    """Tell whether a step failed, is partial, or has a failed postcondition."""
    return step.status in {StepStatus.FAILED, StepStatus.PARTIAL} or step.failed_condition


def _items(run: Account, *, inputs_known: bool) -> list[Alignable]:
    return [_item(step, run.before(step) if inputs_known else None) for step in run.steps]


def _item(step: Step, slots: dict[str, Any] | None) -> Alignable:
    tool = step.record.tool_name or None
    # The tool is in it: equal inputs of two tools are no call of the same kind.
    exact = None if slots is None else (tool, canonical(slots.get("tool_input")))
    return Alignable(kind=tool, exact=exact, role=lambda: _checks(step))


def _checks(step: Step) -> frozenset[str] | None:
    """Return the names of a step's postconditions, or None where it has none."""
    return frozenset(condition.name for condition in read_conditions(step.record.postconditions)) or None


def _pair(match: Match, failing: Account, rerun: Account, *, beyond: bool) -> StepPair:
    first = None if match.first is None else failing.steps[match.first]
    second = None if match.second is None else rerun.steps[match.second]
    if first is None or second is None:
        alone = Difference.INSERTED if first is None else Difference.DROPPED
        return StepPair(first, second, match.link, (Difference.BEYOND if beyond else alone,))
    conditions, same = _conditions(first, second)
    outputs = (failing.after(first), rerun.after(second))
    inputs = (failing.before(first), rerun.before(second))
    errors = (failing.error(first), rerun.error(second))
    output, given = sameness(*outputs, "output_signature"), sameness(*inputs, "tool_input")
    found = {
        Difference.TOOL: match.link in {PairReason.SAME_ROLE, PairReason.SAME_PLACE},
        Difference.STATUS: first.status != second.status,
        Difference.POSTCONDITIONS: bool(conditions),
        Difference.MOVED: match.link is PairReason.MOVED,
        # A step that broke in one run only differs by its status: that it has no error in the other is no second difference.
        Difference.ERROR: breaks(first) and breaks(second) and (other_error(*errors) or _one_error(errors, outputs)),
        Difference.REPAIR: bool(first.record.repair_applied) != bool(second.record.repair_applied),
        Difference.SAFETY: first.record.safety_level != second.record.safety_level,
        Difference.ATTEMPTS: first.attempts != second.attempts,
        Difference.OUTPUT: output in {Sameness.CHANGED, Sameness.ONE_SIDED},
        Difference.INPUT: given in {Sameness.CHANGED, Sameness.ONE_SIDED},
    }
    differences = tuple(difference for difference, there in found.items() if there)
    return StepPair(
        first,
        second,
        match.link,
        differences,
        conditions,
        same,
        output,
        given,
        outputs=_both(outputs, "output_signature"),
        inputs=_both(inputs, "tool_input"),
        errors=errors,
    )


def other_error(first: str | None, second: str | None) -> bool:
    """Tell whether two error texts, both read, say something else: ids, numbers, times and quoted values do not count."""
    return bool(first and second) and first != second and wording_of(first or "") != wording_of(second or "")


def _one_error(errors: tuple[str | None, str | None], results: tuple[Any, Any]) -> bool:
    """Tell whether one side alone has an error text, and the other surely none, as its result was read."""
    (before, after), (old, new) = errors, results
    return bool((before and not after and new is not None) or (after and not before and old is not None))


def _changes(same: Sameness, values: tuple[Any, Any]) -> ValueChanges:
    if same is Sameness.CHANGED:
        return value_changes(*values)
    if same is not Sameness.ONE_SIDED or values == (None, None):  # as of a step that one run alone has
        return ValueChanges()
    before, after = (ABSENT if value is None else value for value in values)
    return value_changes(before, after)


def _both(records: tuple[dict[str, Any] | None, dict[str, Any] | None], key: str) -> tuple[Any, Any]:
    first, second = ((record or {}).get(key) for record in records)
    return first, second


def _conditions(first: Step, second: Step) -> tuple[tuple[ConditionChange, ...], int]:
    """Return the postconditions whose outcome is not the same, and how many are: paired by name, then by order."""
    raw_before, raw_after = first.record.postconditions or [], second.record.postconditions or []
    # Most are equal, and a long run has thousands.
    if raw_before == raw_after:
        return (), len(raw_before)
    before, after = _numbered(raw_before), _numbered(raw_after)
    keys = dict.fromkeys((*before, *after))
    changes = [change for key in keys if (change := _change(key[0], before.get(key), after.get(key)))]
    return tuple(changes), len(keys) - len(changes)


def _change(name: str, before: Condition | None, after: Condition | None) -> ConditionChange | None:
    old, new = before.outcome if before else None, after.outcome if after else None
    if old is new:
        return None
    newer = after or before
    return ConditionChange(name, old, new, newer.message if newer else "")


def _numbered(raw: Iterable[Any]) -> dict[tuple[str, int], Condition]:
    """Return conditions by name and by how many of that name came before."""
    seen: Counter[str] = Counter()
    found = {}
    for condition in read_conditions(raw):
        found[condition.name, seen[condition.name]] = condition
        seen[condition.name] += 1
    return found
