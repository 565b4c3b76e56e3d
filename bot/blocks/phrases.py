"""How statuses and verdicts are said: always in words, the mark only beside them."""

from bot.domain.run.conditions import Outcome
from bot.domain.run.diagnosis import Diagnosis, StepCounts, Verdict
from bot.domain.run.steps import Step

CRITICAL_MARK = "▶"

_STEP_MARKS = {"success": "✓", "failed": "✗", "partial": "◐", "skipped": "↷", "pending": "…"}
_STEP_WORDS = {"success": "ok"}
_VERDICTS = {
    Verdict.FAILED: "FAILED",
    Verdict.PARTIAL: "PARTIAL",
    Verdict.SUCCESS: "SUCCEEDED",
    Verdict.IN_PROGRESS: "IN PROGRESS",
    Verdict.STALLED: "STALLED",
}
OUTCOME_MARKS = {Outcome.PASS: "✓ passed", Outcome.FAIL: "✗ failed", Outcome.UNKNOWN: "? unknown"}
SAFETY = {
    "auto_ok": "runs without confirmation",
    "needs_confirm": "needs confirmation",
    "manual_only": "manual only",
}


def verdict_word(diagnosis: Diagnosis) -> str:
    """Return the verdict as a word; an unknown status is shown as it was recorded."""
    word = _VERDICTS.get(diagnosis.verdict)
    if word is None:
        return f"has the status {(diagnosis.status or '(none)')[:40]!r}"
    return f"{word} (with a divergent step)" if diagnosis.verdict is Verdict.SUCCESS and diagnosis.critical else word


def step_mark(step: Step) -> str:
    """Return a one-character mark for a step's status."""
    return "≠" if step.divergent else _STEP_MARKS.get(step.status, "?")


def step_word(step: Step) -> str:
    """Return the step's status in words."""
    return "divergent" if step.divergent else _STEP_WORDS.get(step.status, step.status)


def count_words(counts: StepCounts) -> str:
    """Return `1 ok · 1 failed · 0 pending`: the three that always matter, and the others where there are any."""
    words = [f"{counts.success} ok", f"{counts.failed} failed", f"{counts.pending} pending"]
    words += [
        f"{count} {name}"
        for name, count in (("partial", counts.partial), ("skipped", counts.skipped), ("other", counts.other))
        if count
    ]
    return " · ".join(words)
