"""From the records of `runs/get` to steps: attempts collapsed, durations, and which step is the critical one."""

import itertools
import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain.run.conditions import any_failed
from bot.domain.run.records import ReplayedRun, StepRecord, TimelineEntry

_RESULT_TITLE = re.compile(r"Step ([0-9]{1,18}) ")  # Aionis writes the title of a result itself

_FAILED_TITLE = re.compile(r"Step ([0-9]{1,18}|\?) failed")


_NOTHING_READ: Mapping[str, str] = MappingProxyType({})

NO_TOOL = "(tool not recorded)"


class StepStatus(StrEnum):
    """Step statuses as read; any other word is passed through as text."""

    SUCCESS = "success"
    FAILED = "failed"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    PENDING = "pending"


@dataclass(slots=True)
class Step:
    """The last attempt at one step of a run.

    `number` is its 1-based place in recording order after collapsing; `index` is what the agent called it and may be missing
    or repeat itself out of order; where it is missing, the step has a `letter`. `attempts` counts the attempts that left a
    record; `failed_condition` tells whether a postcondition says that it failed. `duration` is in seconds.
    """

    number: int
    letter: str
    record: StepRecord
    attempts: int
    failed_condition: bool
    duration: float | None

    @property
    def index(self) -> int | None:
        """Return the agent's own index of the step."""
        return self.record.step_index

    @property
    def divergent(self) -> bool:
        """Tell whether the step says success while one of its postconditions failed."""
        return self.failed_condition and self.record.status == StepStatus.SUCCESS

    @property
    def tool(self) -> str:
        """Return the tool's name, or words that say it is missing."""
        return self.record.tool_name or NO_TOOL

    @property
    def status(self) -> str:
        """Return the recorded status; a step without one is pending."""
        return self.record.status or StepStatus.PENDING

    @property
    def label(self) -> str:
        """Return how people name the step: by its index, else by a letter, for its place would read like another's index."""
        if self.index is not None:
            return f"step {self.index}"
        return f"unnumbered step {self.letter}" if self.announced else f"unannounced step {self.letter}"

    @property
    def sign(self) -> str:
        """Return what stands for the step where there is no room for words: its index, else its letter."""
        return self.letter if self.index is None else str(self.index)

    @property
    def announced(self) -> bool:
        """Tell whether the step itself was recorded, which alone carries its tool and input, and not its result only."""
        return _is_announced(self.record)


@dataclass(slots=True)
class Outline:
    """What `runs/get` alone says: the steps, the critical one, and results whose step was never announced."""

    steps: list[Step]
    critical: Step | None
    orphans: list[TimelineEntry]


def outline(run: ReplayedRun, step_ids: Mapping[str, str] = _NOTHING_READ) -> Outline:
    """Collapse, time and classify the steps of a run. O(records).

    `step_ids` are those of the results whose own records were read, by URI: a timeline's entry does not name its step.
    """
    # Aionis' tutorial shows steps in the timeline, where no edition that could be found has them.
    records = run.steps or list(_tutorial_steps(run.timeline))
    results: dict[str | None, TimelineEntry] = {
        entry.uri: entry for entry in run.timeline if entry.replay_kind == "step_result" and entry.uri
    }
    # Joined by URI: a timeline's entry has neither the step's index nor its status.
    superseded, orphans = _unmatched_results(results, records, step_ids)
    records = _with_failed_orphans(records, orphans)
    last, before = _last_attempts(records)
    letters = _letters()
    steps = [
        _to_step(
            number,
            record,
            before.get(key, 0) + superseded[_named(record)],
            results.get(record.result_uri),
            letter="" if record.step_index is not None else next(letters),
        )
        for number, (key, record) in enumerate(last.items(), start=1)
    ]
    return Outline(steps, _critical(steps, run.run.status), orphans)


def _with_failed_orphans(records: list[StepRecord], orphans: list[TimelineEntry]) -> list[StepRecord]:
    """Return the steps with those of which only a failed result was recorded: a failure counts, announced or not."""
    found = list(records)
    for entry in orphans:
        match = _FAILED_TITLE.match(entry.title or "")
        if match is None:
            continue
        index = int(match.group(1)) if match.group(1).isdecimal() else None
        step = StepRecord(step_index=index, status=StepStatus.FAILED, result_uri=entry.uri, created_at=entry.created_at)
        when = entry.created_at
        later = (n for n, one in enumerate(found) if when and one.created_at and one.created_at > when)
        found.insert(next(later, len(found)), step)
    return found


