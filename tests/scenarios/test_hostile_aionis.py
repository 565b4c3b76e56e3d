"""Aionis' answers that mean harm, all the way to what people see in Slack."""

from typing import Literal

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.steps import ephemeral, posted, replayed, text_of, told


async def test_half_characters_hide_neither_their_run_nor_the_others(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    run = aionis.runs["half-characters"]
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, aionis_scope=run.scope)):
        root = await replayed(slack, run.run_id)
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay recent")
        await slack.wait_for(lambda: [m for m in ephemeral(slack) if run.run_id[:8] in text_of(m)])
    assert "\ufffd" in text_of(root)
    text_of(root).encode()


@pytest.mark.parametrize(
    ("kind", "said"), [("gzip_bomb", "is larger than"), ("gzip_twice", "compressed more than once")]
)
async def test_a_bomb_is_told_in_a_sentence(
    slack: LocalSlack, aionis: SampleAionis, bot: str, kind: Literal["gzip_bomb", "gzip_twice"], said: str
) -> None:
    aionis.faults.add(kind=kind, endpoint="runs/get")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['success'].run_id}")
    await told(slack, said)
    assert posted(slack) == []
