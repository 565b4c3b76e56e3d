"""What a watch tells, where an earlier try was cut off."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.past_incident import past_incident
from bot.domain.incident.state import Incident
from bot.domain.recurrence.fingerprint import FailureKind, Ingredients, make_ingredients
from bot.domain.recurrence.occurrences import FailedRun
from bot.jobs.incident import open_new
from bot.jobs.watch_news import take_failures
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.store.watches import Watch
from tests.scenarios.steps import posted


async def opened_with(services: Services, *run_ids: str) -> tuple[AskerAdmission, Incident, Ingredients]:
    """Open an incident with runs that failed one way; returns it with what their fingerprint is made of."""
    admission = await services.authorization.admit(MAYA, INCIDENTS)
    incident = await open_new(services, "opened", admission, ReplyTo(channel=INCIDENTS, user=MAYA))
    assert incident
    made_of = make_ingredients(
        admission.tenancy, tool="refund", postconditions=[], error="queue closed", kind=FailureKind.FAILED
    )
    for run_id in run_ids:
        about = RunDigest(run_id=run_id, verdict="FAILED", failing=True, fingerprint=made_of.fingerprint)
        change = log_changes.run_added(about, by=MAYA, at=services.now(), key=run_id)
        await services.incidents.append(incident, change)
    return admission, incident, made_of


async def test_an_incident_that_is_open_again_already_does_not_come_back_twice(
    slack: LocalSlack, services: Services
) -> None:
    admission, incident, made_of = await opened_with(services, "run-1")
    now = services.now()
    run = FailedRun("run-2", now, True, made_of)
    as_closed = replace(past_incident(incident), state="closed", fixed=True)  # what the index knew last
    await services.failures.had_incident(admission.tenancy, made_of.fingerprint, as_closed)
    here = await services.authorization.admit_channel(INCIDENTS)
    watching = [(Watch(INCIDENTS, admission.tenancy, MAYA, now), here)]
    await take_failures(services, admission.tenancy, watching, [run], untold={run.run_id})
    assert not [message for message in posted(slack) if "has come back" in message["text"]]
    again = await services.incidents.read(admission, incident.id)
    assert again.recurred
    assert again.recurred.run_id == "run-2"
    (known,) = await services.failures.find(admission.tenancy, [made_of.fingerprint])
    assert [one.state for one in known.incidents] == ["open"]


async def test_the_others_of_a_batch_are_told_of_where_its_newest_is_in_the_incident_already(
    slack: LocalSlack, services: Services
) -> None:
    admission, incident, made_of = await opened_with(services, "run-1", "run-3")
    now, minute = services.now(), timedelta(minutes=1)
    await services.failures.had_incident(admission.tenancy, made_of.fingerprint, past_incident(incident))
    here = await services.authorization.admit_channel(INCIDENTS)
    watching = [(Watch(INCIDENTS, admission.tenancy, MAYA, now), here)]
    batch = [
        FailedRun("run-2", now, True, made_of, began=now - minute),
        FailedRun("run-3", now + minute, True, made_of),
    ]
    for _ in range(2):  # a look that was cut off is done again
        await take_failures(services, admission.tenancy, watching, batch, untold={"run-2", "run-3"})
    again = (await services.incidents.read(admission, incident.id)).recurred
    assert again
    assert (again.run_id, again.began) == ("run-2", now - minute)
    assert len([message for message in posted(slack) if "same failure again" in message["text"]]) <= 1
