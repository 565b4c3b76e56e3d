"""What a watch tells a channel of failures: a new incident, a line in an open one, one that has come back, or a digest of many.

It may be done again for the same runs: an incident is opened under a key of its own, lines and digest count runs.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

import structlog

from bot.blocks.replay import run_title
from bot.blocks.watch import again_message, came_back_message, digest_message, new_failure_message
from bot.domain.access.admission import Admission, ChannelAdmission
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import log_changes
from bot.domain.incident.digest import run_digest
from bot.domain.incident.kept import Recurrence, RunDigest
from bot.domain.incident.state import BOT, Incident
from bot.domain.recurrence.history import RECENTLY
from bot.domain.recurrence.occurrences import FailedRun, PastIncident
from bot.errors import BotError, NotInChannel, PostingRefused, SlackRefused
from bot.investigation.just_read import Read
from bot.jobs.analysis import show_analysis
from bot.jobs.evidence import keep_evidence
from bot.jobs.incident import Arrival, open_new
from bot.jobs.queueing import TriedJob, reschedule, tried_again
from bot.jobs.reading import read_run
from bot.jobs.recording import note_incident, record_run
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import job, of_channel
from bot.jobs.watch_offers import note_offer
from bot.live.closing_line import say_overtaken
from bot.live.roots import post_below
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.store.watches import Watch

log = structlog.get_logger(__name__)

CAME_BACK = "It came back in run {run_id}."
MOST_NEW = 3  # messages into a channel within a minute; what is more goes into the digest
_A_MINUTE = timedelta(minutes=1)
_LINES_EVERY = timedelta(minutes=10)  # in an incident's thread

Watching = list[tuple[Watch, ChannelAdmission]]


class OpenJob(TriedJob):
    """Open an incident for a run that a watch saw fail, in the name of `by`; `key` makes it one, `seen` is the failure's past."""

    kind: ClassVar[str] = "open"
    channel: str
    run_id: str
    by: str
    key: str
    seen: Recurrence | None = None


@dataclass(frozen=True, slots=True)
class _News:
    """Runs that failed one way, `newest` the last of them. `failure` is its name; `past` are its incidents, oldest first.

    `recently` is how many runs failed that way within 30 days.
    """

    failure: str
    runs: Sequence[FailedRun]
    past: Sequence[PastIncident]
    recently: int

    @property
    def newest(self) -> FailedRun:
        # By id where times are equal: a repetition must name the same run, or its line would be another message.
        return max(self.runs, key=lambda run: (str(run.at), run.run_id))

    def again(self, *, at: datetime, after: str = "") -> Recurrence:
        newest = self.newest
        return Recurrence(
            run_id=newest.run_id,
            runs=self.recently,
            at=at,
            seen=newest.at,
            began=newest.began,
            fingerprint=newest.ingredients.fingerprint,
            after=after,
        )


async def take_failures(
    services: Services, tenancy: Tenancy, watching: Watching, failed: list[FailedRun], *, untold: set[str]
) -> None:
    """Index failures, tell every channel of those that were not told of, and remember that they were, in this order."""
    # The index first: what a channel is told counts these runs. Remembered last: cut off before it they are told of again, under
    # the same keys; remembered first they might never be.
    for run in failed:
        await services.failures.record(tenancy, run, now=services.now())
    news = [run for run in failed if run.run_id in untold]
    for one, admission in watching:
        try:
            await _tell(services, one, admission, news)
        except (NotInChannel, PostingRefused, SlackRefused) as refused:  # one channel keeps no other from hearing of it
            log.warning("watch_not_told", channel=one.channel, because=refused.what)
    await services.watches.tell(tenancy, [run.run_id for run in news], now=services.now())


async def _tell(services: Services, watch: Watch, admission: ChannelAdmission, failed: list[FailedRun]) -> None:
    decisions = await services.failures.decisions(admission.tenancy)
    groups: dict[str, list[FailedRun]] = defaultdict(list)
    for run in failed:
        groups[decisions.of_run(run.run_id, run.ingredients.fingerprint)].append(run)
    left: list[tuple[str, str]] = []
    for failure, runs in groups.items():
        found = await services.failures.find(admission.tenancy, decisions.joined(failure))
        past = {one.id: one for each in found for one in each.incidents}.values()
        recently = sum(each.since((services.now() - RECENTLY).date()) for each in found)
        news = _News(failure, runs, sorted(past, key=lambda one: (str(one.at), one.id)), max(recently, len(runs)))
        told = await _tell_of(services, watch, admission, news)
        left += [] if told else [(run.run_id, failure) for run in runs]
    if left:
        await _digest(services, admission, left, {run.ingredients.fingerprint: run for run in failed})


async def _tell_of(services: Services, watch: Watch, admission: ChannelAdmission, news: _News) -> bool:
    """Tell a channel of runs that failed one way; returns whether that was possible within its bounds."""
    here = [one for one in news.past if one.channel == admission.channel]
    found = [await services.incidents.find(admission, one.id) for one in reversed(here) if one.state != "closed"]
    is_open = next((one for one in found if one and one.is_open), None)
    if is_open:
        await _add(services, is_open, news)
        return True
    # The same for as long as no further incident of the failure is known here, so that a repetition opens none.
    key = f"{admission.channel}:{news.failure}:{len(here)}"
    last = await services.incidents.find(admission, here[-1].id) if here and here[-1].fixed else None
    if last and last.is_open:  # a try before this one was cut off before the index knew that it is open again
        await note_incident(services, last)
        await _add(services, last, news)
        return True
    if last and not await _may_post(services, admission, f"{key}:back"):
        return False
    if last and await _come_back(services, last, news):
        return True
    if not await _may_post(services, admission, key):
        return False
    await _open(services, watch, news, key, after=last.id if last else "")
    return True


