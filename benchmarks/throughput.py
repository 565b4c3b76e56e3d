"""How many commands a second one `serve` acks and one `worker` does, and their memory: for docs/operations.md."""

import asyncio
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from redis.asyncio import Redis

from benchmarks.ack import LATENCY, load, rate
from benchmarks.figures import Figure
from benchmarks.processes import BOT, Bench, BenchmarkError, free_port, module, open_valkey, wait_for_port
from benchmarks.upstream import RUN_ID, TEAM
from bot.jobs.replay import ReplayRequest
from bot.slack import ReplyTo
from bot.store.connection import open_redis
from bot.store.keys import Keys
from bot.store.queue import JobQueue

_JOBS, _CHANNELS = 240, 60
_WITHIN = 240.0  # seconds
_CONCURRENCY = 20  # the default of WORKER_CONCURRENCY


def measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Start one of each, then load one after the other."""
    with ExitStack() as stack:
        valkey = stack.enter_context(open_valkey(bench))
        port, bot_port = free_port(), free_port()
        upstream = stack.enter_context(
            bench.serving(module("upstream"), {"PORT": str(port), "LATENCY": str(LATENCY)}, port)
        )
        settings = bench.bot_settings(port=bot_port, redis_url=valkey.url, slack_url=upstream, aionis_url=upstream)
        serve = stack.enter_context(bench.running((*BOT, "serve"), {**settings, "WORKER_CONCURRENCY": "0"}))
        wait_for_port(bot_port, serve, bench.last_words)
        time.sleep(3)  # what is imported after the start
        idle = _memory(serve)
        acked = rate(load(bench, bot_port, upstream, 32))
        figures = [
            Figure("serve: commands acked a second", acked, "/s"),
            Figure("serve: memory, idle", idle, "MiB"),
            Figure("serve: memory, after that", _memory(serve), "MiB"),
        ]
        serve.kill()
        say(f"  serve acks {acked:,.0f} commands a second")
        worker = stack.enter_context(
            bench.running((*BOT, "worker"), {**settings, "WORKER_CONCURRENCY": str(_CONCURRENCY)})
        )
        done = asyncio.run(_done_a_second(valkey.url, worker, bench))
        return [
            *figures,
            Figure(f"worker: replays done a second, {_CONCURRENCY} at once", done, "/s"),
            Figure("worker: memory, after that", _memory(worker), "MiB"),
        ]


async def _done_a_second(url: str, worker: "subprocess.Popen[bytes]", bench: Bench) -> float:
    """Store replays of many channels, whose jobs are done side by side, and wait until all are done."""
    async with open_redis(url) as redis:
        await redis.flushall()
        queue = JobQueue(redis, Keys(TEAM).queue)
        for number in range(_JOBS):
            channel = f"C{number % _CHANNELS:09}"
            request = ReplayRequest(reply=ReplyTo(channel=channel, user="U0AMAYA001"), run_id=RUN_ID)
            payload = request.model_dump(mode="json", exclude_none=True)
            await queue.enqueue("replay", payload, key=f"replay:{number}", lane=f"channel:{channel}")
        began = await _begun(redis, queue)
        deadline = began + _WITHIN
        while await _left(redis, queue):
            if time.monotonic() > deadline or worker.poll() is not None:
                raise BenchmarkError(f"the worker did not do its jobs: {bench.last_words()}")
            await asyncio.sleep(0.05)
        return _JOBS / (time.monotonic() - began)


async def _begun(redis: Redis, queue: JobQueue) -> float:
    """Wait until the worker, whose own start is not measured, has taken the first."""
    while not await redis.exists(f"{queue.name}:held"):  # noqa: ASYNC110 it is asked over a socket
        await asyncio.sleep(0.01)
    return time.monotonic()


async def _left(redis: Redis, queue: JobQueue) -> int:
    return len([name async for name in redis.scan_iter(f"{queue.name}:lane:0:channel:*", count=1_000)])


def _memory(process: "subprocess.Popen[bytes]") -> float:
    """Return the resident memory of a process."""
    for line in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise BenchmarkError("this system does not tell what a process takes")
