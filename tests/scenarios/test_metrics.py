"""What `/metrics` tells of a scenario is what happened, counted from the local Slack and the sample Aionis."""

import asyncio
import re
import socket
from collections import Counter
from typing import Any

import pytest
import structlog
from redis import Redis

from bot.app import run_worker
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.runtime import metrics
from bot.runtime.metrics import INSTRUMENTS, Registry
from bot.store.keys import Keys
from tests.conftest import http_client, running_bot, settings_for
from tests.scenarios.incidents import checklist, mark_done, opened, text_entered
from tests.scenarios.steps import replayed, told

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
NOWHERE = "00000000-0000-4000-8000-000000000000"
_LINE = re.compile(r"^([a-z_]+)(?:\{(.*)\})? ([0-9.e+-]+)$")
_LABEL = re.compile(r'(\w+)="([^"]*)"')


async def samples(base_url: str) -> Samples:
    async with http_client() as client:
        answer = await client.get(f"{base_url}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [found.groups() for line in answer.text.splitlines() if (found := _LINE.match(line))]
    return {(name, tuple(sorted(_LABEL.findall(labels or "")))): float(value) for name, labels, value in lines}


def of(read: Samples, name: str, *labels: str) -> dict[Any, float]:
    """Return an instrument's values by those of its labels, summed over the others."""
    total: Counter[Any] = Counter()
    for (one, pairs), value in read.items():
        if one == name:
            found = dict(pairs)
            total[tuple(found[label] for label in labels) if len(labels) != 1 else found[labels[0]]] += value  # type: ignore[assignment]
    return {key: value for key, value in total.items() if value}


async def settled(slack: LocalSlack, base_url: str) -> Samples:
    """Return the metrics once nothing is under way any more."""
    read: Samples = {}

    async def quiet() -> bool:
        nonlocal read
        before = len(slack.calls)
        read = await samples(base_url)
        jobs = of(read, "incident_bot_queue_jobs", "state")
        return not jobs.get("ready") and not jobs.get("held") and before == len(slack.calls)

    while not await quiet():  # noqa: ASYNC110 it is asked over HTTP
        await asyncio.sleep(0.05)
    return read


async def test_the_metrics_of_a_scenario_are_what_happened(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, metrics="on")
    async with running_bot(slack, settings) as base_url:
        message = await opened(slack, aionis)
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {NOWHERE}")
        await told(slack, "Aionis has no run")
        await mark_done(slack, message, "monitor", {"proof": text_entered("https://git.example.com/pull/2")})
        await checklist(slack, "2 of 5 done")
        ids = " ".join(aionis.runs[name].run_id for name in ("refund-failed", "refund-rerun"))
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay compare {ids}")
        await checklist(slack, "3 of 5 done")
        for text in ("/replay help", "/replay", "/replay nonsense", "/replay severity", "/resolve x", "/replay bind"):
            await slack.command(user=MAYA, channel=INCIDENTS, text=text)
        read = await settled(slack, base_url)
        called = Counter(call.method for call in slack.calls)
        counted = of(read, "incident_bot_slack_calls_total", "method")
        assert counted == called
        assert of(read, "incident_bot_commands_total", "word", "outcome")["replay", "done"] == 1
        assert of(read, "incident_bot_commands_total", "word", "outcome")["replay", "RunNotFound"] == 1
        assert of(read, "incident_bot_commands_total", "word", "outcome")["compare", "done"] == 1
        words = of(read, "incident_bot_commands_total", "word", "outcome")
        assert (words["help", "done"], words["replay", "UsageError"], words["resolve", "UsageError"]) == (2, 1, 1)
        assert {words["severity", "UsageError"], words["bind", "done"]} == {1}
        assert of(read, "incident_bot_incidents_total", "change") == {"opened": 1}
        assert of(read, "incident_bot_checklist_total", "basis")["asserted"] == 1
        assert of(read, "incident_bot_fix_verdicts_total", "verdict") == {"fixed": 1}
        asked = Counter(str(call.status) for call in aionis.calls if call.path.endswith("runs/get"))
        answered = of(read, "incident_bot_aionis_calls_total", "endpoint", "status")
        assert {status: n for (path, status), n in answered.items() if path.endswith("runs/get")} == asked
        acks = sum(value for (name, _), value in read.items() if name == "incident_bot_ack_seconds_count")
        assert acks == len(slack.deliveries)
        for text in (INCIDENTS, MAYA, "INC-", aionis.runs["refund-failed"].run_id, slack.bot_token):
            assert not [pairs for _, pairs in read if text in str(pairs)]


async def test_waits_and_repeated_tries_are_told(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, metrics="on")
    async with running_bot(slack, settings) as base_url:
        slack.faults.next("chat.postMessage", retry_after=1)
        aionis.faults.add(kind="bad_gateway", endpoint="runs/get", times=1)
        await replayed(slack, aionis.runs["refund-failed"].run_id)
        read = await settled(slack, base_url)
        assert of(read, "incident_bot_slack_waits_total", "kind") == {"chat.postMessage": 1}
        assert of(read, "incident_bot_slack_calls_total", "method", "status")["chat.postMessage", "429"] == 1
        assert of(read, "incident_bot_aionis_retries_total", "status") == {"502": 1}
        asked = Counter((call.path, str(call.status)) for call in aionis.calls)
        assert of(read, "incident_bot_aionis_calls_total", "endpoint", "status") == asked


async def test_sockets_are_counted_as_slack_greets_them(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    more = {"slack_app_token": slack.app_token, "metrics": "on"}
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, **more)) as base_url:
        read: Samples = {}
        while not of(read, "incident_bot_socket_connections_total"):
            read = await samples(base_url)
        assert set(of(read, "incident_bot_socket_connections_total").values()) == {1}