async def _may_post(services: Services, admission: Admission, what: str) -> bool:
    return await services.watches.may_post(admission.channel, what, most=MOST_NEW, within=_A_MINUTE)


async def _add(services: Services, incident: Incident, news: _News) -> None:
    """Add runs to an open incident, with a line in its thread at most every ten minutes."""
    batch, known = {run.run_id for run in news.runs}, {run.run_id for run in incident.runs}
    told = {incident.recurred.run_id} if incident.recurred else set()
    if batch <= known or told & batch & known:
        return  # somebody was faster than the watch, or this is done again
    news = replace(news, runs=[run for run in news.runs if run.run_id not in known])
    newest = news.newest
    # The line is what has its bounds; the entry is written every time, and the root counts by it.
    wait = await services.live_messages.wait_before(incident.channel, incident.id, "watch", _LINES_EVERY)
    if wait is None and incident.root_ts:
        message = again_message(len(news.runs), news.recently, newest.run_id)
        try:
            await post_below(services, f"watch:{incident.id}:{newest.run_id}", "again", incident, message, user=BOT)
        except (NotInChannel, PostingRefused, SlackRefused) as refused:  # the root says it, too
            log.warning("line_refused", because=refused.what, incident=incident.id)
    await _recurred(services, incident, news)
    await refresh_soon(services, incident)


async def _recurred(services: Services, incident: Incident, news: _News) -> None:
    again = news.again(at=services.now())
    await services.incidents.append(incident, log_changes.recurred(again, key=f"watch:{incident.id}:{again.run_id}"))


async def _come_back(services: Services, last: Incident, news: _News) -> bool:
    """Say in the thread and the channel that an incident has come back; returns whether it could be opened again."""
    closed, run_id = last.closure, news.newest.run_id
    reopens = closed is not None and closed.at + services.timing.reopen_for >= services.now()
    key = f"watch:{last.id}:{last.version}"
    # Said before it is opened again: a repetition then finds it open like any other, and would say nothing in the channel.
    message = came_back_message(last.id, run_id, reopened=reopens)
    await post_below(services, key, "came-back", last, message, user=BOT, broadcast=True)
    if not reopens:
        return False
    change = log_changes.reopened(CAME_BACK.format(run_id=run_id), by=BOT, at=services.now(), key=f"{key}:reopened")
    applied = await services.incidents.append(last, change)
    again = applied.incident or last
    await say_overtaken(services, last, by=BOT, at=services.now())
    await note_incident(services, again)
    await _recurred(services, again, news)
    await refresh_soon(services, again)
    return True


async def _open(services: Services, watch: Watch, news: _News, key: str, *, after: str) -> None:
    """Open an incident in the name of whoever has the channel watch, or show the line that offers it."""
    newest = news.newest
    if services.watch_opens or after:
        seen = news.again(at=services.now(), after=after) if news.recently > 1 or after else None
        opening = OpenJob(channel=watch.channel, run_id=newest.run_id, by=watch.by, key=f"watch:{key}", seen=seen)
        await reschedule(services, opening, key=opening.key, at=services.now())
    else:
        await _offer(services, watch, news, f"watch:{key}")


async def _offer(services: Services, watch: Watch, news: _News, key: str) -> None:
    """Show the line that offers to open an incident: one for each failure, edited as it is seen again."""
    message = new_failure_message(news.newest, recently=news.recently)
    posted_before = await services.outbox.value(key, "new")
    posted = await services.slack.post_once(key, "new", ReplyTo(channel=watch.channel, user=watch.by), message)
    await note_offer(services, watch.channel, news.newest.ingredients.fingerprint, posted)
    if posted_before:
        await services.slack.messages.edit(watch.channel, posted.ts, message)


async def _open_later(services: Services, _key: str, request: OpenJob, error: BotError) -> None:
    """Open the incident later where Aionis did not answer; else the next run that fails this way opens one."""
    if not await tried_again(services, request, error, key=request.key):
        log.warning("watched_failure_not_opened", channel=request.channel, run=request.run_id, error=error.what)


@job(OpenJob, admission=of_channel, tell=_open_later)
async def open_incident(services: Services, _key: str, admission: ChannelAdmission, request: OpenJob) -> None:
    """Open an incident for a run that failed, with its root in the channel and its analysis in the thread."""
    key, place = request.key, ReplyTo(channel=request.channel, user=request.by)
    aionis = services.aionis(admission)
    found = await read_run(services, aionis, request.run_id)
    digest = run_digest(found.diagnosis, run_title(found.diagnosis))
    incident = await _about(services, admission, digest)
    incident = incident or await open_new(services, key, admission, place, arrival=Arrival(watched=True))
    if incident is None:
        return
    incident = await record_run(services, key, incident, digest, by=BOT)
    if request.seen:
        applied = await services.incidents.append(incident, log_changes.recurred(request.seen, key=f"{key}:seen"))
        incident = applied.incident or incident
    await show_analysis(services, key, place, incident, found.diagnosis, Read.by(aionis.exchanges, found))
    await refresh_soon(services, incident)
    await keep_evidence(services, key, aionis, incident)


async def _about(services: Services, admission: Admission, run: RunDigest) -> Incident | None:
    """Return the open incident that is about a run's failure already: somebody was faster, or this is done again."""
    open_ones = await services.incidents.open_ones(admission)
    prints = {run.fingerprint} - {""}
    return next((one for one in open_ones if prints & {other.fingerprint for other in one.failing_runs}), None)


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
    if posted_before:  # one that was posted just now shows these counts
        await services.slack.messages.edit(admission.channel, posted.ts, message)
