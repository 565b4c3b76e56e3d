"""Erasure in Redis: an incident, a workspace, or a person out of everything that is stored.

It scans all of the bot's keys and passes no admission: for the command line of whoever runs the bot.
"""

import secrets
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from bot.domain.bundle.kept_answers import pack
from bot.domain.incident.forgetting import INCIDENT, PERSON, Forgotten, Wanted, forget
from bot.domain.incident.people import names_in
from bot.domain.incident.projection import rebuilt
from bot.store import keys
from bot.store.incident_answers import read_placed_answers
from bot.store.incident_changes import SALT_BYTES
from bot.store.incidents import read_log
from bot.store.keys import EVERYWHERE
from bot.store.log_entries import read_entries, stored
from bot.store.sweep import Sweep, Tally

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Forgetting:
    """Erases from one Redis; `raw` is a client of the same that returns bytes. With `dry` nothing is written."""

    def __init__(self, redis: Redis, raw: Redis, *, at: datetime, dry: bool) -> None:
        self._redis = redis
        self._raw = raw
        self._at = at
        self._dry = dry
        self.tally = Tally()

    async def incident(self, id_: str) -> None:
        """Erase an incident; where other incidents' logs name it, a tombstone stands in."""
        if await self._redis.exists(keys.incident_address(id_)):
            self.tally.erased.add(id_)
        await self._out_of_everything(Wanted(INCIDENT, id_, (), f"INC-GONE{_random(4)}"), erase=True)

    async def person(self, user: str, known: tuple[str, ...] = ()) -> None:
        """Take a person out of everything, under one pseudonym, so that who did the same as whom can still be told.

        With the id go the names that the logs know for it, and those that are `known` to whoever asks.
        """
        names = {name async for place, id_ in self._incidents() for name in await self._names(place, id_, user)}
        names |= set(known)
        await self._out_of_everything(Wanted(PERSON, user, tuple(sorted(names)), f"UGONE{_random(7)}"), erase=False)

    async def workspace(self, team: str) -> None:
        """Erase all that is stored of a workspace: whatever carries it in its key, and where others name it."""
        incidents = [id_ async for place, id_ in self._incidents() if place.startswith(f"{team}/")]
        # Counted first, so that the passes leave them alone, and a dry run counts the same.
        self.tally.gone.update(await self._keys_of(team))
        # One by one, and before the keys: other workspaces' logs and the index may name them.
        for id_ in incidents:
            await self.incident(id_)
        for name in await self._keys_of(team):
            self.tally.gone.add(name)
            if not self._dry:
                await self._redis.unlink(name)
        await self._sweep(Wanted(INCIDENT, team, (), f"TGONE{_random(6)}"), erase=True)

    async def _keys_of(self, team: str) -> list[str]:
        names = self._redis.scan_iter(f"*{keys.PREFIX}*", count=1_000)
        return [name async for name in names if keys.workspace_in_key(name) == team]

    async def _out_of_everything(self, wanted: Wanted, *, erase: bool) -> None:
        async for place, id_ in self._incidents():
            if id_ != wanted.id and EVERYWHERE.incident_log(place, id_) not in self.tally.gone:
                await self._out_of_log(place, id_, wanted)
        await self._sweep(wanted, erase=erase)

    async def _incidents(self) -> AsyncIterator[tuple[str, str]]:
        names = [name async for name in self._redis.scan_iter(EVERYWHERE.incident_log("*", "*"), count=1_000)]
        for name in sorted(names):
            yield keys.incident_of_log(name)

    async def _names(self, place: str, id_: str, user: str) -> list[str]:
        names = [names_in([entry]).get(user) for entry in await read_log(self._redis, place, id_)]
        return [name for name in names if name]

    async def _out_of_log(self, place: str, id_: str, wanted: Wanted) -> None:
        name, fields = EVERYWHERE.incident_log(place, id_), EVERYWHERE.incident_fields(place, id_)

        async def put(pipe: Pipeline) -> Forgotten | None:
            before: Any = await pipe.xrange(name)
            done = forget(read_entries(before), wanted, at=self._at, new_salt=_new_salt)
            ttl = await pipe.pttl(name)  # deleting it, below, would have a closed incident kept for ever
            pipe.multi()  # type: ignore[no-untyped-call]
            if done and not self._dry:
                _put_log(pipe, name, _stored(before, done), ttl)
                _put_fields(pipe, fields, rebuilt(id_, done.entries), ttl)
            return done

        # Watching both makes it start again when somebody changes the incident meanwhile.
        done: Forgotten | None = await self._redis.transaction(put, name, fields, value_from_callable=True)
        if done:
            self.tally.rewritten[id_] = len(done.rewritten)
        await self._out_of_answers(place, id_, wanted)

    async def _out_of_answers(self, place: str, id_: str, wanted: Wanted) -> None:
        name = EVERYWHERE.incident_answers(place, id_)
        for number, answer in (await read_placed_answers(self._redis, place, id_)).items():
            without = answer.model_copy(
                update={"answer": wanted.out_of_value(answer.answer), "asked": wanted.out_of_value(answer.asked)}
            )
            if without != answer:
                self.tally.changed += 1
                if not self._dry:
                    await self._redis.hset(name, number, pack(without).text)

    async def _sweep(self, wanted: Wanted, *, erase: bool) -> None:
        await Sweep(self._raw, wanted, self.tally, erase=erase, dry=self._dry).run()


def _stored(before: Iterable[tuple[str, dict[str, str]]], done: Forgotten) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the log as it is stored: what was not rewritten byte for byte, as the chain of older entries is made of that."""
    yield from (
        (identifier, stored(entry) if entry.version in done.rewritten else fields)
        for (identifier, fields), entry in zip(before, done.entries, strict=False)
    )
    yield f"{done.tombstone.version}-0", stored(done.tombstone)


def _put_log(pipe: Pipeline, name: str, entries: Iterable[tuple[str, dict[str, str]]], ttl: int) -> None:
    pipe.delete(name)
    for identifier, fields in entries:
        pipe.xadd(name, dict[Any, Any](fields), id=identifier)
    if ttl > 0:
        pipe.pexpire(name, ttl)


def _put_fields(pipe: Pipeline, name: str, fields: dict[str, str], ttl: int) -> None:
    pipe.delete(name)
    pipe.hset(name, mapping=dict[Any, Any](fields))
    if ttl > 0:
        pipe.pexpire(name, ttl)


def _new_salt() -> str:
    return secrets.token_hex(SALT_BYTES)


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
