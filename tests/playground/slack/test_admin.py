"""Changes from above: channels, members, people, permissions, and the limits that are no rates."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.http import serve_app
from bot.playground.slack import BOT, INCIDENTS, JONAS, LEADERS, MAYA, MAYA_DM, WAR_ROOM, LocalSlack, RefusedError
from tests.playground.slack.test_events import Listener

Json = dict[str, Any]
Refuses = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def manifest(manifest: Json) -> Json:
    manifest["settings"]["event_subscriptions"]["bot_events"] += [
        "channel_archive",
        "channel_id_changed",
        "channel_left",
        "channel_shared",
        "channel_unarchive",
        "channel_unshared",
        "group_archive",
        "group_left",
        "member_left_channel",
        "shared_channel_invite_accepted",
    ]
    return manifest


@pytest.fixture
async def heard(slack: LocalSlack) -> AsyncIterator[Listener]:
    """A bot that takes every event."""
    listener = Listener()
    async with serve_app(listener.app) as server:
        slack.request_url = f"{server.base_url}/slack/events"
        yield listener


async def kinds(slack: LocalSlack) -> list[str]:
    """Kinds of the events delivered so far."""
    await slack.settle()
    told = [delivery.payload["event"] for delivery in slack.deliveries]
    return [event.get("subtype") or event["type"] for event in told]


def last_event(slack: LocalSlack) -> Json:
    event: Json = slack.deliveries[-1].payload["event"]
    return event


async def test_an_archived_channel_takes_nothing_until_it_is_opened_again(
    slack: LocalSlack, client: AsyncWebClient, refuses: Refuses, heard: Listener
) -> None:
    ts = (await client.chat_postMessage(channel=INCIDENTS, text="x"))["ts"]
    slack.admin.archive(INCIDENTS)
    slack.admin.archive("incidents")  # is archived already
    slack.admin.archive(WAR_ROOM)
    for call in (
        client.chat_postMessage(channel=INCIDENTS, text="x"),
        client.chat_postEphemeral(channel=INCIDENTS, user=MAYA, text="x"),
        client.pins_add(channel=INCIDENTS, timestamp=ts),
        client.reactions_add(channel=INCIDENTS, timestamp=ts, name="eyes"),
    ):
        with refuses("is_archived"):
            await call
    with refuses("is_inactive"):
        await client.chat_update(channel=INCIDENTS, ts=ts, text="y")
    assert [c["id"] for c in (await client.users_conversations(exclude_archived=True))["channels"]].count(
        INCIDENTS
    ) == 0
    slack.admin.unarchive(INCIDENTS)
    await client.chat_update(channel=INCIDENTS, ts=ts, text="y")
    assert await kinds(slack) == ["message", "channel_archive", "group_archive", "channel_unarchive", "message_changed"]


@pytest.mark.parametrize(
    ("code", "top_level", "reply"),
    [
        ("restricted_action", False, False),
        ("restricted_action_read_only_channel", False, False),
        ("restricted_action_thread_only_channel", False, True),
        ("restricted_action_non_threadable_channel", True, False),
    ],
)
async def test_the_bot_can_be_kept_from_posting(
    slack: LocalSlack, client: AsyncWebClient, refuses: Refuses, code: str, *, top_level: bool, reply: bool
) -> None:
    ts = (await client.chat_postMessage(channel=INCIDENTS, text="root"))["ts"]
    slack.admin.restrict(INCIDENTS, code)
    for allowed, where in ((top_level, {}), (reply, {"thread_ts": ts})):
        if allowed:
            await client.chat_postMessage(channel=INCIDENTS, text="x", **where)
        else:
            with refuses(code):
                await client.chat_postMessage(channel=INCIDENTS, text="x", **where)
    slack.admin.restrict(INCIDENTS, "")
    await client.chat_postMessage(channel=INCIDENTS, text="x")


async def test_the_bot_is_removed_and_invited_again(
    slack: LocalSlack, client: AsyncWebClient, refuses: Refuses, heard: Listener
) -> None:
    assert slack.admin.remove(INCIDENTS, BOT)
    assert not slack.admin.remove(INCIDENTS, BOT)
    with refuses("not_in_channel"):
        await client.chat_postMessage(channel=INCIDENTS, text="x")
    slack.admin.remove(INCIDENTS, JONAS)  # the bot is not there to hear of it
    await slack.invite(MAYA, INCIDENTS, "@greeter")
    await client.chat_postMessage(channel=INCIDENTS, text="x")
    slack.admin.remove(WAR_ROOM, BOT)
    with refuses("channel_not_found"):
        await client.chat_postMessage(channel=WAR_ROOM, text="x")
    assert await kinds(slack) == ["channel_left", "member_joined_channel", "message", "group_left"]


async def test_the_bot_hears_of_others_who_leave(slack: LocalSlack, heard: Listener) -> None:
    slack.admin.remove(INCIDENTS, JONAS)
    assert await kinds(slack) == ["member_left_channel"]
    assert last_event(slack)["user"] == JONAS


async def test_somebody_deletes_the_bots_message(slack: LocalSlack, client: AsyncWebClient, heard: Listener) -> None:
    ts = (await client.chat_postMessage(channel=INCIDENTS, text="mine"))["ts"]
    slack.admin.delete_message(INCIDENTS, ts)
    assert await kinds(slack) == ["message", "message_deleted"]
    gone = last_event(slack)
    assert (gone["deleted_ts"], gone["previous_message"]["bot_id"]) == (ts, slack.config.bot_id)
    with pytest.raises(LookupError, match="no message"):
        slack.admin.delete_message(INCIDENTS, ts)


async def test_a_deleted_root_with_replies_is_changed_into_a_tombstone(
    slack: LocalSlack, client: AsyncWebClient, heard: Listener
) -> None:
    root = (await client.chat_postMessage(channel=INCIDENTS, text="root"))["ts"]
    reply = (await client.chat_postMessage(channel=INCIDENTS, text="reply", thread_ts=root))["ts"]
    slack.admin.delete_message(INCIDENTS, root)
    assert (await kinds(slack))[2:] == ["message_changed"]
    changed = last_event(slack)
    assert (changed["message"]["subtype"], changed["message"]["user"]) == ("tombstone", "USLACKBOT")
    assert changed["previous_message"]["text"] == "root"
    slack.admin.delete_message(INCIDENTS, reply)  # the last reply takes the tombstone with it
    assert sorted((await kinds(slack))[3:]) == ["message_deleted", "message_deleted"]
    assert slack.messages(INCIDENTS) == []


async def test_a_reply_to_a_deleted_parent_lands_top_level_without_an_error(
    slack: LocalSlack, client: AsyncWebClient, refuses: Refuses
) -> None:
    gone = (await client.chat_postMessage(channel=INCIDENTS, text="gone"))["ts"]
    buried = (await client.chat_postMessage(channel=INCIDENTS, text="buried"))["ts"]
    await client.chat_postMessage(channel=INCIDENTS, text="keeps it", thread_ts=buried)
    for ts in (gone, buried):
        slack.admin.delete_message(INCIDENTS, ts)
        orphan = await client.chat_postMessage(channel=INCIDENTS, text="x", thread_ts=ts, reply_broadcast=True)
        assert "thread_ts" not in orphan["message"]
    upload = await client.files_upload_v2(content="x", filename="a.txt", channel=INCIDENTS, thread_ts=gone)
    assert slack.files[0].id == upload["files"][0]["id"]
    assert slack.files[0].shared == [(INCIDENTS, None)]
    slack.policy.tombstones_take_replies = True
    kept = await client.chat_postMessage(channel=INCIDENTS, text="x", thread_ts=buried)
    assert kept["message"]["thread_ts"] == buried
    with refuses("thread_not_found"):
        await client.chat_postMessage(channel=INCIDENTS, text="x", thread_ts="1.000000")


async def test_in_a_thread_that_does_not_exist_nobody_sees_an_ephemeral_message(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    ts = (await client.chat_postMessage(channel=INCIDENTS, text="no thread yet"))["ts"]
    for where in (ts, "1.000000"):
        assert (await client.chat_postEphemeral(channel=INCIDENTS, user=MAYA, text="psst", thread_ts=where))["ok"]
    assert len(slack.messages(INCIDENTS)) == 1
    await slack.say(JONAS, INCIDENTS, "now it is one", ts)
    await client.chat_postEphemeral(channel=INCIDENTS, user=MAYA, text="psst", thread_ts=ts)
    assert slack.messages(INCIDENTS)[-1]["is_ephemeral"]


async def test_old_messages_cannot_be_edited(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    ts = (await client.chat_postMessage(channel=INCIDENTS, text="x"))["ts"]
    slack.policy.edit_window = 3600.0
    await client.chat_update(channel=INCIDENTS, ts=ts, text="y")
    slack.policy.edit_window = 0.0
    with refuses("edit_window_closed"):
        await client.chat_update(channel=INCIDENTS, ts=ts, text="z")


async def test_a_channel_has_room_for_so_many_pins(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    slack.policy.most_pins = 1
    first, second = [(await client.chat_postMessage(channel=INCIDENTS, text="x"))["ts"] for _ in range(2)]
    await client.pins_add(channel=INCIDENTS, timestamp=first)
    with refuses("too_many_pins"):
        await client.pins_add(channel=INCIDENTS, timestamp=second)
    await client.pins_remove(channel=INCIDENTS, timestamp=first)
    await client.pins_add(channel=INCIDENTS, timestamp=second)


async def test_a_deactivated_person_does_nothing(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    slack.admin.deactivate("jonas")
    assert (await client.users_info(user=JONAS))["user"]["deleted"]
    assert JONAS not in slack.world.channels[INCIDENTS].members
    with pytest.raises(RefusedError, match="deactivated"):
        await slack.say(JONAS, INCIDENTS, "hi")
    with refuses("user_disabled"):
        await client.conversations_open(users=[JONAS])
    with refuses("user_not_in_channel"):
        await client.chat_postEphemeral(channel=INCIDENTS, user=JONAS, text="x")


async def test_a_person_whom_the_web_api_forgot_still_clicks(
    slack: LocalSlack, client: AsyncWebClient, refuses: Refuses
) -> None:
    slack.admin.hide_user(JONAS)
    with refuses("user_not_found"):
        await client.users_info(user=JONAS)
    assert JONAS not in [member["id"] for member in (await client.users_list())["members"]]
    assert (await slack.say(JONAS, INCIDENTS, "hi"))["user"] == JONAS


async def test_scopes_are_granted_and_told(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    ts = (await client.chat_postMessage(channel=INCIDENTS, text="x"))["ts"]
    slack.admin.revoke_scopes("pins:write", "files:write")
    granted = (await client.auth_test()).headers["x-oauth-scopes"].split(",")
    assert "chat:write" in granted
    assert "pins:write" not in granted
    with refuses("missing_scope") as error:
        await client.pins_add(channel=INCIDENTS, timestamp=ts)
    assert error.value.response["needed"] == "pins:write"
    slack.admin.grant_scopes("pins:write", "pins:write")
    await client.pins_add(channel=INCIDENTS, timestamp=ts)
    assert slack.workspace.scopes.count("pins:write") == 1


async def test_a_channel_gets_another_id(
    slack: LocalSlack, client: AsyncWebClient, refuses: Refuses, heard: Listener
) -> None:
    sent = await client.chat_postMessage(channel=INCIDENTS, text="before")
    await client.pins_add(channel=INCIDENTS, timestamp=sent["ts"])
    await client.files_upload_v2(content="x", filename="a.txt", channel=INCIDENTS)
    token = slack.workspace.grants.reply_token(MAYA, INCIDENTS)
    moved = slack.admin.change_id(INCIDENTS)
    await slack.settle()
    assert last_event(slack)["type"] == "channel_id_changed"
    assert (last_event(slack)["old_channel_id"], last_event(slack)["new_channel_id"]) == (INCIDENTS, moved)
    with refuses("channel_not_found"):
        await client.chat_postMessage(channel=INCIDENTS, text="x")
    assert [m["text"] for m in slack.messages(moved)] == ["before", ""]
    assert (slack.pins(moved), slack.files[0].shared) == ([sent["ts"]], [(moved, None)])
    assert slack.workspace.grants.channel_of(token) == moved
    assert (await client.files_list(channel=moved))["paging"]["total"] == 1


async def test_a_channel_is_shared_with_another_company_and_again_not(
    slack: LocalSlack, client: AsyncWebClient, heard: Listener
) -> None:
    slack.admin.share(INCIDENTS)
    assert (await client.conversations_info(channel=INCIDENTS))["channel"]["is_ext_shared"]
    slack.admin.unshare(INCIDENTS)
    assert not (await client.conversations_info(channel=INCIDENTS))["channel"]["is_ext_shared"]
    assert await kinds(slack) == ["shared_channel_invite_accepted", "channel_shared", "channel_unshared"]
    assert slack.deliveries[1].payload["event"]["connected_team_id"] == "T0AACME001"


async def test_files_are_found_by_channel_person_and_time(slack: LocalSlack, client: AsyncWebClient) -> None:
    root = (await client.chat_postMessage(channel=INCIDENTS, text="root"))["ts"]
    for name in ("one.txt", "two.txt"):
        await client.files_upload_v2(content="x", filename=name, channel=INCIDENTS, thread_ts=root)
    await client.files_upload_v2(content="x", filename="elsewhere.txt", channel=MAYA_DM)
    found = (await client.files_list(channel=INCIDENTS, user=BOT))["files"]
    assert [file["name"] for file in found] == ["two.txt", "one.txt"]
    [share] = found[0]["shares"]["public"][INCIDENTS]
    assert (share["thread_ts"], share["ts"]) == (root, slack.messages(INCIDENTS)[-1]["ts"])
    assert (await client.files_list(user=MAYA))["files"] == []
    assert (await client.files_list(ts_to="1"))["files"] == []
    second = await client.files_list(count=2, page=2)
    assert ([file["name"] for file in second["files"]], second["paging"]["pages"]) == (["one.txt"], 2)


async def test_what_is_not_there_cannot_be_changed(slack: LocalSlack) -> None:
    with pytest.raises(KeyError):
        slack.admin.archive("nowhere")
    with pytest.raises(KeyError):
        slack.admin.remove(LEADERS, "nobody")
