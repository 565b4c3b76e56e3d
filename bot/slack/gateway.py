"""What the bot does in Slack: post once, answer one person, open and fill modals, upload files."""

import time
from typing import Any

import aiohttp
import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.layout import Message
from bot.errors import SlackRefused
from bot.slack.calls import call
from bot.slack.messages import Messages, with_fallbacks
from bot.slack.replies import ReplyTo
from bot.slack.response_urls import ResponseUrls
from bot.store.outbox import Outbox

METADATA_EVENT = "incident_bot_post"
VIEW_TIMEOUT = 2.0  # seconds; the click's trigger lives 3
_LOOK_BACK_PAGES = 3
_CLOCK_SKEW = 30.0  # seconds our clock and Slack's may differ when looking for a post

log = structlog.get_logger(__name__)


class SlackGateway:
    """One workspace, as the bot. Raises the `SlackError` that fits."""

    def __init__(self, token: str, api_url: str, outbox: Outbox) -> None:
        self._token = token
        self._outbox = outbox
        self._session: aiohttp.ClientSession | None = None
        self._identity: AuthorizeResult | None = None
        # The SDK's own connection retry would post twice when an answer is lost; the outbox looks first instead.
        self.client = AsyncWebClient(
            token=token,
            base_url=api_url,
            timeout=15,
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=5)],
        )
        self.messages = Messages(self.client)
        self._response_urls = ResponseUrls(api_url)

    async def open(self) -> None:
        """Open the pooled HTTP session; without it the SDK makes a new one for every call."""
        self._session = aiohttp.ClientSession()
        self.client.session = self._session
        self._response_urls.session = self._session

    async def close(self) -> None:
        """Close the pooled HTTP session."""
        if self._session:
            await self._session.close()

    async def identify(self) -> AuthorizeResult:
        """Return who the bot is in this workspace; asked once, then kept."""
        if self._identity is None:
            answer = await call("say who the bot is", self.client.auth_test())
            self._identity = AuthorizeResult(
                enterprise_id=answer.get("enterprise_id"),
                team_id=answer.get("team_id"),
                bot_user_id=answer.get("user_id"),
                bot_id=answer.get("bot_id"),
                bot_token=self._token,
            )
        return self._identity

    async def bot_name(self) -> str:
        """Return the bot's name as people type it behind `@`."""
        answer = await call("say who the bot is", self.client.auth_test())
        return str(answer.get("user") or "incident-bot")

    async def post_once(self, job: str, part: str, reply: ReplyTo, message: Message, *, broadcast: bool = False) -> str:
        """Post a part of a job to its channel or thread, unless that was done before. Returns the message's ts.

        `broadcast` shows a thread's message in the channel, too.
        """
        entry = await self._outbox.begin(job, part)
        if entry.posted:
            return entry.posted
        ts = await self._find_posted(job, part, reply) if entry.attempted else None
        ts = ts or await self._post(job, part, reply, message, broadcast=broadcast)
        await self._outbox.keep(job, part, ts)
        return ts

    async def answer_once(self, job: str, part: str, reply: ReplyTo, message: Message) -> None:
        """Show a message to the person who asked, and to nobody else, unless that was done before."""
        entry = await self._outbox.begin(job, part)
        if entry.posted:
            return
        await self.answer_now(reply, message)
        await self._outbox.keep(job, part, "answered")

    async def answer_now(self, reply: ReplyTo, message: Message) -> None:
        """Show a message to the person who asked, and to nobody else."""
        if reply.response_url and self._response_urls.takes(reply.response_url):
            await self._response_urls.answer(reply.response_url, message)
        else:
            await call(
                "answer you",
                self.client.chat_postEphemeral(
                    channel=reply.channel,
                    user=reply.user,
                    thread_ts=None if reply.starts_thread else reply.thread_ts,
                    text=message.text,
                    blocks=message.blocks,
                ),
            )

    async def upload_once(
        self, job: str, part: str, reply: ReplyTo, *, filename: str, title: str, content: bytes, alt: str | None = None
    ) -> None:
        """Upload a file into the thread, unless that was done before. `alt` says in words what a picture shows."""
        entry = await self._outbox.begin(job, part)
        if entry.posted:
            return
        answer = await call(
            "upload a file here",
            self.client.files_upload_v2(
                channel=reply.channel,
                thread_ts=reply.thread_ts,
                filename=filename,
                title=title,
                content=content,
                alt_txt=alt,
            ),
        )
        files = answer.get("files") or [{}]
        await self._outbox.keep(job, part, str(files[0].get("id") or "uploaded"))

    async def open_view(self, trigger_id: str, view: dict[str, Any], *, push: bool = False) -> str:
        """Open a modal, or push it onto the open one, within the trigger's life. Returns its view id."""
        method = self.client.views_push if push else self.client.views_open
        answer = await call("open the dialog", method(trigger_id=trigger_id, view=view), within=VIEW_TIMEOUT)
        return str(answer["view"]["id"])

    async def update_view(self, view_id: str, view: dict[str, Any]) -> None:
        """Fill an open modal. One that was closed meanwhile is no failure."""
        try:
            await call("fill the dialog", self.client.views_update(view_id=view_id, view=view))
        except SlackRefused as refused:
            if refused.code != "not_found":
                raise

    async def _post(self, job: str, part: str, reply: ReplyTo, message: Message, *, broadcast: bool) -> str:
        async def send(attempt: Message) -> dict[str, Any]:
            request = self.client.chat_postMessage(
                channel=reply.channel,
                thread_ts=reply.thread_ts,
                reply_broadcast=True if broadcast and reply.thread_ts else None,
                text=attempt.text,
                blocks=attempt.blocks or None,
                metadata={"event_type": METADATA_EVENT, "event_payload": {"job": job, "part": part}},
                unfurl_links=False,
                unfurl_media=False,
            )
            return await call("post in this channel", request)

        return str((await with_fallbacks(message, send))["ts"])

    async def _find_posted(self, job: str, part: str, reply: ReplyTo) -> str | None:
        """Look for a post whose confirmation was lost. Without the right to read the channel, posting again is better."""
        wanted = {"job": job, "part": part}
        cursor = None
        oldest = str(time.time() - 3600 - _CLOCK_SKEW)
        for _ in range(_LOOK_BACK_PAGES):
            try:
                page = await self._read_page(reply, oldest, cursor)
            except SlackRefused as refused:
                log.warning("cannot_look_for_lost_post", code=refused.code, job=job, part=part)
                return None
            for message in page.get("messages", []):
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == METADATA_EVENT and metadata.get("event_payload") == wanted:
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return None

    async def _read_page(self, reply: ReplyTo, oldest: str, cursor: str | None) -> dict[str, Any]:
        options: dict[str, Any] = {
            "channel": reply.channel,
            "include_all_metadata": True,
            "limit": 100,
            "oldest": oldest,
            "cursor": cursor,
        }
        if reply.thread_ts:
            return await call("read the thread", self.client.conversations_replies(ts=reply.thread_ts, **options))
        return await call("read the channel", self.client.conversations_history(**options))
