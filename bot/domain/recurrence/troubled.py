"""A run that is in trouble as it stands now."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.run.diagnosis import Diagnosis, Verdict


@dataclass(frozen=True, slots=True)
class TroubledRun:
    """A run in trouble. `at` is when it ended, or its last record was written; `first_end` how it ended at first, if it did."""

    diagnosis: Diagnosis
    at: datetime | None
    first_end: str | None

    @property
    def turned(self) -> bool:
        """Tell whether the run had ended in success before it failed."""
        return self.first_end == Verdict.SUCCESS and self.diagnosis.verdict is not Verdict.SUCCESS
