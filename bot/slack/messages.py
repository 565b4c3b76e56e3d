"""Messages that are there already: edited in place, pinned, linked to, read back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, TypeVar

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.layout import Message
from bot.errors import SlackError, SlackRefused
from bot.slack.calls import BLOCK_ERRORS, call
from bot.slack.pacing import ensure_may_begin
from bot.slack.threads import Threads

EDIT_TIMEOUT = 20.0  # seconds; an edit that takes longer may still happen, so that whoever edits must do it again
_LINK_WITHIN = 3.0  # seconds that an answer waits for the address in it
_MOST_LINKS = 2_000  # that are remembered
_PAGE = 200  # messages; Slack's advice, and its limit of calls a minute counts calls
_TOMBSTONE = "tombstone"  # the subtype of what stands where a message with replies was deleted
# Also what cannot be edited any more, which is as good as gone: another one is posted in its place.
_GONE = frozenset(
    {"message_not_found", "thread_not_found", "cant_update_message", "cant_delete_message", "edit_window_closed"}
)

Result = TypeVar("Result")

log = structlog.get_logger(__name__)


async def with_fallbacks(message: Message, send: Callable[[Message], Awaitable[Result]]) -> Result:
    """Send a message; where Slack refuses its blocks, the plainer ones, then the text alone, which carries what matters."""
    for attempt in _ever_plainer(message):
        try:
            return await send(attempt)
        except SlackRefused as refused:
            if refused.code not in BLOCK_ERRORS or not attempt.blocks:
                raise
            # With its traceback: blocks are ours, so that a refusal is a defect, although whoever asked got their answer.
            log.exception("slack_refused_blocks", code=refused.code, text=message.text[:100])
    raise AssertionError("the text alone has no blocks that could be refused")


def _ever_plainer(message: Message) -> Iterable[Message]:
    yield message
    if message.blocks and message.plainer:
        yield Message(message.text, message.plainer)
    if message.blocks:
        yield Message(message.text, [])


class Messages:
    """The bot's own messages, and the threads they are in. Raises the `SlackError` that fits."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._threads = Threads(self._pages)
        self._links: dict[tuple[str, str], str] = {}

    async def edit(self, channel: str, ts: str, message: Message) -> bool:
        """Put a message in place of an older one; False where that one is gone, or too old to be edited."""

        async def send(attempt: Message) -> dict[str, Any]:
            ensure_may_begin()  # an edit by a worker that lost its lease would put an older state over a newer one
            request = self._client.chat_update(
                channel=channel, ts=ts, text=attempt.text, blocks=attempt.blocks, unfurl_links=False
            )
            return await call("edit a message here", request, within=EDIT_TIMEOUT)

        return await _unless_gone(with_fallbacks(message, send))

    async def remove(self, channel: str, ts: str) -> bool:
        """Delete one of the bot's messages; False where it is gone already."""
        return await _unless_gone(call("remove a message here", self._client.chat_delete(channel=channel, ts=ts)))

    async def pin(self, channel: str, ts: str) -> None:
        """Pin a message, where Slack lets the bot: a channel takes 100 pins, and a pin is a nicety."""
        await _cosmetic({"already_pinned"}, call("pin a message", self._client.pins_add(channel=channel, timestamp=ts)))

    async def unpin(self, channel: str, ts: str) -> None:
        """Take a pin off, where there is one and Slack lets the bot."""
        request = call("take a pin off", self._client.pins_remove(channel=channel, timestamp=ts))
        await _cosmetic({"no_pin", "not_pinned", "message_not_found"}, request)

    async def permalink(self, channel: str, ts: str) -> str | None:
        """Return the address of a message, or None where it is gone, or Slack does not say in time: a link is a nicety."""
        try:
            request = self._client.chat_getPermalink(channel=channel, message_ts=ts)
            answer = await call("link a message", request, within=_LINK_WITHIN)
        except SlackError as refused:
            if refused.code not in _GONE:
                log.warning("cosmetic_call_refused", what=refused.what)
            return None
        return str(answer["permalink"])

    async def permalinks(self, places: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Return ts → address of messages, by channel and ts; those that are gone are left out.

        An address stays what it is, and is asked for once: one that was known still leads to a message that was deleted since.
        """
        wanted = list(dict.fromkeys(places))
        unknown = [place for place in wanted if place not in self._links]
        found = await asyncio.gather(*(self.permalink(*place) for place in unknown))
        links = {place: self._links[place] for place in wanted if place in self._links}
        links |= {place: link for place, link in zip(unknown, found, strict=True) if link}
        self._links |= links
        while len(self._links) > _MOST_LINKS:
            del self._links[next(iter(self._links))]
        return {ts: link for (_, ts), link in links.items()}

    async def thread(self, channel: str, ts: str, *, edition: str | None = None) -> list[dict[str, Any]]:
        """Return a thread's messages as Slack has them now, the root first; [] where it is gone.

        A long thread takes a call for every 200 messages; Slack's rate limit is waited out by the client. With an `edition`,
        which says what was heard to have changed in it, only what is new is read again.
        """
        try:
            if edition is not None:
                return await self._threads.read(channel, ts, edition)
            return [message async for message in self._pages(channel, ts, None)]
        except SlackRefused as refused:
            if refused.code not in _GONE:
                raise
            return []

    async def root_of(self, channel: str, ts: str) -> str:
        """Return the ts of the thread's root that a message belongs to: its own where it is in no thread."""
        return str((await self.one(channel, ts)).get("thread_ts") or ts)

    async def one(self, channel: str, ts: str) -> dict[str, Any]:
        """Return a message as Slack has it now, wherever it stands; {} where it is gone, be its replies still there or not."""
        try:
            answer = await call("read the message", self._client.conversations_replies(channel=channel, ts=ts, limit=1))
        except SlackRefused as refused:
            if refused.code not in _GONE:
                raise
            return {}
        found: dict[str, Any] = next((one for one in answer.get("messages", []) if one.get("ts") == ts), {})
        return {} if found.get("subtype") == _TOMBSTONE else found

    async def _pages(self, channel: str, ts: str, after: str | None) -> AsyncIterator[dict[str, Any]]:
        cursor = None
        while True:
            request = self._client.conversations_replies(
                channel=channel, ts=ts, limit=_PAGE, cursor=cursor, oldest=after
            )
            page = await call("read the thread", request)
            for message in page.get("messages", []):
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return


async def _unless_gone(request: Awaitable[dict[str, Any]]) -> bool:
    try:
        await request
    except SlackRefused as refused:
        if refused.code not in _GONE:
            raise
        return False
    return True


async def _cosmetic(expected: set[str], request: Awaitable[dict[str, Any]]) -> None:
    """Await what no work may fail by; what is not expected is a line in the log."""
    try:
        await request
    except SlackError as refused:
        if refused.code not in expected:
            log.warning("cosmetic_call_refused", what=refused.what)
