"""How many clicks a second the whole bot takes, and what the store's part of a click costs beside the bare script."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from urllib.parse import urlencode

from redis.asyncio import Redis

from benchmarks.ack import p99, rate
from benchmarks.figures import Figure
from benchmarks.load import TRIGGER, Load, Order
from benchmarks.processes import BOT, LOOPBACK, Bench, BenchmarkError, empty, free_port, module, open_valkey
from bot.app import EVENTS_PATH
from bot.blocks.routing import Action, SeverityTarget, action_id, encode
from bot.domain.access.admission import SEAL, Admission
from bot.domain.access.rules import Place
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST
from bot.domain.incident.incident_log import Change
from bot.domain.incident.state import SEVERITIES
from bot.store.connection import open_redis
from bot.store.incidents import IncidentStore
from bot.store.keys import Keys

CHANNEL, TEAM, PERSON = "C0AINCDNT1", "T0ALOCAL01", "U0AMAYA001"
HERE = Tenancy("default", "support")
ADMISSION = Admission(Place(CHANNEL, PERSON, is_direct=False, is_ext_shared=False, known=True), TEAM, HERE, seal=SEAL)
LEVELS = (1, 32)  # clicks under way at once
LATENCY = 0.05  # seconds that Slack takes for every call
ROUNDS, CALLS = 7, 1_000
_TARGET = 0.8
_WARM_UP, _DURATION, _TIMEOUT = 1.0, 4.0, 30.0


def measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Open an incident, change it through the store and by the bare script, then click on it through the bot."""
    with open_valkey(bench) as valkey:
        empty(valkey)
        id_ = asyncio.run(_opened(valkey.url))
        ours, bare = asyncio.run(_store_against_script(valkey.url, id_))
        say(f"  store: {ours:,.0f} changes/s, the bare script: {bare:,.0f}/s (medians of {ROUNDS})")
        loads = _clicked(bench, valkey.url, id_)
        for level, load in loads.items():
            say(f"  whole bot at {level}: {rate(load):,.0f} clicks/s, p99 {p99(load) * 1000:.1f} ms")
    return [
        Figure("store: changes a second", ours, "/s"),
        Figure("the bare script: changes a second", bare, "/s"),
        Figure("store against the bare script", ours / bare, at_least=_TARGET),
        *(
            figure
            for level, load in loads.items()
            for figure in (
                Figure(f"whole bot, at {level}: clicks a second", rate(load), "/s"),
                Figure(f"whole bot, at {level}: p99", p99(load) * 1000, "ms"),
            )
        ),
    ]


async def _opened(url: str) -> str:
    async with open_redis(url) as redis:
        store = _store(redis)
        id_ = await store.claim_id(CHANNEL)
        change = log_changes.opened(
            team=TEAM,
            channel=CHANNEL,
            tenancy=HERE,
            checklist=DEFAULT_CHECKLIST,
            by=PERSON,
            at=datetime.now(UTC),
            key="open",
        )
        await store.open(ADMISSION, id_, change, alone=True)
        root = log_changes.message_posted("root", "1700000000.000100", at=datetime.now(UTC), key="root")
        await store.apply(ADMISSION, id_, root)
        return id_


def _store(redis: Redis) -> IncidentStore:
    return IncidentStore(redis, Keys("T1"), retention=timedelta(days=1), default_tenancy=str(HERE))


def _change(number: int) -> Change:
    return log_changes.severity_set(SEVERITIES[number % 4], by=PERSON, at=datetime.now(UTC), key=f"bench:{number}")


async def _store_against_script(url: str, id_: str) -> tuple[float, float]:
    """Return changes a second through the store, and by redis-py calling the same script with ready arguments, by turns."""
    async with open_redis(url) as redis:
        store = _store(redis)
        await store.apply(ADMISSION, id_, _change(0))  # loads the script
        ours, bare = [], []
        for round_ in range(ROUNDS):
            first = 1 + round_ * 2 * CALLS
            ours.append(await _through_the_store(store, id_, first))
            bare.append(await _by_the_script(redis, store, id_, first + CALLS))
        return median(ours), median(bare)


async def _through_the_store(store: IncidentStore, id_: str, first: int) -> float:
    started = time.perf_counter()
    for number in range(first, first + CALLS):
        await store.apply(ADMISSION, id_, _change(number))
    return CALLS / (time.perf_counter() - started)


async def _by_the_script(redis: Redis, store: IncidentStore, id_: str, first: int) -> float:
    calls = [
        call for number in range(first, first + CALLS) for call in store.script.calls(CHANNEL, id_, [_change(number)])
    ]
    started = time.perf_counter()
    for names, arguments in calls:
        await redis.evalsha(store.script.sha, len(names), *names, *arguments)
    return CALLS / (time.perf_counter() - started)


def _clicked(bench: Bench, redis_url: str, id_: str) -> dict[int, Load]:
    upstream_port, port = free_port(), free_port()
    with bench.serving(
        module("upstream"), {"PORT": str(upstream_port), "LATENCY": str(LATENCY)}, upstream_port
    ) as upstream:
        settings = bench.bot_settings(port=port, redis_url=redis_url, slack_url=upstream, aionis_url=upstream)
        with bench.serving((*BOT, "serve"), settings, port):
            return {level: _load(bench, port, f"{upstream}/response/bench", id_, level) for level in LEVELS}


def _load(bench: Bench, port: int, response_url: str, id_: str, concurrency: int) -> Load:
    order = Order(
        host=LOOPBACK,
        port=port,
        path=EVENTS_PATH,
        signing_secret=bench.signing_secret,
        body=_click(response_url, id_),
        concurrency=concurrency,
        warm_up=_WARM_UP,
        duration=_DURATION,
    )
    given = order.model_dump_json().encode()
    load = Load.model_validate_json(bench.run(module("load"), {}, given=given, within=_TIMEOUT))
    if not load.latencies:
        raise BenchmarkError(f"no click was acked ({load.failures} failed): {bench.last_words()}")
    return load


def _click(response_url: str, id_: str) -> str:
    """Return the body of a click that sets a severity, as Slack sends it: every one of them changes the incident."""
    option = {
        "text": {"type": "plain_text", "text": "SEV1"},
        "value": encode(SeverityTarget(incident=id_, severity="SEV1")),
    }
    payload = {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "local-workspace"},
        "user": {"id": PERSON, "username": "maya", "team_id": TEAM},
        "api_app_id": "A0ALOCAL01",
        "container": {
            "type": "message",
            "message_ts": "1700000000.000200",
            "channel_id": CHANNEL,
            "is_ephemeral": False,
        },
        "channel": {"id": CHANNEL, "name": "incidents"},
        "trigger_id": TRIGGER,
        "response_url": response_url,
        "actions": [
            {
                "type": "static_select",
                "action_id": action_id(Action.SEVERITY),
                "block_id": "incident.none",
                "selected_option": option,
                "action_ts": "1700000001.000000",
            }
        ],
    }
    return urlencode({"payload": json.dumps(payload)})
