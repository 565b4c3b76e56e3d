"""Filling the index with the failures that Aionis has, once in a tenancy, and again when a newer version reads them better.

Runs that a newer reading moves to another failure take along what was known of the old one: incidents, and what people joined.
"""

import asyncio
from collections import defaultdict

import structlog

from bot.aionis import Aionis
from bot.domain.access.admission import Admission
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.state import BOT
from bot.domain.recurrence.decisions import Join
from bot.domain.recurrence.fingerprint import READING
from bot.domain.recurrence.occurrences import FailedRun
from bot.errors import AionisError
from bot.investigation.scope_failures import read_failures
from bot.jobs.ended_runs import EndedJob
from bot.jobs.queueing import reschedule
from bot.runtime.services import Services

log = structlog.get_logger(__name__)

_AT_ONCE = 20  # failures that are put into the index at the same time


async def catch_up(services: Services, admission: Admission, aionis: Aionis | None = None) -> None:
    """Read back, once in a tenancy, the failures that Aionis has; where that does not come to its end, the next one tries.

    Where nobody watches the tenancy it is done again after a while: what failed since, and was not replayed, counts, too.
    `aionis` is whom to ask where its deadline is to hold for this, too.
    """
    tenancy = admission.tenancy
    if not await _is_to_be_read(services, tenancy):
        return  # done, or somebody is at it: their history may still be short, and this answer need not wait for it
    done = False
    try:
        asked = aionis or services.aionis(admission)
        found = await read_failures(asked, now=services.now(), stalled_after=services.stalled_after)
        await _index(services, tenancy, found.runs)
        done = True
    except AionisError as error:
        log.warning("failures_not_read_back", tenancy=str(tenancy), error=error.what)
    finally:  # a job that is cut off, or loses Redis, has not read them either
        await services.failures.end_reading(tenancy, done=done)


async def _is_to_be_read(services: Services, tenancy: Tenancy) -> bool:
    now = services.now()
    if await services.failures.is_up_to_date(tenancy, now=now):
        return False
    if await services.failures.begin_reading(tenancy):
        await services.failures.begin_again(tenancy, now=now)
        return True
    if not await services.failures.begin_again(tenancy, now=now):
        return False  # somebody else has just begun to
    # Whoever watches it is asked for now and then only, as that reads all watches: looks put into the index whatever fails.
    return not await services.watches.of_tenancy(tenancy)


async def _index(services: Services, tenancy: Tenancy, runs: list[FailedRun]) -> None:
    before = await services.failures.fingerprints_of(tenancy, [run.run_id for run in runs])
    moved = [run for run in runs if before.get(run.run_id, run.ingredients.fingerprint) != run.ingredients.fingerprint]
    # Before they are moved: cut off in between, whoever reads them back again would not see that they were.
    await _take_along(services, tenancy, moved, before)
    # Not all at once: each takes a connection, of which commands need some, too.
    for place in range(0, len(runs), _AT_ONCE):
        some = runs[place : place + _AT_ONCE]
        await asyncio.gather(*(services.failures.record(tenancy, run, now=services.now()) for run in some))


async def _take_along(services: Services, tenancy: Tenancy, moved: list[FailedRun], before: dict[str, str]) -> None:
    """Give the failures that runs are moved to what is known of those that they were."""
    became: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for run in moved:
        became[before[run.run_id]][run.ingredients.fingerprint].append(run.run_id)
    decisions = await services.failures.decisions(tenancy) if became else None
    for old, new in became.items():
        (known,) = await services.failures.find(tenancy, [old])
        for fingerprint, run_ids in new.items():
            for one in known.incidents:
                if one.state == "closed":
                    # Which of its runs it was about is not kept here: what was one failure may be several now, and had it as one.
                    await services.failures.had_incident(tenancy, fingerprint, one)
                    continue
                for run_id in run_ids:  # an open one says itself what it is about, once its runs were read again
                    again = EndedJob(channel=one.channel, incident=one.id, run_id=run_id, reading=READING)
                    await reschedule(services, again, key=again.key, at=services.now())
            if decisions and len(decisions.joined(old)) > 1:
                await services.failures.decide(tenancy, Join(fingerprint, old), by=BOT, at=services.now())
