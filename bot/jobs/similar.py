"""Runs that failed the same way: listing them, and keeping the index of failures."""

from typing import ClassVar

from slack_sdk.models.blocks import ButtonElement

from bot.aionis import Aionis
from bot.blocks import elements as el
from bot.blocks.notices import TRY_AGAIN, notice
from bot.blocks.routing import Action, RunTarget, action_id, encode
from bot.blocks.similar import not_failed_message, similar_message
from bot.domain.access.admission import Admission, AskerAdmission
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import log_changes
from bot.domain.incident.incident_log import Change
from bot.domain.recurrence.decisions import Join, Split, split_name
from bot.domain.recurrence.fingerprint import Ingredients, ingredients_of
from bot.domain.recurrence.history import FailureHistory, days_together
from bot.domain.recurrence.occurrences import failed_run
from bot.domain.run.diagnosis import Diagnosis
from bot.ids import short
from bot.jobs.incident import as_first_found
from bot.jobs.reading import ASKING_ONE, read_run, with_word
from bot.jobs.reading_back import catch_up
from bot.jobs.registry import Request, job, of_asker
from bot.runtime.services import Services
from bot.slack import ReplyTo

APART = "Run {run_id} counts as a failure of its own from now on."
TOGETHER = "Run {run_id} counts as the failure of its fingerprint again."
_APART = "apart"
JOINED = "The failures of run {run_id} and run {other} count as one."


class SimilarRequest(Request):
    """List the runs that failed as a run did."""

    kind: ClassVar[str] = "similar"
    ordered: ClassVar[bool] = False
    run_id: str
    incident: str | None = None

    def again(self) -> ButtonElement:
        target = RunTarget(run_id=self.run_id, incident=self.incident)
        return el.button(TRY_AGAIN, action_id(Action.SIMILAR), encode(target))


class SplitRequest(Request):
    """Say that a run is another failure than its fingerprint says, or that it is the same after all."""

    kind: ClassVar[str] = "split"
    run_id: str

    def again(self) -> ButtonElement:
        return el.button(TRY_AGAIN, action_id(Action.SPLIT), encode(RunTarget(run_id=self.run_id)))


class JoinRequest(Request):
    """Say that the failures of two runs are one."""

    kind: ClassVar[str] = "join"
    run_id: str
    other: str

    def again(self) -> ButtonElement:
        target = RunTarget(run_id=self.run_id, rerun_id=self.other)
        return el.button(TRY_AGAIN, action_id(Action.SIMILAR), encode(target))


@job(SimilarRequest, admission=of_asker)
async def list_similar(services: Services, key: str, admission: AskerAdmission, request: SimilarRequest) -> None:
    """Show the runs that failed as a run did, and what makes them the same, to the person who asked."""
    history = await with_word(
        services, key, request.reply, _history(services, admission, request.run_id), private=ASKING_ONE
    )
    if history is None:
        message = not_failed_message(request.run_id)
    else:
        links = await links_of(services, admission, history)
        message = similar_message(history, links=links, channel=admission.channel, now=services.now())
    await services.slack.answer_once(key, "similar", request.reply, message)


async def _history(services: Services, admission: AskerAdmission, run_id: str) -> FailureHistory | None:
    aionis = services.aionis(admission)
    found = await read_run(services, aionis, run_id)
    return await index_failure(services, admission, found.diagnosis, aionis)


@job(SplitRequest, admission=of_asker)
async def split(services: Services, key: str, admission: AskerAdmission, request: SplitRequest) -> None:
    """Take a run for a failure of its own, or for that of its fingerprint again, and say so in the incident's log."""
    reading = read_run(services, services.aionis(admission), request.run_id)
    found = await with_word(services, key, request.reply, reading, private=ASKING_ONE)
    ingredients = ingredients_of(found.diagnosis)
    if ingredients is None:
        await services.slack.answer_once(key, "split", request.reply, not_failed_message(request.run_id))
        return
    own, run_id = ingredients.fingerprint, found.diagnosis.run_id
    decisions = await services.failures.decisions(admission.tenancy)
    # One button for both ways: which way it goes is what was decided last. As the first try found it: to a repetition, which
    # finds that decision, the other way would be next.
    apart = await as_first_found(services, key, _APART, decisions.of_run(run_id, own) == decisions.of(own))
    now, by = services.now(), request.reply.user
    decision = Split(run_id, split_name(own, run_id) if apart else "")
    await services.failures.decide(admission.tenancy, decision, by=by, at=now)
    await _log(
        services, admission, request.reply, log_changes.failure_split(run_id, own, apart=apart, by=by, at=now, key=key)
    )
    said = (APART if apart else TOGETHER).format(run_id=short(run_id))
    await services.slack.answer_once(key, "split", request.reply, notice(said))


