"""From when on a place is looked through for what an earlier try may have posted."""

import time

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.clock import SlackClock
from bot.slack.lookup import CLOCK_SKEW, Lookup
from bot.slack.posts import CALL_TIMEOUT, still_in_flight
from bot.store.outbox import Intent

_NOW = 1_800_000_000_000  # Redis' time in ms, far from this machine's


def test_the_search_begins_when_the_try_began_by_slacks_clock() -> None:
    begun = Lookup(AsyncWebClient(), SlackClock()).begun(Intent("C1", at=_NOW - 600_000), _NOW)
    assert begun == pytest.approx(time.time() - 600 - CLOCK_SKEW, abs=5)


def test_the_last_hour_is_searched_where_the_clock_of_redis_was_set_back() -> None:
    intent = Intent("C1", at=_NOW + 200_000)
    assert Lookup(AsyncWebClient(), SlackClock()).begun(intent, _NOW) < time.time() - 3_500
    assert still_in_flight(intent, _NOW) <= CALL_TIMEOUT + 1
