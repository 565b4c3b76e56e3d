"""Comparing a failing run with its rerun: what it says, and what it proves in the incident."""

from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.jobs.evidence import keep_evidence
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from bot.runtime.services import Services
from tests.scenarios.incidents import checklist, incident_id, opened, roots, summary
from tests.scenarios.steps import comparisons, ephemeral, modal, posted, replayed, replied, text_of, told


async def compared(slack: LocalSlack, aionis: SampleAionis, failing: str, rerun: str, containing: str) -> str:
    """Type the command and return what the message shows."""
    ids = [aionis.runs[name].run_id for name in (failing, rerun)]
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay compare {' '.join(ids)}")
    assert ids[0][:8] in str(delivery.body)
    message = await slack.wait_for(
        lambda: next((m for m in comparisons(slack) if containing in text_of(m) and ids[1][:8] in text_of(m)), None)
    )
    return text_of(message)


async def test_a_fixed_rerun_turns_the_item(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    first = await opened(slack, aionis)
    shown = await compared(slack, aionis, "refund-failed", "refund-rerun", "FIXED")
    assert "payments.create_refund" in shown
    now = await checklist(slack, "2 of 5 done")
    assert "comparison of run 4c484afe" in text_of(now)
    assert incident_id(now) == incident_id(first)
    assert len(posted(slack)) == 1, "the channel sees the root, which says it"


async def test_what_does_not_prove_a_fix_turns_nothing(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis)
    await compared(slack, aionis, "refund-failed", "refund-failed", "Both are the same run")
    await compared(slack, aionis, "refund-rerun", "refund-failed", "NO PROOF")
    assert "1 of 5 done" in text_of(await checklist(slack, ""))


async def test_another_error_at_the_same_step_is_said_with_what_changed(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis, "deadlock")
    shown = await compared(slack, aionis, "deadlock", "deadlock-rerun", "STILL FAILING, with another error")
    for expected in (
        "permission denied for table ledger",
        "deadlock detected",
        "options.isolation",
        "read committed",
        "options.retries: 0 → 3",
        "accounts[2]",
        "locks.waiting: 3 → 0",
    ):
        assert expected in shown
    await slack.wait_for(lambda: "*STILL FAILING otherwise in " in text_of(roots(slack)[0]))
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
    await summary(slack, "STILL FAILING, with another error")


async def test_the_newest_rerun_decides_and_the_summary_says_what_it_overtook(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis, "feed-failed")
    await compared(slack, aionis, "feed-failed", "feed-extra-step", "FIXED")
    await checklist(slack, "2 of 5 done")
    await compared(slack, aionis, "feed-failed", "feed-still-failing", "STILL FAILING")
    now = text_of(await checklist(slack, "1 of 5 done"))
    assert "is still failing in rerun" in now
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
    said = text_of(await summary(slack, "till failing"))
    fixed, failing = (aionis.runs[name].run_id[:8] for name in ("feed-extra-step", "feed-still-failing"))
    assert failing in said
    assert fixed in said


async def test_the_button_suggests_later_runs_of_the_case_and_one_click_compares(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["refund-failed"].run_id)
    rerun = aionis.runs["refund-rerun"].run_id
    await slack.click(JONAS, root, text="Compare with a rerun…")
    asked = await modal(slack, f"✓ SUCCEEDED · {rerun[:8]}", user=JONAS)
    await slack.click_view(JONAS, asked, action_id="compare_runs.0")
    await modal(slack, "the result comes as a message", user=JONAS)
    await replied(slack, root, "FIXED")
    await checklist(slack, "2 of 5 done")


async def test_any_other_run_can_be_typed_into_the_modal(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    message = await opened(slack, aionis)
    await slack.click(MAYA, message, action_id="compare_runs.3")
    asked = await modal(slack, "Another run")
    wrong = await slack.submit(MAYA, asked, {"rerun": {"rerun_id": {"value": "the green one"}}})
    assert "not a run id" in str(wrong.body)
    run_id = aionis.runs["refund-rerun"].run_id
    await slack.submit(MAYA, slack.views(MAYA)[-1], {"rerun": {"rerun_id": {"value": run_id}}})
    await checklist(slack, "2 of 5 done")


async def test_the_details_open_in_a_modal(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis)
    await compared(slack, aionis, "refund-failed", "refund-rerun", "FIXED")
    message = await replied(slack, roots(slack)[0], "Comparison: FIXED")
    await slack.click(MAYA, message, action_id="open_comparison.0")
    await modal(slack, "Because")


async def test_the_proof_goes_with_the_failing_run(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis, "refund-rerun")  # in an incident with no other failing run, one proof turns the item
    failing = aionis.runs["refund-failed"].run_id
    await replayed(slack, failing)
    joined = await told(slack, f"Run {failing[:8]} was added")
    await compared(slack, aionis, "refund-failed", "refund-rerun", "FIXED")
    await checklist(slack, "2 of 5 done")
    await slack.click(MAYA, joined, text="Choose another…")
    await slack.submit(MAYA, await modal(slack, "A new incident"))
    await slack.wait_for(
        lambda: [m for m in slack.messages(INCIDENTS) if "no comparison of a failing run in the incident" in text_of(m)]
    )


async def test_what_names_no_two_runs_is_answered_with_the_form(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text="/replay compare this that")
    assert "/replay compare" in str(delivery.body)
    await slack.say(JONAS, INCIDENTS, "@incident-bot compare 1 2")
    await told(slack, "does not name two runs", user=JONAS)


async def test_a_mention_compares_in_its_thread(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    ids = " ".join(aionis.runs[name].run_id for name in ("refund-failed", "refund-rerun"))
    start = await slack.say(JONAS, INCIDENTS, f"@incident-bot compare {ids}")
    await replied(slack, start, "FIXED")
    message = await checklist(slack, "2 of 5 done")
    assert message["thread_ts"] == start["ts"]


async def test_the_same_comparison_is_one_line(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    first = await opened(slack, aionis)
    await compared(slack, aionis, "refund-failed", "refund-rerun", "FIXED")
    pair = f"{aionis.runs['refund-failed'].run_id} {aionis.runs['refund-rerun'].run_id}"
    await slack.command(user=JONAS, channel=INCIDENTS, text=f"/replay compare {pair}")
    line = await told(slack, "already compared in", user=JONAS)
    assert incident_id(line) == incident_id(first)
    assert "FIXED" in text_of(line)
    assert "archives" in text_of(line)
    (there,) = comparisons(slack)
    slack.admin.delete_message(INCIDENTS, there["ts"])
    await slack.command(user=JONAS, channel=INCIDENTS, text=f"/replay compare {pair}")
    (again,) = await slack.wait_for(lambda: comparisons(slack))
    assert again["thread_ts"] == there["thread_ts"]


async def test_a_comparison_that_was_posted_anew_has_its_evidence_kept_by_the_next_try(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(slack, aionis)
    tries: list[str] = []

    async def second_cut_off(services: Services, key: str, *given: Any) -> None:
        tries.append(key)
        if len(tries) == 2:
            raise RedisConnectionError("cut off")
        await keep_evidence(services, key, *given)

    monkeypatch.setattr("bot.jobs.compare.keep_evidence", second_cut_off)
    await compared(slack, aionis, "refund-failed", "refund-rerun", "FIXED")
    (there,) = comparisons(slack)
    slack.admin.delete_message(INCIDENTS, there["ts"])
    pair = f"{aionis.runs['refund-failed'].run_id} {aionis.runs['refund-rerun'].run_id}"
    await slack.command(user=JONAS, channel=INCIDENTS, text=f"/replay compare {pair}")
    await slack.wait_for(lambda: len(tries) == 3)
    assert tries[0] != tries[1] == tries[2]
    assert len(comparisons(slack)) == 1
    assert not [one for one in ephemeral(slack, JONAS) if "already compared" in text_of(one)]


async def test_a_mention_elsewhere_hears_where_its_run_is(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await replayed(slack, aionis.runs["refund-failed"].run_id)
    await slack.say(JONAS, INCIDENTS, f"@incident-bot replay {aionis.runs['refund-rerun'].run_id}")
    assert "archives" in text_of(await told(slack, "was added to", user=JONAS))
