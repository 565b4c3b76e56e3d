"""Finding the last run of a failing run's case that went well, and comparing the two."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from bot.aionis import Aionis
from bot.aionis.client import FIND_LIMIT
from bot.domain.error_wording.kept_text import masked_by_aionis
from bot.domain.recurrence.bisect import Bisection, gaps
from bot.domain.recurrence.last_good import CaseKey, EarlierRun, case_key_of, earlier_successes, went_well
from bot.domain.run.diagnosis import Verdict, Why
from bot.domain.run.phrases import plural
from bot.domain.run.records import Node
from bot.errors import AionisError
from bot.investigation.calls import attempt
from bot.investigation.just_read import JustRead, Read
from bot.investigation.pair import InvestigatedPair, paired
from bot.investigation.run import Investigation, investigate

PAGES = 5  # of the case's runs, and of successful ends
TRIES = 5  # runs whose end says success and that are read; one may have broken all the same

NO_RECORD = "The run's own record is not visible, so that neither its case nor its goal is known to look for."
NO_CASE = "The run has neither a case in its metadata nor a goal."
NOTHING_EARLIER = "No earlier run of the same {by} ended in success."
NOT_READ = "The earlier runs could not be read: {what}"
NOT_ALL = "Only the newest {count} records were looked through."
NOT_FAILED = "The run did not fail{same}."
SAME = ": it is compared with the last good run before it all the same"
NOT_GOOD = "{runs} said success and did not go well: {ids}."


async def bisect(aionis: Aionis, run_id: str, *, now: datetime, stalled_after: timedelta) -> Bisection:
    """Read a run, find the last good run of its case, and compare. Raises the `AionisError` of the run; else a named gap."""
    found = await investigate(aionis, run_id, now=now, stalled_after=stalled_after)
    return await bisect_run(aionis, found, now=now, stalled_after=stalled_after, good=JustRead())


async def bisect_run(
    aionis: Aionis, found: Investigation, *, now: datetime, stalled_after: timedelta, good: JustRead
) -> Bisection:
    """Find the last good run of the case of a run that was read, and compare. What cannot be read is a named gap.

    Which one it is, is asked anew each time; a run that has ended well and was read a moment ago is among the `good` ones.
    """
    failing = found.diagnosis
    run_id = failing.run_id
    record = found.evidence.run_start or await attempt(_own_record, aionis, run_id)
    if isinstance(record, AionisError):
        return Bisection(failing, None, None, (NOT_READ.format(what=record.what),))
    if record is None or record.created_at is None:
        return Bisection(failing, None, None, (NO_RECORD,))
    case = case_key_of(record)
    if case is None:
        return Bisection(failing, None, None, (NO_CASE,))
    earlier = await attempt(_earlier, aionis, run_id, record.created_at, case)
    if isinstance(earlier, AionisError):
        return Bisection(failing, case, None, (NOT_READ.format(what=earlier.what),))
    candidates, whole = earlier
    beside = partial(_beside, aionis, found, good=good, now=now, stalled_after=stalled_after)
    pair, passed_over = await _newest_good(beside, candidates)
    succeeded = failing.verdict is Verdict.SUCCESS and not failing.critical
    missing = [NOT_FAILED.format(same=SAME if pair else "")] if succeeded else []
    if not whole:
        missing.append(NOT_ALL.format(count=f"{PAGES * FIND_LIMIT:,}"))
    if passed_over:
        missing.append(NOT_GOOD.format(runs=plural(len(passed_over), "newer run"), ids=", ".join(passed_over)))
    if pair is None:
        return Bisection(failing, case, None, (NOTHING_EARLIER.format(by=case.by.value), *missing))
    return Bisection(pair.failing.diagnosis, case, pair.comparison, (*missing, *gaps(pair.comparison)))


async def _own_record(aionis: Aionis, run_id: str) -> Node | None:
    """Read the run's own record. Aionis masks ids inside slots, so that it is asked for by the masked form."""
    wanted = {"replay_kind": "run", "run_id": masked_by_aionis(run_id)}
    found = await aionis.find(slots=wanted, type_="event", limit=1)
    return found.value.nodes[0] if found.value.nodes else None


async def _earlier(aionis: Aionis, run_id: str, began: datetime, case: CaseKey) -> tuple[list[EarlierRun], bool]:
    """Return the earlier successes of a case, newest first, and whether all records there are were looked through."""
    runs, all_runs = await _pages(aionis, {"replay_kind": "run", **case.slots})
    if not earlier_successes(run_id, began, runs, ends=runs):  # no run of the case began before, however it ended
        return [], all_runs
    # An end names no case, and Aionis joins nothing: those of the whole scope are read, and fitted to the case's runs.
    ends, all_ends = await _pages(aionis, {"replay_kind": "run_end", "status": "success"})
    found = earlier_successes(run_id, began, runs, ends)
    return found, bool(found) or (all_runs and all_ends)


async def _pages(aionis: Aionis, slots: dict[str, object]) -> tuple[list[Node], bool]:
    nodes: list[Node] = []
    for page in range(PAGES):
        answer = await aionis.find(slots=slots, type_="event", offset=page * FIND_LIMIT)
        nodes += answer.value.nodes
        if not answer.value.page.has_more:
            return nodes, True
    return nodes, False


async def _beside(
    aionis: Aionis, failing: Investigation, run_id: str, *, good: JustRead, now: datetime, stalled_after: timedelta
) -> InvestigatedPair:
    """Return a run beside the failing one, read unless it is among the good ones that were read a moment ago."""
    name = aionis.reader, run_id
    found = good.of(name, aionis.tenancy)
    if found is None:
        before = len(aionis.exchanges)
        found = await investigate(aionis, run_id, now=now, stalled_after=stalled_after)
        if went_well(found.diagnosis) and _is_whole(found):
            good.keep(name, Read.by(aionis.exchanges[before:], found))
    return await paired(aionis, failing, found)


def _is_whole(found: Investigation) -> bool:
    """Tell whether all of a run was read: what was away a moment ago may be there for the next replay."""
    # Of one that is not complete the comparison reads more, into what is kept.
    return found.evidence.complete and all(gap.why is not Why.UNAVAILABLE for gap in found.diagnosis.missing)


async def _newest_good(
    beside: Callable[[str], Awaitable[InvestigatedPair]], candidates: list[EarlierRun]
) -> tuple[InvestigatedPair | None, list[str]]:
    """Return the newest run that went well beside the failing one, and the newer ones that only said so."""
    passed_over: list[str] = []
    # One after the other: nearly always the first will do, and each is a whole run.
    for one in candidates[:TRIES]:
        read = await attempt(beside, one.run_id)
        if not isinstance(read, AionisError) and went_well(read.rerun.diagnosis):
            return read, passed_over
        passed_over.append(one.run_id)
    return None, passed_over
