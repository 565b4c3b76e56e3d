"""Finding the runs that failed as a run did."""

import asyncio
from datetime import datetime, timedelta

from bot.aionis import Aionis
from bot.domain.recurrence.occurrences import Seen, seen
from bot.errors import AionisError
from bot.investigation.calls import attempt, none_left_behind
from bot.investigation.run import investigate
from bot.investigation.scope_failures import read_failures

NOT_READ = "The other failures of the scope could not be read: {what}"


async def similar_runs(aionis: Aionis, run_id: str, *, now: datetime, stalled_after: timedelta) -> Seen:
    """Read a run and the failures of its scope at once. Raises the `AionisError` of the run; the rest becomes a named gap."""
    reading = asyncio.ensure_future(attempt(read_failures, aionis, now=now, stalled_after=stalled_after))
    with none_left_behind(reading):
        found = await investigate(aionis, run_id, now=now, stalled_after=stalled_after)
    failures = await reading
    if isinstance(failures, AionisError):
        return seen(found.diagnosis, [], missing=[NOT_READ.format(what=failures.what)])
    return seen(found.diagnosis, failures.runs, missing=failures.missing)