def _tutorial_steps(timeline: Iterable[TimelineEntry]) -> Iterable[StepRecord]:
    for entry in timeline:
        if entry.step_index is not None and entry.status is not None:
            yield StepRecord(step_index=entry.step_index, status=entry.status, created_at=entry.created_at)


def _last_attempts(records: Iterable[StepRecord]) -> tuple[dict[object, StepRecord], Counter[object]]:
    """Return the last attempt of each index, ordered by where it stands, and how many came before it.

    A record without an index is a step of its own.
    """
    last: dict[object, StepRecord] = {}
    before: Counter[object] = Counter()
    for position, record in enumerate(records):
        key: object = record.step_index if record.step_index is not None else (None, position)
        # Taken out and put in again: a retried step stands where it was tried last.
        if last.pop(key, None) is not None:
            before[key] += 1
        last[key] = record
    return last, before


def _unmatched_results(
    results: dict[str | None, TimelineEntry], records: list[StepRecord], step_ids: Mapping[str, str]
) -> tuple[Counter[object], list[TimelineEntry]]:
    """Split the results no step points at into superseded ones (counted by their step) and orphans."""
    announced = {record.result_uri for record in records}
    superseded: Counter[object] = Counter()
    orphans = []
    for uri, entry in results.items():
        if uri in announced:
            continue
        step = _step_of(entry, records, results, step_ids.get(uri or ""))
        if step is None:
            orphans.append(entry)
        else:
            superseded[_named(step)] += 1
    return superseded, orphans


def _step_of(
    entry: TimelineEntry, records: list[StepRecord], results: dict[str | None, TimelineEntry], step_id: str | None
) -> StepRecord | None:
    """Return the step of a result that was replaced by a later one; None where its step was never announced."""
    if step_id:
        return next((record for record in records if record.step_id == step_id), None)
    match = _RESULT_TITLE.match(entry.title or "")
    if match:
        return next((record for record in records if record.step_index == int(match.group(1))), None)
    # Whoever reports by the step's id alone has no index in the title: the step that was under way then is the one.
    return next((record for record in records if _under_way(record, entry, results.get(record.result_uri))), None)


def _under_way(record: StepRecord, entry: TimelineEntry, result: TimelineEntry | None) -> bool:
    began, ended, at = record.created_at, result.created_at if result else None, entry.created_at
    return began is not None and ended is not None and at is not None and began <= at <= ended


def _named(record: StepRecord) -> object:
    """Return what the attempts at one step have in common."""
    return record.step_index if record.step_index is not None else record.step_uri or record.result_uri


def _letters() -> Iterator[str]:
    """Yield A to Z, then AA, AB and so on."""
    for length in itertools.count(1):
        yield from map("".join, itertools.product(string.ascii_uppercase, repeat=length))


def _to_step(number: int, last: StepRecord, before: int, result: TimelineEntry | None, *, letter: str) -> Step:
    ended = result.created_at if result and _is_announced(last) else None  # when an unannounced step began is not known
    took = seconds_between(last.created_at, ended)
    return Step(number, letter, last, before + 1, any_failed(last.postconditions), took)


def _is_announced(record: StepRecord) -> bool:
    return record.result_uri is None or bool(record.step_uri or record.step_id or record.tool_name)


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """Return the seconds from start to end, or None where one is missing or they run backwards."""
    if start is None or end is None:
        return None
    seconds = (end - start).total_seconds()
    return seconds if seconds >= 0 else None


def _critical(steps: list[Step], run_status: str | None) -> Step | None:
    """Return the failure boundary (contract, section 4), else the first divergent step."""
    # By status first, then by place: a partial step did not stop the run where a later one failed.
    for status in (StepStatus.FAILED, StepStatus.PARTIAL):
        for step in steps:
            if step.status == status:
                return step
    if run_status != StepStatus.SUCCESS:
        pending = [step for step in steps if step.status == StepStatus.PENDING]
        if pending:
            return pending[-1]  # the last: earlier ones may have been given up on, this one is where the records end
    return next((step for step in steps if step.divergent), None)
