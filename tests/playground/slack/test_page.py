"""What the browser calls: state, events, and everything a person does."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.playground.slack import BOT, INCIDENTS, JONAS, LEADERS, MAYA, RAVI, LocalSlack, serve
from bot.playground.slack import app as asgi
from tests.conftest import http_client

Json = dict[str, Any]


@pytest.fixture
async def page(slack: LocalSlack) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{slack.base_url}/page/") as http:
        yield http


class Stream:
    """Reads server-sent events of one person."""

    def __init__(self, slack: LocalSlack, user: str) -> None:
        self._url = f"{slack.base_url}/page/events?user={user}"
        self.events: list[tuple[str, Json]] = []
        self.ended = False

    async def __aenter__(self) -> "Stream":
        opened = asyncio.Event()
        self._task = asyncio.create_task(self._read(opened))
        await opened.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _read(self, opened: asyncio.Event) -> None:
        name = ""
        async with httpx.AsyncClient(timeout=30) as http, http.stream("GET", self._url) as answer:
            async for line in answer.aiter_lines():
                opened.set()
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    self.events.append((name, json.loads(line[6:])))
        self.ended = True

    def names(self) -> list[str]:
        return [name for name, _ in self.events]


async def test_state_shows_what_one_person_sees(page: httpx.AsyncClient, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=INCIDENTS, user=MAYA, text="psst")
    maya = (await page.get("state", params={"user": MAYA})).json()
    ravi = (await page.get("state", params={"user": RAVI})).json()
    assert (maya["me"]["name"], ravi["me"]["name"]) == ("maya", "ravi")
    assert [channel["name"] for channel in ravi["channels"]] == ["incidents"]
    assert {"leadership", "random", MAYA} < {channel["name"] for channel in maya["channels"]}
    assert maya["messages"][INCIDENTS][0]["is_ephemeral"]
    assert ravi["messages"][INCIDENTS] == []
    assert maya["commands"][0] == {"command": "/greet", "description": "Say hello", "usage_hint": "<who>"}
    assert maya["app"]["bot_user_id"] == BOT
    assert (await page.get("state")).json()["me"]["id"] == MAYA
    assert (await page.get("state", params={"user": "U0"})).status_code == 404


async def test_events_reach_those_who_may_see_them(
    slack: LocalSlack, page: httpx.AsyncClient, client: AsyncWebClient
) -> None:
    async with Stream(slack, MAYA) as maya, Stream(slack, RAVI) as ravi:
        posted = await client.chat_postMessage(channel=INCIDENTS, text="hi")
        await client.chat_postEphemeral(channel=INCIDENTS, user=MAYA, text="psst")
        await client.pins_add(channel=INCIDENTS, timestamp=posted["ts"])
        await slack.say(MAYA, LEADERS, "secret")
        await client.chat_delete(channel=INCIDENTS, ts=posted["ts"])
        slack.workspace.notice(RAVI, "only Ravi")
        await slack.wait_for(lambda: "message_deleted" in maya.names() and "notice" in ravi.names())
    assert maya.names() == ["message", "message", "pins", "message", "pins", "message_deleted"]
    assert ravi.names() == ["message", "pins", "pins", "message_deleted", "notice"]
    assert maya.events[2][1] == {"channel": INCIDENTS, "pins": [posted["ts"]]}


async def test_a_reader_that_falls_behind_is_cut_off(slack: LocalSlack) -> None:
    async with Stream(slack, MAYA) as stream:
        for n in range(1500):
            slack.workspace.notice(MAYA, f"{n}")
        await slack.wait_for(lambda: stream.ended)
    assert len(slack.workspace.pages) == 0


async def test_a_reader_that_goes_away_is_forgotten(slack: LocalSlack) -> None:
    async with Stream(slack, MAYA):
        assert len(slack.workspace.pages) == 1
    await slack.wait_for(lambda: len(slack.workspace.pages) == 0)


async def test_typing_on_the_page(slack: LocalSlack, page: httpx.AsyncClient, listening: AsyncApp) -> None:
    @listening.command("/greet")
    async def greet(ack: Any) -> None:
        await ack("hello")

    listening.event("message")(_nothing)
    listening.event("member_joined_channel")(_nothing)
    sent = (await page.post("message", json={"user": MAYA, "channel": INCIDENTS, "text": "hi"})).json()
    assert sent["message"]["text"] == "hi"
    ack = (await page.post("message", json={"user": MAYA, "channel": INCIDENTS, "text": "/greet"})).json()
    assert ack == {"ok": True, "ack": {"status": 200, "error": None, "body": "hello"}}
    in_thread = {"user": MAYA, "channel": INCIDENTS, "text": "/greet", "thread_ts": sent["message"]["ts"]}
    refused = await page.post("message", json=in_thread)
    assert (refused.status_code, refused.json()["error"]) == (400, "command_in_thread")
    edited = {"user": MAYA, "channel": INCIDENTS, "ts": sent["message"]["ts"], "text": "ho"}
    assert (await page.post("edit", json=edited)).json()["message"]["edited"]["user"] == MAYA
    assert (await page.post("edit", json={**edited, "user": JONAS})).json()["error"] == "not_your_message"
    assert (await page.post("delete", json={**edited, "user": MAYA})).json() == {"ok": True}
    invited = await page.post("message", json={"user": MAYA, "channel": LEADERS, "text": "/invite @greeter"})
    assert invited.json() == {"ok": True, "ack": None}
    assert BOT in slack.world.channels[LEADERS].members
    assert (await page.post("message", json={"user": MAYA})).json()["error"] == "missing_field"
    assert (await page.post("message", content=b"[")).json()["error"] == "invalid_json"


async def _nothing() -> None: ...


async def test_acting_on_the_page(slack: LocalSlack, page: httpx.AsyncClient, listening: AsyncApp) -> None:
    bodies: list[Json] = []

    @listening.action("pick")
    async def pick(ack: Any, body: Json, client: Any) -> None:
        await ack()
        bodies.append(body)
        label = {"type": "plain_text", "text": "L"}
        field = {
            "type": "input",
            "block_id": "f",
            "label": label,
            "element": {"type": "plain_text_input", "action_id": "a"},
        }
        view = {"type": "modal", "callback_id": "form", "title": label, "submit": label, "blocks": [field]}
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @listening.view("form")
    async def form(ack: Any, view: Json) -> None:
        if view["state"]["values"]["f"]["a"]["value"] == "no":
            await ack(response_action="errors", errors={"f": "not that"})
        else:
            await ack()

    option = {"text": {"type": "plain_text", "text": "one"}, "value": "1"}
    menu = {"type": "static_select", "action_id": "pick", "options": [option]}
    await listening.client.chat_postMessage(
        channel=INCIDENTS, text="x", blocks=[{"type": "actions", "block_id": "b", "elements": [menu]}]
    )
    ts = slack.messages(INCIDENTS)[0]["ts"]
    action = {"type": "static_select", "block_id": "b", "action_id": "pick", "selected_option": option}
    body = {"user": MAYA, "action": action, "container": {"type": "message", "channel": INCIDENTS, "message_ts": ts}}
    async with Stream(slack, MAYA) as stream:
        assert (await page.post("action", json=body)).json() == {"ok": True}
        assert bodies[0]["actions"][0]["selected_option"]["value"] == "1"
        view_id = slack.views(MAYA)[0]["id"]
        submit = {"user": MAYA, "view_id": view_id, "state": {}}
        empty = (await page.post("view_submit", json=submit)).json()
        assert empty == {
            "ok": True,
            "response_action": "errors",
            "errors": {"f": "Please complete this required field."},
        }
        bad = await page.post("view_submit", json={**submit, "state": {"f": {"a": {"value": "no"}}}})
        assert bad.json()["errors"] == {"f": "not that"}
        good = await page.post("view_submit", json={**submit, "state": {"f": {"a": {"value": "yes"}}}})
        assert good.json() == {"ok": True}
        await slack.wait_for(lambda: stream.names().count("views") >= 2)
        assert ("view_errors", {"view_id": view_id, "errors": {"f": "not that"}}) in stream.events
    gone = await page.post("view_close", json={"user": MAYA, "view_id": view_id})
    assert (gone.status_code, gone.json()["error"]) == (404, "view_not_found")


async def test_a_bot_that_does_not_answer_is_an_error_on_the_page(
    slack: LocalSlack, page: httpx.AsyncClient, listening: AsyncApp
) -> None:
    refused = await page.post("shortcut", json={"user": MAYA, "callback_id": "greet_all"})
    assert (refused.status_code, refused.json()["error"]) == (504, "http_error")


async def test_reactions_shortcuts_and_home(slack: LocalSlack, page: httpx.AsyncClient, listening: AsyncApp) -> None:
    @listening.shortcut("greet_author")
    async def greet(ack: Any) -> None:
        await ack()

    said = await slack.say(JONAS, INCIDENTS, "hi")
    at = {"user": MAYA, "channel": INCIDENTS, "message_ts": said["ts"]}
    assert (await page.post("reaction", json={**at, "name": "tada"})).json() == {"ok": True}
    assert slack.messages(INCIDENTS)[0]["reactions"] == [{"name": "tada", "users": [MAYA], "count": 1}]
    await page.post("reaction", json={**at, "name": "tada", "remove": True})
    assert "reactions" not in slack.messages(INCIDENTS)[0]
    assert (await page.post("shortcut", json={**at, "callback_id": "greet_author"})).json() == {"ok": True}
    assert (await page.post("home", json={"user": MAYA})).json() == {"ok": True, "view": None}


async def test_the_built_page_is_served(
    slack: LocalSlack, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, manifest: Json
) -> None:
    async with http_client() as http:
        monkeypatch.setattr(asgi, "DIST", tmp_path)
        assert "make playground" in (await http.get(slack.base_url)).text
        (tmp_path / "assets").mkdir()
        (tmp_path / "index.html").write_text("the page", encoding="utf-8")
        (tmp_path / "assets" / "a.js").write_text("1", encoding="utf-8")
        local = LocalSlack(manifest=manifest, signing_secret="s", bot_token="b", app_token="a")
        async with serve(local, routes=[Route("/page/examples", _examples)]) as base:
            index = await http.get(base)
            assert (index.text, "frame-ancestors 'none'" in index.headers["content-security-policy"]) == (
                "the page",
                True,
            )
            assert (await http.get(f"{base}/assets/a.js")).text == "1"
            assert (await http.get(f"{base}/page/examples")).json() == ["mine"]


async def _examples(_request: Request) -> JSONResponse:
    return JSONResponse(["mine"])
