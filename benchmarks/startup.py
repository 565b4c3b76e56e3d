"""How long `incident-bot serve` takes until it answers, and until it is ready, against importing its four libraries alone."""

import contextlib
import http.client
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

from benchmarks.figures import Figure
from benchmarks.processes import (
    BOT,
    LOOPBACK,
    START_TIMEOUT,
    Bench,
    BenchmarkError,
    empty,
    free_port,
    module,
    open_valkey,
)

ROUNDS = 5
_IMPORTS = "import slack_bolt.async_app, httpx, pydantic, redis.asyncio; print('imported', flush=True)"
_LOOK_AGAIN = 0.002  # seconds


def measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Start both in turns; the first round fills the byte-code cache and does not count."""
    with ExitStack() as stack:
        valkey = stack.enter_context(open_valkey(bench))
        empty(valkey)
        port = free_port()
        upstream = stack.enter_context(bench.serving(module("upstream"), {"PORT": str(port)}, port))
        bot_port = free_port()
        settings = bench.bot_settings(port=bot_port, redis_url=valkey.url, slack_url=upstream, aionis_url=upstream)
        rounds = [(_importing(bench), *_starting(bench, settings, bot_port)) for _ in range(ROUNDS + 1)][1:]
    imports, alive, ready = (median(times) for times in zip(*rounds, strict=True))
    say(
        f"  imports {imports * 1000:.0f} ms · start-up {alive * 1000:.0f} ms · ready {ready * 1000:.0f} ms (medians of {ROUNDS})"
    )
    return [
        Figure("importing slack_bolt, httpx, pydantic and redis", imports * 1000, "ms"),
        Figure("incident-bot serve until /healthz answers", alive * 1000, "ms"),
        Figure("incident-bot serve until /readyz says yes", ready * 1000, "ms"),
        Figure("start-up against the imports", alive / imports, at_most=2),
        Figure("ready against the imports", ready / imports),
    ]


def _importing(bench: Bench) -> float:
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", _IMPORTS], cwd=bench.folder, env=bench.environment({}), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        said = process.stdout.readline()
        took = time.perf_counter() - started
    if not said:
        raise BenchmarkError("the libraries cannot be imported")
    return took


def _starting(bench: Bench, settings: dict[str, str], port: int) -> tuple[float, float]:
    """Return the seconds until the bot is alive, and until it is ready."""
    started = time.perf_counter()
    with bench.running((*BOT, "serve"), settings) as process:

        def seconds_until(path: str) -> float:
            while not _answers(port, path):
                if process.poll() is not None or time.perf_counter() - started > START_TIMEOUT:
                    raise BenchmarkError(f"the bot did not start: {bench.last_words()}")
                time.sleep(_LOOK_AGAIN)
            return time.perf_counter() - started

        return seconds_until("/healthz"), seconds_until("/readyz")


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    with contextlib.closing(connection), contextlib.suppress(OSError):
        connection.request("GET", path)
        return connection.getresponse().status == 200
    return False
