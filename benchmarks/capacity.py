"""What an incident, a waiting job and a binding take in Redis: for the capacity table of docs/operations.md."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from redis.asyncio import Redis

from benchmarks.figures import Figure
from benchmarks.processes import Bench
from bot.domain.access.admission import SEAL, Admission
from bot.domain.access.rules import Place
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST
from bot.domain.incident.kept import RunDigest
from bot.store.bindings import Bindings
from bot.store.connection import open_redis
from bot.store.embedded import EmbeddedValkey
from bot.store.incidents import IncidentStore
from bot.store.keys import Keys
from bot.store.queue import JobQueue

_MANY, _ENTRIES = 200, 30
KEYS = Keys("T1")
_HERE = Tenancy("default", "support")
_AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
Add = Callable[[Redis, int], Awaitable[None]]


def measure(_bench: Bench, _say: Callable[[str], None]) -> list[Figure]:
    """Fill an empty server with many of each, and divide what it grew by."""
    with tempfile.TemporaryDirectory(prefix="ib-") as folder:
        server = EmbeddedValkey(Path(folder))
        server.start()
        try:
            return asyncio.run(_measured(server.url))
        finally:
            server.stop()


async def _measured(url: str) -> list[Figure]:
    what: dict[str, Add] = {f"incident of {_ENTRIES} entries": _incident, "waiting job": _job, "binding": _binding}
    async with open_redis(url) as redis:
        return [Figure(f"Redis: one {name}", await _grown_by(redis, add) / 1024, "KiB") for name, add in what.items()]


async def _grown_by(redis: Redis, add: Add) -> float:
    before = (await redis.info("memory"))["used_memory_dataset"]
    for number in range(_MANY):
        await add(redis, number)
    return float((await redis.info("memory"))["used_memory_dataset"] - before) / _MANY


async def _incident(redis: Redis, number: int) -> None:
    store = IncidentStore(redis, KEYS, retention=timedelta(days=90), default_tenancy=str(_HERE))
    channel, id_ = f"C{number:09}", f"INC-{number:04}"
    place = Place(channel, creator="", is_direct=False, is_ext_shared=False, known=True)
    admission = Admission(place, "T1", _HERE, seal=SEAL)
    opened = log_changes.opened(
        team="T1", channel=channel, tenancy=_HERE, checklist=DEFAULT_CHECKLIST, by="U1", at=_AT, key="open"
    )
    await store.open(admission, id_, opened, alone=True)
    for entry in range(_ENTRIES - 1):
        run = RunDigest(
            run_id=f"3d1868e2-{entry:04}-4f69-952e-61f53ef2ef30", verdict="failed", failing=True, goal="x" * 80
        )
        await store.apply(admission, id_, log_changes.run_added(run, by="U1", at=_AT, key=f"run-{entry}"))


async def _job(redis: Redis, number: int) -> None:
    payload = {"reply": {"channel": "C1", "user": "U1", "response_url": "https://hooks.slack.com/commands/" + "x" * 60}}
    await JobQueue(redis, KEYS.queue).enqueue("replay", payload, key=f"replay:{number}", lane=f"channel:{number}")


async def _binding(redis: Redis, number: int) -> None:
    await Bindings(redis, KEYS).bind(f"C{number:09}", _HERE, by="U1", at=_AT)