async def test_log_lines_of_a_job_carry_its_id(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    merge: Any = structlog.contextvars.merge_contextvars
    with structlog.testing.capture_logs(processors=[merge]) as lines:
        async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url)):
            await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {NOWHERE}")
            await told(slack, "Aionis has no run")
    failed = next(line for line in lines if line["event"] == "job_failed")
    assert failed["job"].startswith("replay:")


async def test_without_the_setting_there_is_nothing(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url)) as base_url:
        async with http_client() as client:
            assert (await client.get(f"{base_url}/metrics")).status_code == 404
        assert not metrics.is_on()
        await replayed(slack, aionis.runs["refund-failed"].run_id)


async def test_an_address_has_a_server_of_its_own(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    address = f"127.0.0.1:{free_port()}"
    settings = settings_for(slack, aionis.base_url, redis_url, metrics=address)
    async with running_bot(slack, settings) as base_url:
        await replayed(slack, aionis.runs["refund-failed"].run_id)
        read = await samples(f"http://{address}")
        assert of(read, "incident_bot_incidents_total", "change") == {"opened": 1}
        async with http_client() as client:
            assert (await client.get(f"{base_url}/metrics")).status_code == 404


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_labels_are_bounded() -> None:
    registry = Registry()
    for number in range(5_000):
        registry.of("commands", {"word": f"w{number}", "outcome": "a\nb" * number}).inc()
    registry.of("commands", {"word": "x" * 500, "outcome": "done"}).inc()
    lines = [line for line in registry.text().decode().splitlines() if line.startswith("incident_bot_commands_total")]
    assert len(lines) < 200
    assert sum(float(line.rpartition(" ")[2]) for line in lines) == 5_001


def test_no_label_tells_channels_runs_or_people_apart() -> None:
    labels = {label for instrument in INSTRUMENTS for label in instrument.labels}
    assert labels.isdisjoint({"channel", "run", "run_id", "user", "team", "incident", "job", "tenant", "scope"})
    assert len({instrument.name for instrument in INSTRUMENTS}) == len(INSTRUMENTS)


@pytest.fixture(autouse=True)
def off_again() -> Any:
    yield
    metrics.disable()


async def test_a_worker_tells_what_it_did_at_its_address(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    address = f"127.0.0.1:{free_port()}"
    apart = settings_for(slack, aionis.base_url, redis_url, worker_concurrency=0)
    worker = settings_for(slack, aionis.base_url, redis_url, metrics=address)
    with Redis.from_url(redis_url) as store:  # runs that a watch knows to be open are no incidents
        store.zadd(Keys(slack.world.team.id).open_runs("0" * 32), {"run-1": 1, "run-2": 2})
    async with running_bot(slack, apart):
        working = asyncio.create_task(run_worker(worker))
        try:
            await replayed(slack, aionis.runs["refund-failed"].run_id)
            read = await settled(slack, f"http://{address}")
            assert of(read, "incident_bot_commands_total", "word", "outcome") == {("replay", "done"): 1}
            assert of(read, "incident_bot_open_incidents") == {(): 1}
        finally:
            working.cancel()
            await asyncio.wait({working})
