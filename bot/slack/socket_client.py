"""The socket of Socket Mode: Slack leaves it now and then, or for good, and another one is opened until that works."""

import asyncio
import time
from typing import Any

from aiohttp import ClientWebSocketResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError, SlackUnreachable
from bot.slack.calls import call

LOOK_EVERY = 5.0  # seconds: whether the socket answers, and is still Slack's
_ADDRESS_WORKS_FOR = 30.0  # seconds


class SocketClient(SocketModeClient):
    """The SDK's client, for which a socket that Slack has left is connected as long as nobody closes it.

    So it would be deaf for good where its one try to open another fails, and say that all is well. Here such a socket is none,
    so that the SDK tries again at every look. Raises the `SlackError` that fits.
    """

    def __init__(self, app_token: str, web_client: AsyncWebClient) -> None:
        super().__init__(app_token, web_client=web_client, ping_interval=LOOK_EVERY)
        self._left: ClientWebSocketResponse | None = None
        self._may_ask_from = 0.0  # in `time.monotonic()` seconds

    async def is_connected(self) -> bool:
        """Tell whether Slack sends what people do over the socket that is open."""
        return self.current_session is not self._left and await super().is_connected()

    async def open(self) -> None:
        """Open the first socket."""
        self.wss_uri = await self.issue_new_wss_url()
        await self.connect()

    async def stay_open(self) -> None:
        """Open the first socket, and be done with that only when the task is cancelled."""
        try:
            await self.open()
        except SlackError:
            await asyncio.sleep(LOOK_EVERY)  # as between later tries: whoever keeps this running begins anew at once
            raise
        await asyncio.Event().wait()

    async def connect(self) -> None:
        """Open a socket; an address that has not worked for a while, as it is good for a moment alone, is asked for anew."""
        while not self.closed:
            try:
                async with asyncio.timeout(_ADDRESS_WORKS_FOR):
                    await super().connect()  # type: ignore[no-untyped-call]
            except TimeoutError:
                self.wss_uri = None
            else:
                return

    async def issue_new_wss_url(self) -> str:
        """Ask Slack for the address of a socket, not before the time from which it wants to be asked again."""
        await asyncio.sleep(max(0.0, self._may_ask_from - time.monotonic()))
        try:
            request = self.web_client.apps_connections_open(app_token=self.app_token)
            return str((await call("open a socket", request))["url"])
        except SlackUnreachable as away:
            self._may_ask_from = time.monotonic() + (away.retry_after or 0.0)
            raise

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        """Take a message of Slack's; after its goodbye, unless it only warns of that, nothing more comes over the same socket."""
        if message.get("type") == "disconnect" and message.get("reason") != "warning":
            self._left = self.current_session
        await super().run_message_listeners(message, raw_message)
