"""One bot between a local Slack, a sample Aionis and a Valkey of its own, and what it takes from each of them."""

import asyncio
import contextlib
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from benchmarks.processes import BOT, LOOPBACK, Bench, empty, free_port, open_valkey, wait_for_port
from bot.app import EVENTS_PATH
from bot.config.manifest import load_manifest
from bot.playground import slack as local
from bot.playground.aionis import SampleAionis
from bot.playground.aionis import serve as serve_aionis
from bot.playground.slack.world import BOT as BOT_USER
from bot.playground.slack.world import Channel, default_world
from bot.store.connection import open_redis
from bot.store.keys import Keys

QUIET = 1.2  # seconds without a call to Slack after which everything is done: edits of one message are a second apart
_OURS = re.compile(rb'\] "(?:INFO|TOUCH|HELLO|CLIENT)"')  # what this measuring sends, and how connections begin


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken so far, or between two looks: seconds of the bot's CPU, calls, commands, bytes out of Redis."""

    cpu: float
    slack: float
    aionis: float
    redis: float
    read: float

    def since(self, before: "Taken", idle: "Taken", seconds: float, *, each: int) -> "Taken":
        """Return what one of `each` took, without what an idle bot takes in as many seconds."""
        return Taken(
            *(
                max(0.0, (getattr(self, one) - getattr(before, one) - getattr(idle, one) * seconds) / each)
                for one in Taken.__slots__
            )
        )


@dataclass(slots=True)
class Rig:
    """Everything that runs."""

    slack: local.LocalSlack
    aionis: SampleAionis
    redis: Redis
    pid: int
    channels: list[str]
    sent: "Sent"

    def cpu(self) -> float:
        """Return the seconds of CPU that the bot has taken so far."""
        return time.clock_gettime(
            ~self.pid << 3 | 2
        )  # Linux' clock of another process; /proc counts hundredths of seconds

    async def taken(self) -> Taken:
        """Look at all of them."""
        info = await self.redis.info("stats")
        calls = len(self.slack.calls), len(self.aionis.calls)
        return Taken(self.cpu(), *calls, self.sent.count, info["total_net_output_bytes"])

    async def quiet(self) -> None:
        """Wait until no job is to be done or being done, and nothing has been asked of Slack for a while."""
        queue = Keys(self.slack.world.team.id).queue
        places = [f"{queue}:{place}" for place in ("ready:0", "ready:1", "held")]
        # By a command that the bot never sends, so that it is not counted.
        await until_quiet(self.slack, busy=lambda: self.redis.touch(*places))

    async def idle(self, seconds: float) -> Taken:
        """Return what the bot takes in a second in which nobody does anything."""
        before = await self.taken()
        await asyncio.sleep(seconds)
        after = await self.taken()
        return Taken(*((getattr(after, one) - getattr(before, one)) / seconds for one in Taken.__slots__))

    async def type(self, text: str, channels: Iterable[str]) -> None:
        """Have one command typed in each channel, one after the other."""
        for channel in channels:
            delivery = await self.slack.command(user=local.MAYA, channel=channel, text=text)
            assert delivery.ok, delivery


class Sent:
    """Counts the commands that clients send, each a round trip or a part of one; not those that scripts run at the server."""

    def __init__(self) -> None:
        self.count = 0
        self.kinds: Counter[str] = Counter()

    @asynccontextmanager
    async def listening(self, socket: Path) -> AsyncIterator["Sent"]:
        """Listen to a server until the block ends."""
        reader, writer = await asyncio.open_unix_connection(str(socket), limit=2**24)
        writer.write(b"MONITOR\r\n")
        task = asyncio.create_task(self._listen(reader))
        try:
            yield self
        finally:
            task.cancel()
            writer.close()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while line := await reader.readline():
                if b" lua]" not in line and b"] " in line and not _OURS.search(line):
                    self.count += 1
                    self.kinds[line.partition(b"] ")[2].split()[0].decode()] += 1


async def until_quiet(slack: local.LocalSlack, *, busy: Callable[[], Awaitable[int]] | None = None) -> None:
    """Wait until nothing has been asked of Slack for a while, nor is there anything to do where `busy` tells."""
    seen, since = -1, time.monotonic()
    while time.monotonic() - since < QUIET:
        if len(slack.calls) != seen or (busy and await busy()):
            seen, since = len(slack.calls), time.monotonic()
        await asyncio.sleep(0.05)


@asynccontextmanager
async def open_rig(bench: Bench, *, channels: int, **settings: str) -> AsyncIterator[Rig]:
    """Run all of it until the block ends."""
    world = default_world()
    ids = [f"C0BENCH{number:04}" for number in range(channels)]
    for id_ in ids:
        world.channels[id_] = Channel(id_, id_.lower(), [local.MAYA, BOT_USER], creator=local.MAYA)
    async with AsyncExitStack() as stack:
        valkey = stack.enter_context(open_valkey(bench))
        empty(valkey)
        aionis = SampleAionis()
        await stack.enter_async_context(serve_aionis(aionis))
        slack = local.LocalSlack(
            world=world,
            manifest=load_manifest(),
            signing_secret=bench.signing_secret,
            bot_token=bench.bot_token,
            app_token=f"xa{'pp'}-{'0' * 24}",
        )
        slack.limits.enabled = False
        slack.link.ack_timeout = 30.0  # counts are what is measured here, also on a machine that is busy
        slack_url = await stack.enter_async_context(local.serve(slack))
        port = free_port()
        given = bench.bot_settings(
            port=port, redis_url=valkey.url, slack_url=slack_url, aionis_url=aionis.base_url, **settings
        )
        process = stack.enter_context(bench.running((*BOT, "serve"), given))
        # In a thread: this loop answers Slack's and Aionis' part of the start.
        await asyncio.to_thread(wait_for_port, port, process, bench.last_words)
        slack.request_url = f"http://{LOOPBACK}:{port}{EVENTS_PATH}"
        redis = await stack.enter_async_context(open_redis(valkey.url))
        sent = await stack.enter_async_context(Sent().listening(valkey.socket))
        yield Rig(slack, aionis, redis, process.pid, ids, sent)
