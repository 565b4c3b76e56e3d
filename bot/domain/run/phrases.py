"""What sentences about runs are made of: names, bounded, on one line and masked before anything is cut; times and numbers."""

from datetime import datetime

from bot.domain.run.steps import Step, StepStatus
from bot.runtime.masking import mask_text

DIVERGENT = "says success with a failed postcondition"
READ_AS = "Read as {agent}, whom Aionis names for bots without an identity"
_NAME = 60  # characters of a name from outside in a sentence
_STATUSES: dict[str, str] = {
    StepStatus.SUCCESS: "succeeded",
    StepStatus.FAILED: "failed",
    StepStatus.PARTIAL: "is only partial",
    StepStatus.SKIPPED: "was skipped",
    StepStatus.PENDING: "has no result",
}


def named(step: Step) -> str:
    """Return `step 2 (payments.create_refund)`, without brackets where the tool is not recorded."""
    return f"{step.label} ({short_name(step.tool)})" if step.record.tool_name else step.label


def short_name(text: str, limit: int = _NAME) -> str:
    """Return a text from outside for use inside a sentence: masked, on one line, cut to `limit` characters."""
    # Masked first: half a secret is no longer recognised as one.
    shown = " ".join(mask_text(text).split())
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def how(step: Step) -> str:
    """Return what a step did as a predicate: `failed`, `succeeded`, `says success with a failed postcondition`."""
    if step.divergent:
        return DIVERGENT
    word = _STATUSES.get(step.status)
    return word or f"has the status “{short_name(step.status, 40)}”"


def listed(names: list[str], most: int = 3) -> str:
    """Return the first names, quoted, and how many more there are."""
    shown = ", ".join(f"“{short_name(name)}”" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def at(moment: datetime) -> str:
    """Return a time in a sentence, in UTC as all records are, to the millisecond as Aionis writes it."""
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03} UTC"


def capital(sentence: str) -> str:
    """Return a text as the beginning of a sentence."""
    return sentence[:1].upper() + sentence[1:]


def plural(count: int, noun: str) -> str:
    """Return `1 step`, `2 steps`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
