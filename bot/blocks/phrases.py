"""How statuses and verdicts are said: always in words, the mark only beside them."""

from bot.blocks.text import duration, outside
from bot.domain.run.conditions import ConditionOutcome
from bot.domain.run.diagnosis import Diagnosis, StepCounts, Verdict
from bot.domain.run.evidence import StepDetail
from bot.domain.run.phrases import short_name
from bot.domain.run.resolved_records import Decision
from bot.domain.run.steps import Step, StepStatus, seconds_between
from bot.ids import short

CRITICAL_MARK = "▶"
OLDER_OUTPUT = "  (of an earlier result)"  # behind an output that is not of the newest telling of the result

_STEP_MARKS = {"success": "✓", "failed": "✗", "partial": "◐", "skipped": "↷", "pending": "…"}
_STEP_WORDS = {"success": "ok"}
_VERDICTS = {
    Verdict.FAILED: "FAILED",
    Verdict.PARTIAL: "PARTIAL",
    Verdict.SUCCESS: "SUCCEEDED",
    Verdict.IN_PROGRESS: "IN PROGRESS",
    Verdict.STALLED: "STALLED",
}
OUTCOME_MARKS = {
    ConditionOutcome.PASS: "✓ passed",
    ConditionOutcome.FAIL: "✗ failed",
    ConditionOutcome.UNKNOWN: "? unknown",
}
SAFETY = {
    "auto_ok": "runs without confirmation",
    "needs_confirm": "needs confirmation",
    "manual_only": "manual only",
}


def verdict_word(diagnosis: Diagnosis) -> str:
    """Return the verdict as a word; an unknown status is shown as it was recorded."""
    word = _VERDICTS.get(diagnosis.verdict)
    if word is None:
        return f"has the status {short_name(diagnosis.status or '(none)', 40)!r}"
    critical = diagnosis.critical_step
    if diagnosis.verdict is not Verdict.SUCCESS or critical is None:
        return word
    return f"{word} (with a {'divergent' if critical.divergent else short_name(critical.status, 30)} step)"


def step_mark(step: Step) -> str:
    """Return a one-character mark for a step's status."""
    return "≠" if step.divergent else _STEP_MARKS.get(step.status, "?")


def step_word(step: Step) -> str:
    """Return the step's status in words."""
    return "divergent" if step.divergent else _STEP_WORDS.get(step.status, step.status)


def duration_words(diagnosis: Diagnosis) -> str:
    """Return how long a run took, or has taken until now or until its last record; "" where that is not recorded."""
    if diagnosis.verdict is Verdict.STALLED:
        told = duration(seconds_between(diagnosis.started_at, diagnosis.last_activity))
        return f"{told} to its last record" if told else ""
    took = duration(diagnosis.duration)
    return f"{took} so far" if took and diagnosis.verdict is Verdict.IN_PROGRESS else took


def took_words(diagnosis: Diagnosis) -> str:
    """Return how long a run took, or why that is not known."""
    if took := duration_words(diagnosis):
        return took
    if diagnosis.started_at is None:
        return "not recorded"
    # It was started again after its end, or clocks differ.
    return f"not known: by its records it starts after {'its end' if diagnosis.ended_at else 'now'}"


def step_count_words(diagnosis: Diagnosis) -> str:
    """Return `2 of 4 planned recorded: 1 ok · …`, or just how many there are where no plan is known."""
    counts = diagnosis.counts
    if not counts.total and diagnosis.planned_steps is None:
        return "none recorded"
    return f"{planned_words(diagnosis) or f'{counts.total:,}'}: {count_words(counts)}"


def planned_words(diagnosis: Diagnosis) -> str:
    """Return `2 of 4 planned recorded`, "" where the run's metadata names no plan."""
    planned, recorded = diagnosis.planned_steps, diagnosis.counts.total
    if planned is None:
        return ""
    return (
        f"{recorded:,} of {planned:,} planned recorded"
        if recorded <= planned
        else f"{recorded:,} recorded, {planned:,} planned"
    )


def judgement_words(diagnosis: Diagnosis, decision_id: str) -> list[str]:
    """Return what people judged a decision by: `judged negative: note`, the negative ones first."""
    judged = [entry for entry in diagnosis.feedback if entry.decision_id == decision_id and entry.outcome]
    judged.sort(key=lambda entry: entry.outcome != "negative")
    return [
        f"judged {short_name(entry.outcome or '', 30)}"
        + (f": {outside(entry.note, 200, one_line=True)}" if entry.note else "")
        for entry in judged
    ]


def count_words(counts: StepCounts) -> str:
    """Return `1 ok · 1 failed · 0 pending`: the three that always matter, and the others where there are any."""
    words = [f"{counts.success:,} ok", f"{counts.failed:,} failed", f"{counts.pending:,} pending"]
    words += [
        f"{count:,} {name}"
        for name, count in (("partial", counts.partial), ("skipped", counts.skipped), ("other", counts.other))
        if count
    ]
    return " · ".join(words)


def no_error_words(detail: StepDetail) -> str:
    """Return what stands in the place of an error where there is none."""
    if detail.step.divergent:
        return "The step says success, but a postcondition failed."
    return "No result recorded." if detail.step.status == StepStatus.PENDING else "No error text recorded."


def unsaid_words(step: Step | None) -> str:
    """Return the same in half a sentence, for a step whose error is not there."""
    pending = step is not None and step.status == StepStatus.PENDING
    return "no result recorded" if pending else "no error text recorded"


def error_source_words(detail: StepDetail) -> str:
    """Return where an error's text comes from, in brackets; "" for the result's own record."""
    if detail.error_source == "result record":
        return ""
    newer = "it is newer than the result record" if detail.outdated else "masked by Aionis"
    return f" (from the {detail.error_source}, {newer})"


def rule_words(decision: Decision, titles: dict[str, str]) -> str:
    """Return which rules a decision came from, by title where it was read."""
    rules = [str(rule) for rule in decision.source_rule_ids]
    if not rules:
        return "no rule matched"
    names = [outside(titles[rule], 60, one_line=True) if rule in titles else short(rule) for rule in rules[:3]]
    more = f" and {len(rules) - 3} more" if len(rules) > 3 else ""
    return f"{'rule' if len(rules) == 1 else 'rules'}: {', '.join(names)}{more}"
