"""A socket's address is good for a moment: one that does not work is not tried for ever."""

import time

import pytest

from bot.errors import SlackRefused
from bot.playground.slack import LocalSlack
from bot.slack import AsyncWebClient
from bot.slack.socket_client import SocketClient


async def test_an_address_that_does_not_work_is_asked_for_anew(
    slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.socket_client.LOOK_EVERY", 0.05)
    monkeypatch.setattr("bot.slack.socket_client._ADDRESS_WORKS_FOR", 0.3)
    client = SocketClient(slack.app_token, AsyncWebClient(base_url=slack.api_url))
    try:
        client.wss_uri = f"{slack.base_url.replace('http', 'ws')}/socket/used"
        await client.connect()
        assert await client.is_connected()
    finally:
        await client.close()  # type: ignore[no-untyped-call]
    assert slack.calls_to("apps.connections.open")


async def test_slack_is_not_asked_for_another_before_it_wants_to_be(
    slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.socket_client.LOOK_EVERY", 0.05)
    monkeypatch.setattr("bot.slack.socket_client._ADDRESS_WORKS_FOR", 0.3)
    slack.faults.next("apps.connections.open", status=429, retry_after=1)
    client = SocketClient(slack.app_token, AsyncWebClient(base_url=slack.api_url, retry_handlers=[]))
    try:
        await client.connect()
        assert await client.is_connected()
    finally:
        await client.close()  # type: ignore[no-untyped-call]
    refused, taken, *_ = (call.at for call in slack.calls_to("apps.connections.open"))
    assert taken - refused >= 1


async def test_the_first_socket_is_asked_for_as_rarely_as_later_ones(
    slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.socket_client.LOOK_EVERY", 0.3)
    client = SocketClient(slack.app_token, AsyncWebClient(base_url=slack.api_url))
    slack.faults.next("apps.connections.open", error="invalid_auth")
    began = time.monotonic()
    try:
        with pytest.raises(SlackRefused):
            await client.stay_open()
    finally:
        await client.close()  # type: ignore[no-untyped-call]
    assert time.monotonic() - began >= 0.3
