"""The message of a comparison: verdict and reasons, where the runs part, the steps that differ, the selection, the artifacts."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.blocks import compare_phrases as words
from bot.blocks import elements as el
from bot.blocks.layout import JSON_BUDGET, TEXT_LIMIT, Message, Part, fit, json_size
from bot.blocks.lists import bulleted, with_rest
from bot.blocks.phrases import CRITICAL_MARK, verdict_word
from bot.blocks.picture import UploadedPicture
from bot.blocks.routing import Action, RunTarget, action_id, encode
from bot.blocks.text import code_span, cut, escape, linked, mrkdwn_time, outside
from bot.domain.comparison.compare import Comparison
from bot.domain.comparison.differences import ListChange
from bot.domain.comparison.pairs import Difference, StepPair
from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.domain.run.phrases import capital, plural

# How many of a kind the message in the thread shows; the modal has more of each (compare_modal.py).
_REASONS = 4
_CAVEATS = 4
_SENTENCE = 240
_CONDITIONS = 5
_IN_DETAILS = " in Details"
_CHANGES = 4
_DECISIONS = 3
_ARTIFACTS = 3
_ROWS = 30
_STEPS_LEAST, _STEPS_MOST = 2_400, 6_000  # characters of the steps' JSON: so much is always there, and never more
_MARGIN = 400  # for the line that names what is left out
_ORDER = {difference: rank for rank, difference in enumerate(Difference)}


def compared_message(comparison: Comparison, incident: str, *, link: str | None) -> Message:
    """Return the line for whoever compared: the verdict, and where the comparison is."""
    text = f"{escape(words.title(comparison))} · in the thread of {linked(incident, link)}"
    return Message(text, el.to_dicts([el.mrkdwn(text)]))


def compared_already_message(comparison: Comparison, incident: str, *, link: str | None, now: datetime) -> Message:
    """Return the line for whoever compares two runs once more, of which everything is known: what it says, and where it is."""
    said = escape(words.title(comparison))
    text = f"{said} · already compared in {linked(incident, link)}, as of {mrkdwn_time(now)}"
    return Message(f"{said} · already compared in {incident}.", el.to_dicts([el.mrkdwn(text, _details(comparison))]))


def comparison_message(comparison: Comparison, *, picture: UploadedPicture | None = None) -> Message:
    """Return the one message that shows a comparison; what does not fit is counted or named, the details are in the modal.

    `picture` is the uploaded one of both timelines; where Slack does not take it, the message goes without.
    """
    if picture is None:
        return Message(fallback_text(comparison), fit(_parts(comparison, [])))
    shown = [el.image(picture.file, picture.alt, picture.title)]
    return Message(fallback_text(comparison), fit(_parts(comparison, shown)), fit(_parts(comparison, [])))


def _parts(comparison: Comparison, picture: Sequence[Block]) -> list[Part]:
    before = [
        Part("verdict", [el.header(words.title(comparison))]),
        Part("why", _sentences("Because", comparison.reasons, _REASONS)),
        Part("caveats", _sentences("But", comparison.caveats, _CAVEATS)),
        Part("goal", _goal(comparison.failing), rank=3),
        Part("facts", [_facts(comparison)]),
        Part("first divergence", [_divergence(comparison)]),
        Part("critical step", _critical(comparison)),
        Part("postconditions of the critical step", _conditions(comparison.critical), rank=1),
        Part("what changed in the critical step", _changes(comparison.critical), rank=1),
    ]
    after = [
        Part("selection", _selection(comparison), rank=1),
        Part("artifacts", _artifacts(comparison.artifacts), rank=2),
        Part("provenance", [_provenance(comparison)]),
        Part("picture", picture, rank=3),
        Part("buttons", [el.actions(*_buttons(comparison))]),
    ]
    return [*before, _steps(comparison, [*before, *after]), *after]


def fallback_text(comparison: Comparison) -> str:
    """Return verdict, first reason, the critical step's change and the first divergence, for notifications and without tables."""
    said = [f"{words.title(comparison)}.", outside(comparison.reasons[0], 400, one_line=True)]
    change = words.critical_change(comparison)
    if change:
        said.append(f"Critical {change}.")
    if comparison.first_divergence:
        said.append(f"First divergence: {outside(comparison.first_divergence, 400, one_line=True)}")
    said += [f"But: {outside(caveat, 300, one_line=True)}" for caveat in comparison.caveats[:2]]
    return cut(escape(" ".join(said)), TEXT_LIMIT)


def _sentences(label: str, sentences: Sequence[str], most: int) -> list[Block]:
    items = [[el.plain(outside(sentence, _SENTENCE, one_line=True))] for sentence in sentences[:most]]
    return bulleted(label, with_rest(items, len(sentences), _IN_DETAILS))


def _goal(failing: Diagnosis) -> list[Block]:
    return [el.rich(el.quote(el.plain(outside(failing.goal, 240))))] if failing.goal else []


def _facts(comparison: Comparison) -> Block:
    return el.fields(
        (name, f"{code_span(outside(run.run_id, 40, one_line=True))}\n{_stands(run)}")
        for name, run in ((capital(comparison.first_name), comparison.failing), ("Rerun", comparison.rerun))
    )


def _stands(run: Diagnosis) -> str:
    """Return how a run stands and when it started, as our own mrkdwn."""
    verdict = verdict_word(run)
    if run.verdict is Verdict.UNKNOWN:
        verdict = code_span(outside(verdict, 60, one_line=True))
    started = f"started {mrkdwn_time(run.started_at)}" if run.started_at else "start not recorded"
    return f"{verdict} · {plural(run.counts.total, 'step')} · {started}"


