"""Channels, and reading them page by page."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import (
    BOT,
    INCIDENTS,
    JONAS,
    LEADERS,
    MAYA,
    MAYA_DM,
    RANDOM,
    REFUNDS,
    SHARED,
    WAR_ROOM,
    LocalSlack,
)

Refuses = Callable[[str], AbstractContextManager[Any]]


async def test_what_the_bot_can_see(client: AsyncWebClient, refuses: Refuses) -> None:
    public = (await client.conversations_list())["channels"]
    assert [channel["id"] for channel in public] == [INCIDENTS, REFUNDS, RANDOM, SHARED]
    assert [channel["is_member"] for channel in public] == [True, True, False, True]
    private = (await client.conversations_list(types="private_channel,im"))["channels"]
    assert [channel["id"] for channel in private] == [WAR_ROOM, MAYA_DM]
    with refuses("channel_not_found"):
        await client.conversations_info(channel=LEADERS)
    shared = (await client.conversations_info(channel=SHARED, include_num_members=True))["channel"]
    assert (shared["is_ext_shared"], shared["num_members"]) == (True, 3)
    assert (await client.conversations_members(channel=WAR_ROOM))["members"] == [MAYA, JONAS, BOT]
    mine = (await client.users_conversations(types="public_channel,private_channel"))["channels"]
    assert [channel["id"] for channel in mine] == [INCIDENTS, REFUNDS, WAR_ROOM, SHARED]


async def test_lists_have_pages(client: AsyncWebClient, refuses: Refuses) -> None:
    pages = [page["channels"] async for page in await client.conversations_list(limit=3)]
    assert [len(page) for page in pages] == [3, 1]
    with refuses("invalid_cursor"):
        await client.conversations_list(cursor="nonsense")
    with refuses("invalid_limit"):
        await client.conversations_list(limit=1001)


async def test_joining(client: AsyncWebClient, refuses: Refuses) -> None:
    with refuses("not_in_channel"):
        await client.conversations_history(channel=RANDOM)
    await client.conversations_join(channel=RANDOM)
    assert (await client.conversations_join(channel=RANDOM))["warning"] == "already_in_channel"
    assert (await client.conversations_history(channel=RANDOM))["messages"] == []
    with refuses("method_not_supported_for_channel_type"):
        await client.conversations_join(channel=WAR_ROOM)


async def test_history_is_newest_first_and_leaves_out_replies(slack: LocalSlack, client: AsyncWebClient) -> None:
    posted = [await slack.say(MAYA, INCIDENTS, f"m{n}") for n in range(5)]
    await slack.say(JONAS, INCIDENTS, "reply", thread_ts=posted[0]["ts"])
    pages = [page["messages"] async for page in await client.conversations_history(channel=INCIDENTS, limit=2)]
    assert [[m["text"] for m in page] for page in pages] == [["m4", "m3"], ["m2", "m1"], ["m0"]]
    root = pages[-1][0]
    assert (root["reply_count"], root["reply_users"]) == (1, [JONAS])
    assert root["latest_reply"] > posted[4]["ts"]


@pytest.mark.parametrize(
    ("oldest", "latest", "inclusive", "expected"),
    [
        (1, None, False, ["m3", "m2"]),
        (1, None, True, ["m3", "m2", "m1"]),
        (None, 2, False, ["m1", "m0"]),
        (1, 2, True, ["m2", "m1"]),
    ],
)
async def test_history_in_a_range(
    slack: LocalSlack,
    client: AsyncWebClient,
    oldest: int | None,
    latest: int | None,
    inclusive: bool,
    expected: list[str],
) -> None:
    posted = [(await slack.say(MAYA, INCIDENTS, f"m{n}"))["ts"] for n in range(4)]
    got = await client.conversations_history(
        channel=INCIDENTS,
        oldest=None if oldest is None else posted[oldest],
        latest=None if latest is None else posted[latest],
        inclusive=inclusive,
    )
    assert [m["text"] for m in got["messages"]] == expected


async def test_replies_start_with_the_root(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    root = await slack.say(MAYA, INCIDENTS, "root")
    for n in range(4):
        await slack.say(JONAS, INCIDENTS, f"r{n}", thread_ts=root["ts"])
    got = await client.conversations_replies(channel=INCIDENTS, ts=root["ts"], limit=3)
    pages = [[m["text"] for m in page["messages"]] async for page in got]
    assert pages == [["root", "r0", "r1"], ["r2", "r3"]]
    assert got["messages"][-1]["parent_user_id"] == MAYA
    late = await client.conversations_replies(
        channel=INCIDENTS, ts=root["ts"], oldest=slack.messages(INCIDENTS)[3]["ts"]
    )
    assert [m["text"] for m in late["messages"]] == ["root", "r3"]
    with refuses("thread_not_found"):
        await client.conversations_replies(channel=INCIDENTS, ts="1.000000")


async def test_metadata_only_on_demand(client: AsyncWebClient) -> None:
    metadata = {"event_type": "e", "event_payload": {"key": "k"}}
    root = await client.chat_postMessage(channel=INCIDENTS, text="x", metadata=metadata)
    await client.chat_postMessage(channel=INCIDENTS, text="y", metadata=metadata, thread_ts=root["ts"])
    plain = await client.conversations_history(channel=INCIDENTS)
    assert "metadata" not in plain["messages"][0]
    full = await client.conversations_history(channel=INCIDENTS, include_all_metadata=True)
    assert full["messages"][0]["metadata"] == metadata
    thread = await client.conversations_replies(channel=INCIDENTS, ts=root["ts"], include_all_metadata=True)
    assert [m["metadata"]["event_payload"]["key"] for m in thread["messages"]] == ["k", "k"]


async def test_a_broadcast_reply_is_in_channel_and_thread(client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel=INCIDENTS, text="root")
    await client.chat_postMessage(channel=INCIDENTS, text="both", thread_ts=root["ts"], reply_broadcast=True)
    history = await client.conversations_history(channel=INCIDENTS)
    assert [m["text"] for m in history["messages"]] == ["both", "root"]
    assert history["messages"][0]["subtype"] == "thread_broadcast"
