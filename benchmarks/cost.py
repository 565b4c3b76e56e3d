"""What a command, a click, a thread message, a Home tab and an idle bot take: CPU, calls to Slack and Aionis, Redis commands."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from benchmarks.figures import Figure
from benchmarks.phases import bare_calls, cpu_by_phase
from benchmarks.processes import Bench
from benchmarks.rig import Rig, Taken, open_rig
from bot.playground import slack as local

_CHANNELS = 10
_MESSAGES = 20
_HOME_CHANNELS = 500


def measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Count for one bot with a worker inside, without what it takes while idle."""
    return asyncio.run(_measure(bench, say))


async def _measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    # Without pictures: each takes three calls to Slack and is drawn by Pillow, and not every replay has one.
    async with open_rig(bench, channels=2 * _CHANNELS, picture_steps="0") as rig:
        run = {name: rig.aionis.runs[name].run_id for name in ("refund-failed", "refund-earlier-1")}
        # The first failure of a tenancy has its whole history read back, the first of everything is imported and compiled.
        for warming in (*run.values(), *run.values()):
            await rig.type(f"/replay {warming}", [local.REFUNDS])
            await rig.quiet()
        idle, known = await rig.idle(4), rig.channels[:_CHANNELS]
        opening = await _each(rig, idle, _CHANNELS, rig.type(f"/replay {run['refund-failed']}", known))
        phases = await cpu_by_phase(rig, idle, run["refund-failed"], rig.channels[_CHANNELS:])
        further = await _each(rig, idle, _CHANNELS, rig.type(f"/replay {run['refund-earlier-1']}", known))
        click = await _each(rig, idle, _CHANNELS, _click_all(rig))
        message = await _each(rig, idle, _MESSAGES, _say(rig))
    for name, taken in (("open", opening), ("further", further), ("click", click), ("message", message)):
        say(f"  {name}: {taken}")
    return [
        *_figures("/replay that opens an incident", opening, cpu=15, slack=6, redis=100),
        *_against_bare_calls(bench, "/replay that opens an incident", opening),
        *(Figure(f"the same, one at a time: CPU {phase}", spent, "ms") for phase, spent in phases.items()),
        *_figures("/replay of a further run", further, cpu=10, redis=70),
        *_against_bare_calls(bench, "/replay of a further run", further),
        *_figures("a click", click),
        *_figures("a thread message", message),
        Figure("idle: Redis commands a second and worker", idle.redis, "", at_most=20),
        Figure("idle: CPU", idle.cpu * 100, "%", at_most=1),
        await _home(bench),
    ]


async def _each(rig: Rig, idle: Taken, count: int, acting: Awaitable[None]) -> Taken:
    before, started = await rig.taken(), time.monotonic()
    await acting
    await rig.quiet()
    return (await rig.taken()).since(before, idle, time.monotonic() - started, each=count)


def _against_bare_calls(bench: Bench, what: str, taken: Taken) -> list[Figure]:
    """Compare the CPU of a command with that of a script that makes as many calls, on the same machine at the same hour."""
    bare = bare_calls(bench, aionis=round(taken.aionis), slack=round(taken.slack))
    return [
        Figure("a bare script's CPU for as many calls, by httpx alone", bare, "ms"),
        Figure(f"{what}: CPU against that", taken.cpu * 1000 / bare),
    ]


def _figures(
    what: str, taken: Taken, *, cpu: float | None = None, slack: float | None = None, redis: float | None = None
) -> list[Figure]:
    return [
        Figure(f"{what}: CPU", taken.cpu * 1000, "ms", at_most=cpu),
        Figure(f"{what}: Slack calls", taken.slack, "", at_most=slack),
        Figure(f"{what}: Aionis calls", taken.aionis, ""),
        Figure(f"{what}: Redis commands", taken.redis, "", at_most=redis),
        Figure(f"{what}: read from Redis", taken.read / 1000, "kB"),
    ]


async def _click_all(rig: Rig) -> None:
    for channel in rig.channels[:_CHANNELS]:
        shown = next(m for m in rig.slack.messages(channel) if "Checklist of INC-" in m.get("text", ""))
        menu = next(e for b in shown["blocks"] for e in b.get("elements", []) if e["type"] == "static_select")
        value = menu["options"][1]["value"]
        assert (await rig.slack.click(local.MAYA, shown, action_id=menu["action_id"], value=value)).ok


async def _say(rig: Rig) -> None:
    root = next(m for m in rig.slack.messages(rig.channels[0]) if m.get("thread_ts"))["thread_ts"]
    for number in range(_MESSAGES):
        await rig.slack.say(local.MAYA, rig.channels[0], f"message {number}", root)


async def _home(bench: Bench) -> Figure:
    """Count what the Home tab of a person costs who shares many channels with the bot."""
    async with open_rig(bench, channels=_HOME_CHANNELS) as rig:
        before = len(rig.slack.calls)
        await rig.slack.open_home(local.MAYA)
        await rig.slack.wait_for(lambda: rig.slack.calls_to("views.publish"))
        calls = len(rig.slack.calls) - before
    return Figure(f"Home of a person in {_HOME_CHANNELS} of the bot's channels: Slack calls", calls, "", at_most=6)
