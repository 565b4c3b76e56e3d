"""The details of a comparison: on its first page all reasons, selection and artifacts, then every step that differs."""

from collections.abc import Iterator, Sequence
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import compare_phrases as words
from bot.blocks import elements as el
from bot.blocks.lists import bulleted, with_rest
from bot.blocks.modals import run_modal
from bot.blocks.phrases import CRITICAL_MARK
from bot.blocks.routing import Action, Modal, ModalTarget, RunTarget, action_id, encode
from bot.blocks.text import outside
from bot.domain.comparison.compare import Comparison
from bot.domain.comparison.pairs import ConditionChange, StepPair
from bot.domain.comparison.selections import DecisionPair
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.phrases import plural
from bot.domain.run.steps import Step

PAGE = 10  # rows of a page: a step that differs, or a stretch of equal ones
_SENTENCES = 12
_CONDITIONS = 12
_CHANGES = 8  # of one input or output
_DECISIONS = 10
_ARTIFACTS = 12
_RULES = 5

Row = StepPair | list[StepPair]


def comparison_modal(comparison: Comparison, target: ModalTarget) -> dict[str, Any]:
    """Return one page of the details; `target.page` outside of the pages shows the nearest one."""
    rows = list(folded_pairs(comparison))
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(target.page, 0), pages - 1)
    ids = {"run_id": comparison.failing.run_id, "rerun_id": comparison.rerun.run_id, "page": page}
    here = target.model_copy(update=ids)
    shown = enumerate(rows[page * PAGE : (page + 1) * PAGE])
    blocks = [
        el.header(words.title(comparison)),
        *_paging(here, pages),
        *(_overview(comparison) if page == 0 else ()),
        *(block for number, row in shown for block in _row(row, comparison, number)),
        *([] if rows else [el.rich(el.line(el.plain("Neither run has a step.")))]),
    ]
    return run_modal(Modal.COMPARISON, blocks, here)


def folded_pairs(comparison: Comparison) -> Iterator[Row]:
    """Yield every pair that differs, and the critical one; equal ones between them together."""
    equal: list[StepPair] = []
    for pair in comparison.steps:
        if pair.equal and pair is not comparison.critical:
            equal.append(pair)
            continue
        if equal:
            yield equal
            equal = []
        yield pair
    if equal:
        yield equal


def _overview(comparison: Comparison) -> Iterator[Block]:
    yield from _sentences("Because", comparison.reasons)
    yield from _sentences("But", comparison.caveats)
    if comparison.first_divergence:
        sentence = outside(comparison.first_divergence, 600, one_line=True)
        yield el.rich(el.line(el.bold("First divergence: "), el.plain(sentence)))
    yield from _selection(comparison)
    yield from _artifacts("Artifacts added", comparison.artifacts.added)
    yield from _artifacts("Artifacts gone", comparison.artifacts.gone)
    yield from _artifacts("Artifacts kept", comparison.artifacts.kept)
    yield el.context(words.folded_words(comparison, ()))


def _sentences(label: str, sentences: Sequence[str]) -> list[Block]:
    items = [[el.plain(outside(sentence, 500, one_line=True))] for sentence in sentences]
    return bulleted(label, with_rest(items[:_SENTENCES], len(items)))


def _selection(comparison: Comparison) -> list[Block]:
    items = [_decision(pair, comparison) for pair in comparison.selection]
    return bulleted("Selection", with_rest(items[:_DECISIONS], len(items)))


def _decision(pair: DecisionPair, comparison: Comparison) -> list[el.RichText]:
    parts = [el.plain(words.selection_words(pair, 80, comparison.first_name))]
    titles = {**comparison.failing.rule_titles, **comparison.rerun.rule_titles}
    for label, names in (
        ("rules added", [titles.get(rule, rule) for rule in pair.rules.added]),
        ("rules gone", [titles.get(rule, rule) for rule in pair.rules.gone]),
        ("candidates added", pair.candidates.added),
        ("candidates gone", pair.candidates.gone),
    ):
        if names:
            shown = ", ".join(outside(name, 60, one_line=True) for name in names[:_RULES])
            more = f" and {len(names) - _RULES} more" if len(names) > _RULES else ""
            parts.append(el.plain(f" · {label}: {shown}{more}"))
    return parts


