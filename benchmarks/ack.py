"""How soon, and how often a second, a signed `/replay` is acked: the bot against bare Bolt and against a tutorial's bot.

Without a pause each ack is followed by the next command at once, so that a worker inside does all the jobs meanwhile, in the
same loop; `TYPED` is how it is in a channel, where somebody has to type.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

from benchmarks.figures import Figure
from benchmarks.load import TRIGGER, Load, Order
from benchmarks.processes import BOT, LOOPBACK, Bench, BenchmarkError, empty, free_port, module, open_valkey
from benchmarks.upstream import RUN_ID
from bot.app import EVENTS_PATH

LEVELS = (1, 32, 128)  # requests open at once
TYPED = 0.4  # seconds between an ack and the next command, for one who types very fast
LATENCY = 0.05  # seconds that Slack and Aionis take for every call
_WARM_UP = 1.0
_DURATION = 4.0
_TYPED_DURATION = 12.0
_LOAD_TIMEOUT = 30.0

NOTHING = "empty ASGI application"
DEFAULT = "(a) bare Bolt"
BEFORE = "(b) bare Bolt, process_before_response"
TUTORIAL = "(c) tutorial's bot"
APART = "the bot, workers apart"
INSIDE = "the bot, worker inside"


@dataclass(frozen=True, slots=True)
class Site:
    """Where everything is: the bot's settings fit all set-ups."""

    bench: Bench
    settings: dict[str, str]
    port: int
    upstream: str

    def served(self, *command: str, **more: str) -> AbstractContextManager[str]:
        """Serve a bot of any kind on the port."""
        return self.bench.serving(command, {**self.settings, **more}, self.port)


SetUp = Callable[[Site], AbstractContextManager[str]]


@contextmanager
def _workers_apart(site: Site) -> Iterator[str]:
    with (
        site.bench.running((*BOT, "worker"), {**site.settings, "WORKER_CONCURRENCY": "20"}),
        site.served(*BOT, "serve", WORKER_CONCURRENCY="0") as url,
    ):
        yield url


SET_UPS: dict[str, SetUp] = {
    NOTHING: lambda site: site.served(*module("bare"), ACK_MODE="nothing"),
    DEFAULT: lambda site: site.served(*module("bare"), ACK_MODE="default"),
    BEFORE: lambda site: site.served(*module("bare"), ACK_MODE="process_before_response"),
    TUTORIAL: lambda site: site.served(*module("tutorial")),
    APART: _workers_apart,
    INSIDE: lambda site: site.served(*BOT, "serve", WORKER_CONCURRENCY="20"),
}


def measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Load each set-up at each level and compare."""
    loads: dict[str, dict[int, Load]] = {}
    typed: dict[str, Load] = {}
    with ExitStack() as stack:
        valkey = stack.enter_context(open_valkey(bench))
        port = free_port()
        upstream = stack.enter_context(
            bench.serving(module("upstream"), {"PORT": str(port), "LATENCY": str(LATENCY)}, port)
        )
        bot_port = free_port()
        settings = bench.bot_settings(port=bot_port, redis_url=valkey.url, slack_url=upstream, aionis_url=upstream)
        for name, set_up in SET_UPS.items():
            empty(valkey)
            with set_up(Site(bench, settings, bot_port, upstream)):
                typed[name] = load(bench, bot_port, upstream, 1, pause=TYPED, duration=_TYPED_DURATION)
                loads[name] = {level: load(bench, bot_port, upstream, level) for level in LEVELS}
            say(f"  {name}: typed: p50 {median(typed[name].latencies) * 1000:.1f} ms")
            say(f"  {name}: " + " · ".join(_words(level, load) for level, load in loads[name].items()))
    return [*_context(loads, typed), *_ratios(loads, typed)]


def command(response_url: str) -> str:
    """Return the body of a typed `/replay`, as Slack sends it."""
    form = {
        "token": "0123456789abcdef01234567",
        "team_id": "T0ALOCAL01",
        "team_domain": "local-workspace",
        "channel_id": "C0AINCDNT1",
        "channel_name": "incidents",
        "user_id": "U0AMAYA001",
        "user_name": "maya",
        "command": "/replay",
        "text": RUN_ID,
        "api_app_id": "A0ALOCAL01",
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": TRIGGER,
    }
    return urlencode(form)


def load(
    bench: Bench, port: int, upstream: str, concurrency: int, *, pause: float = 0, duration: float = _DURATION
) -> Load:
    order = Order(
        host=LOOPBACK,
        port=port,
        path=EVENTS_PATH,
        signing_secret=bench.signing_secret,
        body=command(f"{upstream}/response/bench"),
        concurrency=concurrency,
        warm_up=_WARM_UP,
        duration=duration,
        pause=pause,
    )
    load = Load.model_validate_json(
        bench.run(module("load"), {}, given=order.model_dump_json().encode(), within=_LOAD_TIMEOUT)
    )
    if not load.latencies:
        raise BenchmarkError(f"no request was acked ({load.failures} failed): {bench.last_words()}")
    return load


def _words(concurrency: int, load: Load) -> str:
    failed = f", {load.failures} FAILED" if load.failures else ""
    return (
        f"at {concurrency}: p50 {median(load.latencies) * 1000:.1f} ms, p99 {p99(load) * 1000:.1f} ms, "
        f"{rate(load):,.0f}/s{failed}"
    )


def _context(loads: dict[str, dict[int, Load]], typed: dict[str, Load]) -> Iterator[Figure]:
    for name, by_level in loads.items():
        yield Figure(f"{name}, typed: p50", median(typed[name].latencies) * 1000, "ms")
        yield Figure(f"{name}, typed: p99", p99(typed[name]) * 1000, "ms")
        for level, load in by_level.items():
            yield Figure(f"{name}, at {level}: p50", median(load.latencies) * 1000, "ms")
            yield Figure(f"{name}, at {level}: p99", p99(load) * 1000, "ms")
            yield Figure(f"{name}, at {level}: throughput", rate(load), "/s")
            if load.failures:
                yield Figure(f"{name}, at {level}: requests not acked with 200", load.failures, "")


def _ratios(loads: dict[str, dict[int, Load]], typed: dict[str, Load]) -> Iterator[Figure]:
    by_hand = {name: median(load.latencies) for name, load in typed.items()}
    alone = {name: median(by_level[1].latencies) for name, by_level in loads.items()}
    busy = {name: rate(by_level[32]) for name, by_level in loads.items()}
    for ours, at_least in ((APART, 15), (INSIDE, 10)):
        for base, at_most in ((DEFAULT, 0.3), (BEFORE, 3)):
            yield Figure(f"{ours}: ack p50 typed, against {base}", by_hand[ours] / by_hand[base], at_most=at_most)
            without_pause = at_most if ours == APART else None  # inside, each waits for the job of the one before
            yield Figure(f"{ours}: ack p50 at 1, against {base}", alone[ours] / alone[base], at_most=without_pause)
        yield Figure(f"{ours}: throughput at 32 against {TUTORIAL}", busy[ours] / busy[TUTORIAL], at_least=at_least)
        yield Figure(f"{ours}: ack p99 at 128", p99(loads[ours][128]), "s", at_most=1)


def p99(load: Load) -> float:
    """Return the latency that 99 of 100 requests stay below, in seconds."""
    ordered = sorted(load.latencies)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def rate(load: Load) -> float:
    """Return the requests acked a second."""
    return len(load.latencies) / load.seconds
