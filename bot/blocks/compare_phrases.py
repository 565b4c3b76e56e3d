"""How comparisons are said, in Slack and in a terminal: in words, marks only beside them, and outside text made safe."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from bot.blocks.phrases import step_mark, step_word
from bot.blocks.text import duration, outside, outside_json
from bot.domain.comparison.compare import Comparison
from bot.domain.comparison.differences import ListChange, Sameness
from bot.domain.comparison.divergence import FAILING
from bot.domain.comparison.fix_verdict import FixVerdict
from bot.domain.comparison.pairs import Difference, OutcomeChange, StepPair
from bot.domain.comparison.selections import DecisionPair
from bot.domain.comparison.value_changes import ABSENT, ValueChange, ValueChanges, masked_at
from bot.domain.run.phrases import plural
from bot.domain.run.steps import Step
from bot.ids import short

PROOFS = {
    FixVerdict.FIXED: "FIXED",
    FixVerdict.STILL_FAILING: "STILL FAILING",
    FixVerdict.FAILS_ELSEWHERE: "FAILS ELSEWHERE",
    FixVerdict.REGRESSED: "REGRESSED",
    FixVerdict.NOT_COMPARABLE: "NOT COMPARABLE",
    FixVerdict.NOT_PROOF: "NO PROOF",
}
_CHANGES = {  # what matters most first
    OutcomeChange.BROKEN: "fails now",
    OutcomeChange.FIXED: "fixed",
    OutcomeChange.GONE: "not checked now",
    OutcomeChange.CHANGED: "other outcome",
    OutcomeChange.ADDED: "checked now only",
}
_PLAIN = {
    Difference.TOOL: "another tool",
    Difference.MOVED: "another order",
    Difference.ERROR: "another error",
    Difference.OUTPUT: "other output",
    Difference.INPUT: "other input",
    Difference.STATUS: "status",
}
_ALONE = frozenset({Difference.DROPPED, Difference.INSERTED})


def title(comparison: Comparison) -> str:
    """Return `Comparison FIXED · run 3d1868e2, rerun 58e04b17`."""
    runs = [outside(short(run.run_id), 8, one_line=True) for run in (comparison.failing, comparison.rerun)]
    another = ", with another error" if comparison.another_error else ""
    return f"Comparison: {PROOFS[comparison.verdict]}{another} · run {runs[0]}, rerun {runs[1]}"


def pair_place(pair: StepPair, first: str = FAILING) -> str:
    """Return where a pair stands: `step 2`, `step 2 (step 3 of the rerun)`, `step 3 of the rerun only`."""
    if pair.failing and pair.rerun:
        before, after = pair.failing.label, pair.rerun.label
        return before if before == after else f"{before} ({after} of the rerun)"
    if pair.rerun:
        return f"{pair.rerun.label} of the rerun only"
    return f"{pair.failing.label} of the {first} only" if pair.failing else "no step"


def tool(pair: StepPair, limit: int) -> str:
    """Return the pair's tool, or both where they differ; each is cut to `limit` characters."""
    tools = dict.fromkeys(step.tool for step in (pair.failing, pair.rerun) if step)
    return " → ".join(outside(name, limit, one_line=True) for name in tools)


def sides(pair: StepPair) -> str:
    """Return how a pair went: `✗ failed · 2.1 s, then ✓ ok · 0.9 s`; of a step that one run alone has, how it went there."""
    return ", then ".join(side(step) for step in (pair.failing, pair.rerun) if step)


def side(step: Step | None) -> str:
    """Return one side of a pair: `✗ failed · 2.1 s`."""
    if step is None:
        return "no such step"
    words = [f"{step_mark(step)} {outside(step_word(step), 30, one_line=True)}", duration(step.duration)]
    return " · ".join(word for word in words if word)


def difference_words(pair: StepPair, limit: int, first: str = FAILING) -> str:
    """Return in what a pair differs, what matters most first, cut to `limit` characters; "" where its place says it all."""
    if not pair.differences:
        return "nothing that was read"
    said = "; ".join(_differences(pair, first))
    return outside(said, limit, one_line=True) if said else ""


def _differences(pair: StepPair, first: str) -> Iterator[str]:
    for difference in pair.differences:
        if difference is Difference.POSTCONDITIONS:
            yield from _condition_words(pair)
        elif difference in _ALONE:
            continue  # its place says so
        elif difference is Difference.ERROR and not all(pair.errors):
            yield f"an error text in the {'rerun' if pair.errors[1] else first} only"
        elif difference in _PLAIN:
            yield _PLAIN[difference]
        elif pair.failing is None or pair.rerun is None:
            yield f"after the end of the {first if pair.failing is None else 'rerun'}"
        else:
            yield _values(difference, pair.failing, pair.rerun, first)


