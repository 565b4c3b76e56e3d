"""Reading the failures of a scope, many runs a call, newest first and bounded (Aionis contract, sections 7 and 16)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.aionis import Aionis
from bot.aionis.client import FIND_LIMIT
from bot.domain.recurrence.listed_runs import RunRecords, by_run, diagnosed
from bot.domain.recurrence.occurrences import FailedRun, failed_run
from bot.domain.run.phrases import at, plural
from bot.domain.run.records import Node
from bot.investigation.calls import together

PAGES = 10  # of each kind of record: 2,000 records
_KINDS = {"run": "event", "run_end": "event", "step": "procedure", "step_result": "evidence"}


@dataclass(slots=True)
class ScopeFailures:
    """The failed runs of a scope, newest first. `since` is how far back all records were read; None: to the first one.

    `unread` counts the runs that are known only in part, because their other records are older than that. `records` are those
    of the failed runs, which prove whose a run is.
    """

    runs: list[FailedRun] = field(default_factory=list)
    records: dict[str, RunRecords] = field(default_factory=dict)
    since: datetime | None = None
    unread: int = 0

    @property
    def missing(self) -> list[str]:
        """Return, as sentences, what was not read."""
        if self.since is None:
            return []
        beyond = f" {plural(self.unread, 'run')} with records before and after it {'is' if self.unread == 1 else 'are'} left out."
        return [f"Failures before {at(self.since)} were not read.{beyond if self.unread else ''}"]


async def read_failures(
    aionis: Aionis, *, now: datetime, stalled_after: timedelta, pages: int = PAGES
) -> ScopeFailures:
    """Read the newest records of a scope and return the runs that failed. Raises the `AionisError` of a `find` that failed."""
    listings = await together(_listing(aionis, kind, type_, pages) for kind, type_ in _KINDS.items())
    # Before the youngest of the floors some kind of record was not read, so that runs there would look as if they lacked it.
    since = max((floor for _, floor in listings if floor), default=None)
    found = ScopeFailures(since=since)
    for records in by_run(node for nodes, _ in listings for node in nodes).values():
        # Counted, not judged: without its end a run would seem stalled, without its results it would seem to have failed nowhere.
        if not _is_whole(records, since):
            found.unread += 1
        elif failure := _failure(aionis, records, now, stalled_after):
            found.runs.append(failure)
            found.records[failure.run_id] = records
    found.runs.sort(key=lambda run: (run.at is not None, run.at, run.run_id), reverse=True)
    return found


async def _listing(aionis: Aionis, kind: str, type_: str, pages: int) -> tuple[list[Node], datetime | None]:
    """Return the newest records of a kind, and when the oldest of them was written where there are more."""
    nodes: list[Node] = []
    for page in range(pages):
        answer = await aionis.find(slots={"replay_kind": kind}, type_=type_, offset=page * FIND_LIMIT)
        nodes += answer.value.nodes
        if not answer.value.page.has_more:
            return nodes, None
    return nodes, _oldest(nodes)


def _oldest(nodes: Iterable[Node]) -> datetime | None:
    return min((node.created_at for node in nodes if node.created_at), default=None)


def _is_whole(records: RunRecords, since: datetime | None) -> bool:
    return since is None or (bool(records.run) and records.began is not None and records.began > since)


def _failure(aionis: Aionis, records: RunRecords, now: datetime, stalled_after: timedelta) -> FailedRun | None:
    return failed_run(diagnosed(records, tenancy=aionis.tenancy, now=now, stalled_after=stalled_after))
