"""Events: which of them the app subscribed to, and their delivery with Slack's retries."""

import asyncio
from collections.abc import Sequence
from typing import Any

from bot.playground.slack.delivery import BotLink, Delivery, Retry
from bot.playground.slack.payloads import event_callback
from bot.playground.slack.workspace import Workspace
from bot.playground.slack.world import Channel

Json = dict[str, Any]
_REASONS = {"timeout": "http_timeout", "http_error": "http_error"}
_MESSAGE = {"channel": "message.channels", "group": "message.groups", "im": "message.im", "mpim": "message.mpim"}


class Events:
    """Delivers events in the background. `retry_delays` are the seconds before each retry: at once, 1 and 5 minutes."""

    def __init__(self, workspace: Workspace, link: BotLink) -> None:
        self.retry_delays: Sequence[float] = (0.0, 60.0, 300.0)
        self.in_flight = 0
        self._workspace = workspace
        self._link = link
        self._tasks: set[asyncio.Task[None]] = set()
        workspace.emit = self.emit

    def emit(self, event: Json, channel: Channel | None) -> None:
        """Deliver an event if the app subscribed to it and its bot may see it."""
        if not self.wanted(event, channel):
            return
        task = asyncio.get_running_loop().create_task(self._deliver(event_callback(self._workspace, event, channel)))
        self.in_flight += 1
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def wanted(self, event: Json, channel: Channel | None) -> bool:
        """Whether the manifest asks for this event, and the bot is where it happens."""
        name = event["type"]
        if not self._workspace.installation.active:
            return False
        if name == "message":
            name = _MESSAGE[event["channel_type"]]
        joins = event["type"] == "app_home_opened" or channel is None
        return name in self._workspace.config.events and (
            joins or channel is None or self._workspace.world.bot_user in channel.members
        )

    async def close(self) -> None:
        """Give up whatever waits to be delivered."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(self, payload: Json) -> None:
        delivery = await self._attempt(payload)
        for number, delay in enumerate(self.retry_delays, 1):
            if delivery.ok or delivery.answer_headers.get("x-slack-no-retry") == "1":
                return
            await asyncio.sleep(delay)
            self.in_flight += 1
            delivery = await self._attempt(payload, Retry(number, _REASONS.get(delivery.error or "", "unknown_error")))

    async def _attempt(self, payload: Json, retry: Retry | None = None) -> Delivery:
        try:
            return await self._link.send("events_api", payload, retry)
        finally:
            self.in_flight -= 1
            self._workspace.changes.happened()
