"""Looking through a scope for runs that began and ended: newest first, until what was seen last (Aionis contract, section 16)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.aionis import Aionis
from bot.aionis.client import FIND_LIMIT
from bot.domain.recurrence.occurrences import FailedRun, failed_run
from bot.domain.recurrence.records import run_id_of
from bot.domain.run.records import Node
from bot.errors import AionisError, AnswerNotUnderstood, AnswerTooLarge, BadRequest, RunNotFound, TenancyViolation
from bot.investigation.failures import read_failures
from bot.investigation.record import attempt
from bot.investigation.run import investigate

PAGES = 50  # of one look: 10,000 records since the last one
_ONE_BY_ONE = 3  # failed runs that are read each; more are read together
_LEFT = 20  # of those, runs that reading together did not find
_FOR_GOOD = (
    RunNotFound,
    BadRequest,
    AnswerNotUnderstood,
    AnswerTooLarge,
    TenancyViolation,
)  # read again they are the same


@dataclass(slots=True)
class NewRecords:
    """What is new in a scope.

    `began` are runs with their start, new or not, that have no end among what was read; `ended` are those that ended since,
    `failed` those of them that did not succeed.

    `newest` and `newest_ids` are the time of the newest record, and the ids of all records of that time.
    """

    began: list[tuple[str, datetime]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    newest: datetime | None = None
    newest_ids: frozenset[str] = frozenset()


async def new_records(aionis: Aionis, *, since: datetime | None, known: frozenset[str]) -> NewRecords:
    """Read what is newer than `since`; `known` are the ids of the records of that time. One call where nothing is new.

    Without `since` nothing counts as ended: what was before the watch is not news.
    """
    nodes: list[Node] = []
    for page in range(PAGES if since else 1):
        # Pages are counted from the newest: what is written meanwhile shows a record twice, and none is missed.
        answer = await aionis.find(slots={}, type_="event", offset=page * FIND_LIMIT)
        found = answer.value.nodes
        nodes += found
        older = since is None or any(node.created_at and node.created_at <= since for node in found)
        if older or not answer.value.page.has_more:
            break
    return _sorted_out(nodes, since, known)


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
        elif run_id and kind == "run_end":
            over.add(run_id)
            # Not only what is newer: two records may have the same millisecond, and one of them come after the last look.
            if since is not None and node.created_at >= since and node.id not in known:
                found.ended.append(run_id)
                found.failed += [run_id] if node.slots.get("status") != "success" else []
    found.newest_ids = frozenset(newest)
    return found


@dataclass(slots=True)
class ReadRuns:
    """Runs that were read: those that failed, and `left`, which are to be read later."""

    failed: list[FailedRun] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


async def read_failed(aionis: Aionis, run_ids: list[str], *, now: datetime, stalled_after: timedelta) -> ReadRuns:
    """Read runs: a few one by one, many together. Raises the `AionisError` of a `find`."""
    if len(run_ids) <= _ONE_BY_ONE:
        return await _each(aionis, run_ids, now=now, stalled_after=stalled_after)
    # Of a small scope that is four calls, however many runs; each run by itself takes three at least.
    together = await read_failures(aionis, now=now, stalled_after=stalled_after)
    wanted = set(run_ids)
    found = [run for run in together.runs if run.run_id in wanted]
    known = {run.run_id for run in found}
    rest = [run_id for run_id in run_ids if run_id not in known]
    alone = await _each(aionis, rest[:_LEFT], now=now, stalled_after=stalled_after)
    return ReadRuns(found + alone.failed, alone.left + rest[_LEFT:])


async def _each(aionis: Aionis, run_ids: list[str], *, now: datetime, stalled_after: timedelta) -> ReadRuns:
    read = ReadRuns()
    for run_id in run_ids:
        found = await attempt(investigate(aionis, run_id, now=now, stalled_after=stalled_after))
        if isinstance(found, AionisError):
            read.left += [] if isinstance(found, _FOR_GOOD) else [run_id]
        elif run := failed_run(found.diagnosis):
            read.failed.append(run)
    return read
