"""The script that changes an incident (incident.lua): what it is given, and several changes in one round trip."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import NoScriptError

from bot.domain.incident.incident_log import Change, EntryKind
from bot.domain.incident.log_chain import FIRST, next_chain
from bot.store.incident_changes import arguments_of, milliseconds, root_in, sealed
from bot.store.keys import Keys, incident_address
from bot.store.known_incidents import NOTHING, KnownFields

ScriptCall = tuple[Sequence[str], Sequence[str | int]]
"""The keys and arguments of a script."""

_HERE = Path(__file__).parent


def script_of(*names: str) -> str:
    """Return the text of a script that stands in these files beside this one."""
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


async def in_one_round_trip(
    redis: Redis, script: AsyncScript, calls: Sequence[ScriptCall], *, kept: str | None = None
) -> list[Any]:
    """Return the answers of a script to calls of it; with them the key that is to be `kept` loses its end."""

    async def ask() -> list[Any]:
        async with redis.pipeline(transaction=False) as pipe:
            for names, arguments in calls:
                pipe.evalsha(script.sha, len(names), *names, *arguments)
            if kept:
                pipe.persist(kept)
            return list(await pipe.execute())[: len(calls)]

    try:
        return await ask()
    except NoScriptError:
        await redis.script_load(script.script)
        return await ask()


class IncidentScript:
    """Applies changes to the incidents of one bot; the retentions are in seconds."""

    def __init__(
        self, redis: Redis, keys: Keys, *, retention: int, answer_retention: int, default_tenancy: str
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._script = redis.register_script(script_of("sha256.lua", "incident_state.lua", "incident.lua"))
        self._retentions = retention, answer_retention
        self._default_tenancy = default_tenancy

    @property
    def sha(self) -> str:
        """Return the name under which the server has the script once it was loaded."""
        return self._script.sha

    async def apply(
        self, channel: str, id_: str, changes: Sequence[Change], *, alone: bool = False, known: KnownFields = NOTHING
    ) -> list[Any]:
        """Apply changes in their order, in one round trip; returns the script's answer to each.

        With one that opens the incident, the address of its id loses its end.
        """
        calls = self.calls(channel, id_, changes, alone=alone, known=known)
        opens = changes[0].kind is EntryKind.OPENED
        if len(calls) == 1 and not opens:
            names, arguments = calls[0]
            return [await self._script(keys=names, args=arguments)]
        kept = incident_address(id_) if opens else None
        return await in_one_round_trip(self._redis, self._script, calls, kept=kept)

    def calls(
        self, channel: str, id_: str, changes: Sequence[Change], *, alone: bool = False, known: KnownFields = NOTHING
    ) -> list[ScriptCall]:
        """Return the keys and arguments of the script for each of some changes that follow upon one another."""
        keys = self._keys
        names = [
            keys.incident_fields(channel, id_),
            keys.incident_log(channel, id_),
            keys.incident_seen(channel, id_),
            keys.open_incidents(channel),
            keys.roots(channel),
            keys.binding(channel),
            keys.incident_answers(channel, id_),
            keys.moved(channel),
        ]
        retention, answer_retention = self._retentions
        # A Redis that has lost what was known of an incident (a failover) may have it opened anew, from its first entry on.
        opens = changes[0].kind is EntryKind.OPENED
        previous, before = (FIRST, 0) if opens else (known.chain, int(known.version or 0))
        made: list[ScriptCall] = []
        for version, change in enumerate(changes, before + 1):
            salt, digest = sealed(change)
            link = next_chain(previous, version, digest) if previous else ""
            arguments = [
                *arguments_of(id_, change),
                retention,
                milliseconds(change.at),
                root_in(change),
                "alone" if alone else "",
                self._default_tenancy,
                salt,
                digest,
                answer_retention,
                *known.arguments,
                previous,
                link,
            ]
            made.append((names, arguments))
            previous = link
        return made
