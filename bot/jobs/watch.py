"""Watching a tenancy: failures come to the channel by themselves, each once, and a storm of them in a digest.

One job a tenancy polls, over all replicas, for it is stored under one key. It can be cut off anywhere and done again: a run is
told of once, an incident is opened under a key of its own, a thread's line and the digest count runs, not polls.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal

import structlog
from pydantic import BaseModel, Field

from bot.blocks.notices import notice, without_commands
from bot.blocks.watch import (
    again_message,
    came_back_message,
    digest_message,
    new_failure_message,
    status_line,
    watching_message,
)
from bot.domain.access.admission import Admission, AskerAdmission, ChannelAdmission
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import incident_log
from bot.domain.incident.state import BOT, Incident
from bot.domain.recurrence.occurrences import FailedRun, PastIncident
from bot.domain.text.json_text import read_json
from bot.errors import AionisError, BotError, NotAllowed
from bot.investigation.watching import new_records, read_failed
from bot.jobs.queueing import enqueue, reschedule
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Job, Request, job, of_asker, of_channel
from bot.jobs.replay import ReplayRequest
from bot.jobs.similar import catch_up, note_incident
from bot.live.roots import post_below
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.store.recurrence import Failure
from bot.store.watches import Seen, Watch

log = structlog.get_logger(__name__)

TO_WATCH = "have this channel watch"
NOT_WATCHING = "This channel does not watch. Type `/replay watch` to begin."
STOPPED = "This channel watches no longer."
CAME_BACK = "It came back in run {run_id}."
MOST_NEW = 3  # messages into a channel within a minute; what is more goes into the digest
_A_MINUTE = timedelta(minutes=1)
_LINES_EVERY = timedelta(minutes=10)  # in an incident's thread
_SILENT = 20  # runs without an end that one poll looks at


class WatchRequest(Request):
    """Begin or end a channel's watch, or say how it stands."""

    kind: ClassVar[str] = "watch"
    to_do: Literal["on", "off", "status"] = "on"


class PollJob(Job):
    """Look through a tenancy for failures that nobody was told of, on behalf of a channel that watches it."""

    kind: ClassVar[str] = "poll"
    channel: str
    tenant: str
    scope: str

    @property
    def tenancy(self) -> Tenancy:
        """Return the tenancy."""
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
    if request.to_do == "status":
        said = await _status(services, admission) or _not_watching(reply)
        await services.slack.answer_once(key, "status", reply, notice(said))
        return
    await services.authorization.ensure_manager(admission, TO_WATCH)
    if request.to_do == "off":
        said = STOPPED if await services.watches.stop(admission.channel) else _not_watching(reply)
        await services.slack.post_once(key, "stopped", reply, notice(said))
        await _refresh_open(services, admission)
        return
    tenancy = admission.tenancy
    await services.watches.start(Watch(admission.channel, tenancy, reply.user, services.now()))
    await poll_now(services, tenancy)
    await services.slack.post_once(key, "watching", reply, watching_message(tenancy, reply.user))
    await catch_up(services, admission)
    await _refresh_open(services, admission)


async def _refresh_open(services: Services, admission: AskerAdmission) -> None:
    """Have the channel's open incidents looked at: a watch verifies their follow-up."""
    for incident in await services.incidents.open_ones(admission):
        await refresh_soon(services, incident)


def _not_watching(reply: ReplyTo) -> str:
    return without_commands(NOT_WATCHING) if reply.in_thread else NOT_WATCHING


async def _status(services: Services, admission: AskerAdmission) -> str:
    """Return how the channel's watch stands, "" where there is none."""
    if await services.watches.of(admission.channel) is None:
        return ""
    looked, failed = await services.watches.last_look(admission.tenancy)
    every = services.timing.watch_every.total_seconds()
    return status_line(admission.tenancy, looked, failed, now=services.now(), every=every)


async def poll_now(services: Services, tenancy: Tenancy) -> None:
    """Have a tenancy looked through at once, and from then on again and again, where a channel watches it."""
    await _poll_at(services, tenancy, services.now())


