"""The root message of a replay: verdict first, then the critical step, then what to do."""

from collections.abc import Iterator, Mapping

from slack_sdk.models.blocks import Block, ButtonElement

from bot.blocks import elements as el
from bot.blocks.critical_step import critical_blocks, divergent_blocks, done_before_blocks
from bot.blocks.layout import JSON_BUDGET, TEXT_LIMIT, Message, Part, fit, json_size
from bot.blocks.lists import bulleted
from bot.blocks.past import NO_PAST, RunPast
from bot.blocks.phrases import (
    judgement_words,
    planned_words,
    rule_words,
    step_count_words,
    took_words,
    verdict_word,
)
from bot.blocks.picture import UploadedPicture
from bot.blocks.routing import Action, RunTarget, UriTarget, action_id, encode
from bot.blocks.text import code_span, cut, escape, mrkdwn_time, outside
from bot.blocks.timeline import page_of, timeline_blocks
from bot.domain.run.advice import next_steps
from bot.domain.run.diagnosis import Diagnosis, Missing, Verdict
from bot.domain.run.phrases import READ_AS, plural
from bot.domain.run.resolved_records import Decision
from bot.domain.run.steps import Step
from bot.domain.run.uris import uri_of
from bot.ids import as_uuid, short

_DECISIONS = 3
_JUDGEMENTS = 2
_MISSING = 6
_TIMELINE_LEAST = 2_000  # characters of JSON that the timeline has in any case
_PICTURE = 2_500  # and that a picture takes, with its words
_MARGIN = 400  # for the line that names what is left out
# What a rerun could set right.
_REPAIRABLE = {Verdict.FAILED, Verdict.PARTIAL, Verdict.STALLED}


def run_title(diagnosis: Diagnosis) -> str:
    """Return how a run is headed: `Run FAILED at step 2 of 3 · payments.create_refund`."""
    title = f"Run {outside(_verdict_phrase(diagnosis), 60, one_line=True)}"
    step = diagnosis.critical_step
    if step is None:
        return title
    return f"{title} at {step.label}{_out_of(diagnosis, step)} · {outside(step.tool, 60, one_line=True)}"


def replay_message(
    diagnosis: Diagnosis,
    *,
    incident: str | None = None,
    picture: UploadedPicture | None = None,
    past: RunPast = NO_PAST,
) -> Message:
    """Return a run's analysis, all of it in one message: what broke, what it did before, what to try, the timeline.

    `incident` is the one that the run is in, `picture` the uploaded timeline. Where Slack does not take the picture, the message
    goes without it.
    """
    pictures = {"timeline": picture, "seen before": past.occurrences}
    wanted = {name: one for name, one in pictures.items() if one}
    parts = _with_timeline(diagnosis, _parts(diagnosis, incident, past), spare=_PICTURE * len(wanted))
    if not wanted:
        return Message(fallback_text(diagnosis), fit(parts))
    return Message(fallback_text(diagnosis), fit(_with_pictures(parts, wanted)), fit(parts))


def _with_pictures(parts: list[Part], pictures: Mapping[str, UploadedPicture]) -> list[Part]:
    """Put each picture behind the part that says the same in words."""
    found: list[Part] = []
    for part in parts:
        found.append(part)
        if picture := pictures.get(part.name):
            found.append(Part("picture", [el.image(picture.file, picture.alt, picture.title)], rank=4))
    return found


def _with_timeline(diagnosis: Diagnosis, parts: list[Part], *, spare: int) -> list[Part]:
    """Put the timeline before the provenance, folded to the room that the rest leaves."""
    used = json_size([block for part in parts for block in part.encoded])
    room = max(_TIMELINE_LEAST, JSON_BUDGET - used - spare - _MARGIN)
    place = next(number for number, part in enumerate(parts) if part.name == "provenance")
    return [*parts[:place], Part("timeline", timeline_blocks(diagnosis, room=room), rank=1), *parts[place:]]


