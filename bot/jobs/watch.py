"""Watching a tenancy: failures come to the channel by themselves, each once, and a storm of them in a digest.

One job a tenancy polls, over all replicas, for it is stored under one key. It can be cut off anywhere and done again: a run is
told of once, an incident is opened under a key of its own, a thread's line and the digest count runs, not polls.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Literal

import structlog
from pydantic import BaseModel, Field

from bot.blocks.notices import notice, told_at
from bot.blocks.watch import backlog_words, status_line, watching_message
from bot.domain.access.admission import AskerAdmission, ChannelAdmission
from bot.domain.access.tenancy import Tenancy
from bot.domain.text.json_text import read_json
from bot.errors import AionisError, BotError, NotAllowed, SlackRefused
from bot.jobs.posting import post_or_tell
from bot.jobs.queueing import reschedule
from bot.jobs.reading_back import catch_up
from bot.jobs.refresh import refresh_open
from bot.jobs.registry import Job, Request, job, of_asker, of_channel
from bot.jobs.watch_look import look
from bot.jobs.watch_news import Watching
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.store.watches import Watch

log = structlog.get_logger(__name__)

NOBODY_WATCHES: tuple[int, dict[str, object]] = (404, {"error": "no channel watches that tenant and scope"})
TO_WATCH = "have this channel watch"
NO_WATCH_IN_DIRECT = "Nothing is watched in direct messages."
NO_WATCH_IN_DIRECT_FIX = "Invite me to the channel where people work on failures, and have that watch."
NOT_WATCHING = "This channel does not watch. Type `/replay watch` to begin."
STOPPED = "This channel watches no longer."
_SOON = timedelta(seconds=1)  # until the next poll where one came not to everything


class WatchRequest(Request):
    """Begin or end a channel's watch, or say how it stands."""

    kind: ClassVar[str] = "watch"
    shown_by: ClassVar[str] = "/replay watch status"
    to_do: Literal["on", "off", "status"] = "on"


class PollJob(Job):
    """Look through a tenancy for failures that nobody was told of, on behalf of a channel that watches it."""

    kind: ClassVar[str] = "poll"
    follows: ClassVar[bool] = False
    channel: str
    tenant: str
    scope: str

    @property
    def tenancy(self) -> Tenancy:
        """Return which tenancy is looked through: not always what the channel reads by now."""
        return Tenancy(self.tenant, self.scope)


class RunEnded(BaseModel):
    """What the hook is told; more keys are ignored."""

    run_id: str = Field(min_length=1, max_length=100)
    tenant_id: str | None = Field(None, min_length=1, max_length=64)
    scope: str | None = Field(None, min_length=1, max_length=1_000)


@job(WatchRequest, admission=of_asker)
async def watch(services: Services, key: str, admission: AskerAdmission, request: WatchRequest) -> None:
    """Begin or end a channel's watch and tell everybody in it, or say to the asker how it stands."""
    reply = request.reply
    if admission.place.is_direct:
        raise NotAllowed(NO_WATCH_IN_DIRECT, fix=NO_WATCH_IN_DIRECT_FIX)
    if request.to_do == "status":
        said = await _status(services, admission) or _not_watching(reply)
        await services.slack.answer_once(key, "status", reply, notice(said))
        return
    await services.authorization.ensure_manager(admission, TO_WATCH)
    if request.to_do == "off":
        said = STOPPED if await services.watches.stop(admission.channel) else _not_watching(reply)
        await post_or_tell(services, key, "stopped", reply, notice(said), done=STOPPED)
        await refresh_open(services, admission)  # a watch verifies their follow-up
        return
    tenancy = admission.tenancy
    # The poll comes before the words: from then on the watch goes by itself, whatever becomes of this job.
    await _start(services, Watch(admission.channel, tenancy, reply.user, services.now()))
    await poll_now(services, tenancy)
    message = watching_message(tenancy, reply.user)
    await post_or_tell(services, key, "watching", reply, message, done=f"This channel watches {tenancy} now")
    await catch_up(services, admission)
    await refresh_open(services, admission)  # a watch verifies their follow-up


async def _start(services: Services, watch: Watch) -> None:
    """Have a channel watch; what failed in its tenancy while nobody watched that is not news."""
    if not await services.watches.of_tenancy(watch.tenancy):
        await services.watches.begin_anew(watch.tenancy)
    await services.watches.start(watch)


