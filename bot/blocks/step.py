"""The modal of one step: everything that is known of it, each value saying how much of it is not shown."""

from collections.abc import Iterator, Sequence
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.critical_step import earlier_errors
from bot.blocks.lists import bulleted, with_rest
from bot.blocks.modals import run_modal
from bot.blocks.phrases import CRITICAL_MARK, OUTCOME_MARKS, SAFETY, error_source_words, step_mark, step_word
from bot.blocks.routing import Action, Modal, ModalTarget, RunTarget, action_id, encode
from bot.blocks.text import duration, outside, outside_json
from bot.domain.run.conditions import Condition
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.evidence import StepDetail
from bot.domain.run.steps import Step, StepStatus

NO_NOTE = "applied, no note recorded"
_VALUE = 2_400  # characters of one value
_CONDITIONS = 25
_ARTIFACTS = 25
_EARLIER = 5


def step_modal(diagnosis: Diagnosis, detail: StepDetail, target: ModalTarget) -> dict[str, Any]:
    """Return the modal of one step with its paging."""
    step = detail.step
    here = target.model_copy(update={"step": step.number})
    blocks = [
        el.header(f"{step_mark(step)} {step.label} · {outside(step.tool, 100, one_line=True)}"),
        el.rich(el.line(*_facts(step, critical=step is diagnosis.critical_step))),
        *_paging(diagnosis, step, target),
        *_error(detail),
        *_older(detail),
        *_values(detail),
        *_conditions("Postconditions", detail.postconditions),
        *_conditions("Preconditions", detail.preconditions),
        *_repair(detail),
        *_artifacts(detail.artifacts),
        el.context(*_provenance(detail, diagnosis)),
    ]
    return run_modal(Modal.STEP, blocks, here)


def no_step_modal(target: ModalTarget) -> dict[str, Any]:
    """Return the modal for a run without steps, or a step that is not there any more."""
    return run_modal(Modal.STEP, [el.rich(el.line(el.plain("The run has no such step.")))], target)


def _facts(step: Step, *, critical: bool) -> Iterator[el.RichText]:
    if critical:
        yield el.bold(f"{CRITICAL_MARK} critical step · ")
    yield el.bold(outside(step_word(step), 40, one_line=True))
    words = [
        "says success, a postcondition failed" if step.divergent else "",
        duration(step.duration),
        f"{step.attempts} attempts, the last one shown" if step.attempts > 1 else "",
        SAFETY.get(step.record.safety_level or "", outside(step.record.safety_level or "", 40, one_line=True))
        if step.record.safety_level
        else "",
        "repair applied" if step.record.repair_applied else "",
    ]
    shown = " · ".join(word for word in words if word)
    yield el.plain(f" · {shown}" if shown else "")
    if step.record.created_at:
        yield el.plain(" · announced ")
        yield el.moment(step.record.created_at)


def _error(detail: StepDetail) -> list[Block]:
    return [*_own_error(detail), *earlier_errors(detail, most=_EARLIER)]


def _own_error(detail: StepDetail) -> list[Block]:
    if detail.error is None:
        if detail.step.status in {StepStatus.FAILED, StepStatus.PARTIAL}:
            return [el.rich(el.line(el.bold("Error: "), el.plain("no error text recorded")))]
        return []
    source = error_source_words(detail) or " (result record)"
    label = "Error" if detail.step.status in {StepStatus.FAILED, StepStatus.PARTIAL} else "Note"
    return [el.rich(el.line(el.bold(label), el.plain(source)), el.pre(outside(detail.error, _VALUE)))]


def _older(detail: StepDetail) -> list[Block]:
    """Say that the stored record is not the newest telling of the result."""
    if not detail.outdated:
        return []
    older = f": {outside(detail.older_text, 300, one_line=True)}" if detail.older_text else ", which has no text"
    words = f"The stored record is of an earlier result{older}. The output below is that result's."
    return [el.rich(el.line(el.bold("Two results: "), el.plain(words)))]