def _divergence(comparison: Comparison) -> Block:
    found = comparison.first_divergence
    sentence = outside(found, 320, one_line=True) if found else "none in anything that was read."
    return el.rich(el.line(el.bold("First divergence: "), el.plain(sentence)))


def _critical(comparison: Comparison) -> list[Block]:
    change = words.critical_change(comparison)
    return [el.rich(el.line(el.bold(f"{CRITICAL_MARK} CRITICAL STEP · "), el.plain(change)))] if change else []


def _conditions(pair: StepPair | None) -> list[Block]:
    if pair is None or not pair.conditions:
        return []
    items = [
        [
            el.code(outside(change.name, 60, one_line=True)),
            el.plain(f" {change.before or 'not there'} → {change.after or 'not there'}: "),
            el.bold(change.change.value),
        ]
        for change in pair.conditions[:_CONDITIONS]
    ]
    shown = with_rest(items, len(pair.conditions), _IN_DETAILS)
    same = f" ({pair.same_conditions} the same)" if pair.same_conditions else ""
    return [el.rich(el.line(el.bold("Its postconditions"), el.plain(same)), el.bullets(shown))]


def _changes(pair: StepPair | None) -> list[Block]:
    """Return what changed in the critical step's input and output, key by key."""
    if pair is None:
        return []
    values = (("input", pair.input_changes), ("output", pair.output_changes))
    items = [
        [el.bold(f"{label} "), el.plain(line)]
        for label, changes in values
        for line in words.change_words(changes, most=_CHANGES, limit=60)
    ]
    return bulleted("What changed in it", items)


def _steps(comparison: Comparison, others: Sequence[Part]) -> Part:
    """Return the steps that differ, one below the other, as many as there is room for; the rest is counted below."""
    used = json_size([block for part in others for block in part.encoded])
    room = min(_STEPS_MOST, max(_STEPS_LEAST, JSON_BUDGET - used - _MARGIN))
    differing = comparison.differing
    shown = _most_telling(comparison, differing, room)
    lines = [_line(pair, comparison) for pair in differing if id(pair) in shown]
    note = words.folded_words(comparison, [pair for pair in differing if id(pair) not in shown])
    listed = bulleted("Steps that differ", lines)
    return Part("steps that differ", [*listed, el.context(note)])


def _most_telling(comparison: Comparison, differing: Sequence[StepPair], room: int) -> set[int]:
    """Return the ids of the pairs that fit: the critical one first, then by what differs, then by place."""
    ranked = sorted(differing, key=lambda pair: (pair is not comparison.critical, _ORDER[pair.differences[0]]))
    kept: set[int] = set()
    left = room
    for pair in ranked[:_ROWS]:
        left -= json_size([el.line(*_line(pair, comparison))])
        if left < 0:
            break
        kept.add(id(pair))
    return kept


def _line(pair: StepPair, comparison: Comparison) -> list[el.RichText]:
    mark = f"{CRITICAL_MARK} " if pair is comparison.critical else ""
    told = " · ".join(
        part for part in (words.sides(pair), words.difference_words(pair, 160, comparison.first_name)) if part
    )
    return [
        el.bold(f"{mark}{words.pair_place(pair, comparison.first_name)} "),
        el.code(words.tool(pair, 50)),
        el.plain(f" · {told}"),
    ]


def _selection(comparison: Comparison) -> list[Block]:
    pairs = sorted(comparison.selection, key=lambda pair: pair.equal)
    critical = comparison.failing.critical.decision_id if comparison.failing.critical else None
    items = [
        [
            el.plain(words.selection_words(pair, first=comparison.first_name)),
            *([el.bold(" · of the critical step")] if pair.failing and pair.failing.decision_id == critical else []),
        ]
        for pair in pairs[:_DECISIONS]
    ]
    return bulleted("Selection", with_rest(items, len(pairs), _IN_DETAILS))


def _artifacts(change: ListChange) -> list[Block]:
    if not (change.added or change.gone or change.kept):
        return []
    items = [
        [el.bold(f"{label} "), el.code(outside(ref, 120, one_line=True))]
        for label, refs in (("added", change.added), ("gone", change.gone))
        for ref in refs[:_ARTIFACTS]
    ]
    shown = with_rest(items, len(change.added) + len(change.gone), _IN_DETAILS)
    line = el.line(el.bold("Artifacts: "), el.plain(words.artifact_counts(change)))
    return [el.rich(line, el.bullets(shown)) if shown else el.rich(line)]


def _provenance(comparison: Comparison) -> Block:
    runs = ((comparison.first_name, comparison.failing), ("rerun", comparison.rerun))
    return el.context(
        *(f"Aionis request id, {name}: {outside(run.request_id or 'none', 80, one_line=True)}" for name, run in runs)
    )


def _details(comparison: Comparison) -> ButtonElement:
    pair = RunTarget(run_id=comparison.failing.run_id, rerun_id=comparison.rerun.run_id)
    return el.button("Details", action_id(Action.COMPARISON), encode(pair), style="primary")


def _buttons(comparison: Comparison) -> Iterator[ButtonElement]:
    failing, rerun = comparison.failing.run_id, comparison.rerun.run_id
    yield _details(comparison)
    yield el.button(
        f"Replay the {comparison.first_name}", action_id(Action.REPLAY, 0), encode(RunTarget(run_id=failing))
    )
    yield el.button("Replay the rerun", action_id(Action.REPLAY, 1), encode(RunTarget(run_id=rerun)))
