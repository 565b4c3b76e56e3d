"""Spans of failure: everything away, answers that come late or never, channels that take nothing."""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground.slack import INCIDENTS, MAYA, REFUNDS, LocalSlack

Json = dict[str, Any]
Refuses = Callable[[str], AbstractContextManager[Any]]
MODAL: Json = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    """A client that tries once: what it sees is what happened."""
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


async def test_an_outage_answers_500_until_it_ends(slack: LocalSlack, client: AsyncWebClient) -> None:
    outage = slack.faults.outage()
    for call in (client.auth_test(), client.chat_postMessage(channel=INCIDENTS, text="x")):
        with pytest.raises(SlackApiError, match="500"):
            await call
    assert (outage.hits, slack.messages(INCIDENTS)) == (2, [])
    outage.end()
    outage.end()  # twice is once
    await client.chat_postMessage(channel=INCIDENTS, text="x")


async def test_an_outage_may_close_connections_of_some_methods_only(slack: LocalSlack, client: AsyncWebClient) -> None:
    with slack.faults.outage("chat.postMessage", "chat.update", drop=True):
        await client.auth_test()
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.chat_postMessage(channel=INCIDENTS, text="x")
    assert slack.messages(INCIDENTS) == []
    assert slack.failed_calls[-1].error == "dropped"
    await client.chat_postMessage(channel=INCIDENTS, text="x")


async def test_connections_are_refused_while_slack_is_unreachable(slack: LocalSlack, client: AsyncWebClient) -> None:
    async with aiohttp.ClientSession() as session:  # keeps its connection
        client.session = session
        await client.auth_test()
        async with slack.unreachable():
            with pytest.raises(aiohttp.ClientConnectionError):
                await client.auth_test()  # by the connection that was cut
            with pytest.raises(aiohttp.ClientConnectorError):
                await client.chat_postMessage(channel=INCIDENTS, text="x")
        await client.chat_postMessage(channel=INCIDENTS, text="y")
    assert [m["text"] for m in slack.messages(INCIDENTS)] == ["y"]


async def test_only_a_served_slack_can_be_unreachable(slack: LocalSlack) -> None:
    slack.server = None
    with pytest.raises(RuntimeError, match="nothing serves"):
        async with slack.unreachable():
            pass


async def taken(slack: LocalSlack, client: AsyncWebClient, name: str) -> Any:
    """Make one call of a kind, and return what shows whether it took effect."""
    ts = (await client.chat_postMessage(channel=INCIDENTS, text="old"))["ts"]
    slack.faults.window(name, lose_response=True)
    match name:
        case "chat.postMessage":
            await client.chat_postMessage(channel=INCIDENTS, text="new")
        case "chat.update":
            await client.chat_update(channel=INCIDENTS, ts=ts, text="new")
        case "chat.delete":
            await client.chat_delete(channel=INCIDENTS, ts=ts)
        case "chat.postEphemeral":
            await client.chat_postEphemeral(channel=INCIDENTS, user=MAYA, text="new")
        case "pins.add":
            await client.pins_add(channel=INCIDENTS, timestamp=ts)
        case "views.open":
            await client.views_open(trigger_id=slack.workspace.grants.trigger(MAYA), view=MODAL)
        case "response_url":
            token = slack.workspace.grants.reply_token(MAYA, INCIDENTS)
            url = f"{slack.base_url}/response/{token}"
            await AsyncWebhookClient(url, retry_handlers=[]).send(text="new")
        case _:
            await client.files_upload_v2(content="new", filename="a.txt", channel=INCIDENTS)


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("chat.postMessage", lambda slack: slack.messages(INCIDENTS)[1]["text"] == "new"),
        ("chat.update", lambda slack: slack.messages(INCIDENTS)[0]["text"] == "new"),
        ("chat.delete", lambda slack: slack.messages(INCIDENTS) == []),
        ("chat.postEphemeral", lambda slack: slack.messages(INCIDENTS)[1]["is_ephemeral"]),
        ("pins.add", lambda slack: slack.pins(INCIDENTS)),
        ("views.open", lambda slack: slack.views(MAYA)),
        ("response_url", lambda slack: slack.messages(INCIDENTS)[1]["is_ephemeral"]),
        ("upload", lambda slack: next(iter(slack.workspace.files.by_id.values())).content == b"new"),
        ("files.completeUploadExternal", lambda slack: slack.files[0].content == b"new"),
    ],
)
async def test_any_call_can_be_taken_and_its_answer_lost(
    slack: LocalSlack, client: AsyncWebClient, name: str, effect: Callable[[LocalSlack], Any]
) -> None:
    with pytest.raises(aiohttp.ClientConnectionError):
        await taken(slack, client, name)
    assert effect(slack)


