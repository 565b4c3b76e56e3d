"""Going through every key of the bot's for an id: deleted where the key is about it, taken out where the key stays."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bot.domain.incident.forgetting import Wanted
from bot.store import keys
from bot.store.queue import JobQueue

_SCRIPT = (Path(__file__).parent / "replace.lua").read_text(encoding="utf-8")


@dataclass(slots=True)
class Tally:
    """What was, or would be, done: log entries rewritten by incident, and whatever else was deleted or rewritten."""

    rewritten: dict[str, int] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)  # incidents
    gone: set[str] = field(default_factory=set)  # keys
    changed: int = 0  # fields and members of keys that stay

    @property
    def deleted(self) -> int:
        """Return how many keys: one that several passes meet is one."""
        return len(self.gone)

    @property
    def anything(self) -> bool:
        """Tell whether anything was found."""
        return bool(self.rewritten or self.erased or self.gone or self.changed)


class Sweep:
    """One pass over all keys but the logs. `raw` returns bytes. `erase` takes out what has the id, otherwise it is renamed."""

    def __init__(self, raw: Redis, wanted: Wanted, tally: Tally, *, erase: bool, dry: bool) -> None:
        self._raw = raw
        self._script = raw.register_script(_SCRIPT)
        self._wanted = wanted
        self._tally = tally
        self._erase = erase
        self._dry = dry

    async def run(self) -> None:
        """Drop the jobs, then go through every other key: one that is about the id goes as a whole."""
        by_type = {
            b"string": self._string,
            b"hash": self._hash,
            b"zset": self._sorted_set,
            b"set": self._set,
            b"list": self._list,
            b"stream": self._stream,
        }
        await self._jobs()
        # With anything before the prefix: the first version's queue had its tag in front.
        names = [name async for name in self._raw.scan_iter(f"*{keys.PREFIX}*", count=1_000)]
        for name in sorted(names):
            readable = name.decode(errors="replace")
            if keys.is_of_queue(readable):
                continue  # its jobs are dropped by the script, which keeps lanes and jobs in step
            if readable in self._tally.gone:
                continue  # goes as a whole when all passes are done
            if self._has(name):
                await self._unlink(name)
            elif not keys.is_of_log(readable):  # what follows from the log is made anew from it
                kind: Any = await self._raw.type(name)
                if kind in by_type:
                    await by_type[kind](name)

    async def _jobs(self) -> None:
        """Drop the jobs that name it, waiting or under way: what runs is cut off when its lease is renewed next, for good."""
        found = [name async for name in self._raw.scan_iter(f"{keys.Keys('*').queue}:job:*", count=1_000)]
        for name in sorted(found):
            said: Any = await self._raw.hgetall(name)
            if any(self._has(text) for text in (name, *said.values())):
                self._tally.gone.add(name.decode(errors="replace"))
                if not self._dry:
                    queue, _, key = name.decode().partition(":job:")
                    await JobQueue(self._raw, queue).scripts.drop(key)

    async def _string(self, name: bytes) -> None:
        value: Any = await self._raw.get(name)
        if self._has(value or b""):
            await self._unlink(name)

    async def _hash(self, name: bytes) -> None:
        found: Any = await self._raw.hgetall(name)
        touched = {place: value for place, value in found.items() if self._has(place) or self._has(value)}
        # What is packed is of an older version's queue: nothing can be taken out of it.
        if any(not _is_text(value) for value in touched.values()):
            await self._unlink(name)
            return
        gone = {place for place, value in touched.items() if self._has(place) or value.decode() == self._wanted.id}
        if await self._replace(name, "hash", touched.items(), gone):
            await self._hash(name)  # the bot wrote there meanwhile

    async def _sorted_set(self, name: bytes) -> None:
        await self._members(name, "zset", await self._raw.zrange(name, 0, -1))

    async def _set(self, name: bytes) -> None:
        await self._members(name, "set", await self._raw.smembers(name))

    async def _list(self, name: bytes) -> None:
        await self._members(name, "list", dict.fromkeys(await self._raw.lrange(name, 0, -1)))

    async def _members(self, name: bytes, kind: str, members: Iterable[Any]) -> None:
        touched = [member for member in members if self._has(member)]
        await self._replace(name, kind, ((member, b"") for member in touched), set(touched))

    async def _replace(self, name: bytes, kind: str, touched: Iterable[tuple[bytes, bytes]], about: set[bytes]) -> int:
        """Rename the id in places of a key, or take out those that are `about` it where it is erased.

        Returns how many are left, because they read otherwise by now.
        """
        arguments: list[bytes | str] = [kind]
        for place, value in touched:
            renamed = ("", "") if self._erase and place in about else (self._renamed(place), self._renamed(value))
            arguments += [place, value, *renamed]
            self._tally.changed += 1
        if self._dry or len(arguments) == 1:
            return 0
        return int(await self._script(keys=[name], args=arguments))

    async def _stream(self, name: bytes) -> None:
        entries: Any = await self._raw.xrange(name)
        for identifier, fields in entries:
            if any(self._has(text) for pair in fields.items() for text in pair):
                self._tally.changed += 1
                if not self._dry:
                    await self._raw.xdel(name, identifier)

    def _has(self, content: bytes) -> bool:
        """Tell whether bytes have the id: as a word in a text, anywhere in what is packed."""
        text = content.decode(errors="replace")
        return self._wanted.is_in(text) or (not _is_text(content) and self._wanted.id in text)

    def _renamed(self, content: bytes) -> str:
        return self._wanted.out_of(content.decode())

    async def _unlink(self, name: bytes) -> None:
        self._tally.gone.add(name.decode(errors="replace"))
        if not self._dry:
            await self._raw.unlink(name)


def _is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode()
    except UnicodeDecodeError:
        return False
