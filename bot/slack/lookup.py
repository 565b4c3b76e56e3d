"""Looking for what an earlier try may have posted: in the place that was stored with its intent, back to when it was stored."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NotInChannel, PostingRefused, SlackRefused
from bot.slack.calls import THREAD_GONE, call
from bot.slack.clock import SlackClock
from bot.store.outbox import Intent

CLOCK_SKEW = 30.0  # seconds, for what Redis' clock and Slack's were set by between an intent and its look-up
_SET_BACK = 3600.0  # seconds that are looked through for an intent that Redis' clock, set back, takes to be yet to come
_PAGE = 200

log = structlog.get_logger(__name__)


class Lookup:
    """Reads a place's messages since an intent, by Slack's clock."""

    def __init__(self, client: AsyncWebClient, clock: SlackClock) -> None:
        self._client = client
        self._clock = clock

    async def begun(self, intent: Intent, now: int) -> float:
        """Return when an intent was stored, or some time before, by Slack's clock. `now` is Redis' time, in ms.

        Only how old it is, is taken from Redis, whose clock need not be that of this machine or of Slack. Rather too early than
        too late: too many messages cost a call, one that is missed is posted twice. A Slack that was not heard yet is asked.
        """
        if self._clock.ahead is None:
            # Refused or not, at the same time of day; a Slack that does not answer would not show any message, either.
            with contextlib.suppress(SlackRefused, NotInChannel, PostingRefused):
                await call("say what time it is", self._client.auth_test())
        age = (now - intent.at) / 1000
        return self._clock.now() - (age if age >= 0 else _SET_BACK) - CLOCK_SKEW

    async def since(self, begun: float, intent: Intent) -> AsyncIterator[dict[str, Any]]:
        """Yield the messages of the intent's place that are not older than that.

        A reply whose thread was deleted lands in the channel, so that the channel is looked through after the thread. Where the
        bot may not read there is nothing: posting again is better than never.
        """
        for thread in (True, False) if intent.thread_ts else (False,):
            try:
                async for message in self._pages(intent, f"{begun:.6f}", thread=thread):
                    yield message
            except (SlackRefused, NotInChannel, PostingRefused) as refused:
                if refused.code != THREAD_GONE:
                    log.warning("cannot_look_for_lost_post", code=refused.code, channel=intent.channel)

    async def _pages(self, intent: Intent, oldest: str, *, thread: bool) -> AsyncIterator[dict[str, Any]]:
        cursor = None
        # Without asking for all metadata Slack leaves out what a post of ours is known by.
        options: dict[str, Any] = {"channel": intent.channel, "include_all_metadata": True, "limit": _PAGE}
        while True:
            options |= {"oldest": oldest, "cursor": cursor}
            request = (
                self._client.conversations_replies(ts=intent.thread_ts or "", **options)
                if thread
                else self._client.conversations_history(**options)
            )
            page = await call("read this channel", request)
            for message in page.get("messages", []):
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
