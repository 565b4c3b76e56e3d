"""One look of a watch through its tenancy: what ended, what stopped without an end, and what earlier looks did not come to."""

from dataclasses import replace
from datetime import UTC, datetime

import structlog

from bot.aionis import Aionis
from bot.aionis.client import FIND_LIMIT
from bot.domain.access.admission import ChannelAdmission
from bot.domain.access.tenancy import Tenancy
from bot.errors import AionisError
from bot.investigation.watching import MOST_OFFSET, NewRecords, ReadRuns, failed_after_all, new_records, read_failed
from bot.jobs.reruns import compare_ended
from bot.jobs.watch_news import Watching, take_failures
from bot.runtime.services import Services
from bot.store.watch_backlog import TRIED_FOR
from bot.store.watches import BacklogGap, SeenUntil

log = structlog.get_logger(__name__)

_SILENT = 20  # runs without an end that one look looks at
_NOTHING_YET = datetime.fromtimestamp(0, UTC)  # of an empty scope: whatever is written from then on is news
_AT_ONCE = 500  # failed runs of one look


async def look(services: Services, tenancy: Tenancy, admission: ChannelAdmission, watching: Watching) -> bool:
    """Look through a tenancy and tell its channels; returns whether there is more than one look takes.

    Raises the `AionisError` of a `find` that failed; then it is done again.
    """
    aionis, now, watches = services.aionis(admission), services.now(), services.watches
    seen = await watches.seen(tenancy)
    new, gap = await _new(services, aionis, tenancy, seen, now)
    await _began(services, tenancy, new, now)
    silent = await watches.silent_since(tenancy, now - services.stalled_after, limit=_SILENT if seen else FIND_LIMIT)
    if seen is None:  # what was silent before the watch is not news
        await watches.tell(tenancy, silent, now=now)
        await watches.waits_no_more(tenancy, silent)
        silent = []
    well = {run_id: end for run_id, end in new.ends.items() if run_id not in new.failed}
    new.failed += await failed_after_all(aionis, well)
    more = await _read(services, aionis, tenancy, watching, new.failed, silent, now)
    await compare_ended(services, aionis, watching, new.ended)
    # How far it was looked through is recorded last: what raised before it is looked at again by the next poll.
    reached = SeenUntil(new.newest, new.newest_ids) if new.newest else seen or SeenUntil(_NOTHING_YET, frozenset())
    await watches.looked(tenancy, reached, gap, now=services.now())
    return more or new.next_offset is not None


async def _new(
    services: Services, aionis: Aionis, tenancy: Tenancy, seen: SeenUntil | None, now: datetime
) -> tuple[NewRecords, BacklogGap | None]:
    """Read what is new, and of what earlier looks did not come to as much again; returns what is still left, too."""
    new = await new_records(aionis, since=seen.at if seen else None, known=seen.ids if seen else frozenset())
    gap = await services.watches.gap(tenancy)
    if seen and new.next_offset is not None:
        # From there on down to where an older gap ends: some of it may be read twice, which changes nothing.
        gap = BacklogGap(gap.since if gap else seen, new.next_offset, gap.noted if gap else now)
        log.warning("watch_behind", tenancy=str(tenancy), noted=gap.noted.isoformat())
    elif gap:
        try:
            older = await new_records(aionis, since=gap.since.at, known=gap.since.ids, offset=gap.offset)
        except AionisError as error:  # what is newest does not wait for it
            log.warning("watch_behind", tenancy=str(tenancy), noted=gap.noted.isoformat(), error=error.what)
        else:
            new.began, new.ended, new.failed = (
                new.began + older.began,
                new.ended + older.ended,
                new.failed + older.failed,
            )
            new.ends = {**new.ends, **{run_id: end for run_id, end in older.ends.items() if run_id not in new.ends}}
            new.next_offset = older.next_offset
            gap = None if older.next_offset is None else replace(gap, offset=older.next_offset)
    return new, await _bounded(services, tenancy, gap, now)


async def _began(services: Services, tenancy: Tenancy, new: NewRecords, now: datetime) -> None:
    """Wait for the ends of runs that began, but for those that were told of, or wait to be read."""
    watches, runs = services.watches, [run_id for run_id, _ in new.began]
    untold, waiting = set(await watches.untold(tenancy, runs)), await watches.backlog.waiting(tenancy, runs)
    # Remembered for as long as they stand among what is read: they would be news again after that.
    await watches.tell(tenancy, [run_id for run_id in runs if run_id not in untold], now=now)
    began = [one for one in new.began if one[0] in untold and one[0] not in waiting]
    if began or new.ended:
        await watches.began(tenancy, began, ended=new.ended, now=now)


async def _bounded(services: Services, tenancy: Tenancy, gap: BacklogGap | None, now: datetime) -> BacklogGap | None:
    if gap and (gap.offset > MOST_OFFSET or now - gap.noted > TRIED_FOR):
        because = "older records cannot be listed" if gap.offset > MOST_OFFSET else "older records were not come to"
        await services.watches.backlog.left_out(tenancy, 1, because, now=now)
        return None
    return gap


async def _read(
    services: Services,
    aionis: Aionis,
    tenancy: Tenancy,
    watching: Watching,
    failed: list[str],
    silent: list[str],
    now: datetime,
) -> bool:
    """Read runs that failed, were silent or could not be read before, tell of them, and keep those that were not read.

    Returns whether there are more than one look reads.
    """
    watches = services.watches
    due = await watches.backlog.due(tenancy, now=now, limit=_AT_ONCE)
    ended = list(dict.fromkeys([*failed, *due]))
    runs = list(dict.fromkeys([*ended[:_AT_ONCE], *silent]))
    if not runs:
        return False
    untold = set(await watches.untold(tenancy, runs))
    # One that was told of as silent, and has ended since, stands otherwise in the index.
    wanted = [run_id for run_id in runs if run_id in untold or run_id in ended]
    read = await read_failed(aionis, wanted, now=now, stalled_after=services.stalled_after) if wanted else ReadRuns()
    await take_failures(services, tenancy, watching, read.failed, untold=untold)
    # Kept before they count as seen: cut off in between they are read twice, the other way round never.
    later = [*read.later, *ended[_AT_ONCE:]]
    given_up = await watches.backlog.keep(tenancy, read.unread, later=later, now=now, every=services.timing.watch_every)
    waiting = {*read.unread, *later}
    await watches.backlog.settle(tenancy, [run_id for run_id in due if run_id not in waiting])
    # A run that goes on is looked at again once it is silent; all others are told of, over, or wait to be read.
    await watches.heard(tenancy, read.going_on, now=now)
    over = [run_id for run_id in silent if run_id not in read.going_on]
    await watches.tell(tenancy, [*given_up, *(run_id for run_id in over if run_id not in waiting)], now=now)
    await watches.waits_no_more(tenancy, over)
    return bool(later)
