"""*Choose another…* where the other place does not take the run: it stays where it was, nothing is read anew."""

from collections.abc import Awaitable, Callable

import pytest

from bot.domain.incident import log_changes
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, REFUNDS, LocalSlack
from bot.runtime.services import Services
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import choice_entered, incident_id, opened, roots
from tests.scenarios.steps import Json, modal, posted, replayed, replied, told
from tests.scenarios.test_binding import bound


async def chosen(slack: LocalSlack, aionis: SampleAionis) -> tuple[str, str, Json]:
    """Have two incidents, a run that joined the first, and the modal open that moves it; returns both ids and the modal."""
    first = incident_id(await opened(slack, aionis))
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['partial'].run_id} new")
    await slack.wait_for(lambda: len(roots(slack)) == 2)
    await replayed(slack, aionis.runs["refund-rerun"].run_id)
    await slack.click(MAYA, await told(slack, "Choose another"), text="Choose another…")
    return first, incident_id(roots(slack)[1]), await modal(slack, "Choose an incident")


async def runs_of(services: Services, incident: str, channel: str = INCIDENTS) -> set[str]:
    admission = await services.authorization.admit(MAYA, channel)
    return {run.run_id for run in (await services.incidents.read(admission, incident)).runs}


async def close_meanwhile(slack: LocalSlack, aionis: SampleAionis, services: Services, target: str) -> str:
    admission = await services.authorization.admit(MAYA, INCIDENTS)
    close = log_changes.closed(
        items=(), overridden=True, reason="mended", blockers=(), by=MAYA, at=services.now(), key="close"
    )
    await services.incidents.append(await services.incidents.read(admission, target), close)
    return target


async def name_one_of_another_channel(slack: LocalSlack, aionis: SampleAionis, services: Services, target: str) -> str:
    return incident_id(await opened(slack, aionis, "partial", REFUNDS))


Meanwhile = Callable[[LocalSlack, SampleAionis, Services, str], Awaitable[str]]


@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [
        (close_meanwhile, "is closed, so nothing can be moved into it"),
        (name_one_of_another_channel, "belongs to another channel or incident"),
    ],
)
async def test_a_run_stays_where_it_is_when_the_other_incident_does_not_take_it(
    meanwhile: Meanwhile, words: str, slack: LocalSlack, aionis: SampleAionis, bot: str, services: Services
) -> None:
    source, target, view = await chosen(slack, aionis)
    to = await meanwhile(slack, aionis, services, target)
    before, asked = await runs_of(services, source), len(aionis.calls)
    await slack.submit(MAYA, view, {"choice": choice_entered(to, to)})
    await told(slack, words)
    assert aionis.runs["refund-rerun"].run_id in before == await runs_of(services, source)
    assert len(aionis.calls) == asked


async def test_a_channel_that_reads_something_else_meanwhile_is_told_in_the_modal(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, services: Services
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, aionis_allowed_scopes="acme/*")
    async with running_bot(slack, settings):
        source, target, view = await chosen(slack, aionis)
        before = await runs_of(services, source)
        await bound(slack, "tenant=acme scope=support")
        asked = len(aionis.calls)
        delivery = await slack.submit(MAYA, view, {"choice": choice_entered(target, target)})
        assert "and this channel reads acme/support now" in str(delivery.body)
        await bound(slack, "tenant=default scope=support")
        await slack.wait_for(lambda: [m for m in posted(slack) if "This channel reads default/support" in m["text"]])
        assert await runs_of(services, source) == before
        assert len(aionis.calls) == asked


async def test_a_move_needs_nothing_of_an_aionis_that_fails(
    slack: LocalSlack, aionis: SampleAionis, bot: str, services: Services
) -> None:
    _, target, view = await chosen(slack, aionis)
    run, asked = aionis.runs["refund-rerun"].run_id, len(aionis.calls)
    aionis.faults.add(endpoint="*", kind="server_error")
    await slack.submit(MAYA, view, {"choice": choice_entered(target, target)})
    await replied(slack, roots(slack)[1], f"Run {run[:8]} SUCCEEDED")
    assert run in await runs_of(services, target)
    assert len(aionis.calls) == asked
