"""A run on a time axis: which step was active when, as far as it was recorded. Nothing is guessed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.steps import Step


class StepStyle(StrEnum):
    """How a step is drawn. `other` is a status word this bot does not know."""

    OK = "ok"
    FAILED = "failed"
    PARTIAL = "partial"
    DIVERGENT = "divergent"
    SKIPPED = "skipped"
    PENDING = "pending"
    OTHER = "other"


_STYLES = {
    "success": StepStyle.OK,
    "failed": StepStyle.FAILED,
    "partial": StepStyle.PARTIAL,
    "skipped": StepStyle.SKIPPED,
    "pending": StepStyle.PENDING,
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A step with a recorded start. Times are seconds from the track's origin; `end` is None where it is not recorded.

    `running` says that the step has no result and its run no end, so that it may be active still.
    """

    step: Step
    kind: StepStyle
    start: float
    end: float | None
    critical: bool
    running: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which no step was active as far as was recorded, in seconds from the origin.

    `after` and `before` are the steps around it, None at the run's ends.
    """

    start: float
    end: float
    after: Step | None
    before: Step | None

    @property
    def length(self) -> float:
        """Return the seconds it lasts."""
        return self.end - self.start

    @property
    def retried(self) -> bool:
        """Tell whether earlier attempts at the next step may lie in it: only the last attempt's time is known."""
        return self.before is not None and self.before.attempts > 1


@dataclass(frozen=True, slots=True)
class Track:
    """One run, laid along the seconds since its own start (or its earliest record, where that is before).

    `bars` are ordered by start; `untimed` are the steps without a recorded start; `length` is None where the run has no
    recorded time at all.
    """

    diagnosis: Diagnosis
    bars: list[Bar]
    untimed: list[Step]
    length: float | None

    def gaps(self, at_least: float) -> list[Gap]:
        """Return the gaps longer than `at_least` seconds, in order."""
        return [gap for gap in self._all_gaps() if gap.length > at_least]

    def _all_gaps(self) -> Iterator[Gap]:
        """Yield every gap; what follows a step whose end is not known is none, because that step may have gone on."""
        reached, last = 0.0, None
        known = True
        for bar in self.bars:
            if bar.start > reached and known:
                yield Gap(reached, bar.start, last, bar.step)
            known = bar.end is not None or bar.running
            end = self.length if bar.running else bar.end
            covered = max(bar.start, end or 0.0)
            if covered >= reached:
                reached, last = covered, bar.step
        if self.length is not None and self.length > reached and known:
            yield Gap(reached, self.length, last, None)


def style_of(step: Step) -> StepStyle:
    """Return how a step is drawn."""
    return StepStyle.DIVERGENT if step.divergent else _STYLES.get(step.status, StepStyle.OTHER)


def track_of(diagnosis: Diagnosis) -> Track:
    """Lay a run's steps along its own time. O(steps × log steps)."""
    untimed = [step for step in diagnosis.steps if step.record.created_at is None]
    origin = _origin(diagnosis)
    if origin is None:
        return Track(diagnosis, [], untimed, None)
    bars = sorted(_bars(diagnosis, origin), key=lambda bar: (bar.start, bar.step.number))
    return Track(diagnosis, bars, untimed, _length(diagnosis, bars, origin))


def _origin(diagnosis: Diagnosis) -> datetime | None:
    times = [step.record.created_at for step in diagnosis.steps if step.record.created_at]
    return min([*times, diagnosis.started_at] if diagnosis.started_at else times, default=None)


def _bars(diagnosis: Diagnosis, origin: datetime) -> Iterator[Bar]:
    critical, ended = diagnosis.critical_step, diagnosis.ended_at is not None
    for step in diagnosis.steps:
        if step.record.created_at is None:
            continue
        start, kind = (step.record.created_at - origin).total_seconds(), style_of(step)
        end = None if step.duration is None else start + step.duration
        running = kind is StepStyle.PENDING and not ended
        yield Bar(step, kind, start, end, step is critical, running)


def _length(diagnosis: Diagnosis, bars: list[Bar], origin: datetime) -> float:
    ends = [max(bar.start, bar.end or 0.0) for bar in bars]
    if diagnosis.started_at and diagnosis.duration is not None:
        ends.append((diagnosis.started_at - origin).total_seconds() + diagnosis.duration)
    elif diagnosis.ended_at:
        ends.append((diagnosis.ended_at - origin).total_seconds())
    return max(ends, default=0.0)
