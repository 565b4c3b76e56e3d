"""What is added to a replay's message afterwards: of the run that the message shows, and of no other."""

import pytest

from bot.blocks.notices import notice
from bot.jobs.execution import perform
from bot.jobs.past import PastJob
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.store.queue import Delivery


@pytest.mark.parametrize(("tenancy", "edits"), [("default/support", 1), ("", 1), ("default/other", 0)])
async def test_a_message_of_another_tenancy_stays_as_it_is_after_a_rebind(
    slack: LocalSlack, aionis: SampleAionis, services: Services, tenancy: str, edits: int
) -> None:
    posted = await services.slack.post_once(
        "replay:1", "analysis", ReplyTo(channel=INCIDENTS, user=MAYA), notice("A run")
    )
    run_id = aionis.runs["refund-failed"].run_id
    job = PastJob(channel=INCIDENTS, run_id=run_id, ts=posted.ts, tenancy=tenancy)
    await perform(
        services, Delivery("past", "past:1", job.model_dump(), age=0, troubles=0, crashes=0, lane="", token=1)
    )
    assert len(slack.calls_to("chat.update")) == edits