def _artifacts(label: str, refs: Sequence[str]) -> list[Block]:
    items = [[el.code(outside(ref, 200, one_line=True))] for ref in refs]
    return bulleted(label, with_rest(items[:_ARTIFACTS], len(items)))


def _row(row: Row, comparison: Comparison, number: int) -> Iterator[Block]:
    if isinstance(row, list):
        yield el.context(_equal_words(row))
        return
    yield el.divider()
    yield el.rich(el.line(*_head(row, comparison)), el.bullets(_facts(row, comparison)))
    sides = ((comparison.first_name, comparison.failing, row.failing), ("rerun", comparison.rerun, row.rerun))
    yield el.actions(
        *(
            el.button(f"Step in the {label}", action_id(Action.STEP, 2 * number + side), _step_value(run, step))
            for side, (label, run, step) in enumerate(sides)
            if step is not None
        )
    )


def _step_value(run: Diagnosis, step: Step) -> str:
    return encode(RunTarget(run_id=run.run_id, step=step.number))


def _equal_words(pairs: Sequence[StepPair]) -> str:
    ends = [f"{pair.step.label} ({words.tool(pair, 60)})" for pair in (pairs[0], pairs[-1])]
    return f"⋮ {plural(len(pairs), 'equal step')}: {ends[0] if len(pairs) == 1 else ' to '.join(ends)}"


def _head(pair: StepPair, comparison: Comparison) -> Iterator[el.RichText]:
    if pair is comparison.critical:
        yield el.bold(f"{CRITICAL_MARK} critical step · ")
    yield el.bold(f"{words.pair_place(pair, comparison.first_name)} · ")
    yield el.code(words.tool(pair, 100), strong=True)


def _facts(pair: StepPair, comparison: Comparison) -> list[Sequence[el.RichText]]:
    found: list[Sequence[el.RichText]] = [[el.plain(words.sides(pair))]]
    if pair.failing and pair.rerun:
        values = f"{words.value_words('output', pair.output)}; {words.value_words('input', pair.input)}"
        found.append([el.bold("differs: "), el.plain(words.difference_words(pair, 300, comparison.first_name))])
        found.append([el.plain(values)])
    for label, changes in (("input", pair.input_changes), ("output", pair.output_changes)):
        lines = words.change_words(changes, most=_CHANGES, limit=120)
        found += [[el.bold(f"{label} "), el.plain(line)] for line in lines]
    shown = [_condition(change) for change in pair.conditions[:_CONDITIONS]]
    found += with_rest(shown, len(pair.conditions))
    for label, error in zip((comparison.first_name, "rerun"), pair.errors, strict=True):
        if error:
            found.append([el.bold(f"error in the {label}: "), el.plain(outside(error, 400, one_line=True))])
    return found


def _condition(change: ConditionChange) -> list[el.RichText]:
    outcomes = f" {change.before or 'not there'} → {change.after or 'not there'} · {change.change}"
    parts = [el.code(outside(change.name, 80, one_line=True)), el.plain(outcomes)]
    return [*parts, el.plain(f": {outside(change.message, 200, one_line=True)}")] if change.message else parts


def _paging(target: ModalTarget, pages: int) -> Iterator[Block]:
    turns = [("← Previous", target.page - 1)] if target.page > 0 else []
    turns += [("Next →", target.page + 1)] if target.page < pages - 1 else []
    if turns:
        yield el.actions(
            *(
                el.button(label, action_id(Action.COMPARISON_PAGE, number), _page_value(target, page))
                for number, (label, page) in enumerate(turns)
            )
        )
    yield el.context(f"Page {target.page + 1} of {pages}. Equal steps are folded; the timelines list every one.")


def _page_value(target: ModalTarget, page: int) -> str:
    return encode(RunTarget(run_id=target.run_id, rerun_id=target.rerun_id, page=page))
