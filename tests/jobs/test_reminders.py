"""A reminder that comes while somebody else writes the incident's messages is not lost."""

import pytest

from bot.jobs.reminders import RemindJob, remind
from bot.playground.slack import INCIDENTS
from bot.runtime.services import Services


@pytest.mark.parametrize("somebody_writes", [True, False])
async def test_a_reminder_comes_again_where_somebody_else_is_writing(services: Services, somebody_writes: bool) -> None:
    admission, job = (
        await services.authorization.admit_channel(INCIDENTS),
        RemindJob(channel=INCIDENTS, incident="INC-1"),
    )
    async with services.live_messages.writing(INCIDENTS, "INC-1" if somebody_writes else "INC-2") as mine:
        assert mine
        await remind(services, "key", admission, job)
    assert (await services.queue.depth()).jobs["due"] == int(somebody_writes)
