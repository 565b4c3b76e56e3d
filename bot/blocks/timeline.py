"""The timeline: one compact line a step, in the thread (folded when long) and in a modal (paged, complete)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.layout import json_size
from bot.blocks.modals import run_modal
from bot.blocks.phrases import CRITICAL_MARK, count_words, step_mark, step_word
from bot.blocks.routing import Action, Modal, ModalTarget, RunTarget, action_id, encode
from bot.blocks.text import duration, outside
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.phrases import plural
from bot.domain.run.steps import Step, StepStatus

NBSP = "\u00a0"
_UNIT = re.compile(r"(?<=[0-9]) (?=[a-z])")
PAGE = 30  # steps on a page of the modal


@dataclass(frozen=True, slots=True)
class Fold:
    """How a timeline is folded: not at all up to `whole` steps, else to ends, neighbours of the critical step, and failures."""

    whole: int
    ends: int
    around: int
    failures: int


WHOLE = Fold(whole=60, ends=3, around=5, failures=20)
_FOLDS = (WHOLE, Fold(whole=20, ends=2, around=3, failures=8), Fold(whole=0, ends=1, around=1, failures=3))


def timeline_blocks(diagnosis: Diagnosis, *, room: int) -> list[Block]:
    """Return the timeline in a message, folded until it takes at most `room` characters of JSON, or to the least there is."""
    if not diagnosis.steps:
        return [el.rich(el.line(el.plain("No step was recorded.")))]
    renderings = (_blocks(diagnosis, fold) for fold in _FOLDS)
    found: list[Block] = []
    for found in renderings:
        if json_size(el.to_dicts(found)) <= room:
            break
    return found


def _blocks(diagnosis: Diagnosis, fold: "Fold") -> list[Block]:
    title = f"Timeline · {plural(diagnosis.counts.total, 'step')}: {count_words(diagnosis.counts)}"
    blocks = [el.rich(el.line(el.bold(title))), *el.preformatted_blocks(_folded_lines(diagnosis, fold))]
    if len(diagnosis.steps) > fold.whole:
        blocks.append(el.context("Folded for length. “Full timeline” shows every step."))
    return blocks


def timeline_modal(diagnosis: Diagnosis, target: ModalTarget) -> dict[str, Any]:
    """Return the modal with one page of all steps, or of those that did not go well, a Details button on each."""
    listed = [step for step in diagnosis.steps if _is_trouble(step)] if target.failed_only else diagnosis.steps
    pages = max(1, -(-len(listed) // PAGE))
    page = min(max(target.page, 0), pages - 1)
    steps = listed[page * PAGE : (page + 1) * PAGE]
    here = target.model_copy(update={"page": page})
    where = f"Page {page + 1} of {pages}" + (" · failed only" if target.failed_only else "")
    blocks: list[Block] = [
        el.context(f"{where} · {plural(len(diagnosis.steps), 'step')}: {count_words(diagnosis.counts)}"),
        *_paging(diagnosis, here, pages),
        *(_step_row(step, diagnosis, target) for step in steps),
    ]
    return run_modal(Modal.TIMELINE, blocks, here)


def page_of(step: Step) -> int:
    """Return the modal page that a step stands on, from 0."""
    return (step.number - 1) // PAGE


def step_line(step: Step, *, critical: bool, index_width: int) -> str:
    """Return `▶  2 ✗ payments.create_refund · failed · 806 ms · 3 attempts`."""
    mark = CRITICAL_MARK if critical else " "
    words = [
        f"{mark} {step.sign:>{index_width}} {step_mark(step)} {outside(step.tool, 60, one_line=True)}",
        outside(step_word(step), 30, one_line=True),
        duration(step.duration),
        f"{step.attempts} attempts" if step.attempts > 1 else "",
        "repaired" if step.record.repair_applied else "",
    ]
    return " · ".join(word for word in words if word)


def shown_steps(diagnosis: Diagnosis, fold: Fold = WHOLE) -> Iterator[Step | str]:
    """Yield the steps that are shown, and between them words for those that are not."""
    kept = _kept(diagnosis, fold)
    gap: list[Step] = []
    for step in diagnosis.steps:
        if step.number not in kept:
            gap.append(step)
            continue
        if gap:
            yield _gap_words(gap)
            gap = []
        yield step
    if gap:
        yield _gap_words(gap)


def _folded_lines(diagnosis: Diagnosis, fold: Fold) -> Iterator[str]:
    critical = diagnosis.critical_step
    width = max((len(step.sign) for step in diagnosis.steps), default=1)
    for row in shown_steps(diagnosis, fold):
        if isinstance(row, str):
            yield f"    ⋮ {row}"
        else:
            yield step_line(row, critical=row is critical, index_width=width)


def _kept(diagnosis: Diagnosis, fold: Fold) -> set[int]:
    """Return the places of the steps shown: all of a short run, else ends, the critical step's neighbours, failures."""
    total = len(diagnosis.steps)
    if total <= fold.whole:
        return set(range(1, total + 1))
    kept = {*range(1, fold.ends + 1), *range(total - fold.ends + 1, total + 1)}
    if diagnosis.critical_step:
        centre = diagnosis.critical_step.number
        kept |= set(range(max(1, centre - fold.around), min(total, centre + fold.around) + 1))
    others = [step.number for step in diagnosis.steps if _is_trouble(step) and step.number not in kept]
    return kept | set(others[: fold.failures])


def _is_trouble(step: Step) -> bool:
    return step.divergent or step.status not in {StepStatus.SUCCESS, StepStatus.SKIPPED}


def _gap_words(gap: Iterable[Step]) -> str:
    counts = Counter(step_word(step) for step in gap)
    listed = ", ".join(f"{count} {outside(word, 30, one_line=True)}" for word, count in counts.most_common(6))
    return f"{counts.total():,} more: {listed}"


def _step_row(step: Step, diagnosis: Diagnosis, target: ModalTarget) -> Block:
    critical = step is diagnosis.critical_step
    label = step_line(step, critical=critical, index_width=1)
    # On a phone a row breaks beside its button: not between a number and its unit.
    took = duration(step.duration)
    label = label.replace(f" · {took}", f" · {_UNIT.sub(NBSP, took)}") if took else label
    value = encode(RunTarget(run_id=target.run_id, step=step.number))
    return el.text_with_button(label, el.button("Details", action_id(Action.STEP, step.number), value))


def _paging(diagnosis: Diagnosis, target: ModalTarget, pages: int) -> Iterator[Block]:
    here = RunTarget(run_id=target.run_id, failed_only=target.failed_only)
    buttons = []
    if target.page > 0:
        buttons.append(("← Previous", here.model_copy(update={"page": target.page - 1})))
    if target.page < pages - 1:
        buttons.append(("Next →", here.model_copy(update={"page": target.page + 1})))
    critical = diagnosis.critical_step
    every = RunTarget(run_id=target.run_id, page=page_of(critical) if critical else 0)
    if target.failed_only:
        buttons.append(("All steps", every))
    else:
        if critical and every.page != target.page:
            buttons.append(("Critical step", every))
        if any(_is_trouble(step) for step in diagnosis.steps) and len(diagnosis.steps) > 1:
            buttons.append(("Failed only", RunTarget(run_id=target.run_id, failed_only=True)))
    if buttons:
        yield el.actions(
            *(
                el.button(label, action_id(Action.TIMELINE_PAGE, number), encode(to))
                for number, (label, to) in enumerate(buttons)
            )
        )
