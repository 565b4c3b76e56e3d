"""Socket Mode with Bolt's own client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import INCIDENTS, MAYA, LocalSlack

Json = dict[str, Any]


@pytest.fixture
async def connected(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.2)
    handler.client.web_client.base_url = slack.api_url
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.wait_for(lambda: len(slack.link.sockets) == 1)
    yield handler
    await handler.close_async()  # type: ignore[no-untyped-call]


async def test_a_bot_on_a_socket(slack: LocalSlack, app: AsyncApp, connected: AsyncSocketModeHandler) -> None:
    heard: list[Json] = []

    @app.command("/greet")
    async def greet(ack: Any, command: Json) -> None:
        await ack(f"Hello {command['text']}")

    @app.event("app_mention")
    async def mention(event: Json) -> None:
        heard.append(event)

    @app.event("message")
    async def message() -> None: ...

    @app.shortcut("greet_all")
    async def everyone(ack: Any, shortcut: Json, client: Any) -> None:
        await ack()
        title = {"type": "plain_text", "text": "T"}
        await client.views_open(
            trigger_id=shortcut["trigger_id"],
            view={"type": "modal", "callback_id": "form", "title": title, "submit": title, "blocks": []},
        )

    @app.view("form")
    async def form(ack: Any) -> None:
        await ack(response_action="clear")

    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text="/greet you")
    assert (delivery.via, delivery.error) == ("socket", None)
    assert slack.messages(INCIDENTS, viewer=MAYA)[0]["text"] == "Hello you"
    await slack.say(MAYA, INCIDENTS, "@greeter")
    await slack.wait_for(lambda: heard)
    await slack.shortcut(MAYA, "greet_all")
    [view] = await slack.wait_for(lambda: slack.views(MAYA))
    submitted = await slack.submit(MAYA, view)
    assert submitted.body == {"response_action": "clear"}
    assert slack.views(MAYA) == []


async def test_a_socket_that_does_not_ack_times_out(
    slack: LocalSlack, app: AsyncApp, connected: AsyncSocketModeHandler
) -> None:
    slack.link.ack_timeout = 0.1

    @app.command("/greet")
    async def greet() -> None: ...

    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    assert delivery.error == "timeout"


async def test_a_bot_reconnects_when_asked_to(
    slack: LocalSlack, app: AsyncApp, connected: AsyncSocketModeHandler
) -> None:
    @app.command("/greet")
    async def greet(ack: Any) -> None:
        await ack("back")

    await slack.link.sockets.disconnect()
    await slack.wait_for(lambda: len(slack.link.sockets) == 1)
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    assert delivery.ok
    assert len(slack.calls_to("apps.connections.open")) >= 2


async def test_a_bot_comes_back_when_its_socket_is_cut(
    slack: LocalSlack, app: AsyncApp, connected: AsyncSocketModeHandler
) -> None:
    outage = slack.faults.outage("apps.connections.open")
    slack.cut_sockets()
    await slack.wait_for(lambda: len(slack.link.sockets) == 0)
    assert (await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")).error == "no_request_url"
    await slack.wait_for(lambda: outage.hits)
    outage.end()
    await slack.wait_for(lambda: len(slack.link.sockets) == 1, timeout=30)


async def test_a_ticket_works_once(slack: LocalSlack, connected: AsyncSocketModeHandler) -> None:
    used = slack.calls_to("apps.connections.open")[0].answer["url"]
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(used)


async def test_several_sockets_take_turns(slack: LocalSlack, client: AsyncWebClient) -> None:
    heard: list[int] = []

    async def listen(number: int, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            envelope = message.json()
            if "envelope_id" in envelope:
                assert envelope["type"] == "slash_commands"
                assert envelope["accepts_response_payload"] is True
                heard.append(number)
                await socket.send_json({"envelope_id": envelope["envelope_id"]})

    async with aiohttp.ClientSession() as session:
        sockets = []
        for _ in range(2):
            opened = await client.apps_connections_open(app_token=slack.app_token)
            sockets.append(await session.ws_connect(opened["url"]))
        hellos = [await socket.receive_json() for socket in sockets]
        assert [hello["num_connections"] for hello in hellos] == [1, 2]
        async with asyncio.TaskGroup() as group:
            for number, socket in enumerate(sockets):
                group.create_task(listen(number, socket))
            for _ in range(4):
                assert (await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")).ok
            for socket in sockets:
                await socket.close()
    assert sorted(heard) == [0, 0, 1, 1]
