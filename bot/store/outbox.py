"""What a job posted, and what it meant to post where, so that a job done twice posts once."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from redis.asyncio import Redis

from bot.store.connection import STORE_IS_AWAY
from bot.store.keys import OUTBOX_TTL_SECONDS, Keys

# The part that holds the place of an answer while it is waited for, the part that it became, and what says that a job is done.
PLACEHOLDER, BECAME, DONE = "placeholder", "placeholder-became", "done"
# Parts that are no result: that it failed, that Aionis is being asked, that it waits.
FAILURE, ASKING, WAITING = "failure", "asking", "waiting"
GONE = "-"  # what a placeholder became that was taken away
_INTENDED = "?"  # no value that is kept begins so: a ts, an id, a word of ours
_MESSAGE = re.compile(r"\d+\.\d+\|.*|answered|unknown")  # where it is, or that somebody alone was shown it
_PAUSES = (0.2, 0.5, 1.0, 2.0)  # seconds
# The time is set by the server: the next try may be made on another machine, and compares it with the same clock.
# Returns what was there, "" for nothing, the server's time in ms, the job's placeholder with what it became, and for how many ms
# the channel takes no posts, where that is asked; where there was nothing, and the channel takes posts, the intent is there now.
_BEGIN = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HGET', KEYS[1], ARGV[1])
if KEYS[2] and not (known and string.sub(known, 1, 1) ~= '?') then
  local held = redis.call('PTTL', KEYS[2])
  if held > 0 then return {'', now, '', '', held} end
end
if not known or ARGV[4] ~= '' then
  redis.call('HSET', KEYS[1], ARGV[1], (string.gsub(ARGV[2], '"at":0', '"at":' .. now, 1)))
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
local held = redis.call('HMGET', KEYS[1], 'placeholder', 'placeholder-became')
return {known or '', now, held[1] or '', held[2] or '', 0}
"""

_KEEP = """
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return redis.call('EXPIRE', KEYS[1], ARGV[3])
"""

_KEEP_FIRST = """
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return redis.call('HGET', KEYS[1], ARGV[1])
"""

