"""A simulated crowd: people who type and click in many channels at once, and remember what was acknowledged."""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

from bot.playground.slack import JONAS, MAYA, Delivery, LocalSlack
from bot.playground.slack.world import BOT, Channel, World, default_world
from tests.scenarios.incidents import is_checklist

PEOPLE = (MAYA, JONAS)
_DOORS_OPEN_WITHIN = 20.0  # seconds
Json = dict[str, Any]


@dataclass(slots=True)
class Typed:
    """A command that somebody typed. `acked`: the bot said that it is stored; `unsure`: it could not say.

    `belongs`: the run exists and is of the case that the crowd works on, so that its channel has to show it.
    """

    number: int
    user: str
    channel: str
    run_id: str
    belongs: bool
    trigger: str = ""
    acked: bool = False
    unsure: bool = False

    def __str__(self) -> str:
        became = "acked" if self.acked else "unsure" if self.unsure else "refused"
        return f"#{self.number} {self.user} in {self.channel}: /replay {self.run_id[:8]} ({became})"


@dataclass(slots=True)
class Diary:
    """What happened, in order: lines for people, with the channel that they are about (None: all)."""

    lines: list[tuple[str | None, str]] = field(default_factory=list)

    def note(self, line: str, channel: str | None = None) -> None:
        self.lines.append((channel, line))

    def of(self, channel: str) -> str:
        """Return what happened in a channel and to everything: the shortest history of what went wrong there."""
        return "\n".join(line for about, line in self.lines if about in (None, channel))


def world_of(channels: int) -> World:
    """Return a workspace with that many channels beside the usual ones."""
    world = default_world()
    for number in range(channels):
        id_ = f"C0CHAOS{number:03}"
        world.channels[id_] = Channel(id_, f"chaos-{number}", [MAYA, JONAS, BOT], creator=MAYA)
    return world


class Crowd:
    """People in some channels. `doors` are the request URLs of the bots; each request takes one of them.

    `runs` are of one case, the first a failure; `others` are of other cases, which people are asked about.
    """

    def __init__(
        self, slack: LocalSlack, dice: Random, diary: Diary, *, doors: list[str], runs: list[str], others: list[str]
    ) -> None:
        self._slack = slack
        self._dice = dice
        self._diary = diary
        self._doors = doors
        self._runs = runs
        self._others = others
        self.typed: list[Typed] = []
        self.clicks = 0

    async def act(self, channels: list[str], *, commands: int, clicks: int, seconds: float) -> None:
        """Type and click for about so many seconds; half of the commands go to the first channel, in bursts."""
        plans: dict[str, list[Callable[[], Any]]] = {channel: [] for channel in channels}
        for number in range(commands):
            channel = channels[0] if self._dice.random() < 0.4 else self._dice.choice(channels)
            plans[channel].append(self._typing(number, channel))
        for _ in range(clicks):
            channel = self._dice.choice(channels)
            plans[channel].insert(self._dice.randint(0, len(plans[channel])), self._clicking(channel))
        await asyncio.gather(*(self._live(channel, plan, seconds) for channel, plan in plans.items()))

    async def _live(self, channel: str, plan: list[Callable[[], Any]], seconds: float) -> None:
        pause = seconds / max(1, len(plan))
        for act in plan:
            if self._dice.random() < 0.6:  # otherwise at once: a burst
                await asyncio.sleep(self._dice.uniform(0, 2 * pause))
            self._slack.request_url = await self._door()
            await act()

    async def _door(self) -> str:
        """Return a bot that takes connections, as a load balancer does; waits for one where none does, for a while."""
        doors = self._dice.sample(self._doors, len(self._doors))
        deadline = time.monotonic() + _DOORS_OPEN_WITHIN
        while time.monotonic() < deadline:
            for door in doors:
                if await _is_open(door):
                    return door
            await asyncio.sleep(0.1)
        return doors[0]

    def _typing(self, number: int, channel: str) -> Callable[[], Any]:
        kind = self._dice.random()
        unknown = str(uuid.UUID(int=self._dice.getrandbits(128), version=4))
        run_id = self._dice.choice(self._runs if kind < 0.75 else self._others) if kind < 0.85 else unknown
        typed = Typed(number, self._dice.choice(PEOPLE), channel, run_id, run_id in self._runs)

        async def do() -> None:
            self.typed.append(typed)
            delivery = await self._slack.command(user=typed.user, channel=channel, text=f"/replay {run_id}")
            typed.trigger = str(delivery.payload["trigger_id"])
            typed.acked = delivery.ok and "Replaying run" in str(delivery.body)
            typed.unsure = not typed.acked and not refused(delivery)
            self._diary.note(str(typed), channel)

        return do

    def _clicking(self, channel: str) -> Callable[[], Any]:
        severity, user = self._dice.choice(("SEV1", "SEV2", "SEV3", "SEV4")), self._dice.choice(PEOPLE)

        async def do() -> None:
            shown = await self._checklists(channel)
            if not shown:
                return
            menus = (e for block in shown[-1]["blocks"] for e in block.get("elements", []))
            menu = next((e for e in menus if e["type"] == "static_select"), None)
            if menu is None:
                return
            value = next(option["value"] for option in menu["options"] if option["text"]["text"] == severity)
            delivery = await self._slack.click(user, shown[-1], action_id=menu["action_id"], value=value)
            self.clicks += 1
            self._diary.note(f"{user} sets {severity} in {channel}: {delivery.error or 'acked'}", channel)

        return do

    async def _checklists(self, channel: str) -> list[Json]:
        """Return the channel's checklists; waits for a moment where there is none yet."""
        for _ in range(20):
            shown = [m for m in self._slack.messages(channel) if is_checklist(m)]
            if shown:
                return shown
            await asyncio.sleep(0.1)
        return []


async def _is_open(door: str) -> bool:
    parts = urlsplit(door)
    try:
        _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    except OSError:
        return False
    writer.close()
    return True


def refused(delivery: Delivery) -> bool:
    """Tell whether nothing was started for sure."""
    return delivery.error == "connection_failed" or "nothing was started" in str(delivery.body)
