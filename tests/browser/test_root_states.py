"""The root as incidents have it after days: it fits a screen when it was seen again, is open again, or closed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.incident_root import root_message
from bot.domain.incident import log_changes
from bot.domain.incident.incident_log import Change
from bot.domain.incident.kept import ComparisonDigest, Recurrence, RunDigest
from bot.playground.guide import examples_route
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack, serve
from tests.blocks.test_checklist import incident_of
from tests.browser.conftest import person_at
from tests.browser.person import Person
from tests.browser.width import LAPTOP, PHONE, sticking_out
from tests.conftest import make_slack

RUN, RERUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30", "4c484afe-3f00-5f31-8a49-a179da9d3c48"
DAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
RAN = RunDigest(
    run_id=RUN,
    verdict="failed",
    failing=True,
    goal="Refund order 60218 to the card it was paid with, once, and tell the customer",
    agent="refunds-agent",
    case="refund-60218",
    title="Run FAILED at step 2, 2 of 4 planned · payments.create_refund",
    critical="step 2 · payments.create_refund",
    error="payments answered 409: charge ch_3PqV7F32 has already been refunded; retry with the key of the first refund or "
    "look it up by its order first",
    failed=("http_status", "refund_id_present", "ledger_balanced"),
    decisions=(f"aionis://default/support/decision/{RERUN}",),
)
BEGAN = log_changes.run_added(RAN, by=MAYA, at=DAY, key="run")
LED = [
    log_changes.severity_set("SEV1", by=MAYA, at=DAY, key="severity"),
    log_changes.lead_set(JONAS, by=JONAS, at=DAY, key="lead"),
]
FIXED = log_changes.compared(
    ComparisonDigest(failing=RUN, rerun=RERUN, verdict="fixed", fixed=True), by=MAYA, at=DAY, key="compared"
)
FAILING_OTHERWISE = log_changes.compared(
    ComparisonDigest(failing=RUN, rerun=RERUN, verdict="still failing", fixed=False, another_error=True),
    by=MAYA,
    at=DAY,
    key="compared",
)
CLOSED = log_changes.closed(
    items=(), overridden=True, reason="a drill", blockers=("Root cause linked",), by=MAYA, at=DAY, key="closed"
)
REOPENED = log_changes.reopened("it is back", by=MAYA, at=DAY + timedelta(hours=5), key="reopened")
SEEN_AGAIN = log_changes.recurred(
    Recurrence(run_id=RERUN, runs=14, at=DAY + timedelta(hours=6), after="INC-7Q2K"), key="seen"
)
ANOTHER = log_changes.run_added(RAN.model_copy(update={"run_id": RERUN}), by=MAYA, at=DAY, key="another")
WIDEST = "W" * 300
LONGEST = log_changes.run_added(
    RAN.model_copy(
        update={
            **dict.fromkeys(("goal", "agent", "case", "error"), WIDEST),
            "title": f"Run FAILED at step 2, 2 of 400 planned recorded · {WIDEST[:60]}",
            "failed": (WIDEST,) * 20,
            "failed_count": 2_000,
        }
    ),
    by=MAYA,
    at=DAY,
    key="run",
)
STATES: dict[str, list[Change]] = {
    "longest": [LONGEST, *LED, FAILING_OTHERWISE, CLOSED, REOPENED, SEEN_AGAIN, ANOTHER],
    "longest, closed": [LONGEST, *LED, FIXED, CLOSED],
    "seen again": [BEGAN, *LED, SEEN_AGAIN],
    "open again": [BEGAN, *LED, FIXED, CLOSED, REOPENED, SEEN_AGAIN, ANOTHER],
    "closed": [BEGAN, *LED, FIXED, SEEN_AGAIN, CLOSED],
}


@pytest_asyncio.fixture(loop_scope="session")
async def channel(built_page: None) -> AsyncIterator[LocalSlack]:
    """Post the root of each state, and edit it, as it is after any change."""
    slack = make_slack()
    async with serve(slack, routes=[examples_route()]):
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        for changes in STATES.values():
            root = root_message(incident_of(*changes))
            sent = await client.chat_postMessage(channel=INCIDENTS, text=root.text, blocks=root.blocks)
            await client.chat_postMessage(channel=INCIDENTS, text="analysis", thread_ts=sent["ts"])
            await client.chat_update(channel=INCIDENTS, ts=sent["ts"], text=root.text, blocks=root.blocks)
        yield slack


@pytest_asyncio.fixture(loop_scope="session")
async def reader(browser: Browser, channel: LocalSlack, request: pytest.FixtureRequest) -> AsyncIterator[Person]:
    """Open the page as Maya."""
    async with person_at(browser, channel.base_url, MAYA, request.node) as person:
        yield person


@pytest.mark.parametrize(("window", "highest"), [(LAPTOP, 420), (PHONE, 640)], ids=["laptop", "phone"])
async def test_whatever_has_happened_the_root_fits_a_screen(reader: Person, window: ViewportSize, highest: int) -> None:
    await reader.page.set_viewport_size(window)
    roots = reader.message("Run FAILED at step 2")
    await expect(roots).to_have_count(len(STATES))
    await expect(roots.nth(2)).to_contain_text("seen 14 times in 30 days")
    await expect(roots.nth(3)).to_contain_text("has come back")
    boxes = [await roots.nth(number).bounding_box() for number in range(len(STATES))]
    heights = {name: box["height"] for name, box in zip(STATES, boxes, strict=True) if box}
    assert {name: height for name, height in heights.items() if height > highest} == {}
    assert await sticking_out(reader.page) == []
    await reader.open_thread(roots.nth(0))
    both = [await one.bounding_box() for one in (roots.nth(0), reader.thread.locator(".message").first)]
    assert [box["height"] for box in both if box and box["height"] > 640] == [], "beside an open thread"
