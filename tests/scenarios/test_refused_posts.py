"""A channel that takes no posts: what was done is done, shown where edits are taken, and told to whoever did it."""

import pytest

from bot.blocks.incidents import SHOW_AGAIN
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.scenarios.incidents import checklist, incident_id, opened, roots, set_severity
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


@pytest.mark.parametrize("code", [CODE, "restricted_action_read_only_channel"])
async def test_a_summary_that_the_channel_does_not_take_is_shown_to_whoever_asked(
    slack: LocalSlack, aionis: SampleAionis, bot: str, code: str
) -> None:
    root = (await opened(slack, aionis))["thread_ts"]
    with slack.faults.window("chat.postMessage", error=code):
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
        await told(slack, '"Summary · INC-')
        assert "may not post" in text_of(await told(slack, "nlock" if code == CODE else "read-only"))
        await slack.say(JONAS, INCIDENTS, "@incident-bot summary", thread_ts=root)
        await told(slack, '"Summary · INC-', user=JONAS)
        said = await slack.say(JONAS, INCIDENTS, "the deploy failed")
        await slack.say(MAYA, INCIDENTS, "looking", thread_ts=said["ts"])
        await slack.shortcut(MAYA, "summarise_thread", message=said)
        await told(slack, "2 messages by 2 people")


async def test_the_checklist_of_an_incident_without_a_thread_is_shown_to_whoever_asks(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    slack.admin.restrict(INCIDENTS, "restricted_action_non_threadable_channel")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
    await told(slack, "threads are not allowed here")
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
    await slack.click(MAYA, await told(slack, SHOW_AGAIN), text=SHOW_AGAIN)
    alone = await told(slack, "Checklist of INC-")
    await set_severity(slack, alone, "SEV2")
    await slack.wait_for(lambda: "SEV2" in text_of(roots(slack)[0]))


@pytest.mark.parametrize(
    ("typed", "done"),
    [
        ("bind default/support", "This channel reads default/support now"),
        ("watch on", "This channel watches default/support now"),
        ("watch off", "This channel watches no longer"),
    ],
)
async def test_what_was_done_to_a_channel_that_is_not_told_of_it_is_told_to_whoever_did_it(
    slack: LocalSlack, aionis: SampleAionis, bot: str, typed: str, done: str
) -> None:
    slack.admin.restrict(INCIDENTS, "restricted_action_read_only_channel")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {typed}")
    await told(slack, f"{done}, but the channel could not be told.")