def _not_watching(reply: ReplyTo) -> str:
    return told_at(reply.where, NOT_WATCHING)


async def _status(services: Services, admission: AskerAdmission) -> str:
    """Return how the channel's watch stands, "" where there is none."""
    if await services.watches.of(admission.channel) is None:
        return ""
    looked, failed = await services.watches.last_look(admission.tenancy)
    every = services.timing.watch_every.total_seconds()
    backlog = await services.watches.backlog.of(admission.tenancy)
    behind = backlog_words(backlog.waiting, backlog.left_out, backlog.left_at, backlog.because)
    return status_line(admission.tenancy, looked, failed, now=services.now(), every=every) + behind


async def poll_now(services: Services, tenancy: Tenancy) -> None:
    """Have a tenancy looked through at once, and from then on again and again, where a channel watches it."""
    await _poll_at(services, tenancy, services.now())


async def _poll_at(services: Services, tenancy: Tenancy, at: datetime, *, after: str = "") -> None:
    """Have a tenancy looked through at a time, on behalf of the next channel behind `after` that watches it."""
    # In turn, and not always the first: the bot may have been removed from that one.
    channels = sorted(one.channel for one in await services.watches.of_tenancy(tenancy))
    if channels:
        channel = next((one for one in channels if one > after), channels[0])
        job = PollJob(channel=channel, tenant=tenancy.tenant_id, scope=tenancy.scope)
        await reschedule(services, job, key=str(tenancy), at=at)


async def take_hook(services: Services, body: bytes) -> tuple[int, dict[str, object]]:
    """Take `POST /hooks/run-ended`, whose signature was accepted: have the tenancy that it names looked through at once.

    Returns the HTTP status and the answer: 202, 404 where no channel watches that tenancy, 400 for what is not understood.
    """
    try:
        ended = RunEnded.model_validate(read_json(body))
    except ValueError:
        return 400, {
            "error": "not understood: a JSON object with run_id, and tenant_id and scope where they are not the bot's own"
        }
    own = services.authorization.rules.own
    tenancy = Tenancy(ended.tenant_id or own.tenant_id, ended.scope or own.scope)
    if not await services.watches.of_tenancy(tenancy):
        return NOBODY_WATCHES
    await poll_now(services, tenancy)
    return 202, {"ok": True}


async def keep_polling(services: Services) -> None:
    """Have every watched tenancy looked through: after a start, for a poll may have been lost."""
    for tenancy in {one.tenancy for one in await services.watches.all()}:
        await poll_now(services, tenancy)


async def _go_on(services: Services, _key: str, request: PollJob, _error: BotError) -> None:
    """Have the next channel's poll go on where one failed: its channel may be gone, or closed to the bot."""
    await _poll_at(services, request.tenancy, services.now() + services.timing.watch_every, after=request.channel)


@job(PollJob, admission=of_channel, tell=_go_on)
async def poll(services: Services, _key: str, admission: ChannelAdmission, request: PollJob) -> None:
    """Look through a tenancy, tell its channels, and look again later; a tenancy that nobody watches is left alone."""
    tenancy, every = request.tenancy, services.timing.watch_every
    watching = await _watching(services, tenancy)
    if admission.tenancy == tenancy and watching:
        # Before what is news is told of: a newer version knows failures by another name.
        if await services.watches.seen(tenancy):
            await catch_up(services, admission)
        try:
            if await look(services, tenancy, admission, watching):
                every = min(every, _SOON)
        except AionisError as error:
            log.warning("watch_failed", tenancy=str(tenancy), error=error.what)
            await services.watches.could_not_look(tenancy, now=services.now(), failed=error.what)
    await _poll_at(services, tenancy, services.now() + every)


async def _watching(services: Services, tenancy: Tenancy) -> Watching:
    """Return the channels that watch a tenancy now; one that reads another one since is looked after there."""
    admitted = []
    for one in await services.watches.of_tenancy(tenancy):
        try:
            admission = await services.authorization.admit_channel(one.channel)
        except (NotAllowed, SlackRefused) as refused:
            # Gone, archived, or closed to us.
            log.warning("watch_not_admitted", channel=one.channel, because=refused.what)
            continue
        if admission.tenancy == tenancy:
            admitted.append((one, admission))
        else:
            await _start(services, Watch(one.channel, admission.tenancy, one.by, one.at))
            await poll_now(services, admission.tenancy)
    return admitted
