"""What is written in a picture and beside it. Text from outside is masked, literal and bounded here, before anything is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks.phrases import count_words, duration_words, step_word, unsaid_words, verdict_word
from bot.blocks.text import cut, duration, outside
from bot.domain.comparison.compare import first_name
from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.domain.run.evidence import StepDetail
from bot.domain.run.phrases import capital, plural
from bot.domain.run.steps import Step
from bot.ids import as_uuid, short
from bot.pictures.track import Bar, Gap, StepStyle, Track, style_of

ALT_LIMIT = 1_000
_NAMED = 4  # steps or gaps named one by one
_TROUBLE = frozenset({StepStyle.FAILED, StepStyle.PARTIAL, StepStyle.DIVERGENT, StepStyle.OTHER, StepStyle.PENDING})


@dataclass(frozen=True, slots=True)
class LaneWords:
    """What there is to say about one lane of a comparison; `role` is what the run is in it."""

    role: str
    track: Track
    gaps: Sequence[Gap]
    folded: int


def run_name(diagnosis: Diagnosis) -> str:
    """Return the run's short id."""
    known = as_uuid(diagnosis.run_id)
    return short(known) if known else outside(diagnosis.run_id, 20, one_line=True)


def headline(diagnosis: Diagnosis) -> str:
    """Return `Run 3d1868e2 FAILED at step 7`, or `Run 3d1868e2 SUCCEEDED, but divergent at step 7`."""
    step = diagnosis.critical_step
    at = f" at {_label(step)}" if step else ""
    return f"Run {run_name(diagnosis)} {_verdict(diagnosis)}{at}"


def facts(diagnosis: Diagnosis) -> str:
    """Return how many steps in what time, and how they ended."""
    known = duration_words(diagnosis)
    took = f" in {known}" if known else ", duration not recorded"
    counts = f": {count_words(diagnosis.counts)}" if diagnosis.steps else ""
    simulated = " (simulated)" if diagnosis.simulated else ""
    return f"{plural(diagnosis.counts.total, 'step')}{took}{simulated}{counts}"


def lane_name(role: str, diagnosis: Diagnosis) -> str:
    """Return the line above a lane of a comparison: `failing run 3d1868e2 · FAILED · 2 steps in 2.8 s`."""
    known = duration_words(diagnosis)
    took = f" in {known}" if known else ""
    return f"{role} {run_name(diagnosis)} · {_verdict(diagnosis)} · {plural(diagnosis.counts.total, 'step')}{took}"


def step_title(step: Step) -> str:
    """Return `step 7 · payments.create_refund`."""
    return f"{_label(step)} · {_tool(step)}"


def bar_labels(step: Step) -> tuple[str, str]:
    """Return what is written in a bar, the longer one first: number and tool, or the number."""
    return f"{number_of(step)} · {_tool(step)}", number_of(step)


def number_of(step: Step) -> str:
    """Return the agent's index of the step, else its letter."""
    return cut(step.sign, 20)


def what_happened(detail: StepDetail) -> str:
    """Return how the critical step ended, after how long, and the first words about why."""
    return f"{_ended(detail.step)}: {_why(detail)}"


def timeline_alt(track: Track, gaps: Sequence[Gap], *, folded: int = 0) -> str:
    """Say in words what a picture shows, in at most 1,000 characters, what matters most first."""
    return cut(f"Timeline of a run. {_told(track, gaps, folded)}", ALT_LIMIT)


def comparison_alt(lanes: Sequence[LaneWords]) -> str:
    """Say the same for the runs of a comparison, in 1,000 characters together."""
    room = (ALT_LIMIT - 80) // len(lanes)
    told = (cut(f"{lane.role.capitalize()}: {_told(lane.track, lane.gaps, lane.folded)}", room) for lane in lanes)
    return f"Timelines of two runs, each from its own start. {' '.join(told)}"


