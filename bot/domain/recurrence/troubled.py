"""A run that is in trouble as it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.runtime.masking import mask_value


@dataclass(frozen=True, slots=True)
class TroubledRun:
    """A run in trouble. `at` is when it ended, or its last record was written; `first_end` how it ended at first, if it did.

    `unread`: the run itself could not be read, so that it stands as its stored records say, which have its first end.
    """

    diagnosis: Diagnosis
    at: datetime | None
    first_end: str | None
    unread: bool = False

    @property
    def turned(self) -> bool:
        """Tell whether the run had ended in success before it failed."""
        return self.first_end == Verdict.SUCCESS and self.diagnosis.verdict is not Verdict.SUCCESS


def troubled_json(runs: Sequence[TroubledRun]) -> dict[str, Any]:
    """Return the newest run of a failure as JSON, and all that failed the same way; secrets are masked. Times are ISO 8601."""
    newest = runs[0]
    found = newest.diagnosis
    critical = found.critical
    value = {
        "run_id": found.run_id,
        "verdict": found.verdict.value,
        "at": newest.at.isoformat() if newest.at else None,
        "turned": newest.turned,
        "unread": newest.unread,
        "goal": found.goal,
        "case": found.case,
        "agent": found.agent,
        "step": critical.step.index if critical else None,
        "tool": critical.step.tool if critical else None,
        "error": critical.error if critical else None,
        "runs": [run.diagnosis.run_id for run in runs],
    }
    masked: dict[str, Any] = mask_value(value)
    return masked
