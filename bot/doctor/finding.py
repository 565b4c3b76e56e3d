"""What a check found."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters. A problem breaks a feature; a warning does not, but somebody should look."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """One thing looked at: what was seen, and what to do or know about it."""

    name: str
    level: Level
    seen: str
    advice: str = ""

    @property
    def ok(self) -> bool:
        return self.level is not Level.PROBLEM


def fine(name: str, seen: str, advice: str = "") -> DoctorFinding:
    """Return a finding of what is well."""
    return DoctorFinding(name, Level.OK, seen, advice)


def warning(name: str, seen: str, advice: str) -> DoctorFinding:
    """Return a finding of what somebody should look at."""
    return DoctorFinding(name, Level.WARNING, seen, advice)


def problem(name: str, seen: str, advice: str) -> DoctorFinding:
    """Return a finding of what breaks a feature."""
    return DoctorFinding(name, Level.PROBLEM, seen, advice)