def comparison_title(failing: Diagnosis, rerun: Diagnosis) -> str:
    """Return `Failing run 3d1868e2 FAILED, rerun 9ab2c1d0 SUCCEEDED`."""
    return f"{capital(first_name(failing))} {run_name(failing)} {_verdict(failing)}, rerun {run_name(rerun)} {_verdict(rerun)}"


def left_out(folded: int, tallest: int) -> str:
    """Return how many steps became columns, and how many the fullest column stands for."""
    return f"{plural(folded, 'step')} in columns, up to {tallest:,} in one" if folded else ""


def _told(track: Track, gaps: Sequence[Gap], folded: int) -> str:
    diagnosis = track.diagnosis
    critical = diagnosis.critical
    sentences = [
        headline(diagnosis),
        facts(diagnosis) if diagnosis.steps else f"No step was recorded; {facts(diagnosis)}",
        f"Critical: {step_title(critical.step)}{_moment(track, critical.step)}, {what_happened(critical)}"
        if critical
        else "",
        _listed("Also", [f"{_label(step)} {_word(step)}" for step in _other_trouble(diagnosis)]),
        _listed("Gaps", [_gap_words(gap) for gap in sorted(gaps, key=lambda gap: -gap.length)]),
        _listed("End not recorded", [_label(bar.step) for bar in track.bars if _end_unknown(bar)]),
        _listed("Time not recorded", [_label(step) for step in track.untimed]),
        f"{plural(folded, 'step')} folded into columns" if folded else "",
    ]
    return " ".join(f"{sentence.rstrip('.')}." for sentence in sentences if sentence)


def _listed(title: str, items: Sequence[str]) -> str:
    if not items:
        return ""
    more = f" and {len(items) - _NAMED:,} more" if len(items) > _NAMED else ""
    return f"{title}: {', '.join(items[:_NAMED])}{more}"


def _other_trouble(diagnosis: Diagnosis) -> list[Step]:
    critical = diagnosis.critical_step
    return [step for step in diagnosis.steps if step is not critical and style_of(step) in _TROUBLE]


def _gap_words(gap: Gap) -> str:
    place = (
        f"before {_label(gap.before)}"
        if gap.before
        else f"after {_label(gap.after)}"
        if gap.after
        else "without a step"
    )
    return f"{duration(gap.length)} {place}{' (or earlier attempts)' if gap.retried else ''}"


def _moment(track: Track, step: Step) -> str:
    start = next((bar.start for bar in track.bars if bar.step is step), None)
    return "" if start is None else f", {duration(start)} into the run"


def _end_unknown(bar: Bar) -> bool:
    return bar.end is None and bar.kind is not StepStyle.PENDING


def _ended(step: Step) -> str:
    words = [_word(step)]
    if step.duration is not None:
        words.append(f"after {duration(step.duration)}")
    if step.attempts > 1:
        words.append(f"in {step.attempts} attempts")
    return " ".join(words)


def _why(detail: StepDetail) -> str:
    if detail.step.divergent:
        names = [outside(condition.name, 60, one_line=True) for condition in detail.failed_postconditions[:3]]
        return f"says success, but postcondition failed: {', '.join(names)}"
    if detail.error:
        return outside(detail.error, 200, one_line=True)
    return unsaid_words(detail.step)


def _verdict(diagnosis: Diagnosis) -> str:
    """Return the verdict in words; a run that says success although a step did not go right is not just SUCCEEDED."""
    step = diagnosis.critical_step
    if step and diagnosis.verdict is Verdict.SUCCESS:
        return f"SUCCEEDED, but {_word(step)}"
    return outside(verdict_word(diagnosis), 60, one_line=True)


def _label(step: Step) -> str:
    return outside(step.label, 60, one_line=True)


def _tool(step: Step) -> str:
    return outside(step.tool, 60, one_line=True)


def _word(step: Step) -> str:
    return outside(step_word(step), 30, one_line=True)
