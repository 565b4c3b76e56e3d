"""The Web API as slack_sdk's client sees it: tokens, scopes, chat, marks, people, validation."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import BOT, INCIDENTS, JONAS, LEADERS, MAYA, RANDOM, RAVI, WAR_ROOM, LocalSlack
from tests.conftest import http_client

Json = dict[str, Any]
Refuses = Callable[[str], AbstractContextManager[Any]]
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hi"}}


async def test_tokens_are_checked(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    me = await client.auth_test()
    assert (me["user_id"], me["user"], me["bot_id"]) == (BOT, "greeter", slack.config.bot_id)
    with refuses("not_authed"):
        await AsyncWebClient(base_url=slack.api_url).auth_test()
    with refuses("invalid_auth"):
        await AsyncWebClient(secrets.token_hex(4), base_url=slack.api_url).auth_test()
    with refuses("not_allowed_token_type"):
        await client.apps_connections_open(app_token=slack.bot_token)


async def test_forms_with_a_token_work_too(slack: LocalSlack) -> None:
    async with http_client() as http:
        form = {"token": slack.bot_token, "channel": INCIDENTS, "blocks": '[{"type":"divider"}]', "text": "x"}
        answer = (await http.post(f"{slack.api_url}chat.postMessage", data=form)).json()
    assert answer["ok"]
    assert answer["message"]["blocks"][0]["type"] == "divider"
    assert "token" not in slack.calls[-1].args


async def test_unknown_methods_are_refused_and_recorded(
    slack: LocalSlack, client: AsyncWebClient, refuses: Refuses
) -> None:
    with refuses("unknown_method"):
        await client.api_call("chat.postTelegram", json={"text": "stop"})
    assert [(call.method, call.error) for call in slack.failed_calls] == [("chat.postTelegram", "unknown_method")]


async def test_missing_scopes_are_named(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    slack.admin.revoke_scopes("chat:write")
    with refuses("missing_scope") as error:
        await client.chat_postMessage(channel=INCIDENTS, text="x")
    assert error.value.response["needed"] == "chat:write"
    assert "chat:write" not in error.value.response["provided"]


@pytest.mark.parametrize(
    ("channel", "code"),
    [("C0NOWHERE01", "channel_not_found"), (LEADERS, "channel_not_found"), (RANDOM, "not_in_channel")],
)
async def test_the_bot_posts_only_where_it_may(
    client: AsyncWebClient, refuses: Refuses, channel: str, code: str
) -> None:
    with refuses(code):
        await client.chat_postMessage(channel=channel, text="x")


async def test_an_archived_channel_takes_nothing(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    slack.admin.archive(INCIDENTS)
    with refuses("is_archived"):
        await client.chat_postMessage(channel=INCIDENTS, text="x")


async def test_posting_by_name_and_to_a_person(slack: LocalSlack, client: AsyncWebClient) -> None:
    assert (await client.chat_postMessage(channel="#incidents", text="x"))["channel"] == INCIDENTS
    first = (await client.chat_postMessage(channel=JONAS, text="x"))["channel"]
    assert first == (await client.conversations_open(users=[JONAS]))["channel"]["id"]
    assert slack.world.channels[first].is_im


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [{"type": "headline"}]}, "invalid_blocks"),
        ({"text": "x", "attachments": [{"text": "a"}] * 101}, "too_many_attachments"),
        ({"text": "x", "attachments": [{"blocks": [{"type": "headline"}]}]}, "invalid_attachments"),
        ({"text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "e", "event_payload": {"a": "x" * 9000}}}, "metadata_too_large"),
        ({"text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
    ],
)
async def test_content_that_slack_refuses(client: AsyncWebClient, refuses: Refuses, content: Json, code: str) -> None:
    with refuses(code):
        await client.api_call("chat.postMessage", json={"channel": INCIDENTS, **content})


async def test_blocks_that_are_valid_but_too_long(client: AsyncWebClient, refuses: Refuses) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}
    await client.chat_postMessage(channel=INCIDENTS, text="x", blocks=[block] * 4)
    with refuses("msg_blocks_too_long"):
        await client.chat_postMessage(channel=INCIDENTS, text="x", blocks=[block] * 5)


async def test_invalid_blocks_are_named_by_json_pointer(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as error:
        await client.chat_postMessage(channel=INCIDENTS, text="x", blocks=[{"type": "divider"}] * 51)
    line = "no more than 50 items allowed [json-pointer:/blocks]"
    assert error.value.response["errors"] == [line]
    assert error.value.response["response_metadata"]["messages"] == [f"[ERROR] {line}"]


async def test_two_tables_in_a_message_are_invalid_attachments(client: AsyncWebClient, refuses: Refuses) -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
    with refuses("invalid_attachments") as error:
        await client.chat_postMessage(channel=INCIDENTS, text="x", blocks=[table, table])
    assert "only_one_table_allowed" in error.value.response["response_metadata"]["messages"][0]


async def test_long_text_is_cut_when_posted_and_refused_when_updated(client: AsyncWebClient, refuses: Refuses) -> None:
    posted = await client.chat_postMessage(channel=INCIDENTS, text="x" * 50_000)
    assert len(posted["message"]["text"]) == 40_000
    with refuses("msg_too_long"):
        await client.chat_update(channel=INCIDENTS, ts=posted["ts"], text="ü" * 2_001)


async def test_an_update_keeps_what_it_does_not_mention(slack: LocalSlack, client: AsyncWebClient) -> None:
    metadata = {"event_type": "e", "event_payload": {"n": 1}}
    posted = await client.chat_postMessage(channel=INCIDENTS, text="one", blocks=[SECTION], metadata=metadata)
    assert posted["message"]["blocks"][0]["block_id"]
    assert posted["message"]["blocks"][0]["text"]["verbatim"] is False
    updated = await client.chat_update(channel=INCIDENTS, ts=posted["ts"], text="two")
    assert updated["message"]["blocks"] == posted["message"]["blocks"]
    assert updated["message"]["edited"]["user"] == BOT
    await client.chat_update(channel=INCIDENTS, ts=posted["ts"], text="two", blocks=[])
    [message] = slack.messages(INCIDENTS)
    assert "blocks" not in message
    assert message["metadata"] == metadata


async def test_only_own_messages_change(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    other = await slack.say(MAYA, INCIDENTS, "mine")
    with refuses("cant_update_message"):
        await client.chat_update(channel=INCIDENTS, ts=other["ts"], text="x")
    with refuses("cant_delete_message"):
        await client.chat_delete(channel=INCIDENTS, ts=other["ts"])
    with refuses("message_not_found"):
        await client.chat_update(channel=INCIDENTS, ts="1.000000", text="x")


async def test_deleting_a_root_leaves_a_tombstone(slack: LocalSlack, client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel=INCIDENTS, text="root")
    reply = await client.chat_postMessage(channel=INCIDENTS, text="reply", thread_ts=root["ts"])
    await client.chat_delete(channel=INCIDENTS, ts=root["ts"])
    assert slack.messages(INCIDENTS)[0]["subtype"] == "tombstone"
    await client.chat_delete(channel=INCIDENTS, ts=reply["ts"])
    assert slack.messages(INCIDENTS) == []


async def test_ephemeral_messages_reach_one_member(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    sent = await client.chat_postEphemeral(channel=WAR_ROOM, user=MAYA, text="psst")
    assert [m["ts"] for m in slack.messages(WAR_ROOM, viewer=MAYA)] == [sent["message_ts"]]
    assert slack.messages(WAR_ROOM, viewer=JONAS) == []
    assert (await client.conversations_history(channel=WAR_ROOM))["messages"] == []
    with refuses("user_not_in_channel"):
        await client.chat_postEphemeral(channel=WAR_ROOM, user=RAVI, text="psst")
    with refuses("message_not_found"):
        await client.chat_update(channel=WAR_ROOM, ts=sent["message_ts"], text="x")


async def test_permalinks_name_the_thread(client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel=INCIDENTS, text="root")
    reply = await client.chat_postMessage(channel=INCIDENTS, text="reply", thread_ts=root["ts"])
    link = (await client.chat_getPermalink(channel=INCIDENTS, message_ts=reply["ts"]))["permalink"]
    assert f"/archives/{INCIDENTS}/p{reply['ts'].replace('.', '')}?thread_ts={root['ts']}" in link


async def test_pins(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    ts = (await client.chat_postMessage(channel=INCIDENTS, text="pin me"))["ts"]
    await client.pins_add(channel=INCIDENTS, timestamp=ts)
    with refuses("already_pinned"):
        await client.pins_add(channel=INCIDENTS, timestamp=ts)
    assert (await client.pins_list(channel=INCIDENTS))["items"][0]["message"]["text"] == "pin me"
    assert slack.pins(INCIDENTS) == [ts]
    await client.pins_remove(channel=INCIDENTS, timestamp=ts)
    with refuses("no_pin"):
        await client.pins_remove(channel=INCIDENTS, timestamp=ts)


async def test_reactions(client: AsyncWebClient, refuses: Refuses) -> None:
    ts = (await client.chat_postMessage(channel=INCIDENTS, text="x"))["ts"]
    await client.reactions_add(channel=INCIDENTS, timestamp=ts, name="eyes")
    with refuses("already_reacted"):
        await client.reactions_add(channel=INCIDENTS, timestamp=ts, name="eyes")
    got = await client.reactions_get(channel=INCIDENTS, timestamp=ts)
    assert got["message"]["reactions"] == [{"name": "eyes", "users": [BOT], "count": 1}]
    await client.reactions_remove(channel=INCIDENTS, timestamp=ts, name="eyes")
    with refuses("no_reaction"):
        await client.reactions_remove(channel=INCIDENTS, timestamp=ts, name="eyes")
    with refuses("invalid_name"):
        await client.reactions_add(channel=INCIDENTS, timestamp=ts, name="no such!")


async def test_people(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    maya = (await client.users_info(user=MAYA))["user"]
    assert (maya["tz"], maya["is_bot"]) == ("America/Los_Angeles", False)
    assert maya["tz_offset"] in (-8 * 3600, -7 * 3600)
    with refuses("user_not_found"):
        await client.users_info(user="U0NOBODY")
    assert len((await client.users_list())["members"]) == len(slack.world.users)
    assert (await client.usergroups_users_list(usergroup="S0AONCALL1"))["users"] == [MAYA, JONAS]
    assert (await client.team_info())["team"]["id"] == slack.world.team.id
    assert (await client.emoji_list())["emoji"] == {}
    assert (await client.bots_info(bot=slack.config.bot_id))["bot"]["user_id"] == BOT


async def test_blocks_validate(client: AsyncWebClient, refuses: Refuses) -> None:
    assert (await client.api_call("blocks.validate", json={"blocks": [SECTION]}))["ok"]
    bad = [{"type": "section", "text": {"type": "invalid", "text": "x"}}]
    with refuses("invalid_blocks") as error:
        await client.api_call("blocks.validate", json={"blocks": bad})
    [problem] = error.value.response["errors"]
    assert (problem["pointer"], problem["message"]) == ("/0/text/type", "unsupported type: invalid")
    assert problem["constraint"]["expected"] == ["mrkdwn", "plain_text"]
    with refuses("invalid_arguments"):
        await client.api_call("blocks.validate", json={"blocks": [], "view": {}})


async def test_views_have_their_own_errors(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    title = {"type": "plain_text", "text": "T"}
    view: Json = {"type": "modal", "title": title, "blocks": [SECTION]}
    grants = slack.workspace.grants
    with refuses("invalid_trigger_id"):
        await client.views_open(trigger_id="1.2.3", view=view)
    trigger = grants.trigger(MAYA)
    with refuses("invalid_arguments") as error:
        await client.views_open(trigger_id=trigger, view={**view, "title": {**title, "text": "x" * 25}})
    assert "[json-pointer:/view/title/text]" in error.value.response["response_metadata"]["messages"][0]
    opened = (await client.views_open(trigger_id=trigger, view=view))["view"]
    with refuses("exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=view)
    with refuses("hash_conflict"):
        await client.views_update(view_id=opened["id"], hash="1.old", view=view)
    updated = (await client.views_update(view_id=opened["id"], hash=opened["hash"], view=view))["view"]
    assert updated["hash"] != opened["hash"]
    for _ in range(2):
        await client.views_push(trigger_id=grants.trigger(MAYA), view=view)
    with refuses("push_limit_reached"):
        await client.views_push(trigger_id=grants.trigger(MAYA), view=view)
    with refuses("not_found"):
        await client.views_update(view_id="V0", view=view)
    with refuses("view_too_large"):
        await client.views_open(trigger_id=grants.trigger(MAYA), view={**view, "private_metadata": "x" * 250_001})
    grants.trigger_lifetime = 0.0
    late = grants.trigger(MAYA)
    await asyncio.sleep(0)
    with refuses("expired_trigger_id"):
        await client.views_open(trigger_id=late, view=view)


async def test_external_ids_are_unique_and_find_views(
    slack: LocalSlack, client: AsyncWebClient, refuses: Refuses
) -> None:
    view: Json = {"type": "modal", "external_id": "one", "title": {"type": "plain_text", "text": "T"}, "blocks": []}
    await client.views_open(trigger_id=slack.workspace.grants.trigger(MAYA), view=view)
    await client.views_update(external_id="one", view=view)
    with refuses("duplicate_external_id"):
        await client.views_open(trigger_id=slack.workspace.grants.trigger(JONAS), view=view)
