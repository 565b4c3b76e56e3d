"""Aionis' answers that an incident keeps: what its bundle is made of."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from bot.domain.bundle.kept_answers import KeptAnswer, PackedAnswer, StoredAnswer, stored_answers, unpack
from bot.domain.incident.state import Incident
from bot.runtime import metrics
from bot.store.keys import EVERYWHERE, Keys

# What comes after the close goes with the rest, and nothing is kept of an incident that is gone.
_KEEP = """
local left = redis.call('TTL', KEYS[2])
if left == -2 then return 0 end
for place = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[place], ARGV[place + 1]) end
if left >= 0 then redis.call('EXPIRE', KEYS[1], math.min(left, tonumber(ARGV[1]))) end
return 1
"""
_EXPECTED_FOR = timedelta(minutes=10)  # a job that never comes to its end is not waited for longer


class IncidentAnswers:
    """The answers of all incidents. `retention` is how many seconds behind its close an incident keeps them."""

    def __init__(self, redis: Redis, keys: Keys, *, retention: int) -> None:
        self._redis = redis
        self._keys = keys
        self._keep = redis.register_script(_KEEP)
        self._retention = retention

    async def keep(self, incident: Incident, answers: Iterable[PackedAnswer]) -> None:
        """Keep the answers that a job of an incident has used; the same answer to the same question is kept once."""
        answers = list(answers)
        for answer in answers:
            for rule, count in answer.rules.items():
                metrics.count("redactions", count, rule=rule)
        kept: dict[Any, Any] = {answer.name: answer.text for answer in answers}
        if kept:
            names = self._keys.incident_answers, self._keys.incident_fields
            await self._keep(
                keys=[name(incident.channel, incident.id) for name in names],
                args=[self._retention, *(part for pair in kept.items() for part in pair)],
            )

    async def expect(self, incident: Incident, job: str) -> None:
        """Say that a job is going to keep answers of an incident."""
        name = self._keys.expected_answers(incident.channel, incident.id)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.sadd(name, job)
            pipe.expire(name, _EXPECTED_FOR)
            await pipe.execute()

    async def has_kept(self, incident: Incident, job: str) -> None:
        """Say that a job has kept its answers."""
        await self._redis.srem(self._keys.expected_answers(incident.channel, incident.id), job)

    async def expects(self, incident: Incident) -> bool:
        """Tell whether a job still keeps answers of an incident."""
        return bool(await self._redis.exists(self._keys.expected_answers(incident.channel, incident.id)))

    async def packed(self, incident: Incident) -> dict[str, str]:
        """Return the answers that an incident keeps as they are stored, by the job that kept them."""
        kept: Any = await self._redis.hgetall(self._keys.incident_answers(incident.channel, incident.id))
        return dict(kept)

    async def of(self, incident: Incident) -> list[StoredAnswer]:
        """Return the answers that an incident keeps, in the order they were read."""
        return await read_answers(self._redis, self._keys.place(incident.channel), incident.id)


async def read_answers(redis: Redis, place: str, id_: str) -> list[StoredAnswer]:
    """Return the answers that whatever incident keeps, in the order they were read."""
    kept: Any = await redis.hvals(EVERYWHERE.incident_answers(place, id_))
    return await asyncio.to_thread(stored_answers, kept)


async def read_placed_answers(redis: Redis, place: str, id_: str) -> dict[str, KeptAnswer]:
    """Return the same by their places in the hash."""
    kept: Any = await redis.hgetall(EVERYWHERE.incident_answers(place, id_))
    return {place: unpack(text) for place, text in kept.items()}
