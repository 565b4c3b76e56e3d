"""Reruns that are not compared are counted, each once, and said where the others stand."""

import pytest

from bot.blocks.reruns import rerun_list_message
from bot.domain.access.admission import ChannelAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.digest import comparison_digest, run_digest
from bot.domain.incident.fix_proof import proofs_of
from bot.domain.incident.kept import Recurrence
from bot.domain.incident.state import BOT, Incident
from bot.investigation import reruns as finding
from bot.investigation.pair import investigate_pair
from bot.jobs import reruns
from bot.jobs.incident import open_new
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.store.watches import Watch


@pytest.fixture
async def here(slack: LocalSlack, services: Services) -> ChannelAdmission:
    return await services.authorization.admit_channel(INCIDENTS)


async def opened(services: Services, aionis: SampleAionis) -> Incident:
    """Return an incident about the failed refund, with one rerun compared."""
    admission = await services.authorization.admit(MAYA, INCIDENTS)
    incident = await open_new(services, "opened", admission, ReplyTo(channel=INCIDENTS, user=MAYA))
    assert incident
    failing, rerun, now = aionis.runs["refund-failed"].run_id, aionis.let.rerun("refund"), services.now()
    pair = await investigate_pair(
        services.aionis(admission), failing, rerun, now=now, stalled_after=services.stalled_after
    )
    for change in (
        log_changes.message_posted("root", "1.1", at=now, key="root"),
        log_changes.run_added(run_digest(pair.failing.diagnosis), by=MAYA, at=now, key="added"),
        log_changes.compared(comparison_digest(pair.comparison), by=BOT, at=now, key="compared"),
    ):
        incident = (await services.incidents.append(incident, change)).incident or incident
    return incident


async def ended(services: Services, here: ChannelAdmission, runs: list[str]) -> None:
    watch = Watch(INCIDENTS, here.tenancy, MAYA, services.now())
    await reruns.compare_ended(services, services.aionis(here), [(watch, here)], runs)


async def test_reruns_beyond_those_that_are_compared_are_counted_once_and_said(
    services: Services, aionis: SampleAionis, here: ChannelAdmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reruns, "MOST_COMPARED", 1)
    incident = await opened(services, aionis)
    runs = [aionis.let.rerun("refund") for _ in range(3)]
    await ended(services, here, runs[:2])
    await ended(services, here, runs)  # a look that was cut off is done again
    found = await services.incidents.find(here, incident.id)
    assert found
    assert found.uncompared == {aionis.runs["refund-failed"].run_id: 3}
    assert "fixed; 3 later reruns not compared" in rerun_list_message(found).text


@pytest.mark.parametrize("watch_first", [True, False], ids=["the watch first", "the comparison first"])
async def test_every_failure_after_a_green_rerun_stands_in_the_list_whoever_is_faster(
    services: Services,
    aionis: SampleAionis,
    here: ChannelAdmission,
    monkeypatch: pytest.MonkeyPatch,
    watch_first: bool,
) -> None:
    async def at_once(services: Services, job: reruns.RerunEnded, *, key: str, **_: object) -> None:
        await reruns.compare_rerun(services, key, here, job)

    monkeypatch.setattr(reruns, "reschedule", at_once)
    incident = await opened(services, aionis)
    fingerprint = next(run.fingerprint for run in incident.runs)
    said = ["fixed"]
    for _ in range(3):
        failed, now = aionis.let.rerun("refund", succeed=False), services.now()
        again = Recurrence(run_id=failed, runs=2, at=now, seen=now, fingerprint=fingerprint)
        if not watch_first:
            await ended(services, here, [failed])
        await services.incidents.append(incident, log_changes.recurred(again, key=f"again {failed}"))
        if watch_first:
            await ended(services, here, [failed])
        said.append("still failing")
        (proof,) = proofs_of(await services.incidents.read(here, incident.id))
        assert proof.progress == f"1 of {len(said)} reruns since the fix: {', '.join(said)}"


async def test_runs_whose_record_was_not_read_are_said_to_be_left_out(
    services: Services, aionis: SampleAionis, here: ChannelAdmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(services, aionis)
    monkeypatch.setattr(finding, "PAGES", 1)
    monkeypatch.setattr(finding, "MOST_READ", 1)
    old = {one.run_id for one in aionis.runs.values()}
    aionis.let.storm(200, kinds=1, seconds=0)  # as many as a page has
    await ended(services, here, [*old])
    assert (await services.watches.backlog.of(here.tenancy)).left_out == len(old) - 1
