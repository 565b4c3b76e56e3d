"""What whoever runs the bot may do with any incident from the command line: read its log, fold it again, add to it.

It passes no admission, so nothing that Slack can reach may import it (import-linter looks).
"""

import secrets
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from bot.domain.bundle.kept_answers import StoredAnswer
from bot.domain.incident.audit import UNREADABLE, Audit, audited
from bot.domain.incident.incident_log import Change, Entry
from bot.domain.incident.projection import rebuilt
from bot.errors import UnreadableEntry
from bot.store.incident_answers import read_answers
from bot.store.incident_changes import Fields, Outcome
from bot.store.incidents import IncidentStore, read_log
from bot.store.keys import EVERYWHERE, INSTALLED, Keys, incident_address
from bot.store.log_entries import read_entries
from bot.store.process_group import serves_several
from bot.store.queue import JobQueue
from bot.store.queue.shared import WorkspaceQueue


class Maintenance:
    """All incidents of one Redis, for its operator."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def place_of(self, id_: str) -> str | None:
        """Return the place (`workspace/channel`) of an incident, or None for an id that is not in use."""
        found = await self._redis.get(incident_address(id_))
        return str(found) if found else None

    async def log(self, place: str, id_: str) -> list[Entry]:
        """Return an incident's whole log, oldest first."""
        return await read_log(self._redis, place, id_)

    async def answers(self, place: str, id_: str) -> list[StoredAnswer]:
        """Return the answers that an incident keeps, in the order they were read."""
        return await read_answers(self._redis, place, id_)

    async def append(self, place: str, id_: str, change: Change, *, default_tenancy: str) -> bool:
        """Append an entry to an incident's log as the bot does; returns whether it was taken."""
        store = IncidentStore(self._redis, EVERYWHERE, retention=timedelta(), default_tenancy=default_tenancy)
        (outcome, *_), *_ = await store.script.apply(place, id_, [change])
        return outcome in {Outcome.DONE, Outcome.REPEATED}

    async def have_done(self, place: str, kind: str, payload: dict[str, Any], *, key: str) -> None:
        """Have the bot of a place's workspace do a job soon."""
        workspace = place.partition("/")[0]
        # Where no process is there, its own: whoever starts next works on it, or takes it over.
        queue = JobQueue(self._redis, Keys(workspace).queue)
        if await serves_several(self._redis):
            queue = WorkspaceQueue(self._redis, INSTALLED.queue, workspace)
        await queue.reschedule(kind, payload, key=f"{kind}:{key}", after=timedelta())

    async def audit(self, place: str, id_: str) -> Audit:
        """Check an incident's log against its chain, and its fields against the log."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.xrange(EVERYWHERE.incident_log(place, id_))
            pipe.hgetall(EVERYWHERE.incident_fields(place, id_))
            raw, fields = await pipe.execute()
        try:
            entries = read_entries(raw)
        except UnreadableEntry as unreadable:
            problem = UNREADABLE.format(number=unreadable.number)
            return Audit((problem,), head="", unchained=0, tombstones=0)
        return audited(id_, entries, fields)

    async def rebuild(self, place: str, id_: str) -> tuple[Fields, Fields]:
        """Fold an incident's log again and put the result in place of its fields. Returns the fields before and after."""
        name, seen = EVERYWHERE.incident_fields(place, id_), EVERYWHERE.incident_seen(place, id_)

        async def put(pipe: Pipeline) -> tuple[Fields, Fields]:
            before: Any = await pipe.hgetall(name)  # answered at once, as all is that comes before `multi`
            ttl = await pipe.pttl(name)
            after = rebuilt(id_, await self.log(place, id_))
            pipe.multi()  # type: ignore[no-untyped-call]
            pipe.delete(name)
            pipe.hset(name, mapping=dict[Any, Any](after))
            pipe.hset(seen, "rebuilt", secrets.token_hex(8))  # what processes have read of them holds no longer
            if ttl > 0:
                pipe.pexpire(name, ttl)
                pipe.pexpire(seen, ttl)
            return before, after

        # Watching the fields makes it start again when somebody changes the incident meanwhile: every change counts their version
        # up, so that the log, which is read over another connection, need not be watched.
        found: tuple[Fields, Fields] = await self._redis.transaction(put, name, value_from_callable=True)
        return found
