"""Reading a run: what is asked for at once ends together."""

import asyncio
import time
from datetime import timedelta

from bot.aionis import Aionis, AionisTransport
from bot.aionis.reader import HEALTH_WITHIN
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.investigation.run import investigate
from bot.playground.aionis import SampleAionis
from bot.runtime.container import utc_now


async def test_an_investigation_that_is_cut_off_leaves_no_call_behind(aionis: SampleAionis) -> None:
    for endpoint in ("memory/find", "tools/run"):
        aionis.faults.add(kind="hang", endpoint=endpoint)
    transport = AionisTransport.connect(aionis.base_url, headers={}, connect_timeout=2, max_response_bytes=2**24)
    view = Aionis(transport, Tenancy("default", "support"), Consumer(), deadline_seconds=60)
    run_id = aionis.runs["refund-failed"].run_id
    work = asyncio.create_task(investigate(view, run_id, now=utc_now(), stalled_after=timedelta(minutes=5)))
    await _until_calls(["attempt", "attempt"])  # the run is read, its records and decisions are waited for
    work.cancel()
    await _until_calls([])
    await transport.aclose()


async def test_a_health_that_hangs_delays_no_answer_that_hides_nothing(aionis: SampleAionis) -> None:
    aionis.faults.add(kind="hang", endpoint="health")
    transport = AionisTransport.connect(aionis.base_url, headers={}, connect_timeout=2, max_response_bytes=2**24)
    view = Aionis(transport, Tenancy("default", "support"), Consumer(), deadline_seconds=60)
    began = time.monotonic()
    found = await investigate(
        view, aionis.runs["feed-failed"].run_id, now=utc_now(), stalled_after=timedelta(minutes=5)
    )
    assert time.monotonic() - began < HEALTH_WITHIN, (
        "it has not a decision either, which nobody is told where to look for"
    )
    assert not found.diagnosis.decisions
    assert transport.ask_health_from == 0.0, "who needs to know asks again"
    await transport.aclose()


async def _until_calls(expected: list[str]) -> None:
    deadline = time.monotonic() + 30
    while _calls() != expected:
        assert time.monotonic() < deadline, _calls()
        await asyncio.sleep(0.005)


def _calls() -> list[str]:
    """Return the calls of an investigation that are under way."""
    names = (getattr(task.get_coro(), "__name__", "") for task in asyncio.all_tasks())
    return sorted(name for name in names if name in {"attempt", "get_run"})
