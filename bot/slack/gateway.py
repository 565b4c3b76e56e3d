"""What the bot does in Slack: post once, answer one person, open and fill modals, upload files."""

from collections.abc import Callable
from typing import Any

import aiohttp
import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.layout import Message
from bot.errors import Fate, SlackError, SlackRefused, SlackUnreachable
from bot.slack.calls import call
from bot.slack.clock import SlackClock
from bot.slack.instrumentation import traces
from bot.slack.lookup import Lookup
from bot.slack.messages import Messages, with_fallbacks
from bot.slack.pacing import WaitAsTold, ensure_may_begin
from bot.slack.placeholders import Placeholders
from bot.slack.posted import Posted
from bot.slack.posts import CALL_TIMEOUT, Posts
from bot.slack.replies import ReplyTo, is_direct
from bot.slack.response_urls import ResponseUrls
from bot.slack.uploads import Upload, Uploads
from bot.store.outbox import PLACEHOLDER, Intent, Outbox
from bot.store.pace import Pace
from bot.store.queue import HandedBack

VIEW_TIMEOUT = 2.0  # seconds; the click's trigger lives 3

log = structlog.get_logger(__name__)


async def identify(token: str, api_url: str, clock: SlackClock) -> AuthorizeResult:
    """Return who the bot is, before anything of it is open; sets the clock. Raises `SlackError`."""
    timeout = aiohttp.ClientTimeout(total=CALL_TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout, trace_configs=[*traces(), clock.listening()]) as session:
        return await _identity(AsyncWebClient(token=token, base_url=api_url, session=session), token)


def client_of_token(token: str, api_url: str) -> AsyncWebClient:
    """Return a client of the Web API with a token that stays."""
    # The SDK's own connection retry would post twice when an answer is lost; the outbox looks first instead.
    return AsyncWebClient(token=token, base_url=api_url, timeout=int(CALL_TIMEOUT), retry_handlers=[WaitAsTold()])


async def _identity(client: AsyncWebClient, token: str) -> AuthorizeResult:
    answer = await call("say who the bot is", client.auth_test())
    return AuthorizeResult(
        enterprise_id=answer.get("enterprise_id"),
        team_id=answer.get("team_id"),
        bot_user_id=answer.get("user_id"),
        bot_id=answer.get("bot_id"),
        bot_token=token,
    )