@job(JoinRequest, admission=of_asker)
async def join(services: Services, key: str, admission: AskerAdmission, request: JoinRequest) -> None:
    """Take the failures of two runs for one, and say so in the incident's log."""
    # Read, and not taken from the button: a newer version may know the same failures by other fingerprints.
    prints = []
    for run_id in (request.run_id, request.other):
        reading = read_run(services, services.aionis(admission), run_id)
        found = await with_word(services, key, request.reply, reading, private=ASKING_ONE)
        ingredients = ingredients_of(found.diagnosis)
        if ingredients is None:
            await services.slack.answer_once(key, "join", request.reply, not_failed_message(run_id))
            return
        prints.append(ingredients.fingerprint)
    own, into = prints
    now, by = services.now(), request.reply.user
    # The same fingerprint is one failure already: nothing is decided, and no entry says that it was.
    if own != into:
        await services.failures.decide(admission.tenancy, Join(own, into), by=by, at=now)
        await _log(services, admission, request.reply, log_changes.failure_joined(own, into, by=by, at=now, key=key))
    said = JOINED.format(run_id=short(request.run_id), other=short(request.other))
    await services.slack.answer_once(key, "join", request.reply, notice(said))


async def _log(services: Services, admission: AskerAdmission, reply: ReplyTo, change: Change) -> None:
    """Append what somebody decided to the log of the thread's incident, else of the channel's latest open one, if any."""
    at_root = await services.incidents.at_root(admission, reply.thread_ts) if reply.thread_ts else None
    incident = at_root or next(iter(await services.incidents.open_ones(admission)), None)
    if incident:
        await services.incidents.append(incident, change)


async def index_failure(
    services: Services, admission: Admission, diagnosis: Diagnosis, aionis: Aionis | None = None
) -> FailureHistory | None:
    """Put a run into the index if it failed, and return what is known of its failure; None where it did not fail.

    The first time in a tenancy the failures that Aionis has are read back before.
    """
    ingredients = ingredients_of(diagnosis)
    if ingredients is None:
        return None
    await catch_up(services, admission, aionis)
    run = failed_run(diagnosis)
    if run:
        await services.failures.record(admission.tenancy, run, now=services.now())
    own = ingredients.fingerprint
    return await history_of(services, admission.tenancy, diagnosis.run_id, ingredients, own)


async def history_of(
    services: Services, tenancy: Tenancy, run_id: str, ingredients: Ingredients, own: str
) -> FailureHistory:
    """Return what the index knows of a run's failure, as people joined and split it.

    `own` is the run's fingerprint; that of ingredients which the index keeps, masked, may be another.
    """
    decisions = await services.failures.decisions(tenancy)
    failure = decisions.of_run(run_id, own)
    split = failure != decisions.of(own)
    found = [] if split else await services.failures.find(tenancy, decisions.joined(own))
    days = days_together(one.days for one in found)
    # Days are counted by fingerprint; runs that people took out of it are known by id, as far as they are listed.
    for _, at in [run for one in found for run in one.runs if decisions.of_run(run[0], own) != failure]:
        days[at.date()] -= 1
    times = [moment for one in found for moment in (one.first_seen, one.last_seen) if moment]
    runs = sorted((run for one in found for run in one.runs), key=lambda run: (run[1], run[0]), reverse=True)
    incidents = {one.id: one for each in found for one in each.incidents}
    return FailureHistory(
        run_id=run_id,
        fingerprint=failure,
        ingredients=ingredients,
        days=days,
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
        runs=tuple(run for run in runs if decisions.of_run(run[0], own) == failure),
        incidents=tuple(incidents.values()),
        split=split,
        whole=split or await services.failures.was_read_back(tenancy),
    )


async def links_of(services: Services, admission: Admission, history: FailureHistory) -> dict[str, str]:
    """Return incident id → permalink for the incidents that live in the channel."""
    here = {one.root_ts: one.id for one in history.incidents if one.root_ts and one.channel == admission.channel}
    found = await services.slack.messages.permalinks((admission.channel, ts) for ts in here)
    return {here[ts]: link for ts, link in found.items()}
