"""What grows: runs in an incident, messages in a thread, reminders due, answers to export; by counts and ratios."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.figures import Figure
from benchmarks.packing import ANSWERS
from benchmarks.processes import Bench, module
from benchmarks.rig import Rig, Taken, open_rig
from bot.domain.access.admission import SEAL, Admission
from bot.domain.access.rules import Place
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST
from bot.domain.incident.kept import RunDigest
from bot.playground import slack as local
from bot.playground.slack import commands
from bot.store.incidents import IncidentStore
from bot.store.keys import Keys
from bot.store.queue import JobQueue

_FEW, _MANY = 10, 500  # runs in an incident
_REMINDERS = 10_000
_OPEN = 1_000  # incidents
_MESSAGES = 2_000
_PACKED_WITHIN = 300.0  # seconds
_HERE = Tenancy("default", "support")


def measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Make things large, one after the other."""
    return asyncio.run(_measure(bench, say))


async def _measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    figures: list[Figure] = []
    async with open_rig(bench, channels=3, summary_quiet_seconds="1", summary_min_seconds="1") as rig:
        await rig.type(f"/replay {rig.aionis.runs['refund-failed'].run_id}", rig.channels)
        await rig.quiet()
        for part in (_runs, _thread, _acks, _reminders, _home):
            found = await part(rig)
            say("\n".join(f"  {figure.name}: {figure.value:.1f} {figure.unit}" for figure in found))
            figures += found
    return [*figures, *await asyncio.to_thread(_export, bench)]


async def _runs(rig: Rig) -> list[Figure]:
    few, many = rig.channels[:2]
    await _add_runs(rig, few, _FEW)
    await _add_runs(rig, many, _MANY)
    text = f"/replay {rig.aionis.runs['refund-earlier-1'].run_id}"
    for channel in (few, many):  # the runs are of another process: what the bot adds itself, it knows
        await rig.type("/replay severity SEV3", [channel])
        await rig.type(text, [channel])
    clicks = [await _taken(rig, _click(rig, channel)) for channel in (few, many)]
    text = f"/replay {rig.aionis.runs['refund-earlier-2'].run_id}"
    replays = [await _taken(rig, rig.type(text, [channel])) for channel in (few, many)]
    return [
        Figure(f"a click at {_MANY} runs: read from Redis", clicks[1].read / 1000, "kB", at_most=50),
        Figure(f"a click at {_MANY} runs against {_FEW}: Redis commands", clicks[1].redis / clicks[0].redis),
        Figure(
            f"a replay at {_MANY} runs against {_FEW}: Redis commands", replays[1].redis / replays[0].redis, at_most=1.3
        ),
        Figure(
            f"a replay at {_MANY} runs against {_FEW}: read from Redis", replays[1].read / replays[0].read, at_most=1.3
        ),
        Figure(f"a replay at {_MANY} runs against {_FEW}: CPU", replays[1].cpu / replays[0].cpu, at_most=1.3),
    ]


async def _home(rig: Rig) -> list[Figure]:
    """Have many incidents open in a channel, and look at the Home tab and at the channel's status."""
    channel, team = rig.channels[1], rig.slack.world.team.id
    admission = Admission(_place(channel), team, _HERE, seal=SEAL)
    store = IncidentStore(rig.redis, Keys(team), retention=timedelta(days=1), default_tenancy=str(_HERE))
    for number in range(_OPEN):
        opened = log_changes.opened(
            team=team,
            channel=channel,
            tenancy=_HERE,
            checklist=DEFAULT_CHECKLIST,
            by=local.MAYA,
            at=datetime.now(UTC),
            key="open",
        )
        id_ = await store.claim_id(channel)
        await store.open(admission, id_, opened, alone=False)
        ts = f"1700000000.{number:06}"
        await store.apply(admission, id_, log_changes.message_posted("root", ts, at=datetime.now(UTC), key="root"))
    before, published = len(rig.slack.calls), len(rig.slack.calls_to("views.publish"))
    await rig.slack.open_home(local.MAYA)
    await rig.slack.wait_for(lambda: len(rig.slack.calls_to("views.publish")) > published, timeout=60)
    await rig.type("/replay status", [channel])
    await rig.quiet()
    calls = len(rig.slack.calls) - before
    return [Figure(f"Home and status with {_OPEN:,} open incidents: Slack calls", calls, "", at_most=50)]


def _place(channel: str) -> Place:
    return Place(channel, creator="", is_direct=False, is_ext_shared=False, known=True)