def _parts(diagnosis: Diagnosis, incident: str | None, past: RunPast) -> list[Part]:
    return [
        Part("verdict", [el.header(run_title(diagnosis))]),
        Part("goal", [el.rich(el.quote(el.plain(_goal(diagnosis))))]),
        Part("facts", [_facts(diagnosis)]),
        Part("critical step", critical_blocks(diagnosis)),
        Part("seen before", list(past.seen_before), rank=1),
        Part("last good run", list(past.last_good), rank=1),
        Part("what it had done before", done_before_blocks(diagnosis), rank=1),
        Part("other divergent steps", divergent_blocks(diagnosis), rank=3),
        Part("the run's own summary", _summary(diagnosis), rank=2),
        Part("decisions", _decisions(diagnosis), rank=2),
        Part("what to try next", _next_steps(diagnosis), rank=1),
        Part("what is missing", _missing(diagnosis), rank=3),
        Part("provenance", [_provenance(diagnosis, incident)]),
        Part("buttons", [el.actions(*_buttons(diagnosis, incident), *past.buttons(diagnosis.run_id, incident))]),
    ]


def fallback_text(diagnosis: Diagnosis) -> str:
    """Return the verdict, the critical step with its error, and the goal as one line for notifications."""
    words = f"Run {short(diagnosis.run_id)} {_verdict_phrase(diagnosis)}"
    detail = diagnosis.critical
    if detail:
        words += f" at {detail.step.label}"
        if tool := detail.step.record.tool_name:
            words += f" ({outside(tool, 80, one_line=True)})"
        if detail.error:
            words += f": {outside(detail.error, 300, one_line=True)}"
    if diagnosis.goal:
        words += f" — goal: {outside(diagnosis.goal, 200, one_line=True)}"
    return cut(escape(words), TEXT_LIMIT)


def _verdict_phrase(diagnosis: Diagnosis) -> str:
    word = verdict_word(diagnosis)
    return f"is {word}" if diagnosis.verdict in {Verdict.IN_PROGRESS, Verdict.STALLED, Verdict.PARTIAL} else word


def _out_of(diagnosis: Diagnosis, step: Step) -> str:
    """Return how many steps there are: of a plan only where there is one, for what was recorded may be half of it."""
    planned = planned_words(diagnosis)
    if planned:
        return f", {planned}"
    total = diagnosis.counts.total
    return f" of {total}" if step.index == step.number else ""


def _goal(diagnosis: Diagnosis) -> str:
    return outside(diagnosis.goal, 400) if diagnosis.goal else "(goal not recorded, or not visible)"


def _facts(diagnosis: Diagnosis) -> Block:
    started = mrkdwn_time(diagnosis.started_at) if diagnosis.started_at else "not recorded"
    pairs = [
        ("Run", code_span(outside(diagnosis.run_id, 60, one_line=True))),
        ("Tenant / scope", code_span(outside(str(diagnosis.tenancy), 150, one_line=True))),
        ("Started", started),
        ("Duration", took_words(diagnosis)),
        ("Steps", step_count_words(diagnosis)),
    ]
    pairs += [
        (label, code_span(outside(value, 80, one_line=True)))
        for label, value in (("Agent", diagnosis.agent), ("Case", diagnosis.case))
        if value
    ]
    if diagnosis.verdict in {Verdict.STALLED, Verdict.IN_PROGRESS} and diagnosis.last_activity:
        pairs.append(("Last record", mrkdwn_time(diagnosis.last_activity)))
    if diagnosis.artifacts:
        pairs.append(("Artifacts", plural(len(diagnosis.artifacts), "artifact")))
    return el.fields(pairs)


def _summary(diagnosis: Diagnosis) -> list[Block]:
    lines = []
    if diagnosis.summary:
        lines.append(
            el.line(el.bold("The agent's own summary: "), el.plain(outside(diagnosis.summary, 300, one_line=True)))
        )
    lines += [el.line(el.bold("Disagreement: "), el.plain(outside(words, 300))) for words in diagnosis.disagreements]
    if diagnosis.simulated:
        words = "a playbook run in simulate mode: nothing was executed."
        lines.append(el.line(el.bold("Simulated: "), el.plain(words)))
    elif diagnosis.replay_mode:
        mode = outside(diagnosis.replay_mode, 40, one_line=True)
        what = "this bot does not know: it may be simulated" if diagnosis.mode_unknown else "executes its steps"
        lines.append(el.line(el.bold("Playbook run: "), el.plain(f"{mode} mode, which {what}.")))
    return [el.rich(*lines)] if lines else []