async def _poll_at(services: Services, tenancy: Tenancy, at: datetime, *, after: str = "") -> None:
    """Have a tenancy looked through at a time, on behalf of the next channel behind `after` that watches it."""
    channels = sorted(one.channel for one in await services.watches.all() if one.tenancy == tenancy)
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
    watched = any(one.tenancy == tenancy for one in await services.watches.all())
    if watched:
        await poll_now(services, tenancy)
    return (202, {"ok": True}) if watched else (404, {"error": "no channel watches that tenant and scope"})


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
    tenancy = request.tenancy
    watching = await _watching(services, tenancy)
    if admission.tenancy == tenancy and watching:
        failed = ""
        try:
            await _look(services, tenancy, admission, watching)
        except AionisError as error:
            failed = error.what
            log.warning("watch_failed", tenancy=str(tenancy), error=error.what)
        await services.watches.looked(tenancy, None, now=services.now(), failed=failed)
    await _poll_at(services, tenancy, services.now() + services.timing.watch_every)


async def _watching(services: Services, tenancy: Tenancy) -> list[tuple[Watch, ChannelAdmission]]:
    """Return the channels that watch a tenancy now; one that reads another one since is looked after there."""
    admitted = []
    for one in await services.watches.all():
        if one.tenancy != tenancy:
            continue
        try:
            admission = await services.authorization.admit_channel(one.channel)
        except NotAllowed:
            continue
        if admission.tenancy == tenancy:
            admitted.append((one, admission))
        else:
            await services.watches.start(Watch(one.channel, admission.tenancy, one.by, one.at))
            await poll_now(services, admission.tenancy)
    return admitted


async def _look(
    services: Services, tenancy: Tenancy, admission: ChannelAdmission, watching: list[tuple[Watch, ChannelAdmission]]
) -> None:
    aionis, now = services.aionis(admission), services.now()
    seen = await services.watches.seen(tenancy)
    new = await new_records(aionis, since=seen.at if seen else None, known=seen.ids if seen else frozenset())
    if new.began or new.ended:
        await services.watches.began(tenancy, new.began, ended=new.ended)
    silent = await services.watches.silent_since(tenancy, now - services.stalled_after, limit=_SILENT)
    if seen is None:  # what was silent before the watch is not news
        await services.watches.tell(tenancy, silent, now=now)
    runs = await services.watches.untold(tenancy, list(dict.fromkeys([*new.failed, *silent])))
    if runs:
        failed = await read_failed(aionis, runs, now=now, stalled_after=services.stalled_after)
        await _take(services, tenancy, watching, failed)
    await services.watches.heard(tenancy, silent, now=now)
    await services.watches.looked(tenancy, Seen(new.newest, new.newest_ids) if new.newest else seen, now=services.now())


async def _take(
    services: Services, tenancy: Tenancy, watching: list[tuple[Watch, ChannelAdmission]], failed: list[FailedRun]
) -> None:
    """Index failures, tell every channel, and remember that they were told of, in this order: it may be done again."""
    known: dict[str, Failure] = {}
    for run in failed:
        _, known[run.ingredients.fingerprint] = await services.failures.record(tenancy, run, now=services.now())
    for one, admission in watching:
        await _tell(services, one, admission, failed)
    await services.watches.tell(tenancy, [run.run_id for run in failed], now=services.now())


async def _tell(services: Services, watch_: Watch, admission: ChannelAdmission, failed: list[FailedRun]) -> None:
    decisions = await services.failures.decisions(admission.tenancy)
    groups: dict[str, list[FailedRun]] = defaultdict(list)
    for run in failed:
        groups[decisions.of_run(run.run_id, run.ingredients.fingerprint)].append(run)
    left: list[tuple[str, str]] = []
    for failure, runs in groups.items():
        found = await services.failures.find(admission.tenancy, decisions.joined(failure))
        past = sorted((one for each in found for one in each.incidents), key=lambda one: (str(one.at), one.id))
        recently = sum(each.since((services.now() - timedelta(days=30)).date()) for each in found)
        told = await _tell_of(services, watch_, admission, runs, past, recently)
        left += [] if told else [(run.run_id, failure) for run in runs]
    if left:
        await _digest(services, admission, left, {run.ingredients.fingerprint: run for run in failed})


