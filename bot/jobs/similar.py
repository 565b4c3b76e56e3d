"""Runs that failed the same way: listing them, and keeping the index of failures."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

import structlog

from bot.blocks.similar import not_failed_message, similar_message
from bot.domain.access.admission import Admission, AskerAdmission
from bot.domain.incident.past import past_incident
from bot.domain.incident.state import Incident
from bot.domain.recurrence.fingerprint import ingredients_of
from bot.domain.recurrence.history import FailureHistory, days_together
from bot.domain.recurrence.occurrences import failed_run
from bot.domain.recurrence.records import run_id_of
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.records import Node
from bot.errors import AionisError
from bot.investigation.failures import read_failures
from bot.jobs.common import read_run
from bot.jobs.registry import Request, job, of_asker
from bot.runtime.services import Services

log = structlog.get_logger(__name__)

_AT_ONCE = 20  # failures that are put into the index at the same time


class SimilarRequest(Request):
    """List the runs that failed as a run did."""

    kind: ClassVar[str] = "similar"
    ordered: ClassVar[bool] = False
    run_id: str
    incident: str | None = None


@job(SimilarRequest, admission=of_asker)
async def list_similar(services: Services, key: str, admission: AskerAdmission, request: SimilarRequest) -> None:
    """Show the runs that failed as a run did, and what makes them the same, to the person who asked."""
    found = await read_run(services, services.aionis(admission), request.run_id)
    history = await remember(services, admission, found.diagnosis)
    if history is None:
        message = not_failed_message(request.run_id)
    else:
        links = await links_of(services, admission, history)
        message = similar_message(history, links=links, channel=admission.channel, now=services.now())
    await services.slack.answer_once(key, "similar", request.reply, message)


async def remember(services: Services, admission: Admission, diagnosis: Diagnosis) -> FailureHistory | None:
    """Put a run into the index if it failed, and return what is known of its failure; None where it did not fail.

    The first time in a tenancy the failures that Aionis has are read back before.
    """
    ingredients = ingredients_of(diagnosis)
    if ingredients is None:
        return None
    await catch_up(services, admission)
    run = failed_run(diagnosis)
    if run:
        await services.failures.record(admission.tenancy, run, now=services.now())
    decisions = await services.failures.decisions(admission.tenancy)
    own = ingredients.fingerprint
    failure = decisions.of_run(diagnosis.run_id, own)
    split = failure != decisions.of(own)
    found = [] if split else await services.failures.find(admission.tenancy, decisions.joined(own))
    days = days_together(one.days for one in found)
    for _, at in [run for one in found for run in one.runs if decisions.of_run(run[0], own) != failure]:
        days[at.date()] -= 1
    times = [moment for one in found for moment in (one.first_seen, one.last_seen) if moment]
    runs = sorted((run for one in found for run in one.runs), key=lambda run: (run[1], run[0]), reverse=True)
    incidents = {one.id: one for each in found for one in each.incidents}
    return FailureHistory(
        run_id=diagnosis.run_id,
        fingerprint=failure,
        ingredients=ingredients,
        days=days,
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
        runs=tuple(run for run in runs if decisions.of_run(run[0], own) == failure),
        incidents=tuple(incidents.values()),
        split=split,
    )


async def catch_up(services: Services, admission: Admission) -> None:
    """Read back, once in a tenancy, the failures that Aionis has; where it does not answer, the next one tries."""
    tenancy = admission.tenancy
    if not await services.failures.begin_reading(tenancy):
        return
    try:
        aionis = services.aionis(admission)
        found = await read_failures(aionis, now=services.now(), stalled_after=services.stalled_after)
    except AionisError as error:
        await services.failures.give_up_reading(tenancy)
        log.warning("failures_not_read_back", tenancy=str(tenancy), error=error.what)
        return
    for place in range(0, len(found.runs), _AT_ONCE):
        some = found.runs[place : place + _AT_ONCE]
        await asyncio.gather(*(services.failures.record(tenancy, run, now=services.now()) for run in some))


async def counted(services: Services, admission: Admission, ends: Sequence[Node]) -> dict[str, int]:
    """Return by the id of the newest end record of each failure how often it was seen; 1 where it is not in the index."""
    ids = {node.id: run_id for node in ends if (run_id := run_id_of(node))}
    prints = await services.failures.fingerprints_of(admission.tenancy, list(ids.values()))
    decisions = await services.failures.decisions(admission.tenancy)
    failures = {run_id: decisions.of_run(run_id, print_) for run_id, print_ in prints.items()}
    counts = {
        one.fingerprint: one.count for one in await services.failures.find(admission.tenancy, set(prints.values()))
    }
    groups: dict[str, tuple[str, int]] = {}
    for node in ends:
        run_id = ids.get(node.id, node.id)
        split = failures.get(run_id, run_id)
        total = sum(counts.get(one, 0) for one in decisions.joined(split))
        groups.setdefault(split, (node.id, max(1, total)))
    return dict(groups.values())


async def note_incident(services: Services, incident: Incident) -> None:
    """Tell the index how an incident stands, for each failure that it is about."""
    past = past_incident(incident)
    for fingerprint in dict.fromkeys(run.fingerprint for run in incident.failing_runs if run.fingerprint):
        await services.failures.had_incident(incident.tenancy, fingerprint, past)


async def links_of(services: Services, admission: Admission, history: FailureHistory) -> dict[str, str]:
    """Return incident id → permalink for the incidents that live in the channel."""
    here = {one.root_ts: one.id for one in history.incidents if one.root_ts and one.channel == admission.channel}
    found = await services.slack.messages.permalinks(admission.channel, here)
    return {here[ts]: link for ts, link in found.items()}