# A placeholder that has become nothing is in the way: it is returned, and the job is not done before it is gone.
_FINISH = """
local held = redis.call('HMGET', KEYS[1], 'placeholder', 'placeholder-became')
if held[1] and not held[2] then return held[1] end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return ''
"""
# Only what the same try has stored: another one may have the job by now, and its intent or its post must not be forgotten.
_END_TRY = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
"""


def anew(part: str) -> str:
    """Return the name under which a part is posted in another place, as its own is gone."""
    return f"{part}-anew"


@dataclass(frozen=True, slots=True)
class Intent:
    """Where a part is posted: channel, thread (None: the channel itself), shown in the channel, too. `file`: an upload's id.

    `at` is when the try began (Unix time in ms, of the Redis server), 0 before it did. `over`: Slack has answered, if badly, or
    the connection is gone, so that the try cannot take effect any more later than now.
    """

    channel: str
    thread_ts: str | None = None
    broadcast: bool = False
    file: str | None = None
    at: int = 0
    over: bool = False


@dataclass(frozen=True, slots=True)
class PartState:
    """The state of one part of a job before this try: what was posted, else the intent of an earlier try, else nothing.

    `now` is the server's time in ms. `held` are the seconds for which the channel takes no posts: then nothing was stored, and
    the rest is not known. `placeholder` is the message whose place this part may take, if any: as it was posted, or
    the intent of a post that was not confirmed; `taking`: an earlier try has begun to.
    """

    posted: str | None
    intent: Intent | None
    now: int
    placeholder: str | Intent | None = None
    held: float = 0.0
    taking: bool = False


class Outbox:
    """A hash a job in Redis, kept for a while: part → what was posted (any text), or the intent to post it."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self.redis = redis
        self._keys = keys
        self._begin = redis.register_script(_BEGIN)
        self._keep = redis.register_script(_KEEP)
        self._keep_first = redis.register_script(_KEEP_FIRST)
        self._finish = redis.register_script(_FINISH)
        self._end_try = redis.register_script(_END_TRY)

    async def begin(self, job_key: str, part: str, intent: Intent, *, unless_held: bool = False) -> PartState:
        """Store the intent to post a part, unless one is stored or it was posted; returns the state before. One round trip.

        `unless_held`: nor where Slack has said that the channel takes no posts just now (bot/store/pace.py).
        """
        more = [self._keys.held(intent.channel)] if unless_held else []
        return await self._store(job_key, part, intent, *more, anew=False)

    async def begin_anew(self, job_key: str, part: str, intent: Intent) -> int:
        """Store an intent in place of an earlier one, which is known to have come to nothing; returns the server's time in ms."""
        return (await self._store(job_key, part, replace(intent, at=0, over=False), anew=True)).now

    async def forget(self, job_key: str, part: str) -> None:
        """Forget a part, whatever is kept of it."""
        await self.redis.hdel(self._keys.outbox(job_key), part)

    async def withdraw(self, job_key: str, part: str, intent: Intent) -> None:
        """Forget a try's intent: nothing was posted, for sure.

        A Redis that is away just then is waited for: an intent that stays stands for an outcome that nobody knows.
        """
        await _patiently(lambda: self._end(job_key, part, intent, ""))

    async def give_up(self, job_key: str, part: str, intent: Intent) -> None:
        """Record that a try is over, with an outcome that is not known."""
        await _patiently(lambda: self._end(job_key, part, intent, _written(replace(intent, over=True))))

    async def keep(self, job_key: str, part: str, value: str) -> None:
        """Record what was posted for a part."""
        await self._keep(keys=[self._keys.outbox(job_key)], args=[part, value, OUTBOX_TTL_SECONDS])

    async def keep_first(self, job_key: str, part: str, value: str) -> str:
        """Record a value unless there is one, and return the one that is recorded. One round trip."""
        return str(await self._keep_first(keys=[self._keys.outbox(job_key)], args=[part, value, OUTBOX_TTL_SECONDS]))

    async def finish(self, job_key: str) -> str | Intent | None:
        """Record that a job is done; where its placeholder has become nothing, record nothing and return that."""
        left = await self._finish(keys=[self._keys.outbox(job_key)], args=[DONE, "yes", OUTBOX_TTL_SECONDS])
        return _held(left)

    async def value(self, job_key: str, part: str) -> str | None:
        """Return what was posted for a part, or None."""
        found = await self.redis.hget(self._keys.outbox(job_key), part)
        return None if found is None or str(found).startswith(_INTENDED) else str(found)

    async def now(self) -> int:
        """Return the server's time in ms."""
        seconds, microseconds = await self.redis.time()
        return int(seconds) * 1000 + int(microseconds) // 1000

    async def over(self, job_key: str) -> str:
        """Return how a job has come to its end: `DONE`, or `FAILURE` where that was told; "" where it has not."""
        done, failure = await self.redis.hmget(self._keys.outbox(job_key), [DONE, FAILURE])
        if done:
            return DONE
        return FAILURE if failure and not str(failure).startswith(_INTENDED) else ""

    async def messages(self, job_key: str) -> dict[str, Intent | None]:
        """Return the parts of a job that are messages, with the intent of each that was not confirmed."""
        found: dict[Any, Any] = await self.redis.hgetall(self._keys.outbox(job_key))
        intents = {str(part): _read(text) if text.startswith(_INTENDED) else None for part, text in found.items()}
        return {
            part: intent
            for part, intent in intents.items()
            if (intent.file is None if intent else _MESSAGE.fullmatch(found[part]))
            and part not in {PLACEHOLDER, BECAME}
        }

    async def landed(self, job_key: str, part: str) -> str | None:
        """Return what was posted for a part, in its own place or in another one, or None. One round trip."""
        found = await self.redis.hmget(self._keys.outbox(job_key), [anew(part), part])
        return next((str(one) for one in found if one and not str(one).startswith(_INTENDED)), None)

    async def _end(self, job_key: str, part: str, intent: Intent, instead: str) -> None:
        await self._end_try(keys=[self._keys.outbox(job_key)], args=[part, _written(intent), instead])

    async def _store(self, job_key: str, part: str, intent: Intent, *names: str, anew: bool) -> PartState:
        arguments: list[str | int] = [part, _written(intent), OUTBOX_TTL_SECONDS, "anew" if anew else ""]
        answer = await self._begin(keys=[self._keys.outbox(job_key), *names], args=arguments)
        known, now, held, became, waits = answer
        if waits:
            return PartState(None, None, now, held=waits / 1000)
        placeholder = None if part == PLACEHOLDER else _placeholder(held, became, part)
        if not known:
            return PartState(None, None, now, placeholder)
        if known.startswith(_INTENDED):
            return PartState(None, _read(known), now, placeholder, taking=became == part)
        return PartState(known, None, now, placeholder)


async def _patiently(write: Callable[[], Awaitable[object]]) -> None:
    for pause in _PAUSES:
        try:
            await write()
        except STORE_IS_AWAY:
            await asyncio.sleep(pause)
        else:
            return
    await write()


def _placeholder(held: str, became: str, part: str) -> str | Intent | None:
    """Return a placeholder that has become nothing or this part; None for any other."""
    return _held(held) if became in {"", part} else None


def _held(held: str) -> str | Intent | None:
    return (_read(held) if held.startswith(_INTENDED) else held) or None


def _written(intent: Intent) -> str:
    return _INTENDED + json.dumps(asdict(intent), separators=(",", ":"))


def _read(text: str) -> Intent:
    return Intent(**json.loads(text.removeprefix(_INTENDED)))
