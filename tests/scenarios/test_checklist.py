"""The checklist's clicks: each counted once, none lost, the second told who was first."""

from pathlib import Path

import structlog

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, RAVI, REFUNDS, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import (
    button,
    checklist,
    incident_id,
    mark_done,
    opened,
    set_severity,
    text_entered,
    user_entered,
)
from tests.scenarios.steps import ephemeral, modal, posted, replayed, text_of, told

LINK = "https://git.example.com/agents/pull/17"
MONITOR, CHANGE = "Follow-up monitor", "Corrective change"


async def test_a_link_asserts_an_item(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    message = await opened(slack, aionis)
    assert (await mark_done(slack, message, MONITOR, {"proof": text_entered(LINK)})).ok
    now = await checklist(slack, "2 of 5 done")
    assert now["ts"] == message["ts"]
    assert f"asserted by <@{MAYA}>" in text_of(now)
    assert f"<{LINK}|{LINK}>" in text_of(now)


async def test_what_is_no_proof_is_named_beside_its_field(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    message = await opened(slack, aionis)
    delivery = await mark_done(slack, message, MONITOR, {"proof": text_entered("it is merged")})
    assert "is not a link" in str(delivery.body)
    assert "proof" in delivery.body["errors"]
    delivery = await slack.submit(MAYA, slack.views(MAYA)[-1], {"proof": text_entered("https://[nowhere/17")})
    assert "is not a link" in str(delivery.body)
    delivery = await slack.submit(MAYA, slack.views(MAYA)[-1], {"proof": text_entered(LINK)})
    assert delivery.ok
    await checklist(slack, "2 of 5 done")


async def test_an_owner_alone_is_assigned_and_the_item_stays_open(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await opened(slack, aionis)
    await mark_done(slack, message, CHANGE, {"owner": user_entered(JONAS)})
    now = await checklist(slack, f"owner <@{JONAS}>")
    assert "1 of 5 done" in text_of(now)
    delivery = await mark_done(slack, now, CHANGE, {"proof": text_entered(LINK)})
    assert delivery.body in ({}, "", None), "the owner that was assigned is still in the modal"
    await checklist(slack, "2 of 5 done")


async def test_a_run_as_proof_must_have_succeeded(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, tmp_path: Path
) -> None:
    checklist_file = tmp_path / "team.yaml"
    checklist_file.write_text("items:\n  - id: rerun\n    title: Rerun by hand\n    proof: run\n", encoding="utf-8")
    settings = settings_for(slack, aionis.base_url, redis_url, checklist_file=checklist_file)
    async with running_bot(slack, settings):
        message = await opened(slack, aionis)
        failed = await mark_done(slack, message, "Rerun", {"proof": text_entered(aionis.runs["refund-failed"].run_id)})
        assert "does not prove a fix" in str(failed.body)
        unknown = {"proof": text_entered("3d1868e2-e6d3-4f69-952e-61f53ef2ef31")}
        missing = await slack.submit(MAYA, slack.views(MAYA)[-1], unknown)
        assert "Aionis has no run" in str(missing.body)
        await slack.submit(MAYA, slack.views(MAYA)[-1], {"proof": text_entered(aionis.runs["after-fix"].run_id)})
        await checklist(slack, "1 of 1 done")


async def test_a_click_from_a_stale_screen_is_told_who_was_first(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    stale = await opened(slack, aionis)
    await slack.click(JONAS, stale, action_id=button(stale, MONITOR))  # Jonas has the modal open, too
    await mark_done(slack, stale, MONITOR, {"proof": text_entered(LINK)})
    await checklist(slack, "2 of 5 done")
    await slack.submit(JONAS, slack.views(JONAS)[-1], {"proof": text_entered("https://example.com/other")})
    refused = await told(slack, f"Already done by <@{MAYA}>", user=JONAS)
    assert "s ago" in text_of(refused)
    assert "example.com/other" not in text_of(await checklist(slack, "2 of 5 done"))


async def test_an_assertion_is_undone_with_its_reason(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    message = await opened(slack, aionis)
    await mark_done(slack, message, MONITOR, {"proof": text_entered(LINK)})
    done = await checklist(slack, "2 of 5 done")
    await slack.click(JONAS, done, action_id=button(done, MONITOR))
    await slack.submit(JONAS, slack.views(JONAS)[-1], {"reason": text_entered("it pages nobody")})
    again = await checklist(slack, "open again")
    assert "it pages nobody" in text_of(again)
    assert f"undone by <@{JONAS}>" in text_of(again)


async def test_a_verified_item_turns_back_when_its_proof_goes(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis, "refund-rerun")
    run = aionis.runs["refund-failed"].run_id
    await replayed(slack, run)
    await checklist(slack, "1 of 5 done")
    await slack.click(MAYA, await told(slack, f"Run {run[:8]} was added"), text="Choose another…")
    await slack.submit(MAYA, await modal(slack, "A new incident"))
    lapsed = await slack.wait_for(
        lambda: next((m for m in slack.messages(INCIDENTS) if "no replay of a failing run" in text_of(m)), None)
    )
    assert "0 of 5 done" in text_of(lapsed)
    assert "turned back by the bot" in text_of(lapsed)


async def test_an_incident_without_a_failing_run_asks_for_one(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await opened(slack, aionis, "success")
    await slack.click(MAYA, message, text="Replay a run…")
    wrong = await slack.submit(MAYA, slack.views(MAYA)[-1], {"run": text_entered("that one")})
    assert "not a run id" in str(wrong.body)
    await slack.submit(MAYA, slack.views(MAYA)[-1], {"run": text_entered(aionis.runs["refund-failed"].run_id)})
    await checklist(slack, "1 of 5 done")


async def test_the_severity_is_set(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    message = await opened(slack, aionis)
    await set_severity(slack, message, "SEV2")
    assert "SEV2" in text_of(await checklist(slack, "· SEV2 ·"))


async def test_the_checklist_moves_to_the_bottom_of_the_thread(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await opened(slack, aionis)
    await slack.say(JONAS, INCIDENTS, "looking", thread_ts=message["thread_ts"])
    await slack.click(MAYA, message, text="Move here")
    moved = await slack.wait_for(
        lambda: next(
            (m for m in slack.messages(INCIDENTS) if "Checklist of" in m["text"] and m["ts"] > message["ts"]), None
        )
    )
    await slack.wait_for(lambda: all(m["ts"] != message["ts"] for m in slack.messages(INCIDENTS)))
    await mark_done(slack, moved, MONITOR, {"proof": text_entered(LINK)})
    assert (await checklist(slack, "2 of 5 done"))["ts"] == moved["ts"]


async def test_a_checklist_that_a_person_deleted_comes_back(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    message = await opened(slack, aionis)
    kept = slack.workspace.messages.find(INCIDENTS, message["ts"])
    await slack.click(MAYA, message, action_id=button(message, MONITOR))
    assert kept
    slack.workspace.delete(kept)
    await slack.submit(MAYA, slack.views(MAYA)[-1], {"proof": text_entered(LINK)})
    assert (await checklist(slack, "2 of 5 done"))["ts"] != message["ts"]


async def test_a_button_copied_to_another_channel_does_nothing_and_is_logged(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await opened(slack, aionis)
    there = await opened(slack, aionis, channel=REFUNDS)
    copied = {**there, "blocks": message["blocks"]}
    with structlog.testing.capture_logs() as logs:
        await slack.click(MAYA, copied, action_id=button(message, MONITOR))
        await told(slack, "belongs to another channel", channel=REFUNDS)
    assert slack.views(MAYA) == []
    assert "foreign_button_refused" in [line["event"] for line in logs]
    assert "1 of 5 done" in text_of(await checklist(slack, "", incident=incident_id(message)))


async def test_a_guest_may_read_and_not_click(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    message = await opened(slack, aionis)
    await slack.click(RAVI, message, action_id=button(message, MONITOR))
    await told(slack, "Guests of this workspace", user=RAVI)
    assert slack.views(RAVI) == []


async def test_after_a_refused_layout_the_text_says_how_it_stands(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await opened(slack, aionis)
    slack.faults.next("chat.update", error="invalid_blocks")
    await mark_done(slack, message, MONITOR, {"proof": text_entered(LINK)})
    now = await checklist(slack, "2 of 5 done")
    assert now["ts"] == message["ts"]
    assert len(posted(slack)) == 1
    assert [m for m in ephemeral(slack) if "✗" in text_of(m)] == []
