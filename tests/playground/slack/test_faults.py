"""Faults, limits and latency."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import INCIDENTS, REFUNDS, LocalSlack

Refuses = Callable[[str], AbstractContextManager[Any]]


async def test_an_error_on_demand_has_no_effect(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    slack.faults.next("chat.postMessage", error="fatal_error")
    with refuses("fatal_error"):
        await client.chat_postMessage(channel=INCIDENTS, text="x")
    assert slack.messages(INCIDENTS) == []
    await client.chat_postMessage(channel=INCIDENTS, text="x")
    assert [call.error for call in slack.calls_to("chat.postMessage")] == ["fatal_error", None]


async def test_a_lost_response_has_its_effect(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.next("chat.postMessage", lose_response=True, times=2)  # the SDK tries again by itself
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(channel=INCIDENTS, text="x")
    assert [m["text"] for m in slack.messages(INCIDENTS)] == ["x", "x"]
    await client.chat_postMessage(channel=INCIDENTS, text="y")


async def test_an_http_error_on_demand(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.next("chat.postMessage", status=503)
    with pytest.raises(SlackApiError, match="503"):
        await client.chat_postMessage(channel=INCIDENTS, text="x")
    assert slack.failed_calls[-1].error == "http_503"


async def test_a_rate_limit_on_demand(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.next("chat.postMessage", retry_after=2)
    with pytest.raises(SlackApiError) as error:
        await client.chat_postMessage(channel=INCIDENTS, text="x")
    assert error.value.response.status_code == 429
    assert error.value.response.headers["Retry-After"] == "2"


async def test_a_channel_takes_a_burst_then_one_message_a_second(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.limits.burst = 3
    for _ in range(3):
        await client.chat_postMessage(channel=INCIDENTS, text="x")
    with pytest.raises(SlackApiError, match="ratelimited") as error:
        await client.chat_postMessage(channel=INCIDENTS, text="x")
    assert error.value.response.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel=REFUNDS, text="another channel has its own")
    slack.limits.enabled = False
    await client.chat_postMessage(channel=INCIDENTS, text="x")


async def test_the_sdks_handler_waits_as_told(slack: LocalSlack, client: AsyncWebClient) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    slack.limits.burst, slack.limits.messages_per_second = 1, 20.0
    for n in range(2):
        await client.chat_postMessage(channel=INCIDENTS, text=f"{n}")
    assert [m["text"] for m in slack.messages(INCIDENTS)] == ["0", "1"]


async def test_a_method_has_its_tier(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.limits.per_minute["users.info"] = 2
    for _ in range(2):
        await client.users_info(user="U0AMAYA001")
    with pytest.raises(SlackApiError, match="ratelimited") as error:
        await client.users_info(user="U0AMAYA001")
    assert 29 <= int(error.value.response.headers["Retry-After"]) <= 30


async def test_latency_and_delay_hold_answers_back(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.latency = 0.05
    slack.faults.next("auth.test", delay=0.05)
    started = time.perf_counter()
    await client.auth_test()
    assert time.perf_counter() - started >= 0.1


async def test_wait_for_reports_what_happened_instead(slack: LocalSlack, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=INCIDENTS, text="something else")
    with pytest.raises(SlackApiError):
        await client.api_call("no.method")
    with pytest.raises(AssertionError, match="something else") as error:
        await slack.wait_for(lambda: slack.messages(INCIDENTS)[5], timeout=0.05)
    assert "no.method: unknown_method" in str(error.value)
