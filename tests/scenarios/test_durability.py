"""Never lose a command, never answer it twice: repetitions, lost answers, killed processes."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import EVENTS_PATH
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from bot.store.embedded import EmbeddedValkey
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import checklist, opened, roots, severity_choice
from tests.scenarios.processes import environment, free_port, is_ready, process
from tests.scenarios.steps import analyses, ephemeral, posted, replayed, replies, text_of, told


async def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, "the condition never held"
        await asyncio.sleep(0.02)


async def settled(slack: LocalSlack, aionis: SampleAionis) -> None:
    """Wait until a later command was answered: whatever came before it is done, too."""
    await slack.command(user=JONAS, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-rerun'].run_id}")
    await slack.wait_for(lambda: [one for one in analyses(slack) if "SUCCEEDED" in one["text"]])


async def test_a_command_delivered_again_and_again_gives_one_result(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
    await asyncio.gather(delivery.redeliver(), delivery.redeliver())
    await slack.wait_for(lambda: analyses(slack))
    await delivery.redeliver()  # long after the job has ended
    await settled(slack, aionis)
    assert len([m for m in posted(slack) if "FAILED" in m["text"]]) == 1
    assert len([one for one in analyses(slack) if "FAILED" in one["text"]]) == 1


async def test_a_lost_confirmation_does_not_post_twice(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    slack.faults.next("chat.postMessage", lose_response=True)
    await replayed(slack, aionis.runs["refund-failed"].run_id)
    await settled(slack, aionis)
    assert len([m for m in posted(slack) if "FAILED" in m["text"]]) == 1


async def test_a_change_by_a_click_that_was_cut_off_behind_it_is_shown(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await opened(slack, aionis)
    monkeypatch.setattr("bot.jobs.refresh.IF_CUT_OFF", timedelta(seconds=0.5))

    async def killed(*_given: Any) -> None:
        raise ConnectionResetError("stands for a kill -9 between the change and what is to follow")

    monkeypatch.setattr("handlers.interactions.refresh_soon", killed)
    await slack.click(MAYA, shown, **severity_choice(shown, "SEV2"))
    await checklist(slack, "· SEV2 ·")


@pytest.mark.parametrize("fault", [{"status": 500}, {"error": "internal_error"}, {"retry_after": 1}])
async def test_slacks_own_troubles_are_waited_out(
    slack: LocalSlack, aionis: SampleAionis, bot: str, fault: dict[str, str | int]
) -> None:
    slack.faults.next("chat.postMessage", **fault)  # type: ignore[arg-type]
    root = await replayed(slack, aionis.runs["refund-failed"].run_id)
    assert "FAILED" in root["text"]
    assert len(posted(slack)) == 1


async def test_blocks_that_slack_refuses_leave_the_verdict_as_text(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    slack.faults.next("chat.postMessage", error="invalid_blocks")
    root = await replayed(slack, aionis.runs["refund-failed"].run_id)
    assert "FAILED at step 2" in roots(slack)[0]["text"]
    assert "FAILED" in root["text"]
    assert any(not one.get("blocks") for one in (roots(slack)[0], root)), "one of them was refused, and stands as text"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "rate_limited", "ms": 60_000}, "limiting the bot"),
        ({"kind": "server_error"}, "HTTP 500"),
        ({"kind": "bad_gateway"}, "HTTP 502"),
        ({"kind": "hang"}, "did not answer"),
        ({"kind": "not_json"}, "not understood"),
        ({"kind": "wrong_json"}, "not understood"),
        ({"kind": "truncated"}, "No connection"),
        ({"kind": "closed"}, "No connection"),
        ({"kind": "oversized", "mib": 2}, "larger than"),
        ({"kind": "unsupported"}, "does not support"),
    ],
)
async def test_every_trouble_of_aionis_is_told_with_a_fix_and_an_id(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, fault: dict[str, int], said: str
) -> None:
    settings = settings_for(
        slack, aionis.base_url, redis_url, aionis_deadline_seconds=1.5, aionis_max_response_bytes=2**20
    )
    aionis.faults.add(endpoint="runs/get", **fault)  # type: ignore[arg-type]
    async with running_bot(slack, settings):
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
        failure = await told(slack, said)
    assert "Try: " in text_of(failure)
    assert "Request id" in text_of(failure)
    assert posted(slack) == []


@pytest.mark.parametrize("endpoint", ["find", "tools/run", "resolve"])
async def test_what_else_cannot_be_read_is_named_and_not_fatal(
    slack: LocalSlack, aionis: SampleAionis, bot: str, endpoint: str
) -> None:
    aionis.faults.add(kind="unsupported", endpoint=endpoint)
    root = await replayed(slack, aionis.runs["refund-failed"].run_id)
    assert "FAILED at step 2" in root["text"]
    if endpoint != "resolve":
        assert "could not be read" in text_of(root)


async def test_a_killed_bot_finishes_the_command_when_it_is_back(
    slack: LocalSlack, aionis: SampleAionis, tmp_path: Path
) -> None:
    port = free_port()
    given = environment(slack, aionis.base_url, tmp_path / "data", port)
    slack.request_url = f"http://127.0.0.1:{port}{EVENTS_PATH}"
    aionis.faults.add(kind="hang", endpoint="runs/get")
    async with process("serve", given) as bot:
        await until(lambda: is_ready(port))
        delivery = await slack.command(
            user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}"
        )
        assert delivery.ok
        await until(lambda: bool(aionis.calls))
        bot.kill()
        aionis.faults.clear()
        bot.start()
        await slack.wait_for(lambda: posted(slack) and replies(slack, posted(slack)[0]), timeout=60)
        await settled(slack, aionis)
    assert len([m for m in posted(slack) if "FAILED" in m["text"]]) == 1
    assert len([one for one in analyses(slack) if "FAILED" in one["text"]]) == 1


async def test_a_bot_killed_between_two_posts_goes_on_with_the_second(
    slack: LocalSlack, aionis: SampleAionis, tmp_path: Path
) -> None:
    port = free_port()
    given = environment(slack, aionis.base_url, tmp_path / "data", port)
    slack.request_url = f"http://127.0.0.1:{port}{EVENTS_PATH}"
    async with process("serve", given) as bot:
        await until(lambda: is_ready(port))
        slack.latency = 1.0  # the first post is visible at once, its answer comes later
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
        await slack.wait_for(lambda: posted(slack), timeout=30)
        bot.kill()
        slack.latency = 0.0
        bot.start()
        await slack.wait_for(lambda: replies(slack, posted(slack)[0]), timeout=60)
        await settled(slack, aionis)
    assert len([m for m in posted(slack) if "FAILED" in m["text"]]) == 1


async def test_a_killed_valkey_comes_back_with_what_was_stored(
    slack: LocalSlack, aionis: SampleAionis, tmp_path: Path
) -> None:
    valkey = EmbeddedValkey(tmp_path / "data")
    valkey.start()
    settings = settings_for(slack, aionis.base_url, valkey.url, worker_concurrency=0)
    async with running_bot(slack, settings):
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
    assert valkey.pid
    os.kill(valkey.pid, signal.SIGKILL)
    valkey.start()
    try:
        async with running_bot(slack, settings_for(slack, aionis.base_url, valkey.url)):
            await slack.wait_for(lambda: posted(slack) and replies(slack, posted(slack)[0]), timeout=30)
    finally:
        valkey.stop()
    assert len(posted(slack)) == 1


async def test_the_embedded_valkey_is_started_again_while_the_bot_runs(
    slack: LocalSlack, aionis: SampleAionis, tmp_path: Path
) -> None:
    settings = settings_for(slack, aionis.base_url, None, bot_data_dir=tmp_path / "data")
    async with running_bot(slack, settings):
        await replayed(slack, aionis.runs["refund-failed"].run_id)
        log = (tmp_path / "data" / "valkey.log").read_text(encoding="utf-8")
        os.kill(int(log.split(":", 1)[0]), signal.SIGKILL)
        root = await replayed_eventually(slack, aionis.runs["refund-rerun"].run_id)
    assert "SUCCEEDED" in root


async def replayed_eventually(slack: LocalSlack, run_id: str) -> str:
    """Type the command until it is accepted, as a person would, and return the verdict posted for it."""
    deadline = time.monotonic() + 30
    while True:
        delivery = await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {run_id}")
        if "Replaying run" in str(delivery.body):
            break
        refusals = ("nothing was started", "not certain that this was started")
        assert any(words in str(delivery.body) for words in refusals), (
            f"{delivery}: a refusal says whether something was started"
        )
        assert time.monotonic() < deadline
    shown = await slack.wait_for(lambda: [one for one in analyses(slack) if run_id[:8] in one["text"]], timeout=30)
    return str(shown[-1]["text"])


@pytest.mark.redis_server
async def test_workers_apart_on_a_real_redis(
    slack: LocalSlack, aionis: SampleAionis, tmp_path: Path, redis_server: str
) -> None:
    port = free_port()
    given = environment(slack, aionis.base_url, tmp_path / "data", port, REDIS_URL=redis_server, WORKER_CONCURRENCY="0")
    slack.request_url = f"http://127.0.0.1:{port}{EVENTS_PATH}"
    names = ["refund-failed", "partial", "stalled", "success", "retried", "divergent"]
    async with (
        process("serve", given),
        process("worker", {**given, "WORKER_CONCURRENCY": "5"}) as first,
        process("worker", {**given, "WORKER_CONCURRENCY": "5"}),
    ):
        await until(lambda: is_ready(port))
        for name in names:
            delivery = await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs[name].run_id} new")
            assert delivery.ok
        first.kill()
        await slack.wait_for(
            lambda: len(posted(slack)) >= len(names) and all(replies(slack, root) for root in posted(slack)), timeout=60
        )
    assert len(posted(slack)) == len(names)
    assert [m for m in ephemeral(slack) if "✗" in text_of(m)] == []
