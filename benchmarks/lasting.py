"""What lasts: a bot after thousands of commands, incidents that are closed, threads of ten thousand messages."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.processes import Bench
from benchmarks.rig import Rig, open_rig
from bot.domain.access.admission import SEAL, Admission
from bot.domain.access.rules import Place
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import log_changes
from bot.playground import slack as local
from bot.playground.slack.messages import Message
from bot.store.incidents import IncidentStore
from bot.store.keys import Keys

_WARMING, _COMMANDS, _AT_ONCE = 600, 3_000, 10
_CLOSED = 10  # channels with a closed incident each
_BASE = 6  # kB of what it was opened with: its checklist, in the log and in its fields
_MESSAGES, _CLICKS, _BETWEEN = 10_000, 12, 1.3  # seconds; Slack takes about an edit a second
_HERE = Tenancy("default", "support")


def measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Make it last, one after the other."""
    return asyncio.run(_measure(bench, say))


async def _measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    figures: list[Figure] = []
    for part in (_closed, _long_thread, _many_commands):
        async with open_rig(bench, channels=_CLOSED, picture_steps="0", summary_min_seconds="1") as rig:
            await rig.type(f"/replay {rig.aionis.runs['refund-failed'].run_id}", rig.channels)
            await rig.quiet()
            found = await part(rig)
        say("\n".join(f"  {figure.name}: {figure.value:.1f} {figure.unit}" for figure in found))
        figures += found
    return figures


async def _many_commands(rig: Rig) -> list[Figure]:
    """Have thousands of commands typed, of which each tenth replays a run, and look at the bot's memory before and after."""
    runs = [rig.aionis.runs[name].run_id for name in ("refund-failed", "refund-earlier-1", "success", "partial")]

    async def typed(count: int) -> None:
        for start in range(0, count, _AT_ONCE):
            texts = [f"/replay {runs[start // _AT_ONCE % len(runs)]}", *["/replay status"] * (_AT_ONCE - 1)]
            await asyncio.gather(*(rig.type(text, [one]) for text, one in zip(texts, rig.channels, strict=True)))
        await rig.quiet()

    await typed(_WARMING)
    before = _resident(rig.pid)
    await typed(_COMMANDS)
    grown = _resident(rig.pid) - before
    return [Figure(f"memory of the bot after {_COMMANDS:,} commands more", grown / 2**20, "MiB", at_most=15)]


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


async def _closed(rig: Rig) -> list[Figure]:
    """Close an incident of two runs in each channel, and add up what Redis keeps of them."""
    await rig.type(f"/replay {rig.aionis.runs['refund-earlier-1'].run_id}", rig.channels)
    await rig.quiet()
    keys = Keys(rig.slack.world.team.id)
    store = IncidentStore(rig.redis, keys, retention=timedelta(days=90), default_tenancy=str(_HERE))
    kept, answers, entries = 0, 0, 0
    for channel in rig.channels:
        place = Place(channel, creator="", is_direct=False, is_ext_shared=False, known=True)
        (incident,) = await store.open_ones(Admission(place, rig.slack.world.team.id, _HERE, seal=SEAL))
        closing: dict[str, Any] = {"items": (), "overridden": True, "reason": "mended", "blockers": ()}
        await store.append(incident, log_changes.closed(**closing, by="U1", at=datetime.now(UTC), key="close"))
        entries += len(await store.log(incident))
        names = [str(name) async for name in rig.redis.scan_iter(f"*{keys.of_channel(channel)}*{incident.id}*")]
        sizes = {name: int(await rig.redis.memory_usage(name, samples=0) or 0) for name in names}
        answers += sizes.get(keys.incident_answers(channel, incident.id), 0)
        kept += sum(sizes.values())
    size, length = (kept - answers) / _CLOSED / 1000, entries / _CLOSED
    return [
        Figure(f"a closed incident of two runs and {length:.0f} entries, without answers: memory in Redis", size, "kB"),
        Figure(f"the same: each entry beyond {_BASE} kB", (size - _BASE) / length, "kB", at_most=1.2),
        Figure("the answers of a run in it, packed", answers / _CLOSED / 2 / 1000, "kB", at_most=10),
    ]


async def _long_thread(rig: Rig) -> list[Figure]:
    """Click in a thread of ten thousand messages, with Slack's limits, and wait for the checklist to show it."""
    channel, slack = rig.channels[0], rig.slack
    root = next(m for m in slack.messages(channel) if m.get("thread_ts"))["thread_ts"]
    for number in range(_MESSAGES):  # not told to the bot: it need not have heard them
        said = Message(channel, slack.workspace.ids.ts(), local.MAYA, f"message {number}", slack.world.team.id)
        said.thread_ts = root
        slack.workspace.messages.add(said)
    await rig.type("/replay summary", [channel])
    await rig.quiet()
    slack.limits.enabled = True
    before, times = len(slack.calls_to("conversations.replies")), []
    for number in range(_CLICKS):
        shown = next(m for m in slack.messages(channel) if "Checklist of INC-" in m.get("text", ""))
        menu = next(e for b in shown["blocks"] for e in b.get("elements", []) if e["type"] == "static_select")
        option = menu["options"][number % 2 + 1]
        started = time.monotonic()
        assert (await slack.click(local.MAYA, shown, action_id=menu["action_id"], value=option["value"])).ok
        await slack.wait_for(_showing(slack, channel, option["text"]["text"]), timeout=60)
        times.append(time.monotonic() - started)
        await asyncio.sleep(_BETWEEN)
    reads = len(slack.calls_to("conversations.replies")) - before
    return [
        Figure(
            f"click to checklist in a thread of {_MESSAGES:,} messages, slowest of {_CLICKS}",
            max(times),
            "s",
            at_most=1,
        ),
        Figure("the same: reads of the thread for each", reads / _CLICKS, "", at_most=2),
    ]


def _showing(slack: local.LocalSlack, channel: str, level: str) -> Callable[[], bool]:
    def shows() -> bool:
        shown = next(m for m in slack.messages(channel) if "Checklist of INC-" in m.get("text", ""))
        return f"· {level} ·" in str(shown["blocks"])

    return shows