def _values(difference: Difference, failing: Step, rerun: Step, first: str) -> str:
    if difference is Difference.REPAIR:
        return f"repaired in the {'rerun' if rerun.record.repair_applied else first} only"
    if difference is Difference.SAFETY:
        levels = [outside(step.record.safety_level or "none", 20, one_line=True) for step in (failing, rerun)]
        return f"safety {levels[0]} → {levels[1]}"
    return f"attempts {failing.attempts} → {rerun.attempts}"


def _condition_words(pair: StepPair) -> Iterator[str]:
    for change, words in _CHANGES.items():
        names = [condition.name for condition in pair.conditions if condition.change is change]
        if names:
            more = f" and {len(names) - 2} more" if len(names) > 2 else ""
            yield f"{words}: {', '.join(outside(name, 30, one_line=True) for name in names[:2])}{more}"


def critical_change(comparison: Comparison) -> str | None:
    """Return what became of the critical step: `step 2 (payments.create_refund): failed → ok`; None without one."""
    pair = comparison.critical
    if pair is None or pair.failing is None:
        return None
    before = outside(step_word(pair.failing), 30, one_line=True)
    after = outside(step_word(pair.rerun), 30, one_line=True) if pair.rerun else "not in the rerun"
    where = f" as {pair.rerun.label}" if pair.rerun and pair.rerun.label != pair.failing.label else ""
    return f"{pair.failing.label} ({tool(pair, 60)}): {before} → {after}{where}"


def selection_words(pair: DecisionPair, limit: int = 50, first: str = FAILING) -> str:
    """Return how one decision compares: selected tools, candidates, and what the hashes say."""
    tools = [outside(name, limit, one_line=True) if name else "(no tool)" for name in pair.tools]
    if pair.failing is None or pair.rerun is None:
        made, chosen = ("rerun", tools[1]) if pair.failing is None else (first, tools[0])
        return f"{chosen} selected in the {made} only"
    changed = f"{tools[0]} → {tools[1]}" if pair.tool_changed else f"{tools[0]} in both"
    words = [changed, pair.meaning, _listed("candidates", pair.candidates), _listed("rules", pair.rules)]
    return " · ".join(word for word in words if word)


def _listed(what: str, change: ListChange) -> str:
    counts = [f"+{len(change.added)}" if change.added else "", f"−{len(change.gone)}" if change.gone else ""]
    shown = " ".join(count for count in counts if count)
    return f"{what} {shown}" if shown else ""


def artifact_counts(change: ListChange) -> str:
    """Return `2 added, 1 gone, 3 kept`."""
    return f"{len(change.added)} added, {len(change.gone)} gone, {len(change.kept)} kept"


def folded_words(comparison: Comparison, left_out: Iterable[StepPair]) -> str:
    """Return what the list does not show: steps that differ but do not fit, equal ones, outputs that were not read."""
    hidden = list(left_out)
    counts = Counter(pair.differences[0].value for pair in hidden)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in counts.most_common(4))
    words = [
        f"{plural(len(hidden), 'more step')} {'differs' if len(hidden) == 1 else 'differ'} ({kinds})" if hidden else "",
        f"{plural(comparison.equal_steps, 'step')} equal" if comparison.steps else "no steps",
        _unread(comparison),
    ]
    return "; ".join(word for word in words if word) + "."


def _unread(comparison: Comparison) -> str:
    count = comparison.unread_outputs
    return f"outputs of {plural(count, 'pair')} not read, so not compared" if count else ""


def change_words(changes: ValueChanges, *, most: int, limit: int) -> list[str]:
    """Return what changed in a value, one `key: old → new` each, at most `most` of them, and how many more there are."""
    lines = [_change_words(change, limit) for change in changes.first[:most]]
    more = changes.total - len(lines)
    return [*lines, f"{more:,} more"] if more else lines


def _change_words(change: ValueChange, limit: int) -> str:
    before, after = (_value(change, side, limit) for side in (change.before, change.after))
    if before is None or after is None:
        return f"{_path(change)}: {after} added" if before is None else f"{_path(change)}: {before} gone"
    if before == after:  # alike once masked
        return f"{_path(change)}: {before}, another than before"
    return f"{_path(change)}: {before} → {after}"


def _value(change: ValueChange, value: Any, limit: int) -> str | None:
    return None if value is ABSENT else outside_json(_quoted(masked_at(change.keys, value)), limit)


def _quoted(value: Any) -> Any:
    """Return a text in quotes, so that "5" and 5 look different."""
    return f'"{value}"' if isinstance(value, str) else value


def _path(change: ValueChange) -> str:
    return outside(change.path, 80, one_line=True) if change.keys else "the whole"


def value_words(what: str, same: Sameness) -> str:
    """Return how an input or output compares, in words."""
    return f"{what} {same.value}" if same is not Sameness.NOT_READ else f"{what} not read, so not compared"
