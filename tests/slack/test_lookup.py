"""From when on a place is looked through for what an earlier try may have posted."""

import time
from email.utils import formatdate
from types import SimpleNamespace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.notices import notice
from bot.errors import SlackUnreachable
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.clock import SlackClock
from bot.slack.lookup import CLOCK_SKEW, Lookup
from bot.slack.posts import CALL_TIMEOUT, still_in_flight
from bot.store.outbox import Intent
from tests.scenarios.steps import posted

_NOW = 1_800_000_000_000  # Redis' time in ms, far from this machine's


def heard() -> SlackClock:
    """Return the clock of a Slack that has this machine's time."""
    clock = SlackClock()
    clock.hear(formatdate(time.time(), usegmt=True))
    return clock


async def test_the_search_begins_when_the_try_began_by_slacks_clock() -> None:
    begun = await Lookup(AsyncWebClient(), heard()).begun(Intent("C1", at=_NOW - 600_000), _NOW)
    assert begun == pytest.approx(time.time() - 600 - CLOCK_SKEW, abs=5)


async def test_the_last_hour_is_searched_where_the_clock_of_redis_was_set_back() -> None:
    intent = Intent("C1", at=_NOW + 200_000)
    assert await Lookup(AsyncWebClient(), heard()).begun(intent, _NOW) < time.time() - 3_500
    assert still_in_flight(intent, _NOW) <= CALL_TIMEOUT + 1


async def test_a_process_with_a_wrong_clock_that_has_not_heard_slack_asks_it_first(
    slack: LocalSlack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, message = ReplyTo(channel=INCIDENTS, user=MAYA), notice("said once")
    slack.faults.next("chat.postMessage", lose_response=True)
    with pytest.raises(SlackUnreachable):
        await services.slack.post_once("job", "part", place, message)
    # As in a process that was started since. Its own clock is ahead, so that it would look at what is yet to come.
    monkeypatch.setattr(services.slack.clock, "_heard_at", None)
    own = SimpleNamespace(time=lambda: time.time() + 120, monotonic=time.monotonic)
    monkeypatch.setattr("bot.slack.clock.time", own)
    await services.slack.post_once("job", "part", place, message)
    assert len(posted(slack)) == 1
