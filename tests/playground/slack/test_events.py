"""Events: subscriptions, payloads, retries."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.playground.http import serve_app
from bot.playground.slack import BOT, INCIDENTS, JONAS, MAYA, MAYA_DM, WAR_ROOM, LocalSlack, Retry
from tests.conftest import http_client

Json = dict[str, Any]


class Listener:
    """Answers each event with the next of its statuses, then 200, and keeps what it heard."""

    def __init__(self, *statuses: int, headers: dict[str, str] | None = None) -> None:
        self.statuses = list(statuses)
        self.headers = headers
        self.heard: list[tuple[Json, dict[str, str]]] = []

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/slack/events", self._hear, methods=["POST"])])

    @property
    def events(self) -> list[Json]:
        return [body["event"] for body, _ in self.heard]

    async def _hear(self, request: Request) -> Response:
        self.heard.append((await request.json(), dict(request.headers)))
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200, headers=self.headers)


async def test_events_are_retried_with_slacks_headers(slack: LocalSlack) -> None:
    listener = Listener(500, 503)
    slack.events.retry_delays = (0.0, 0.01, 0.02)
    async with serve_app(listener.app) as server:
        url = server.base_url
        slack.request_url = f"{url}/slack/events"
        await slack.say(MAYA, INCIDENTS, "hi")
        await slack.wait_for(lambda: len(listener.heard) == 3)
        await slack.settle()
    headers = [sent for _, sent in listener.heard]
    assert [sent.get("x-slack-retry-num") for sent in headers] == [None, "1", "2"]
    assert headers[1]["x-slack-retry-reason"] == "http_error"
    assert len({body["event_id"] for body, _ in listener.heard}) == 1


async def test_a_bot_can_ask_for_no_retries(slack: LocalSlack) -> None:
    listener = Listener(500, headers={"X-Slack-No-Retry": "1"})
    slack.events.retry_delays = (0.0,)
    async with serve_app(listener.app) as server:
        url = server.base_url
        slack.request_url = f"{url}/slack/events"
        await slack.say(MAYA, INCIDENTS, "hi")
        await slack.settle()
    assert len(listener.heard) == 1


async def test_an_event_can_be_redelivered_by_hand(slack: LocalSlack) -> None:
    listener = Listener()
    async with serve_app(listener.app) as server:
        url = server.base_url
        slack.request_url = f"{url}/slack/events"
        await slack.say(MAYA, INCIDENTS, "hi")
        await slack.settle()
        await slack.deliveries[0].redeliver(Retry(2, "http_timeout"))
    assert listener.heard[1][1]["x-slack-retry-num"] == "2"


async def test_messages_are_mirrored_with_their_changes(slack: LocalSlack, client: AsyncWebClient) -> None:
    listener = Listener()
    async with serve_app(listener.app) as server:
        url = server.base_url
        slack.request_url = f"{url}/slack/events"
        said = await slack.say(MAYA, WAR_ROOM, "one")
        await slack.settle()
        await slack.edit(MAYA, WAR_ROOM, said["ts"], "two")
        await slack.settle()
        await client.chat_postMessage(channel=WAR_ROOM, text="reply", thread_ts=said["ts"])
        await slack.settle()
        await slack.say(MAYA, MAYA_DM, "@greeter direct")
        await slack.settle()
        gone = await slack.say(JONAS, WAR_ROOM, "oops")
        await slack.settle()
        await slack.delete(JONAS, WAR_ROOM, gone["ts"])
        await slack.settle()
    posted, changed, reply, direct, _, deleted = listener.events
    assert (posted["channel_type"], posted["text"], posted["blocks"][0]["type"]) == ("group", "one", "rich_text")
    assert (changed["subtype"], changed["message"]["text"], changed["previous_message"]["text"]) == (
        "message_changed",
        "two",
        "one",
    )
    assert (reply["bot_id"], reply["parent_user_id"]) == (slack.config.bot_id, MAYA)
    assert (direct["channel_type"], direct["type"]) == ("im", "message")
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", gone["ts"])
    outer = listener.heard[0][0]
    assert outer["authorizations"][0]["user_id"] == BOT
    assert (outer["type"], outer["is_ext_shared_channel"]) == ("event_callback", False)


async def test_reactions_are_events(slack: LocalSlack) -> None:
    listener = Listener()
    said = await slack.say(MAYA, INCIDENTS, "hi")
    async with serve_app(listener.app) as server:
        url = server.base_url
        slack.request_url = f"{url}/slack/events"
        assert await slack.react(JONAS, INCIDENTS, said["ts"], "tada")
        assert not await slack.react(JONAS, INCIDENTS, said["ts"], ":tada:")
        await slack.settle()
        assert await slack.react(JONAS, INCIDENTS, said["ts"], "tada", remove=True)
        await slack.settle()
    assert [event["type"] for event in listener.events if event["type"] != "message"] == [
        "reaction_added",
        "reaction_removed",
    ]
    assert listener.events[-1]["item"] == {"type": "message", "channel": INCIDENTS, "ts": said["ts"]}


@pytest.mark.parametrize("wanted", [[], ["app_mention"]])
async def test_only_what_the_manifest_subscribes_to(wanted: list[str], slack: LocalSlack, listening: AsyncApp) -> None:
    object.__setattr__(slack.config, "events", frozenset(wanted))
    slack.events.retry_delays = ()
    await slack.say(MAYA, INCIDENTS, "hi @greeter")
    await slack.settle()
    assert [delivery.payload["event"]["type"] for delivery in slack.deliveries] == wanted


async def test_a_response_url_works_five_times(slack: LocalSlack, listening: AsyncApp) -> None:
    @listening.command("/greet")
    async def greet(ack: Any) -> None:
        await ack()

    url = (await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")).payload["response_url"]
    async with http_client() as http:
        answers = [await http.post(url, json={"text": f"{n}", "response_type": "in_channel"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert answers[-1].json()["error"] == "used_url"
    assert [m["text"] for m in slack.messages(INCIDENTS, viewer=JONAS)] == list("01234")


async def test_a_response_url_checks_content_and_age(slack: LocalSlack, listening: AsyncApp) -> None:
    @listening.command("/greet")
    async def greet(ack: Any) -> None:
        await ack()

    url = (await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")).payload["response_url"]
    async with http_client() as http:
        assert (await http.post(url, json={"blocks": [{"type": "x"}]})).json()["error"] == "invalid_blocks"
        assert (await http.post(url, json={})).json()["error"] == "no_text"
        assert (await http.post(url, content=b"{")).status_code == 400
        slack.workspace.grants.reply_lifetime = -1
        assert (await http.post(url, json={"text": "x"})).json()["error"] == "expired_url"
    assert [call.error for call in slack.calls_to("response_url")] == [
        "invalid_blocks",
        "no_text",
        "invalid_payload",
        "expired_url",
    ]
