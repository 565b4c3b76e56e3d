"""Which workspace's keys are used, and taking over what versions stored whose keys did not carry the workspace."""

import re

import structlog
from redis.asyncio import Redis

from bot.errors import SettingsError
from bot.ids import short_hash
from bot.store import keys
from bot.store.keys import Keys

VERSION = "2"  # of the keys; before them there was no such number
_OLD_QUEUE = "{incident-bot:queue}"
_OLD_WATCHES = "incident-bot:watches"
_ADDRESS = "incident-bot:incident:{"
_WITH_WORKSPACE = re.compile(r"\{[TE][A-Z0-9]*/")
_NOBODYS = {
    keys.PROCESSES,
    keys.PROCESS_SETTINGS,
    keys.PROBE,
    keys.WORKSPACES,
    keys.DATA_VERSION,
    keys.INSTALLATIONS,
    keys.LEFT,
}
_AT_A_TIME = 1_000

log = structlog.get_logger(__name__)


async def remember_workspace(redis: Redis, token: str, workspace: str) -> None:
    """Keep which workspace a token is of, so that the bot can start while Slack is away."""
    await redis.hset(keys.WORKSPACES, short_hash(token), workspace)


async def known_workspace(redis: Redis, token: str) -> str | None:
    """Return the workspace that a token was of when Slack was asked last, or None."""
    found = await redis.hget(keys.WORKSPACES, short_hash(token))
    return None if found is None else str(found)


async def workspaces(redis: Redis) -> list[str]:
    """Return the workspaces of which bots have run on this database."""
    return sorted({str(workspace) for workspace in await redis.hvals(keys.WORKSPACES)})


async def migrate(redis: Redis, own: Keys) -> None:
    """Rename keys that carry no workspace; done once a database, from where it was cut off.

    An incident's channel goes to the workspace that its log names, the rest to `own`. Raises `SettingsError` while processes of
    such a version run: what they went on to store would not be found.
    """
    # In one step: another process may write the version just now, and be there the moment after.
    async with redis.pipeline(transaction=True) as pipe:
        pipe.get(keys.DATA_VERSION)
        pipe.zcard(keys.PROCESSES)
        version, alive = await pipe.execute()
    if version == VERSION:
        return
    if alive:
        raise SettingsError(
            "Bots of an older version run on this Redis, whose data is to be taken over.",
            fix="Stop all of them first, wait for 15 seconds, and start this version then.",
        )
    old = await _old_names(redis)
    owners = await _owners(redis, old, own)
    # The owners are known before the first rename: once its log is renamed, nothing says whose a channel was.
    for start in range(0, len(old), _AT_A_TIME):
        await _rename(redis, old[start : start + _AT_A_TIME], owners, own)
    await redis.set(keys.DATA_VERSION, VERSION)
    if old:
        log.info("data_taken_over", keys=len(old), workspace=own.workspace)


async def ensure_migrated(redis: Redis) -> None:
    """Raise `SettingsError` where something is stored whose key carries no workspace: commands would not find it."""
    if await redis.get(keys.DATA_VERSION) != VERSION and await _old_names(redis):
        raise SettingsError(
            "What is stored here is of an older version.",
            fix="Start this version of the bot once, which takes it over.",
        )


async def note_data_version(redis: Redis) -> None:
    """Note that keys carry their workspace here. Raises `SettingsError` where some do not, and nobody says whose they are."""
    await ensure_migrated(redis)
    await redis.set(keys.DATA_VERSION, VERSION)


async def _old_names(redis: Redis) -> list[str]:
    names = [str(name) async for name in redis.scan_iter(f"*{keys.PREFIX}*", count=_AT_A_TIME)]
    old = [name for name in names if not _WITH_WORKSPACE.search(name) and name not in _NOBODYS]
    return [name for name in old if not name.startswith(_ADDRESS) or "/" not in (await redis.get(name) or "/")]


async def _owners(redis: Redis, names: list[str], own: Keys) -> dict[str, Keys]:
    """Return channel → keys of its workspace, of channels that have incidents."""
    fields = [name for name in names if "}:incident:" in name]
    async with redis.pipeline(transaction=False) as pipe:
        for name in fields:
            pipe.hget(name, "team")
        teams = await pipe.execute()
    return {
        keys.incident_of_log(name)[0]: Keys(str(team)) if team else own
        for name, team in zip(fields, teams, strict=True)
    }


async def _rename(redis: Redis, names: list[str], owners: dict[str, Keys], own: Keys) -> None:
    async with redis.pipeline(transaction=False) as pipe:
        for name in names:
            if new := _new_name(name, owners, own):
                pipe.renamenx(name, new)  # never over what this version has stored already
        await pipe.execute(raise_on_error=False)  # gone meanwhile: it had a time to live
    # Addresses keep their name and get a new value, whose slash tells which were taken over when this is cut off.
    for name in names:
        if name.startswith(_ADDRESS) and (found := await redis.get(name)):
            channel = str(found)
            if "/" not in channel:  # else another process that starts beside this one was here meanwhile
                await redis.set(name, owners.get(channel, own).place(channel), keepttl=True)


def _new_name(name: str, owners: dict[str, Keys], own: Keys) -> str | None:
    """Return what a key is called now, None for one of the whole database."""
    if name.startswith(_OLD_QUEUE):
        return own.queue + name.removeprefix(_OLD_QUEUE)
    if name == _OLD_WATCHES:
        return own.watches
    if name.startswith(_ADDRESS):
        return None
    before, _, rest = name.partition("{")
    tag, _, after = rest.partition("}")
    return f"{before}{{{owners.get(tag, own).place(tag)}}}{after}"
