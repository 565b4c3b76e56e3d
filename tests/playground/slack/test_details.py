"""The corners: odd inputs of people, odd answers of bots, odd arguments."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import aiohttp
import httpx
import pytest
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import (
    ERIN,
    INCIDENTS,
    JONAS,
    LEADERS,
    MAYA,
    RANDOM,
    RAVI,
    SHARED,
    IncompleteError,
    LocalSlack,
    RefusedError,
    serve,
)
from bot.playground.slack import page as pages
from tests.conftest import http_client

Json = dict[str, Any]
Refuses = Callable[[str], AbstractContextManager[Any]]
LABEL = {"type": "plain_text", "text": "L"}


async def _ack(ack: Any) -> None:
    await ack()


def _modal(*blocks: Json, **extra: Any) -> Json:
    return {"type": "modal", "callback_id": "form", "title": LABEL, "submit": LABEL, "blocks": list(blocks), **extra}


def _input(block_id: str, element: Json, **extra: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": LABEL, "element": {"action_id": "a", **element}, **extra}


async def _opened(slack: LocalSlack, client: AsyncWebClient, view: Json) -> Json:
    await client.views_open(trigger_id=slack.workspace.grants.trigger(MAYA), view=view)
    return slack.views(MAYA)[-1]


async def test_numbers_are_checked_before_a_modal_is_sent(
    slack: LocalSlack, listening: AsyncApp, client: AsyncWebClient
) -> None:
    listening.view("form")(_ack)
    number = {"type": "number_input", "is_decimal_allowed": True, "min_value": "1", "max_value": "3"}
    note = _input("note", {"type": "plain_text_input"}, optional=True)
    view = await _opened(slack, client, _modal(_input("n", number), note))
    for entered, complaint in (("x", "valid number"), ("4", "between 1 and 3"), (None, "required")):
        with pytest.raises(IncompleteError, match=complaint):
            await slack.submit(MAYA, view, {"n": {"a": {"value": entered}}})
    assert (await slack.submit(MAYA, view, {"n": {"a": {"value": "2.5"}}})).ok


async def test_a_modal_can_ask_for_a_response_url(
    slack: LocalSlack, listening: AsyncApp, client: AsyncWebClient
) -> None:
    listening.view("form")(_ack)
    menu = _input("c", {"type": "conversations_select", "response_url_enabled": True})
    view = await _opened(slack, client, _modal(menu, clear_on_close=True))
    delivery = await slack.submit(MAYA, view, {"c": {"a": {"selected_conversation": INCIDENTS}}})
    [entry] = delivery.payload["response_urls"]
    assert entry["channel_id"] == INCIDENTS
    async with http_client() as http:
        await http.post(entry["response_url"], json={"text": "there", "response_type": "in_channel"})
    assert slack.messages(INCIDENTS)[0]["text"] == "there"


async def test_closing_clears_the_stack_where_asked_for(slack: LocalSlack, client: AsyncWebClient) -> None:
    await _opened(slack, client, _modal())
    await client.views_push(trigger_id=slack.workspace.grants.trigger(MAYA), view=_modal(clear_on_close=True))
    assert await slack.close_view(MAYA, slack.views(MAYA)[-1]) is None
    assert slack.views(MAYA) == []


async def test_feedback_buttons_and_threads_in_a_click(
    slack: LocalSlack, listening: AsyncApp, client: AsyncWebClient
) -> None:
    listening.action("rate")(_ack)
    choice = {"positive_button": {"text": LABEL, "value": "up"}, "negative_button": {"text": LABEL, "value": "down"}}
    block = {"type": "context_actions", "elements": [{"type": "feedback_buttons", "action_id": "rate", **choice}]}
    root = await client.chat_postMessage(channel=INCIDENTS, text="root")
    await client.chat_postMessage(channel=INCIDENTS, text="x", blocks=[block], thread_ts=root["ts"])
    reply = slack.messages(INCIDENTS)[1]
    delivery = await slack.click(JONAS, reply, action_id="rate", value="down")
    assert delivery.payload["actions"][0]["value"] == "down"
    assert delivery.payload["container"]["thread_ts"] == root["ts"]
    with pytest.raises(RefusedError, match="no button"):
        await slack.click(JONAS, reply, action_id="rate", value="sideways")


async def test_a_shortcuts_response_url_does_not_replace_somebody_elses_message(
    slack: LocalSlack, listening: AsyncApp
) -> None:
    @listening.shortcut("greet_author")
    async def greet(ack: Any, respond: Any) -> None:
        await ack()
        await respond("mine", replace_original=True)

    said = await slack.say(JONAS, INCIDENTS, "original")
    await slack.shortcut(MAYA, "greet_author", said)
    assert [m["text"] for m in slack.messages(INCIDENTS)] == ["original", "mine"]


@pytest.mark.parametrize(
    ("body", "error"),
    [({"blocks": [{"type": "x"}]}, "invalid_blocks"), ({"text": "x", "thread_ts": "1.0"}, "thread_not_found")],
)
async def test_an_ack_that_cannot_be_posted_is_told(
    slack: LocalSlack, listening: AsyncApp, body: Json, error: str
) -> None:
    @listening.command("/greet")
    async def greet() -> BoltResponse:
        return BoltResponse(status=200, body=json.dumps(body), headers={"content-type": "application/json"})

    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    assert (delivery.status, delivery.error) == (200, error)
    assert slack.notices[-1].text == f'/greet failed with the error "{error}"'


async def test_an_ack_that_only_claims_to_be_json_is_text(slack: LocalSlack, listening: AsyncApp) -> None:
    @listening.command("/greet")
    async def greet() -> BoltResponse:
        return BoltResponse(status=200, body="{oops", headers={"content-type": "application/json"})

    await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    assert slack.messages(INCIDENTS)[0]["text"] == "{oops"


async def test_people_do_only_what_slack_lets_them(slack: LocalSlack, client: AsyncWebClient) -> None:
    said = await slack.say(MAYA, INCIDENTS, "hi")
    psst = await client.chat_postEphemeral(channel=INCIDENTS, user=MAYA, text="psst")
    refusals = [
        (slack.say(MAYA, INCIDENTS, "  "), "nothing to send"),
        (slack.say(MAYA, INCIDENTS, "x", thread_ts="1.0"), "thread is gone"),
        (slack.say(RAVI, RANDOM, "x"), "no channel"),
        (slack.say(ERIN, LEADERS, "x"), "no channel"),
        (slack.say("U0NOBODY", INCIDENTS, "x"), "no person"),
        (slack.say(slack.world.bot_user, INCIDENTS, "x"), "no person"),
        (slack.edit(JONAS, INCIDENTS, said["ts"], "x"), "your own"),
        (slack.delete(MAYA, INCIDENTS, "1.0"), "gone"),
        (slack.invite(MAYA, INCIDENTS, "@nobody"), "nobody called"),
        (slack.react(MAYA, INCIDENTS, psst["message_ts"], "eyes"), "only you see"),
        (slack.shortcut(MAYA, "nope"), "no shortcut"),
    ]
    for attempt, sentence in refusals:
        with pytest.raises(RefusedError, match=sentence):
            await attempt
    slack.world.channel("#random").members.remove(MAYA)
    with pytest.raises(RefusedError, match="not in #random"):
        await slack.say(MAYA, RANDOM, "x")
    slack.world.channel("incidents").is_archived = True
    with pytest.raises(RefusedError, match="archived"):
        await slack.say(MAYA, INCIDENTS, "x")
    assert (await slack.say(ERIN, SHARED, "hello from Acme"))["team"] == "T0AACME001"


async def test_faults_of_response_urls(slack: LocalSlack, listening: AsyncApp) -> None:
    listening.command("/greet")(_ack)
    url = (await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")).payload["response_url"]
    slack.faults.next("response_url", status=500)
    slack.faults.next("response_url", lose_response=True)
    async with aiohttp.ClientSession() as http:
        async with http.post(url, json={"text": "one"}) as answer:
            assert answer.status == 500
        with pytest.raises(aiohttp.ClientConnectionError):
            await http.post(url, json={"text": "two"})
    assert [m["text"] for m in slack.messages(INCIDENTS)] == ["two"]


@pytest.mark.parametrize(
    ("method", "args", "code"),
    [
        ("conversations.history", {"channel": INCIDENTS, "limit": "many"}, "invalid_arguments"),
        ("conversations.history", {"channel": INCIDENTS, "oldest": "yesterday"}, "invalid_arguments"),
        ("conversations.history", {"channel": INCIDENTS, "limit": 1000}, "invalid_limit"),
        ("conversations.history", {"channel": INCIDENTS, "cursor": "YXQ6MQ=="}, "invalid_cursor"),
        ("conversations.list", {"types": "everything"}, "invalid_types"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": f"{MAYA},{JONAS}"}, "too_many_users"),
        ("users.info", {}, "invalid_arguments"),
        ("bots.info", {"bot": "B0"}, "bot_not_found"),
        ("usergroups.users.list", {"usergroup": "S0"}, "no_such_subteam"),
        ("files.getUploadURLExternal", {"filename": "x", "length": 2 * 1024**3}, "file_upload_size_restricted"),
        ("files.completeUploadExternal", {"files": "["}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": []}, "invalid_arguments"),
        ("views.open", {"trigger_id": "x"}, "invalid_arguments"),
        ("views.open", {"trigger_id": "x", "view": "{"}, "invalid_arguments"),
        ("views.open", {"trigger_id": "x", "view": {"type": "home", "blocks": []}}, "invalid_arguments"),
        ("views.publish", {"user_id": MAYA, "view": _modal()}, "invalid_arguments"),
        ("views.push", {"trigger_id": "x", "view": _modal()}, "invalid_trigger_id"),
        ("blocks.validate", {"blocks": "["}, "invalid_json"),
        ("blocks.validate", {"message": {}}, "invalid_blocks"),
        ("blocks.validate", {"view": {"type": "modal"}}, "invalid_blocks"),
        ("chat.postMessage", {"channel": INCIDENTS, "text": "x", "attachments": "["}, "invalid_attachments"),
        ("chat.postMessage", {"channel": INCIDENTS, "text": "x", "attachments": {}}, "invalid_attachments"),
        ("chat.postMessage", {"channel": INCIDENTS, "text": "x", "metadata": "{"}, "invalid_metadata_format"),
    ],
)
async def test_arguments_that_slack_refuses(
    client: AsyncWebClient, refuses: Refuses, method: str, args: Json, code: str
) -> None:
    with refuses(code):
        await client.api_call(method, json=args)


async def test_bodies_that_cannot_be_read(slack: LocalSlack) -> None:
    bearer = {"Authorization": f"Bearer {slack.bot_token}"}
    async with httpx.AsyncClient(base_url=slack.api_url, headers=bearer) as http:
        for content in (b"{", b"[]"):
            answer = await http.post("auth.test", content=content, headers={"Content-Type": "application/json"})
            assert answer.json()["error"] == "invalid_json"
        multipart = await http.post("chat.postMessage", files={"channel": (None, INCIDENTS), "text": (None, "x")})
        assert multipart.json()["ok"]


async def test_attachments_are_kept(slack: LocalSlack, client: AsyncWebClient) -> None:
    attachments: list[Json] = [{"color": "#fff", "blocks": [{"type": "divider"}]}, {"text": "old style"}]
    await client.chat_postMessage(channel=INCIDENTS, text="x", attachments=attachments)
    kept = slack.messages(INCIDENTS)[0]["attachments"]
    assert [entry["id"] for entry in kept] == [1, 2]
    assert kept[0]["blocks"][0]["block_id"]


async def test_metadata_can_be_taken_off(slack: LocalSlack, client: AsyncWebClient) -> None:
    metadata = {"event_type": "e", "event_payload": {}}
    posted = await client.chat_postMessage(channel=INCIDENTS, text="x", metadata=metadata)
    await client.chat_update(channel=INCIDENTS, ts=posted["ts"], text="x", metadata={})
    assert "metadata" not in slack.messages(INCIDENTS)[0]


async def test_home_is_updated_in_place(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    home: Json = {"type": "home", "blocks": [{"type": "divider"}]}
    first = (await client.views_publish(user_id=MAYA, view=home))["view"]
    second = (await client.views_publish(user_id=MAYA, view=home, hash=first["hash"]))["view"]
    assert first["id"] == second["id"]
    with refuses("hash_conflict"):
        await client.views_publish(user_id=MAYA, view=home, hash=first["hash"])
    with refuses("not_found"):
        await client.views_push(trigger_id=slack.workspace.grants.trigger(MAYA), view=_modal())


async def test_a_view_is_used_on_the_page(slack: LocalSlack, listening: AsyncApp, client: AsyncWebClient) -> None:
    listening.action("go")(_ack)
    button = {"type": "button", "action_id": "go", "text": LABEL}
    field = _input("why", {"type": "plain_text_input"})
    view = await _opened(slack, client, _modal(field, {"type": "actions", "block_id": "b", "elements": [button]}))
    body = {
        "user": MAYA,
        "container": {"type": "view", "view_id": view["id"]},
        "action": {"type": "button", "block_id": "b", "action_id": "go"},
        "state": {"why": {"a": {"value": "half"}}, "gone": {"x": {}}},
    }
    async with http_client(slack.base_url) as http:
        assert (await http.post("/page/action", json=body)).json() == {"ok": True}
        assert (await http.post("/page/view_close", json={"user": MAYA, "view_id": view["id"]})).json() == {"ok": True}
    told = slack.deliveries[-1].payload["view"]["state"]["values"]
    assert told == {"why": {"a": {"type": "plain_text_input", "value": "half"}}}


async def test_silent_streams_are_kept_open(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "IDLE", 0.01)
    async with (
        http_client(slack.base_url) as http,
        http.stream("GET", "/page/events", params={"user": MAYA}) as answer,
    ):
        lines = answer.aiter_lines()
        seen = [await anext(lines) for _ in range(3)]
    assert seen == [": connected", "", ": still here"]


async def test_serving_ends_with_pages_and_sockets_open(manifest: Json) -> None:
    local = LocalSlack(manifest=manifest, signing_secret="s", bot_token="b", app_token="a")
    async with aiohttp.ClientSession() as session:
        async with serve(local) as base:
            client = AsyncWebClient("b", base_url=local.api_url)
            opened = await client.apps_connections_open(app_token="a")
            socket = await session.ws_connect(opened["url"])
            assert (await socket.receive_json())["type"] == "hello"
            await socket.send_str("not an ack")
            stream = await session.get(f"{base}/page/events?user={MAYA}")
        async with asyncio.timeout(5):
            assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
            assert b"connected" in await stream.read()


async def test_a_taken_port_is_an_error(manifest: Json) -> None:
    def local() -> LocalSlack:
        return LocalSlack(manifest=manifest, signing_secret="s", bot_token="b", app_token="a")

    async with serve(local()) as base:
        with pytest.raises(OSError, match="in use"):
            async with serve(local(), port=int(base.rsplit(":", 1)[1])):
                pass
