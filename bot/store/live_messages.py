"""What Slack shows of an incident: one writer at a time, nothing edited needlessly or too often, new thread messages counted."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError

from bot.store.keys import Keys
from bot.store.queue import HandedBack

log = structlog.get_logger(__name__)

# What a message shows is forgotten before it is edited. Returns when an earlier edit began (ms) whose end nobody saw, and now.
_BEGIN_EDIT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('HGET', KEYS[1], ARGV[2])
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[2], now)
redis.call('EXPIRE', KEYS[1], ARGV[3])
return {before or '', now}
"""

# In one round trip: what a message shows is recorded behind each edit.
_SHOW = """
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
return redis.call('EXPIRE', KEYS[1], ARGV[1])
"""

# Since when something of an incident is refused: what the first has recorded who met it, until it is taken again.
_REFUSED = """
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return redis.call('HGET', KEYS[1], ARGV[1])
"""

LEASE = 5.0  # seconds that the messages of a killed worker's incident stay as they are; a live one renews its lease


@dataclass(frozen=True, slots=True)
class EarlierEdit:
    """An edit of which nobody saw the end, as it began (ms): for as long as is `left`, it may still come over a newer one."""

    began: str
    left: timedelta


class LiveMessages:
    """Locks, digests, paces and counts, all outside of the log: they say how Slack looks, not what is true."""

    def __init__(self, redis: Redis, keys: Keys, *, retention: timedelta) -> None:
        self._redis = redis
        self._keys = keys
        self._begin_edit = redis.register_script(_BEGIN_EDIT)
        self._record = redis.register_script(_SHOW)
        self._refuse = redis.register_script(_REFUSED)
        self._kept_for = retention + timedelta(days=1)

    @asynccontextmanager
    async def writing(self, channel: str, incident: str, part: str = "") -> AsyncIterator[bool]:
        """Yield whether this is the only writer now, of all messages or of the one `part` that has a writer of its own.

        The lease ends by itself where a process is killed.

        Raises `HandedBack` inside where the lease is lost meanwhile.
        """
        # Nobody queues for it: whoever is turned away has the refresh come again, and that reads the newest state.
        lock = self._redis.lock(self._keys.showing(channel, incident, part), timeout=LEASE, blocking=False)
        if not await lock.acquire():
            yield False
            return
        writer, renewing = _this_task(), asyncio.create_task(_renew(lock))
        # An edit by a writer whose lease is another's would put an older state over a newer one: it is cut off at once.
        renewing.add_done_callback(lambda over: None if over.cancelled() else writer.cancel())
        try:
            yield True
        except asyncio.CancelledError:
            if renewing.done() and not renewing.cancelled():
                writer.uncancel()
                raise HandedBack(0.0) from None
            raise
        finally:
            renewing.cancel()
            await _release(lock)

    async def digest(self, channel: str, incident: str, part: str) -> str | None:
        """Return the digest of what a message shows, or None where it was never shown."""
        found = await self._redis.hget(self._keys.shown(channel, incident), part)
        return None if found is None else str(found)

    async def shows(self, channel: str, incident: str, part: str, digest: str) -> None:
        """Record what a message shows now."""
        await self._show(channel, incident, {part: digest})

    async def begin_edit(self, channel: str, incident: str, part: str, *, within: timedelta) -> EarlierEdit | None:
        """Record that a message is being edited, and not known what it shows; returns an earlier edit that may still happen.

        `within`: how long after its beginning an edit may happen.
        """
        name = self._keys.shown(channel, incident)
        arguments: list[str | int] = [part, _edit_of(part), int(self._kept_for.total_seconds())]
        before, now = await self._begin_edit(keys=[name], args=arguments)
        left = within - timedelta(milliseconds=int(now) - int(before or 0))
        return EarlierEdit(before, left) if before and left > timedelta() else None

    async def end_edit(self, channel: str, incident: str, part: str, earlier: EarlierEdit | None) -> None:
        """Record that an edit is over, and not known what the message shows: the `earlier` one may still happen."""
        await self._redis.hset(self._keys.shown(channel, incident), _edit_of(part), earlier.began if earlier else "")

    async def edited(self, channel: str, incident: str, part: str, digest: str) -> None:
        """Record that an edit is over, and what the message shows now."""
        await self._show(channel, incident, {part: digest, _edit_of(part): ""})

    async def forget(self, channel: str, incident: str, part: str) -> None:
        """Record that it is not known what a message shows."""
        await self._redis.hdel(self._keys.shown(channel, incident), part)

    async def refused(self, channel: str, incident: str, part: str, at: datetime) -> datetime:
        """Record that Slack refuses something of an incident's messages, or of the one `part`; returns since when it does."""
        arguments: list[str | int] = [_refusal_of(part), at.isoformat(), int(self._kept_for.total_seconds())]
        since = await self._refuse(keys=[self._keys.shown(channel, incident)], args=arguments)
        return datetime.fromisoformat(str(since))

    async def taken(self, channel: str, incident: str, part: str) -> None:
        """Record that Slack refuses nothing of them."""
        await self._redis.hdel(self._keys.shown(channel, incident), _refusal_of(part))

    async def wait_before(self, channel: str, incident: str, part: str, every: timedelta) -> timedelta | None:
        """Return how long an edit must wait; None lets it happen now and makes the next one wait for `every`."""
        name = self._keys.pace(channel, incident, part)
        # Asking and taking are one command, or two processes would both be let in.
        if await self._redis.set(name, "1", nx=True, px=every):
            return None
        left = int(await self._redis.pttl(name))
        return timedelta(milliseconds=max(left, 1))

    async def heard(self, channel: str, incident: str, *, count: int) -> int:
        """Count what is new in the incident's thread, and return the count since the last summary."""
        name = self._keys.thread(channel, incident)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.incrby(name, count)
            pipe.expire(name, self._kept_for)
            total, _ = await pipe.execute()
        return int(total)

    async def changed(self, channel: str, incident: str) -> None:
        """Count that something in the incident's thread was edited, deleted or marked."""
        name = self._keys.thread_edition(channel, incident)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.incr(name)
            pipe.expire(name, self._kept_for)
            await pipe.execute()

    async def edition(self, channel: str, incident: str) -> str:
        """Return what tells two states of the thread's older messages apart."""
        return str(await self._redis.get(self._keys.thread_edition(channel, incident)) or "")

    async def unheard(self, channel: str, incident: str) -> int:
        """Return how much is new in the thread since the last summary."""
        return int(await self._redis.get(self._keys.thread(channel, incident)) or 0)

    async def summarised(self, channel: str, incident: str, *, heard: int) -> None:
        """Take what a summary has covered off the count; what came meanwhile stays counted."""
        name = self._keys.thread(channel, incident)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.decrby(name, heard)  # not set to 0: somebody may have written while the summary was made
            pipe.expire(name, self._kept_for)
            await pipe.execute()

    async def places(self, channel: str, incident: str, names: Sequence[str]) -> dict[str, str]:
        """Return what is known of messages that are posted once, by name: the ts, or who is to post it."""
        if not names:
            return {}
        found = await self._redis.hmget(self._keys.shown(channel, incident), list(names))
        return {name: str(where) for name, where in zip(names, found, strict=True) if where}

    async def place(self, channel: str, incident: str, name: str) -> str | None:
        """Return what is known of one such message, or None."""
        return (await self.places(channel, incident, [name])).get(name)

    async def is_at(self, channel: str, incident: str, name: str, where: str) -> None:
        """Record where a message that is posted once is, or who is to post it."""
        await self._show(channel, incident, {name: where})

    async def _show(self, channel: str, incident: str, fields: dict[str, str]) -> None:
        written = [text for field in fields.items() for text in field]
        arguments: list[str | int] = [int(self._kept_for.total_seconds()), *written]
        await self._record(keys=[self._keys.shown(channel, incident)], args=arguments)


def _refusal_of(part: str) -> str:
    return f"{part}@refused"


def _edit_of(part: str) -> str:
    return f"{part}@"


def _this_task() -> "asyncio.Task[Any]":
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("messages are written by a task")
    return task


async def _renew(lock: Lock) -> None:
    """Renew a lease; returns when it is lost, or may be."""
    until = time.monotonic() + LEASE
    while time.monotonic() < until - LEASE / 4:
        await asyncio.sleep(LEASE / 4)
        asked_at = time.monotonic()
        try:
            await lock.reacquire()
        except LockError:
            break
        except (RedisError, OSError) as error:
            log.warning("lease_not_renewed", error=type(error).__name__)
        else:
            until = asked_at + LEASE
    log.warning("lease_lost", lock=lock.name)


async def _release(lock: Lock) -> None:
    try:
        await lock.release()
    except LockError:
        return  # the lease ran out: somebody else writes by now, with a newer state
