"""Bolt that only acks, served by the very command that serves the bot: `incident-bot serve` with another application in it.

`ACK_MODE` is `default` or `process_before_response`, or `nothing` for an application without Bolt (the load's own limit).
"""

import os
import sys
from unittest import mock

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot import cli
from bot.app import EVENTS_PATH
from bot.config.settings import Settings


def bare_bolt(settings: Settings) -> Starlette:
    """Return Bolt with one listener that acks."""
    settings.require_slack()
    assert settings.slack_bot_token
    assert settings.slack_signing_secret
    bolt = AsyncApp(
        client=AsyncWebClient(settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url),
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        process_before_response=os.environ["ACK_MODE"] == "process_before_response",
    )

    @bolt.command("/replay")
    async def on_command(ack: AsyncAck) -> None:
        await ack("Replaying")

    handler = AsyncSlackRequestHandler(bolt)

    async def slack_events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route(EVENTS_PATH, slack_events, methods=["POST"])])


class Nothing(Starlette):
    """The least that answers: no routing, no Bolt."""

    def __init__(self, _settings: Settings) -> None:
        super().__init__()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


if __name__ == "__main__":
    sys.argv = ["incident-bot", "serve"]
    with mock.patch("bot.runtime.server.create_app", Nothing if os.environ["ACK_MODE"] == "nothing" else bare_bolt):
        cli.main()