def _decisions(diagnosis: Diagnosis) -> list[Block]:
    linked = diagnosis.critical.decision_id if diagnosis.critical else None
    items = [
        [
            *_decision_parts(decision, diagnosis.rule_titles),
            *([el.bold(" · of the critical step")] if decision.decision_id == linked else []),
            *(el.plain(f" · {words}") for words in judgement_words(diagnosis, decision.decision_id)[:_JUDGEMENTS]),
        ]
        for decision in diagnosis.decisions[:_DECISIONS]
    ]
    if diagnosis.decision_count > len(items):
        items.append([el.italic(plural(diagnosis.decision_count - len(items), "more decision"))])
    return bulleted("Decisions", items)


def _decision_parts(decision: Decision, titles: dict[str, str]) -> list[el.RichText]:
    selected = outside(decision.selected_tool, 80, one_line=True) if decision.selected_tool else "(no tool)"
    return [
        el.code(selected),
        el.plain(f" selected from {plural(len(decision.candidates), 'candidate')} · {rule_words(decision, titles)}"),
    ]


def _next_steps(diagnosis: Diagnosis) -> list[Block]:
    return bulleted("Try next", [[el.plain(words)] for words in next_steps(diagnosis)])


def _missing(diagnosis: Diagnosis) -> list[Block]:
    if not diagnosis.missing:
        return []
    shown = [_missing_words(gap) for gap in diagnosis.missing[:_MISSING]]
    if len(diagnosis.missing) > _MISSING:
        shown.append(f"{len(diagnosis.missing) - _MISSING} more")
    return [el.context(f"Missing: {'; '.join(shown)}.")]


def _missing_words(gap: Missing) -> str:
    detail = f" ({outside(gap.detail, 160, one_line=True).rstrip('.')})" if gap.detail else ""
    return f"{outside(gap.what, 100, one_line=True)}: {gap.why}{detail}"


def _provenance(diagnosis: Diagnosis, incident: str | None) -> Block:
    request_id = outside(diagnosis.request_id, 100, one_line=True) if diagnosis.request_id else "none"
    texts = [f"Incident {incident}"] if incident else []
    texts.append(f"Aionis request id {request_id}")
    if diagnosis.reads_as:
        texts.append(READ_AS.format(agent=outside(diagnosis.reads_as, 60, one_line=True)))
    if diagnosis.run_uri:
        texts.append(outside(diagnosis.run_uri, 300, one_line=True))
    return el.context(*texts)


def _buttons(diagnosis: Diagnosis, incident: str | None) -> Iterator[ButtonElement]:
    run = encode(RunTarget(run_id=diagnosis.run_id, incident=incident))
    if diagnosis.steps:
        critical = diagnosis.critical_step
        at = RunTarget(run_id=diagnosis.run_id, incident=incident, page=page_of(critical) if critical else 0)
        yield el.button("Full timeline", action_id(Action.TIMELINE), encode(at))
        yield el.button("Step details", action_id(Action.STEP), run, style="primary" if diagnosis.critical else None)
    yield el.button("Raw JSON", action_id(Action.RAW_JSON), run)
    if diagnosis.verdict in _REPAIRABLE or diagnosis.critical:
        yield el.button("Compare with a rerun…", action_id(Action.COMPARE), run)
    for number, decision in enumerate(diagnosis.decisions[:_DECISIONS]):
        if as_uuid(decision.decision_id):
            uri = uri_of(diagnosis.tenancy, "decision", decision.decision_id)
            tool = outside(decision.selected_tool or "(no tool)", 50, one_line=True)
            yield el.button(
                f"Decision: {tool}",
                action_id(Action.RESOLVE, number),
                encode(UriTarget(uri=str(uri), incident=incident)),
            )
