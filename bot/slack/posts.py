"""Posting once: the intent and its place are stored before the first try, and an earlier try is looked for before the next."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.layout import Message
from bot.errors import Fate, NotInChannel, PostingRefused, SlackRefused, SlackUnreachable
from bot.runtime import metrics
from bot.slack.calls import ROOT_DELETED, THREAD_GONE, call
from bot.slack.lookup import Lookup
from bot.slack.messages import Messages, with_fallbacks
from bot.slack.pacing import ensure_may_begin, wait
from bot.slack.placeholders import Placeholders
from bot.slack.posted import Posted
from bot.slack.replies import ReplyTo
from bot.store.outbox import PLACEHOLDER, Intent, Outbox, PartState
from bot.store.pace import Pace
from bot.store.queue import HandedBack, current_lease

METADATA_EVENT = "incident_bot_post"
CALL_TIMEOUT = 15.0  # seconds; a call that was cut off at this end may take effect as long after it was begun
_IN_FLIGHT = CALL_TIMEOUT + 1.0
_HELD_AT_MOST = 5  # times in a row that a channel takes no post, before the job begins anew

Result = TypeVar("Result")

log = structlog.get_logger(__name__)


class Posts:
    """Posts parts of jobs. Raises the `SlackError` that fits; `thread_not_found` for a thread that is gone."""

    def __init__(
        self,
        client: AsyncWebClient,
        outbox: Outbox,
        pace: Pace,
        messages: Messages,
        lookup: Lookup,
        placeholders: Placeholders,
    ) -> None:
        self._client = client
        self._outbox = outbox
        self._pace = pace
        self._messages = messages
        self._lookup = lookup
        self._placeholders = placeholders

    async def once(self, job: str, part: str, reply: ReplyTo, message: Message, *, broadcast: bool) -> Posted:
        """Post a part of a job, unless that was done before; says where it is."""
        intent = Intent(reply.channel, reply.thread_ts, broadcast=broadcast and reply.thread_ts is not None)
        for _ in range(_HELD_AT_MOST):
            entry = await self._begin(job, part, intent)
            if entry.posted:
                return Posted.read(entry.posted)
            # In the place of the stored intent, which may be another than this try's: the thread may be gone since. Before a
            # placeholder is taken that came after an earlier try, or that one's post and the placeholder would say the same.
            earlier = None if entry.taking else entry.intent
            posted = await self._earlier(job, part, earlier, intent.channel) if earlier else None
            posted = posted or await self.take_place(job, part, entry, reply, message)
            if posted is None and entry.taking and entry.intent:
                posted = await self._earlier(job, part, entry.intent, intent.channel)
            if posted is None:
                at = await self._outbox.begin_anew(job, part, intent) if entry.intent else entry.now
                posted = await self._try(job, part, replace(intent, at=at), message)
            if posted:
                await self._outbox.keep(job, part, posted.kept)
                return posted
        raise HandedBack(await self._pace.left(intent.channel))

    async def _begin(self, job: str, part: str, intent: Intent) -> PartState:
        """Store an intent once the channel takes posts; returns what was there before."""
        ensure_may_begin()
        entry = await self._outbox.begin(job, part, intent, unless_held=True)
        while entry.held:
            await wait(entry.held)
            ensure_may_begin()
            # Outside of a job nothing can wait for long: the post is tried, and Slack says no once more.
            entry = await self._outbox.begin(job, part, intent, unless_held=current_lease.get() is not None)
        return entry

    async def shown(self, job: str, channel: str, counts: Callable[[str], bool]) -> bool:
        """Tell whether any of a job's parts that count was shown; one that was not confirmed is looked for."""
        parts = {part: intent for part, intent in (await self._outbox.messages(job)).items() if counts(part)}
        for part, intent in parts.items():
            if intent is None:
                return True
            if posted := await self._earlier(job, part, intent, channel):
                await self._outbox.keep(job, part, posted.kept)
                return True
        return False

    async def take_place(
        self, job: str, part: str, entry: PartState, reply: ReplyTo, message: Message
    ) -> Posted | None:
        """Put a part in its job's placeholder; None where there is none in its place, or it is gone."""
        held = await self._placed(job, entry.placeholder, reply.channel)
        return await self._placeholders.become(job, part, held, reply, message) if held else None

    async def end(self, job: str, channel: str) -> None:
        """Record that a job is done; a placeholder that became nothing is taken away first."""
        while left := await self._outbox.finish(job):
            if held := await self._placed(job, left, channel):
                await self._placeholders.remove(job, channel, held)

    async def _placed(self, job: str, placeholder: str | Intent | None, channel: str) -> Posted | None:
        """Return where a placeholder is; one whose post was not confirmed is looked for, and forgotten where there is none."""
        if not isinstance(placeholder, Intent):
            return Posted.read(placeholder) if placeholder else None
        found = await self._earlier(job, PLACEHOLDER, placeholder, channel)
        if found:
            await self._outbox.keep(job, PLACEHOLDER, found.kept)
        else:
            await self._outbox.withdraw(job, PLACEHOLDER, placeholder)
        return found

    async def _earlier(self, job: str, part: str, intent: Intent, channel: str) -> Posted | None:
        """Return what an earlier try has posted; None once it is sure that it did not and will not."""
        intent = replace(intent, channel=channel)  # which Slack may have given another id since
        now = await self._outbox.now()
        begun = await self._lookup.begun(intent, now)
        found = await self._find(job, part, intent, begun)
        if found is None and (left := still_in_flight(intent, now)):
            await wait(left)
            found = await self._find(job, part, intent, begun)
        return found

    async def _try(self, job: str, part: str, intent: Intent, message: Message) -> Posted | None:
        """Post; returns None where the channel takes nothing just now."""

        async def one(attempt: Message) -> Posted:
            tried = intent
            if attempt is not message:  # each try may take effect as late after its own beginning as the first
                tried = replace(intent, at=await self._outbox.begin_anew(job, part, intent))
            return await send_or_note(self._outbox, job, part, tried, lambda: self._send(job, part, tried, attempt))

        try:
            return await with_fallbacks(message, one)
        except SlackUnreachable as busy:
            if busy.retry_after is None:
                raise
            log.info("channel_must_wait", channel=intent.channel, seconds=busy.retry_after)
            metrics.count("slack_waits", kind="chat.postMessage")
            metrics.count("slack_wait_seconds", busy.retry_after, kind="chat.postMessage")
            # For every worker: the limit is the channel's, and each of them would else have to be refused once to learn it.
            await self._pace.hold(intent.channel, busy.retry_after)
            return None

    async def _send(self, job: str, part: str, intent: Intent, message: Message) -> Posted:
        ensure_may_begin()
        request = self._client.chat_postMessage(
            channel=intent.channel,
            thread_ts=intent.thread_ts,
            reply_broadcast=True if intent.broadcast else None,
            text=message.text,
            blocks=message.blocks or None,
            # `chat.postMessage` takes no id of ours: this is what a lost post is found by (`_find`).
            metadata={"event_type": METADATA_EVENT, "event_payload": {"job": job, "part": part}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return replace(await self._landed(job, part, intent, await call("post in this channel", request)), new=True)

    async def _landed(self, job: str, part: str, intent: Intent, answer: dict[str, Any]) -> Posted:
        """Say where a post landed; one whose thread was deleted meanwhile lands at the top level, and is taken back."""
        ts, thread_ts = str(answer["ts"]), (answer.get("message") or {}).get("thread_ts")
        if intent.thread_ts and thread_ts is None:
            log.warning("thread_is_gone", channel=intent.channel, thread=intent.thread_ts, job=job, part=part)
            # Slack says nothing of it: without this, what belongs to an incident's thread would stand in the channel.
            await self._messages.remove(intent.channel, ts)
            raise SlackRefused(ROOT_DELETED, code=THREAD_GONE)
        return Posted(ts, thread_ts if intent.thread_ts else None)

    async def _find(self, job: str, part: str, intent: Intent, begun: float) -> Posted | None:
        wanted = {"job": job, "part": part}
        async for message in self._lookup.since(begun, intent):
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == METADATA_EVENT and metadata.get("event_payload") == wanted:
                return await self._landed(job, part, intent, {"ts": message["ts"], "message": message})
        return None


def still_in_flight(intent: Intent, now: int) -> float:
    """Return for how many seconds an earlier try may still take effect; 0.0: it cannot any more. `now` is Redis' time, in ms."""
    return 0.0 if intent.over else min(_IN_FLIGHT, max(0.0, _IN_FLIGHT - (now - intent.at) / 1000))


async def send_or_note(
    outbox: Outbox, job: str, part: str, intent: Intent, send: Callable[[], Awaitable[Result]]
) -> Result:
    """Send, and record of a try that fails what whoever tries next must know of it."""
    try:
        return await send()
    except (SlackRefused, NotInChannel, PostingRefused, HandedBack):
        await outbox.withdraw(job, part, intent)
        raise
    except SlackUnreachable as away:
        # UNKNOWN stays as it is, with its time: whoever tries next waits until it can no longer take effect.
        if away.fate is Fate.NOT_TAKEN:
            await outbox.withdraw(job, part, intent)
        elif away.fate is not Fate.UNKNOWN:
            await outbox.give_up(job, part, intent)
        raise
