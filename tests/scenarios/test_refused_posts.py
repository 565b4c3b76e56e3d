"""A channel that takes no posts: what was done is done, shown where edits are taken, and told to whoever did it."""

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from tests.scenarios.incidents import checklist, incident_id, opened
from tests.scenarios.steps import analyses, ephemeral, replayed, text_of, told
from tests.scenarios.test_close import completed

CODE = "restricted_action_thread_locked"


async def test_a_close_that_the_channel_is_not_told_of_is_shown_and_told_to_whoever_closed(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await completed(slack, aionis)
    with slack.faults.window("chat.postMessage", error=CODE):
        await slack.click(MAYA, message, text="Close incident")
        said = text_of(await told(slack, "is closed, but the channel could not be told"))
        frozen = await checklist(slack, "· closed ·")
        await slack.click(MAYA, frozen, text="Reopen…")
        await slack.submit(MAYA, slack.views(MAYA)[-1], {"reason": {"entered": {"value": "again"}}})
        await told(slack, "is open again, but the channel could not be told")
        await checklist(slack, "Nothing blocks the close.")
    assert "the thread is locked" in said
    assert "Whoever locked it can unlock it" in said


@pytest.mark.parametrize("typed", ["/replay {rerun}", "/replay compare {failing} {rerun}"])
async def test_what_an_incidents_thread_does_not_take_is_shown_to_whoever_asked(
    slack: LocalSlack, aionis: SampleAionis, bot: str, typed: str
) -> None:
    failing, rerun = aionis.runs["refund-failed"].run_id, aionis.runs["refund-rerun"].run_id
    id_ = incident_id(await opened(slack, aionis))
    with slack.faults.window("chat.postMessage", error=CODE):
        await slack.command(user=MAYA, channel=INCIDENTS, text=typed.format(failing=failing, rerun=rerun))
        await told(slack, "the thread is locked")
        shown = [one for one in ephemeral(slack) if rerun[:8] in text_of(one)]
        assert len(shown) == 2, "the answer to the command, and what was to be posted"
        assert not [one for one in ephemeral(slack) if "No incident was opened" in text_of(one)]
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
    assert rerun[:8] in text_of(await told(slack, f"{id_} · open"))
    if "compare" in typed:
        await checklist(slack, "✓ *Fix verified")
    else:
        await replayed(slack, rerun)  # it was never shown to everybody
        assert len(analyses(slack)) == 2
