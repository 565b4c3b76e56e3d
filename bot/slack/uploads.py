"""Uploading once: the file's id is stored before it is shared, so that a share whose confirmation was lost is found by it."""

from dataclasses import dataclass, replace

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.text.why_away import why
from bot.errors import SlackRefused, SlackUnreachable
from bot.slack.calls import ROOT_DELETED, THREAD_GONE, call, fate_of, fate_of_status, retry_after
from bot.slack.lookup import Lookup
from bot.slack.pacing import ensure_may_begin, wait
from bot.slack.posts import send_or_note, still_in_flight
from bot.slack.replies import ReplyTo
from bot.store.outbox import Intent, Outbox

_NO_THREAD = frozenset({"invalid_thread_ts", THREAD_GONE})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be shared. `alt` says in words what a picture shows; `comment` is said with the file, escaped.

    Notifications, and those who cannot see files, have the comment alone.
    """

    filename: str
    title: str
    content: bytes
    alt: str | None = None
    comment: str | None = None


class Uploads:
    """Uploads files of jobs. Raises the `SlackError` that fits."""

    def __init__(self, client: AsyncWebClient, outbox: Outbox, lookup: Lookup) -> None:
        self._client = client
        self._outbox = outbox
        self._lookup = lookup
        self.session: aiohttp.ClientSession | None = None

    async def once(self, job: str, part: str, reply: ReplyTo, upload: Upload) -> None:
        """Share a file in a channel or thread, unless that was done before."""
        intent = Intent(reply.channel, reply.thread_ts)
        ensure_may_begin()
        entry = await self._outbox.begin(job, part, intent)
        # The channel as this try names it: Slack may have given it another id since.
        earlier = entry.intent and replace(entry.intent, channel=intent.channel)
        if entry.posted or (earlier and await self._shared_earlier(job, part, earlier)):
            return
        at = await self._outbox.begin_anew(job, part, intent) if entry.intent else entry.now
        intent = replace(intent, at=at)
        # The bytes first, and the id stored before the share: only sharing is seen, and only by its id can it be found again.
        file = await send_or_note(self._outbox, job, part, intent, lambda: self._bring(upload))
        intent = replace(intent, file=file)
        intent = replace(intent, at=await self._outbox.begin_anew(job, part, intent))
        await send_or_note(self._outbox, job, part, intent, lambda: self._share(intent, upload))
        await self._outbox.keep(job, part, file)

    async def for_message(self, job: str, part: str, upload: Upload) -> str:
        """Upload a picture that a message of ours is going to show, unless that was done before. Returns the file's id."""
        intent = Intent(channel="", file="")  # it is shared nowhere
        ensure_may_begin()
        entry = await self._outbox.begin(job, part, intent)
        if entry.posted:
            return entry.posted
        file = earlier = entry.intent.file if entry.intent else None
        if not file:
            file = await self._bring(upload)
            await self._outbox.begin_anew(job, part, replace(intent, file=file))
        await self._complete(file, upload, again=bool(earlier))
        await self._outbox.keep(job, part, file)
        return file

    async def _complete(self, file: str, upload: Upload, *, again: bool) -> None:
        request = self._client.files_completeUploadExternal(files=[{"id": file, "title": upload.title}])
        try:
            await call("upload a file here", request)
        except SlackRefused as refused:
            # Slack took what an earlier try did not hear of. A message with a picture that is not there goes without it.
            if refused.code != "file_not_found" or not again:
                raise

    async def _shared_earlier(self, job: str, part: str, intent: Intent) -> bool:
        if intent.file is None:
            return False  # it never got as far as to be shared: the id is stored before that
        now = await self._outbox.now()
        begun = await self._lookup.begun(intent, now)
        found = await self._is_shared(intent, begun)
        if not found and (left := still_in_flight(intent, now)):
            await wait(left)
            found = await self._is_shared(intent, begun)
        if found:
            await self._outbox.keep(job, part, intent.file)
        return found

    async def _is_shared(self, intent: Intent, begun: float) -> bool:
        async for message in self._lookup.since(begun, intent):
            if any(file.get("id") == intent.file for file in message.get("files") or ()):
                return True
        return False

    async def _bring(self, upload: Upload) -> str:
        """Bring the bytes to Slack, where nobody sees them yet; returns the file's id."""
        # Two of the three steps that took the place of `files.upload`; the third shares it.
        answer = await call(
            "upload a file here",
            self._client.files_getUploadURLExternal(
                filename=upload.filename, length=len(upload.content), alt_txt=upload.alt
            ),
        )
        await self._send(str(answer["upload_url"]), upload.content)
        return str(answer["file_id"])

    async def _send(self, url: str, content: bytes) -> None:
        if self.session is None:
            raise SlackUnreachable("The connection to Slack is not open.")
        try:
            # The address is Slack's to choose, and what is sent is evidence: it goes nowhere that only a redirect names.
            async with self.session.post(url, data=content, allow_redirects=False) as answer:
                status, asked = answer.status, answer.headers.get("Retry-After")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackUnreachable(f"Slack did not take a file ({why(error)}).", fate=fate_of(error)) from error
        if status != 200:
            wait_for = retry_after(asked) if status == 429 else None
            raise SlackUnreachable(
                f"Slack did not take a file (HTTP {status}).", retry_after=wait_for, fate=fate_of_status(status)
            )

    async def _share(self, intent: Intent, upload: Upload) -> None:
        """Show an uploaded file. Raises `SlackRefused` with `THREAD_GONE` for a thread whose first message was deleted."""
        ensure_may_begin()
        request = self._client.files_completeUploadExternal(
            files=[{"id": intent.file or "", "title": upload.title}],
            channel_id=intent.channel,
            thread_ts=intent.thread_ts,
            initial_comment=upload.comment,
        )
        try:
            await call("upload a file here", request)
        except SlackRefused as refused:
            if refused.code not in _NO_THREAD or intent.thread_ts is None:
                raise
            raise SlackRefused(ROOT_DELETED, code=THREAD_GONE) from refused