def _decision(detail: StepDetail) -> Iterator[str]:
    if detail.decision_id:
        yield f"Decision: {outside(detail.decision_id, 60, one_line=True)}"
    if detail.decided_otherwise:
        yield f"It selected {outside(detail.decided_otherwise, 80, one_line=True)}, not the tool that was called"


def _values(detail: StepDetail) -> Iterator[Block]:
    yield _value("Input", detail.tool_input, read=detail.input_known)
    yield _value("Expected output signature", detail.expected_output, read=detail.input_known)
    yield _value("Actual output signature", detail.output, read=detail.output_known)
    if detail.output_gaps:
        gaps = [[el.plain(outside(gap, 200, one_line=True))] for gap in detail.output_gaps[:10]]
        yield el.rich(el.line(el.bold("Output against expectation")), el.bullets(gaps))
    if detail.retry_policy is not None:
        yield _value("Retry policy", detail.retry_policy, read=True)


def _value(label: str, value: Any, *, read: bool) -> Block:
    if value is None:
        words = "not recorded" if read else "not read: the record is private or could not be read"
        return el.rich(el.line(el.bold(f"{label}: "), el.plain(words)))
    return el.rich(el.line(el.bold(label)), el.pre(outside_json(value, _VALUE)))


def _conditions(label: str, conditions: Sequence[Condition]) -> list[Block]:
    if not conditions:
        return [el.rich(el.line(el.bold(f"{label}: "), el.plain("none recorded")))]
    # Failed ones first: with 200 conditions the cut must not hide them.
    ordered = sorted(conditions, key=lambda condition: condition.outcome != "fail")
    items = [_condition(condition) for condition in ordered[:_CONDITIONS]]
    return bulleted(label, with_rest(items, len(conditions)))


def _condition(condition: Condition) -> list[el.RichText]:
    parts = [
        el.bold(f"{OUTCOME_MARKS[condition.outcome]} "),
        el.code(outside(condition.name, 100, one_line=True)),
    ]
    return [*parts, el.plain(f" {outside(condition.message, 250, one_line=True)}")] if condition.message else parts


def _repair(detail: StepDetail) -> list[Block]:
    if not detail.repair_note and not detail.step.record.repair_applied:
        return []
    note = outside(detail.repair_note or NO_NOTE, 600)
    return [el.rich(el.line(el.bold("Repair: "), el.plain(note)))]


def _artifacts(artifacts: Sequence[str]) -> list[Block]:
    items = [[el.code(outside(ref, 200, one_line=True))] for ref in artifacts[:_ARTIFACTS]]
    return bulleted("Artifacts", with_rest(items, len(artifacts), ", all in Raw JSON"))


def _provenance(detail: StepDetail, diagnosis: Diagnosis) -> Iterator[str]:
    record = detail.step.record
    for label, uri in (("Step", record.step_uri), ("Result", record.result_uri)):
        if uri:
            yield f"{label}: {outside(uri, 300, one_line=True)}"
    yield from _decision(detail)
    yield f"Aionis request id {outside(diagnosis.request_id or 'none', 100, one_line=True)}"


def _paging(diagnosis: Diagnosis, step: Step, target: ModalTarget) -> list[Block]:
    total = len(diagnosis.steps)
    buttons = []
    if step.number > 1:
        buttons.append(("← Previous", step.number - 1))
    if step.number < total:
        buttons.append(("Next →", step.number + 1))
    critical = diagnosis.critical_step
    if critical and critical is not step:
        label = "First failing" if critical.status == StepStatus.FAILED else "Critical step"
        buttons.append((label, critical.number))
    if not buttons:
        return []
    return [
        el.actions(
            *(
                el.button(
                    label, action_id(Action.STEP_PAGE, place), encode(RunTarget(run_id=target.run_id, step=number))
                )
                for place, (label, number) in enumerate(buttons)
            )
        ),
        el.context(_place(step, total)),
    ]


def _place(step: Step, total: int) -> str:
    """Return which of the steps it is; where that is not its own number, it is not said like one."""
    return (
        f"Step {step.number} of {total}" if step.index == step.number else f"Number {step.number} of {total} recorded"
    )
