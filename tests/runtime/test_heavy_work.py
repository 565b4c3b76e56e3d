"""Work on megabytes in a process of its own: the same comes out of it, and it ends with whoever wanted it."""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from bot import report
from bot.domain.bundle.archive import NotAttested
from bot.domain.incident.incident_log import Entry, EntryKind
from bot.runtime.heavy_work import SMALL, HeavyWork
from bot.store.log_entries import stored
from tests.store.test_incidents import AT, opening

BODY = json.dumps({"api_key": f"sk{'-live'}-4f9a8b7c6d5e4f3a2b1c", "text": "word " * SMALL}).encode()


async def test_a_process_of_its_own_comes_to_the_same() -> None:
    content, masked = await HeavyWork(None).raw_json(BODY)
    assert masked == 1
    assert json.loads(content)["api_key"].startswith("[masked")


async def test_what_it_fails_with_is_told_masked_and_without_the_record() -> None:
    with pytest.raises(RuntimeError, match="raw_json ended with 1: ") as failed:
        await HeavyWork(None).raw_json(b"{" + BODY)
    assert len(str(failed.value)) < 300
    assert "4f9a8b7c6d5e4f3a2b1c" not in str(failed.value)


async def test_what_is_to_be_signed_is_checked_where_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.domain.bundle.archive.problems_of", lambda _: ["log.jsonl was altered."])
    bundle = HeavyWork(None).bundle
    log = [["1-0", stored(Entry(1, EntryKind.OPENED, "U1", AT, "open", opening().payload))]]
    assert await bundle("INC-7Q2K", log, [])
    with pytest.raises(NotAttested, match="was altered"):
        await bundle("INC-7Q2K", log, [], to_be_signed=True)


async def test_a_bundle_is_made_once_until_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    made, bundle_of = [], report.bundle_of

    def counted(*given: Any) -> bytes:
        made.append(given)
        return bundle_of(*given)

    monkeypatch.setattr(report, "bundle_of", counted)
    work = HeavyWork(None)
    logs = [[["1-0", stored(Entry(1, EntryKind.OPENED, by, AT, "open", opening().payload))]] for by in ("U1", "U2")]
    for _ in range(2):  # two exports that wait for Slack side by side
        for log in logs:
            content, _ = await work.bundle("INC-7Q2K", log, [])
    assert len(made) == 2
    work.sent(content)
    for log in logs:
        await work.bundle("INC-7Q2K", log, [])
    assert len(made) == 3, "what was sent takes no memory any more"
    await work.bundle("INC-8R3M", logs[0], [])
    assert len(made) == 4, "another incident's says its own id"


async def test_a_bundle_that_nobody_sends_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.runtime.heavy_work._UNSENT_FOR", 0.05)
    work = HeavyWork(None)
    log = [["1-0", stored(Entry(1, EntryKind.OPENED, "U1", AT, "open", opening().payload))]]
    await work.bundle("INC-7Q2K", log, [])
    async with asyncio.timeout(10):
        while work._unsent:  # noqa: ASYNC110 a timer of the loop
            await asyncio.sleep(0.01)


async def test_its_process_ends_where_the_job_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    started: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
    make: Callable[..., Any] = asyncio.create_subprocess_exec

    async def sleeper(*_: str, **options: Any) -> asyncio.subprocess.Process:
        process: asyncio.subprocess.Process = await make(sys.executable, "-c", "import time; time.sleep(60)", **options)
        started.put_nowait(process)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", sleeper)
    job = asyncio.create_task(HeavyWork(None).raw_json(BODY))
    process = await started.get()
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert process.returncode is not None