class SlackGateway:
    """One workspace, as the bot. Raises the `SlackError` that fits."""

    def __init__(
        self,
        client: AsyncWebClient,
        api_url: str,
        outbox: Outbox,
        pace: Pace,
        clock: SlackClock,
        identity: AuthorizeResult | None = None,
    ) -> None:
        self._outbox = outbox
        self._session: aiohttp.ClientSession | None = None
        self._identity = identity
        self.client = client
        self.messages = Messages(self.client)
        self._response_urls = ResponseUrls(api_url)
        self.clock = clock
        self._lookup = Lookup(self.client, self.clock)
        self._placeholders = Placeholders(outbox, self.messages)
        self._posts = Posts(self.client, outbox, pace, self.messages, self._lookup, self._placeholders)
        self._uploads = Uploads(self.client, outbox, self._lookup)

    async def open(self) -> None:
        """Open the pooled HTTP session; without it the SDK makes a new one for every call."""
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT), trace_configs=[*traces(), self.clock.listening()]
        )
        self.client.session = self._session
        self._response_urls.session = self._session
        self._uploads.session = self._session

    async def close(self) -> None:
        """Close the pooled HTTP session."""
        if self._session:
            await self._session.close()

    async def identify(self) -> AuthorizeResult:
        """Return who the bot is in this workspace; asked once, then kept."""
        if self._identity is None:
            self._identity = await _identity(self.client, self.client.token or "")
        return self._identity

    async def bot_name(self) -> str:
        """Return the bot's name as people type it behind `@`."""
        answer = await call("say who the bot is", self.client.auth_test())
        return str(answer.get("user") or "incident-bot")

    async def post_once(
        self, job: str, part: str, reply: ReplyTo, message: Message, *, broadcast: bool = False
    ) -> Posted:
        """Post a part of a job to its channel or thread, unless that was done before. Returns where it is.

        `broadcast` shows a thread's message in the channel, too. Raises `SlackRefused` with `THREAD_GONE` for a thread whose
        first message was deleted.
        """
        return await self._posts.once(job, part, reply, message, broadcast=broadcast)

    async def hold_place(self, job: str, reply: ReplyTo, message: Message) -> None:
        """Have a message stand where the job's answer comes, until that takes its place: whichever part is said there first."""
        if reply.placeholder:
            await self._placeholders.take_over(job, reply, reply.placeholder, message)
        else:
            await self.post_once(job, PLACEHOLDER, reply, message)

    async def has_shown(self, job: str, channel: str, counts: Callable[[str], bool]) -> bool:
        """Tell whether Slack shows any of a job's parts that count, in the channel of the job."""
        return await self._posts.shown(job, channel, counts)

    async def end(self, job: str, reply: ReplyTo) -> None:
        """Record that a job is done; what held the place of an answer that came elsewhere is taken away first."""
        await self._posts.end(job, reply.channel)

    async def upload_once(self, job: str, part: str, reply: ReplyTo, upload: Upload) -> None:
        """Upload a file into the thread, unless that was done before.

        Raises `SlackRefused` with `THREAD_GONE` for a thread whose first message was deleted.
        """
        await self._uploads.once(job, part, reply, upload)

    async def upload_for_message(self, job: str, part: str, upload: Upload) -> str:
        """Upload a picture that a message of ours is going to show, unless that was done before. Returns the file's id."""
        return await self._uploads.for_message(job, part, upload)

    async def answer_once(self, job: str, part: str, reply: ReplyTo, message: Message, *, aside: bool = False) -> None:
        """Show a message to the person who asked, and to nobody else, unless that was done before.

        Where a placeholder of the job's holds the place, everybody has seen that there is to be an answer: it becomes that,
        unless this is said `aside`.

        Nobody can look up what one person was shown, so that it is repeated only when it surely did not arrive. What is said in a
        direct message is posted there: nobody else sees that, either, and it stays.
        """
        if is_direct(reply.channel) and reply.response_url is None:
            await self.post_once(job, part, reply, message)
            return
        ensure_may_begin()
        entry = await self._outbox.begin(job, part, Intent(reply.channel, reply.thread_ts))
        if entry.posted:
            return
        if not aside and await self._posts.take_place(job, part, entry, reply, message):
            await self._outbox.keep(job, part, "answered")
            return
        if entry.intent:  # a try that was killed, of which nobody can know what became
            return
        intent = Intent(reply.channel, reply.thread_ts, at=entry.now)
        try:
            ensure_may_begin()  # once more: storing the intent may have taken what was left of the lease
            await self.answer_now(reply, message)
        except SlackUnreachable as away:
            if away.fate in {Fate.OVER, Fate.UNKNOWN}:
                log.warning("answer_may_be_lost", job=job, part=part, because=away.what)
                await self._outbox.keep(job, part, "unknown")
                return
            await self._outbox.withdraw(job, part, intent)
            raise
        except (SlackError, HandedBack):  # refused, or not begun: nobody was shown anything
            await self._outbox.withdraw(job, part, intent)
            raise
        await self._outbox.keep(job, part, "answered")

    async def answer_now(self, reply: ReplyTo, message: Message) -> None:
        """Show a message to the person who asked, and to nobody else."""
        if reply.response_url and self._response_urls.takes(reply.response_url):
            try:
                await self._response_urls.answer(reply.response_url, message)
            except SlackRefused as refused:  # used five times, older than 30 minutes, or not to be used by us
                log.info("response_url_refused", code=refused.code)
            else:
                return
        await self._answer_in_channel(reply, message)

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

    async def publish_home(self, user: str, view: dict[str, Any]) -> None:
        """Show a person their Home tab."""
        await call("show your Home tab", self.client.views_publish(user_id=user, view=view))

    async def _answer_in_channel(self, reply: ReplyTo, message: Message) -> None:
        async def send(attempt: Message) -> dict[str, Any]:
            request = self.client.chat_postEphemeral(
                channel=reply.channel,
                user=reply.user,
                # In a thread that does not exist yet Slack would show nothing, and say that all is well.
                thread_ts=None if reply.starts_thread else reply.thread_ts,
                text=attempt.text,
                blocks=attempt.blocks,
            )
            return await call("answer you", request)

        await with_fallbacks(message, send)