async def _add_runs(rig: Rig, channel: str, count: int) -> None:
    store = IncidentStore(
        rig.redis, Keys(rig.slack.world.team.id), retention=timedelta(days=1), default_tenancy=str(_HERE)
    )
    (incident,) = await store.open_ones(Admission(_place(channel), rig.slack.world.team.id, _HERE, seal=SEAL))
    for number in range(count):
        run = RunDigest(run_id=str(uuid.uuid4()), verdict="failed", failing=True, goal="x" * 80)
        await store.append(incident, log_changes.run_added(run, by="U1", at=datetime.now(UTC), key=f"run-{number}"))


async def _taken(rig: Rig, acting: Any) -> Taken:
    await rig.quiet()
    idle = await rig.idle(2)
    before, started = await rig.taken(), time.monotonic()
    await acting
    await rig.quiet()
    return (await rig.taken()).since(before, idle, time.monotonic() - started, each=1)


async def _click(rig: Rig, channel: str) -> None:
    shown = next(m for m in rig.slack.messages(channel) if "Checklist of INC-" in m.get("text", ""))
    menu = next(e for b in shown["blocks"] for e in b.get("elements", []) if e["type"] == "static_select")
    value = menu["options"][1]["value"]
    assert (await rig.slack.click(local.MAYA, shown, action_id=menu["action_id"], value=value)).ok


async def _thread(rig: Rig) -> list[Figure]:
    """Let people talk in a thread at length, then once more, and count what the summary reads for that."""
    channel = rig.channels[2]
    root = next(m for m in rig.slack.messages(channel) if m.get("thread_ts"))["thread_ts"]
    for number in range(_MESSAGES):
        commands.say(rig.slack.workspace, local.MAYA, channel, f"message {number}", root)
        if number % 100 == 0:
            await rig.slack.settle()
    await rig.slack.settle()
    await rig.type("/replay summary", [channel])
    await rig.quiet()
    before = len(rig.slack.calls_to("conversations.replies"))
    await rig.type("/replay summary", [channel])
    await rig.quiet()
    reads = len(rig.slack.calls_to("conversations.replies")) - before
    return [Figure(f"a summary again at {_MESSAGES:,} messages: reads of the thread", reads, "", at_most=2)]


async def _acks(rig: Rig) -> list[Figure]:
    """Have a long run replayed, and type on meanwhile."""
    replaying = asyncio.create_task(rig.type(f"/replay {rig.aionis.runs['long'].run_id} new", [rig.channels[0]]))
    times: list[float] = []
    until = time.monotonic() + 6
    while time.monotonic() < until:
        started = time.monotonic()
        await rig.type("/replay help", [rig.channels[1]])
        times.append(time.monotonic() - started)
        await asyncio.sleep(0.02)
    await replaying
    await rig.quiet()
    return [Figure("slowest ack while a run of 2.7 MiB is replayed and kept", max(times) * 1000, "ms", at_most=500)]


async def _reminders(rig: Rig) -> list[Figure]:
    """Let many reminders be due at once, and have somebody type."""
    queue = JobQueue(rig.redis, Keys(rig.slack.world.team.id).queue)
    for start in range(0, _REMINDERS, 500):
        jobs = ({"channel": rig.channels[0], "incident": f"INC-{number}"} for number in range(start, start + 500))
        after = timedelta(seconds=5)
        await asyncio.gather(
            *(queue.reschedule("remind", one, key=f"remind:{one['incident']}", after=after) for one in jobs)
        )
    while await rig.redis.zcard(f"{queue.name}:due") > _REMINDERS / 2:  # noqa: ASYNC110 another process does it
        await asyncio.sleep(0.05)
    started, before = time.monotonic(), len(rig.slack.calls_to("chat.postMessage"))
    await rig.type(f"/replay {rig.aionis.runs['partial'].run_id} new", [local.RANDOM])
    await rig.slack.wait_for(lambda: len(rig.slack.calls_to("chat.postMessage")) > before, timeout=60)
    return [Figure(f"command to post with {_REMINDERS:,} reminders due", time.monotonic() - started, "s", at_most=2)]


def _export(bench: Bench) -> list[Figure]:
    """Pack answers of different runs in a process that has no other children: the largest of all is what can be asked for."""
    grown, size, problems = json.loads(bench.run(module("packing"), {}, within=_PACKED_WITHIN))
    return [
        Figure(f"export of {ANSWERS} such answers: more memory than for one", grown, "MB", at_most=200),
        Figure(f"export of {ANSWERS} such answers: the bundle", size, "MiB"),
        Figure(f"export of {ANSWERS} such answers: what verify complains of", problems, "", at_most=0),
    ]