async def test_a_call_can_be_taken_and_answered_with_an_error(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.next("chat.postMessage", lose_response=True, status=502)
    with pytest.raises(SlackApiError, match="502"):
        await client.chat_postMessage(channel=INCIDENTS, text="one")
    slack.faults.next("chat.postMessage", lose_response=True, error="internal_error")
    with pytest.raises(SlackApiError, match="internal_error"):
        await client.chat_postMessage(channel=INCIDENTS, text="two")
    assert [m["text"] for m in slack.messages(INCIDENTS)] == ["one", "two"]


async def test_slow_answers_come_after_their_effect(slack: LocalSlack, client: AsyncWebClient) -> None:
    with slack.faults.slow("chat.postMessage", seconds=60):
        waiting = asyncio.create_task(client.chat_postMessage(channel=INCIDENTS, text="x"))
        await slack.wait_for(lambda: slack.messages(INCIDENTS))
        await client.auth_test()
        assert not waiting.done()
        waiting.cancel()


async def test_faults_keep_to_their_channel(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    slack.faults.next("chat.postMessage", error="fatal_error", channel=REFUNDS)
    with slack.faults.window(error="internal_error", channel=INCIDENTS):
        with refuses("internal_error"):
            await client.conversations_info(channel=INCIDENTS)
        with refuses("fatal_error"):
            await client.chat_postMessage(channel=REFUNDS, text="x")
        await client.chat_postMessage(channel=REFUNDS, text="x")
    slack.faults.window(status=500)
    slack.faults.clear()
    await client.auth_test()


async def test_a_share_of_the_calls_fails_the_same_ones_for_the_same_seed(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    async def failed() -> list[bool]:
        slack.api.calls.clear()
        dice = random.Random(7)  # noqa: S311 no secret
        with slack.faults.sometimes(0.5, dice, "auth.test", error="internal_error") as some:
            for _ in range(20):
                with contextlib.suppress(SlackApiError):
                    await client.auth_test()
            assert some.hits == len(slack.failed_calls)
        return [call.ok for call in slack.calls]

    first = await failed()
    assert 0 < first.count(True) < 20
    assert await failed() == first


async def test_a_channel_can_be_held_while_others_go_on(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.limits.hold(INCIDENTS, 30)
    with pytest.raises(SlackApiError, match="ratelimited") as error:
        await client.chat_postMessage(channel=INCIDENTS, text="x")
    assert 29 <= int(error.value.response.headers["Retry-After"]) <= 30
    await client.chat_postMessage(channel=REFUNDS, text="x")
    slack.limits.hold(INCIDENTS, 0)
    await client.chat_postMessage(channel=INCIDENTS, text="x")


async def test_the_pace_of_channels_can_be_switched_off_alone(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.limits.burst, slack.limits.posting, slack.limits.per_minute["auth.test"] = 1, False, 1
    for _ in range(3):
        await client.chat_postMessage(channel=INCIDENTS, text="x")
    await client.auth_test()
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.auth_test()


async def test_reading_a_thread_has_its_tier_and_its_page(slack: LocalSlack, client: AsyncWebClient) -> None:
    root = (await client.chat_postMessage(channel=INCIDENTS, text="root"))["ts"]
    for n in range(4):
        await client.chat_postMessage(channel=INCIDENTS, text=f"{n}", thread_ts=root)
    slack.policy.history_page = 2
    page = await client.conversations_replies(channel=INCIDENTS, ts=root, limit=200)
    assert ([m["text"] for m in page["messages"]], page["has_more"]) == (["root", "0"], True)
    assert len((await client.conversations_history(channel=INCIDENTS))["messages"]) == 1
    slack.limits.per_minute["conversations.history"] = 1
    await client.conversations_history(channel=REFUNDS)
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.conversations_history(channel=REFUNDS)


@pytest.mark.parametrize("code", ["used_url", "expired_url"])
async def test_response_urls_can_die(slack: LocalSlack, code: str) -> None:
    slack.kill_response_urls(code)
    webhook = AsyncWebhookClient(f"{slack.base_url}/response/{slack.workspace.grants.reply_token(MAYA, INCIDENTS)}")
    dead = await webhook.send(text="x")
    assert (dead.status_code, code in dead.body) == (404, True)
    assert slack.failed_calls[-1].error == code
    slack.kill_response_urls("")
    assert (await webhook.send(text="x")).body == "ok"
    slack.faults.next("response_url", error=code, status=410)
    plain = await webhook.send(text="x")
    assert (plain.status_code, plain.body) == (410, code)


async def test_slacks_clock_can_be_off(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.clock_skew = 600.0
    answer = await client.chat_postMessage(channel=INCIDENTS, text="x")
    there = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    signed = int(slack.link.signed("", "")["X-Slack-Request-Timestamp"])
    for told in (there, signed, float(answer["ts"])):
        assert 590 < told - time.time() < 610


async def test_unsigned_tokens_still_mean_nothing_in_an_outage(slack: LocalSlack, refuses: Refuses) -> None:
    stranger = AsyncWebClient(secrets.token_hex(4), base_url=slack.api_url)
    with slack.faults.window("chat.postMessage", lose_response=True, status=500), pytest.raises(SlackApiError):
        await stranger.chat_postMessage(channel=INCIDENTS, text="x")
    assert slack.messages(INCIDENTS) == []
