"""Looking through a scope for runs that began and ended: newest first, until what was seen last (Aionis contract, section 16)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

import structlog

from bot.aionis import Aionis
from bot.aionis.client import FIND_LIMIT
from bot.domain.recurrence.fingerprint import FailureKind
from bot.domain.recurrence.listed_runs import run_id_of
from bot.domain.recurrence.occurrences import FailedRun, failed_run
from bot.domain.run.diagnosis import Verdict
from bot.domain.run.records import Node
from bot.errors import AionisError
from bot.investigation.calls import attempt, together
from bot.investigation.run import investigate
from bot.investigation.scope_failures import read_failures

log = structlog.get_logger(__name__)

PAGES = 10  # of one look; another one carries on
MOST_OFFSET = 200_000  # of `find`: what is older cannot be listed
_ONE_BY_ONE = 3  # failed runs that are read each; more are read together
_LEFT = 20  # of those, runs that reading together did not find; more are left to the next look
_AT_ONCE = 10  # runs asked for: Aionis takes 20 calls in a burst, unless it is set otherwise
_ENDED_WELL = 20  # runs of one look that are asked how they stand although they ended in success


@dataclass(slots=True)
class NewRecords:
    """What is new in a scope.

    `began` are runs with their start, new or not, that have no end among what was read; `ended` are those that ended since,
    `failed` those of them that did not succeed, `ends` their newest ends. `next_offset` is from where on records
    are new, too, and were not read.

    `newest` and `newest_ids` are the time of the newest record, and the ids of all records of that time.
    """

    began: list[tuple[str, datetime]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    ends: dict[str, Node] = field(default_factory=dict)
    newest: datetime | None = None
    newest_ids: frozenset[str] = frozenset()
    next_offset: int | None = None


async def new_records(aionis: Aionis, *, since: datetime | None, known: frozenset[str], offset: int = 0) -> NewRecords:
    """Read what is newer than `since`, `PAGES` of it from `offset` on; `known` are the ids of the records of that time.

    One call where nothing is new.

    Without `since` nothing counts as ended: what was before the watch is not news.
    """
    nodes: list[Node] = []
    place, reached = offset, since is None
    for _ in range(PAGES if since else 1):
        if place > MOST_OFFSET:
            break
        # Pages are counted from the newest: what is written meanwhile shows a record twice, and none is missed.
        answer = await aionis.find(slots={}, type_="event", offset=place)
        nodes += answer.value.nodes
        place += FIND_LIMIT
        # Older ones, and not those of the same time: others of that time may stand on the next page.
        if not answer.value.page.has_more or any(_is_before(node, since) for node in answer.value.nodes):
            reached = True
            break
    found = _sorted_out(nodes, since, known)
    found.next_offset = None if reached else place
    return found


def _is_before(node: Node, since: datetime | None) -> bool:
    return since is not None and node.created_at is not None and node.created_at < since


def _sorted_out(nodes: Iterable[Node], since: datetime | None, known: frozenset[str]) -> NewRecords:
    found, newest, over = NewRecords(), set[str](), set[str | None]()
    for node in nodes:
        if node.created_at is None:
            continue
        if found.newest is None or node.created_at > found.newest:
            found.newest, newest = node.created_at, {node.id}
        elif node.created_at == found.newest:
            newest.add(node.id)
        run_id, kind = run_id_of(node), node.slots.get("replay_kind")
        if run_id and kind == "run" and run_id not in over:  # newest first: an end stands before its start
            found.began.append((run_id, node.created_at))
        elif run_id and kind == "run_end" and run_id not in over:  # of two ends the newest decides
            over.add(run_id)
            # Not only what is newer: two records may have the same millisecond, and one of them come after the last look.
            if since is not None and node.created_at >= since and node.id not in known:
                found.ended.append(run_id)
                found.ends[run_id] = node
                found.failed += [run_id] if node.slots.get("status") != "success" else []
    found.newest_ids = frozenset(newest)
    return found


@dataclass(slots=True)
class ReadRuns:
    """What became of runs that were to be read: those that failed, those that go on, and which were not read.

    Of `unread` Aionis did not answer; `later` were more than one look reads.
    """

    failed: list[FailedRun] = field(default_factory=list)
    going_on: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)


async def read_failed(aionis: Aionis, run_ids: list[str], *, now: datetime, stalled_after: timedelta) -> ReadRuns:
    """Read runs, a few one by one, many together. Raises the `AionisError` of a `find`."""
    read, left = ReadRuns(), run_ids
    if len(run_ids) > _ONE_BY_ONE:
        # Of a small scope that is four calls, and one for each run; each run read by itself takes three at least.
        found = await read_failures(aionis, now=now, stalled_after=stalled_after)
        wanted = set(run_ids)
        as_stored = {run.run_id: run for run in found.runs if run.run_id in wanted}
        # Records keep the first of two ends, `runs/get` the latest (contract, section 16): what says success now is no news, as
        # no other success is; what differs otherwise is read by itself.
        stands = await _statuses(aionis, {run_id: list(found.records[run_id].all()) for run_id in as_stored})
        for run_id, status in stands.items():
            if isinstance(status, AionisError):
                log.warning("watched_run_not_read", run=run_id, error=status.what)
                read.unread.append(run_id)
            elif _says(as_stored[run_id], status):
                read.failed.append(as_stored[run_id])
        well = [run_id for run_id, status in stands.items() if status == Verdict.SUCCESS]
        settled = {*read.unread, *well, *(run.run_id for run in read.failed)}
        left = [run_id for run_id in run_ids if run_id not in settled]
    for run_id in left[:_LEFT]:
        await _read(aionis, run_id, read, now=now, stalled_after=stalled_after)
    read.later = left[_LEFT:]
    return read


async def failed_after_all(aionis: Aionis, ends: Mapping[str, Node]) -> list[str]:
    """Return those of the runs whose end says success that ended again, and not in success; the newest few are asked for.

    A second end makes no second record: only `runs/get` knows of it.
    """
    failed: list[str] = []
    some = {run_id: [end] for run_id, end in islice(ends.items(), _ENDED_WELL)}
    for run_id, status in (await _statuses(aionis, some)).items():
        if isinstance(status, AionisError):
            log.warning("watched_end_not_read", run=run_id, error=status.what)
        elif status != Verdict.SUCCESS:
            failed.append(run_id)
    return failed


async def _statuses(aionis: Aionis, runs: Mapping[str, list[Node]]) -> dict[str, str | AionisError | None]:
    """Return how runs stand now, a call each, or why that is not known; their records prove whose they are."""
    found: dict[str, str | AionisError | None] = {}
    for place in range(0, len(runs), _AT_ONCE):
        some = list(runs)[place : place + _AT_ONCE]
        answers = await together(
            attempt(aionis.get_own_run, run_id, found=runs[run_id], with_steps=False) for run_id in some
        )
        found |= {
            run_id: answer if isinstance(answer, AionisError) else answer.value.run.status
            for run_id, answer in zip(some, answers, strict=True)
        }
    return found


def _says(run: FailedRun, status: str | None) -> bool:
    """Tell whether a run's status now is what its records say."""
    return status == (
        Verdict.IN_PROGRESS if run.ingredients.kind is FailureKind.STALLED else run.ingredients.kind.value
    )


async def _read(aionis: Aionis, run_id: str, read: ReadRuns, *, now: datetime, stalled_after: timedelta) -> None:
    found = await attempt(investigate, aionis, run_id, now=now, stalled_after=stalled_after)
    if isinstance(found, AionisError):
        log.warning("watched_run_not_read", run=run_id, error=found.what)
        read.unread.append(run_id)
    elif found.diagnosis.verdict is not Verdict.SUCCESS and (run := failed_run(found.diagnosis)):
        read.failed.append(run)
    elif found.diagnosis.verdict is Verdict.IN_PROGRESS:
        read.going_on.append(run_id)