async def _tell_of(
    services: Services,
    watch_: Watch,
    admission: ChannelAdmission,
    runs: list[FailedRun],
    past: Sequence[PastIncident],
    recently: int,
) -> bool:
    """Tell a channel of runs that failed one way; returns whether that was possible within its bounds."""
    here = [one for one in past if one.channel == admission.channel]
    newest = max(runs, key=lambda run: (str(run.at), run.run_id))
    last = await services.incidents.find(admission, here[-1].id) if here else None
    if last is not None and last.is_open:
        await _add(services, last, runs, newest, recently)
        return True
    key = f"{admission.channel}:{newest.ingredients.fingerprint}:{len(past)}"
    if not await services.watches.may_post(admission.channel, key, most=MOST_NEW, within=_A_MINUTE):
        return False
    if last is not None and here[-1].fixed and await _come_back(services, last, newest, recently):
        return True
    await _open(services, watch_, newest, key, is_new=not past and recently <= len(runs))
    return True


async def _add(services: Services, incident: Incident, runs: list[FailedRun], newest: FailedRun, recently: int) -> None:
    """Add runs to an open incident, with a line in its thread at most every ten minutes."""
    wait = await services.live_messages.wait_before(incident.channel, incident.id, "watch", _LINES_EVERY)
    if wait is None and incident.root_ts:
        message = again_message(len(runs), recently, newest.run_id)
        await post_below(services, f"watch:{incident.id}:{newest.run_id}", "again", incident, message, user=BOT)
    await _recurred(services, incident, newest, recently)
    await refresh_soon(services, incident)


async def _recurred(services: Services, incident: Incident, newest: FailedRun, recently: int) -> None:
    change = incident_log.recurred(newest.run_id, runs=recently, at=services.now(), key=f"watch:{newest.run_id}")
    await services.incidents.append(incident, change)


async def _come_back(services: Services, last: Incident, newest: FailedRun, recently: int) -> bool:
    """Say in the thread and the channel that an incident has come back; returns whether it could be opened again."""
    closed = last.closure
    reopens = closed is not None and closed.at + services.timing.reopen_for >= services.now()
    key = f"watch:{last.id}:{last.version}"
    message = came_back_message(last.id, newest.run_id, reopened=reopens)
    await post_below(services, key, "came-back", last, message, user=BOT, broadcast=True)
    if not reopens:
        return False
    reason = CAME_BACK.format(run_id=newest.run_id)
    applied = await services.incidents.append(
        last, incident_log.reopened(reason, by=BOT, at=services.now(), key=f"{key}:reopened")
    )
    again = applied.incident or last
    await note_incident(services, again)
    await _recurred(services, again, newest, recently)
    await refresh_soon(services, again)
    return True


async def _open(services: Services, watch_: Watch, newest: FailedRun, key: str, *, is_new: bool) -> None:
    """Open an incident in the name of whoever has the channel watch, or show the line that offers it."""
    reply = ReplyTo(channel=watch_.channel, user=watch_.by)
    if services.watch_opens or not is_new:
        await enqueue(services, ReplayRequest(reply=reply, run_id=newest.run_id, new=True), key=f"watch:{key}")
    else:
        message = new_failure_message(newest.run_id, newest.ingredients)
        await services.slack.post_once(f"watch:{key}", "new", reply, message)


async def _digest(
    services: Services, admission: Admission, left: list[tuple[str, str]], known: dict[str, FailedRun]
) -> None:
    """Count what is more than a channel takes in its digest: one message, edited in place."""
    counts, storm = await services.watches.digest(admission.channel, left)
    found = await services.failures.find(admission.tenancy, [one for one in counts if one not in known])
    made_of = {one.fingerprint: one.ingredients for one in found if one.ingredients}
    made_of.update({one: run.ingredients for one, run in known.items()})
    message = digest_message(counts, made_of, now=services.now())
    key, place = f"watch:{admission.channel}:{storm}", ReplyTo(channel=admission.channel, user=BOT)
    posted_before = await services.outbox.value(key, "digest")
    posted = await services.slack.post_once(key, "digest", place, message)
    if posted_before:
        await services.slack.messages.edit(admission.channel, posted.ts, message)
