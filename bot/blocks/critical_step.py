"""The step at which a run stopped being right: its error, its failed postconditions, and what the run had done by then."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.lists import bulleted, with_rest
from bot.blocks.phrases import CRITICAL_MARK, OLDER_OUTPUT, SAFETY, error_source_words, no_error_words, step_word
from bot.blocks.text import duration, outside, outside_json
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.evidence import StepDetail
from bot.domain.run.phrases import plural
from bot.domain.run.steps import Step, StepStatus

# Bounded, since the critical step is never left out of a message: with more of each it might not fit one by itself.
_CONDITIONS = 5
_DIVERGENT = 5
_NAMES = 3  # failed postconditions of each of them
_DONE = 4  # steps of a kind that are listed
_ARTIFACTS = 3
_SAFE = {"auto_ok"}  # asks nobody, so there is nothing to say
_ERROR = 900
_EARLIER = 2  # errors of earlier attempts
_SIGNATURE = 400


def critical_blocks(diagnosis: Diagnosis) -> list[Block]:
    """Return the critical step, with what went wrong in it; nothing where the run has none."""
    detail = diagnosis.critical
    if detail is None:
        return []
    blocks = [el.divider(), el.rich(el.line(*_line(detail.step)), *_error(detail))]
    blocks += earlier_errors(detail, most=_EARLIER)
    failed = detail.failed_postconditions
    if failed:
        items = [_condition_parts(condition.name, condition.message) for condition in failed[:_CONDITIONS]]
        blocks += bulleted("Failed postconditions", with_rest(items, len(failed), " failed, see Step details"))
    blocks.append(el.rich(el.pre(_signatures(detail))))
    return blocks


def _line(step: Step) -> Iterator[el.RichText]:
    """Return the line that names a critical step: mark, place, tool, status, attempts, duration, repair."""
    yield el.bold(f"{CRITICAL_MARK} CRITICAL STEP · {step.label} · ")
    yield el.code(outside(step.tool, 120, one_line=True), strong=True)
    yield el.bold(f" · {outside(step_word(step), 40, one_line=True).upper()}")
    rest = [
        f"{step.attempts} attempts" if step.attempts > 1 else "",
        duration(step.duration),
        "repair applied" if step.record.repair_applied else "",
        SAFETY.get(level, "") if (level := step.record.safety_level or "") not in _SAFE else "",
    ]
    shown = " · ".join(word for word in rest if word)
    if shown:
        yield el.plain(f" · {shown}")


def _error(detail: StepDetail) -> list[el.RichText]:
    if detail.step.divergent or detail.error is None:
        return [el.line(el.plain(no_error_words(detail)))]
    return [el.line(el.plain(f"Error{error_source_words(detail)}:")), el.pre(outside(detail.error, _ERROR))]


def earlier_errors(detail: StepDetail, *, most: int) -> list[Block]:
    """Return the errors of attempts that a later one replaced, each once, the newest of them first: why a step was retried."""
    # Of equal ones the first in this order: a step that is tried ten times mostly says the same ten times.
    errors = list(dict.fromkeys(reversed(detail.earlier_errors)))
    items = [[el.plain(outside(text, 300, one_line=True))] for text in errors[:most]]
    return bulleted("Errors of earlier attempts", with_rest(items, len(errors)))


def _condition_parts(name: str, message: str) -> list[el.RichText]:
    parts = [el.plain("✗ "), el.code(outside(name, 80, one_line=True))]
    return [*parts, el.plain(f": {outside(message, 160, one_line=True)}")] if message else parts


def _signatures(detail: StepDetail) -> str:
    """Return input, output and expected output, short, one line each."""
    lines = [
        f"input     {_value(detail.tool_input, read=detail.input_known)}",
        f"output    {_value(detail.output, read=detail.output_known)}{OLDER_OUTPUT if detail.outdated else ''}",
        f"expected  {_value(detail.expected_output, read=detail.input_known)}",
    ]
    if detail.output_gaps:
        lines.append(f"differs   {outside('; '.join(detail.output_gaps), 200, one_line=True)}")
    return "\n".join(lines)


def _value(value: object, *, read: bool) -> str:
    if value is None:
        return "(not recorded)" if read else "(not read)"
    return outside_json(value, _SIGNATURE).replace("\n", "⏎")


def done_before_blocks(diagnosis: Diagnosis) -> list[Block]:
    """Return what cannot be taken for harmless: steps that worked and needed a person, artifacts, repeated attempts."""
    critical = diagnosis.critical_step
    if critical is None:
        return []
    worked = [
        step
        for step in diagnosis.steps
        if step.number < critical.number and step.status == StepStatus.SUCCESS and step.record.safety_level not in _SAFE
    ]
    repeated = [step for step in diagnosis.steps if step.attempts > 1]
    items: list[list[el.RichText]] = [
        [el.plain(f"{step.label} "), el.code(outside(step.tool, 60, one_line=True)), el.plain(" succeeded")]
        for step in worked[:_DONE]
    ]
    if len(worked) > _DONE:
        items.append([el.italic(f"{plural(len(worked) - _DONE, 'more step')} that succeeded")])
    items += [
        [el.plain("left "), el.code(outside(ref, 100, one_line=True))] for ref in diagnosis.artifacts[:_ARTIFACTS]
    ]
    if len(diagnosis.artifacts) > _ARTIFACTS:
        items.append([el.italic(f"{plural(len(diagnosis.artifacts) - _ARTIFACTS, 'more artifact')}")])
    items += [[el.plain(f"{step.label} was tried {step.attempts} times")] for step in repeated[:_DONE]]
    return bulleted("What it had done by then", items)


def divergent_blocks(diagnosis: Diagnosis) -> list[Block]:
    """Return the other steps that say success and failed a postcondition."""
    if not diagnosis.divergent:
        return []
    items = [
        [
            el.plain(f"≠ {step.label} · "),
            el.code(outside(step.tool, 80, one_line=True)),
            el.plain(f" says success; failed: {_failed_names(diagnosis, step)}"),
        ]
        for step in diagnosis.divergent[:_DIVERGENT]
    ]
    title = el.line(el.bold("Also divergent"), el.plain(" (success with a failed postcondition)"))
    return [el.rich(title, el.bullets(with_rest(items, len(diagnosis.divergent), " in Full timeline")))]


def _failed_names(diagnosis: Diagnosis, step: Step) -> str:
    names = [failed.condition.name for failed in diagnosis.failed_postconditions if failed.step is step]
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(outside(name, 60, one_line=True) for name in names[:_NAMES]) + more
