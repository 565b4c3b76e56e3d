"""What a real Aionis does, and what the bot says of it: one run of the sample for each point."""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Literal

import pytest

from bot.playground.aionis import Principal, SampleAionis, serve
from bot.playground.aionis.world.choices import SIXTY
from bot.playground.aionis.world.contrasts import LONG_ERROR
from bot.playground.aionis.world.story import Story
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.domain.bundle.test_bundle import files_of
from tests.scenarios.incidents import roots
from tests.scenarios.steps import analyses, comparisons, modal, posted, replayed, replied, replies, text_of, told
from tests.scenarios.test_export import exported
from tests.scenarios.test_root_cause import FILLED


@pytest.fixture
async def acme_bot(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> AsyncIterator[None]:
    """A bot that reads another tenant's scope of the same name, as the local user: Lite would show it the default tenant's."""
    settings = settings_for(
        slack, aionis.base_url, redis_url, aionis_tenant_id="acme", aionis_consumer_agent_id="local-user"
    )
    async with running_bot(slack, settings):
        yield


async def shown(slack: LocalSlack, aionis: SampleAionis, name: str) -> str:
    """Replay a run of the sample; return what its root message shows."""
    return text_of(await replayed(slack, aionis.runs[name].run_id))


@pytest.mark.parametrize("name", ["masked-id", "masked-links"])
async def test_masked_ids_hide_nothing(slack: LocalSlack, aionis: SampleAionis, bot: str, name: str) -> None:
    root = await shown(slack, aionis, name)
    assert "of the critical step" in root
    assert "order" in root
    assert "private" not in root
    assert "Missing" not in root


async def test_a_masked_rerun_is_offered(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = await replayed(slack, aionis.runs["masked-id"].run_id)
    await slack.click(MAYA, root, text="Compare with a rerun…")
    await modal(slack, aionis.runs["masked-id-rerun"].run_id[:8])


async def test_what_was_executed_is_what_the_record_says(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    assert "nothing was executed" in await shown(slack, aionis, "playbook-simulated-rerun")
    strict = await shown(slack, aionis, "playbook-strict-rerun")
    assert "strict mode, which executes its steps" in strict
    assert "nothing was executed" not in strict


@pytest.mark.parametrize(
    ("rerun", "verdict"),
    [
        ("playbook-strict-rerun", "FIXED"),
        ("playbook-guided-rerun", "FIXED"),
        ("playbook-simulated-rerun", "NO PROOF"),
    ],
)
async def test_an_executed_playbook_run_is_proof(
    slack: LocalSlack, aionis: SampleAionis, bot: str, rerun: str, verdict: str
) -> None:
    failing, later = aionis.runs["playbook-strict"].run_id, aionis.runs[rerun].run_id
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay compare {failing} {later}")
    result = await slack.wait_for(lambda: [one for one in comparisons(slack) if verdict in text_of(one).upper()][:1])
    assert rerun != "playbook-simulated-rerun" or "simulated" in text_of(result[0])


@pytest.mark.parametrize(
    ("name", "newest", "older"),
    [
        ("closed-after-all", "closed on the second try", "could not close"),
        ("reopened", "ticket was reopened by webhook", "closed"),
        ("second-error", "parse error at byte 9021", "parse error at byte 811"),
        ("second-note", "segment 7 was rebuilt by hand", "has no text"),
    ],
)
async def test_the_newest_is_told_and_the_older_named(
    slack: LocalSlack, aionis: SampleAionis, bot: str, name: str, newest: str, older: str
) -> None:
    root = await replayed(slack, aionis.runs[name].run_id)
    assert newest in text_of(root)
    assert "older" in text_of(root)
    assert newest not in root["text"] or older not in root["text"]
    assert older in text_of(root) or name == "second-note"


async def test_a_success_with_a_failed_step_is_called_that(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = await shown(slack, aionis, "success-with-failed-step")
    assert "with a failed step" in root
    assert "divergent" not in root


@pytest.mark.parametrize(("name", "more"), [("sixty-decisions", SIXTY - 3), ("hundreds-of-decisions", 227)])
async def test_the_critical_steps_own_decision_is_read_and_all_are_counted(
    slack: LocalSlack, aionis: SampleAionis, bot: str, name: str, more: int
) -> None:
    root = await shown(slack, aionis, name)
    assert "of the critical step" in root
    assert f"{more} more decisions" in root


async def test_the_summary_counts_all_decisions(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = await replayed(slack, aionis.runs["sixty-decisions"].run_id)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
    await slack.wait_for(lambda: any(f"{SIXTY} decisions" in text_of(one) for one in replies(slack, root)))


async def test_a_decision_that_is_gone_is_no_longer_there(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = await shown(slack, aionis, "decision-gone")
    assert "no longer there" in root
    assert "replay again" not in root


async def test_a_decision_for_another_tool_is_said_and_prefilled(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["other-tool"].run_id)
    assert "selected agent.page, but the step called queue.push" in text_of(root)
    checklist = await slack.wait_for(
        lambda: next((one for one in replies(slack, root) if "Fill in root cause" in text_of(one)), None)
    )
    await slack.click(MAYA, checklist, text="Fill in root cause…")
    await modal(slack, "agent.page (the step called queue.push)")


async def test_without_a_decision_the_table_says_that_the_tool_was_called(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["decision-gone"].run_id)
    checklist = await replied(slack, root, "Fill in root cause")
    await slack.click(MAYA, checklist, text="Fill in root cause…")
    await modal(slack, "queue.push (the step called it; no decision was read)")


async def test_what_a_cut_leaves_out_is_counted_truly(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = await shown(slack, aionis, "long-error")
    cut = next(int(part.split("]")[0].replace(",", "")) for part in root.split("… [+")[1:] if "]" in part)
    assert LONG_ERROR - 1_000 <= cut < LONG_ERROR


async def test_steps_are_counted_against_the_plan(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = await shown(slack, aionis, "planned-four")
    assert "FAILED at step 2, 2 of 4 planned recorded" in root
    assert "2 of 2" not in root


async def test_private_runs_of_a_stock_lite_are_read_and_their_ids_resolve(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["private"].run_id)
    assert "Read as local-user" in text_of(root)
    assert "not visible" not in text_of(root)
    result = next(call for call in aionis.calls if call.path == "/health")
    assert result.status == 200


async def test_the_ids_of_a_private_run_verify_the_table(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = await replayed(slack, aionis.runs["private"].run_id)
    checklist = await slack.wait_for(
        lambda: next((one for one in replies(slack, root) if "Fill in root cause" in text_of(one)), None)
    )
    assert (await slack.click(MAYA, checklist, text="Fill in root cause…")).ok
    delivery = await slack.submit(MAYA, slack.views(MAYA)[-1], FILLED)
    assert "errors" not in str(delivery.body)
    await slack.wait_for(lambda: any("2 of 5 done" in text_of(one) for one in replies(slack, root)))


async def test_a_stock_lite_is_told_as_whom_it_was_read(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    assert "Read as local-user" in await shown(slack, aionis, "refund-failed")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve {aionis.runs['refund-failed'].decision_uris[0]}")
    await slack.wait_for(
        lambda: any(
            "Decision · " in (text := text_of(m)) and "Read as local-user" in text for m in slack.messages(INCIDENTS)
        )
    )
    for typed in ("/replay", "/resolve decision", "/resolve evidence"):
        await slack.command(
            user=MAYA, channel=INCIDENTS, text=f"{typed} 00000000-0000-4000-8000-00000000000{len(typed) % 10}"
        )
        failure = await told(slack, f"00000000000{len(typed) % 10} in default/support")
        assert "Private records are read as local-user" in text_of(failure)
        assert "AIONIS_CONSUMER" not in text_of(failure)


async def test_where_callers_authenticate_not_found_mentions_the_private_lane(
    slack: LocalSlack, redis_url: str
) -> None:
    key = secrets.token_hex(8)
    sample = SampleAionis(api_keys={key: Principal("default", "somebody-else")}, leak=False)
    async with serve(sample):
        settings = settings_for(slack, sample.base_url, redis_url, aionis_api_key=key)
        async with running_bot(slack, settings):
            await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {sample.runs['private'].run_id}")
            failure = await told(slack, "Aionis has no run")
    assert "private lane" in text_of(failure)


async def test_who_ran_for_which_case_and_how_it_was_judged(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = await shown(slack, aionis, "disabled-rule")
    for expected in ("shop-agent", "gift-77", "judged negative: legacy gateway is retired, must use psp"):
        assert expected in root


async def test_a_rules_change_is_words_with_a_link_and_the_rule_says_that_it_is_out_of_use(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    uri = aionis.runs["disabled-rule"].commit_uris[-1]
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve {uri}")
    commit = (await slack.wait_for(lambda: posted(slack)[:1]))[0]
    assert "Rule “Gift cards go through the legacy gateway” is " in text_of(commit)
    assert "rule_node_id" not in text_of(commit)
    await slack.click(MAYA, commit, text="Rule: Gift cards go through the legacy gateway")
    await slack.wait_for(lambda: any("disabled, or still a draft" in text_of(one) for one in slack.messages(INCIDENTS)))


async def test_a_run_of_another_tenant_that_leaks_is_not_found(
    slack: LocalSlack, aionis: SampleAionis, acme_bot: None
) -> None:
    run_id = aionis.runs["refund-failed"].run_id
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {run_id}")
    await told(slack, "Aionis has no run")
    other = aionis.runs["acme-failed"].run_id
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay compare {other} {run_id}")
    await slack.wait_for(
        lambda: len([one for one in slack.messages(INCIDENTS, viewer=MAYA) if "no run" in text_of(one)]) == 2
    )
    assert posted(slack) == []


def story(aionis: SampleAionis, name: str, goal: str, *, ago: timedelta = timedelta(minutes=9)) -> Story:
    """Begin to tell a run that the sample does not have."""
    told = Story(aionis.writer, name, aionis.now() - ago)
    told.start(goal)
    return told


async def test_why_a_step_was_tried_again_is_told_while_its_last_attempt_says_nothing(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run = story(aionis, "tried-again", "Index the manuals")
    for error in ("manual 7 is no XML", "manual 7 is no XML", "index is locked"):
        run.report(run.announce("manuals.index", index=1), "failed", error=error)  # by its step's id alone
    run.announce("manuals.index", index=1)
    root = await replayed(slack, run.run_id)
    shown = text_of(root)
    assert "Errors of earlier attempts" in shown
    assert shown.index("index is locked") < shown.index("manual 7 is no XML")
    assert shown.count("manual 7 is no XML") == 1
    await slack.click(MAYA, root, text="Step details")
    await modal(slack, "index is locked")


async def test_of_a_failure_outside_of_all_steps_the_root_has_what_the_agent_said(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run = story(aionis, "cancelled", "Push the build")
    run.step("build.push")
    run.end("failed", summary="cancelled by the operator")
    await replayed(slack, run.run_id)
    (root,) = roots(slack)
    assert "The agent said: cancelled by the operator" in text_of(root)
    assert "The agent said: cancelled by the operator" in root["text"]


async def test_other_divergent_steps_are_told_with_what_failed_in_them(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run = story(aionis, "weighed", "Ship parcel 9")
    run.step("parcel.weigh", postconditions=[{"name": "weight noted", "passed": False}, {"status": "FAILED"}])
    run.step("parcel.label", status="failed", error="printer is out of labels")
    run.end("failed")
    assert "says success; failed: weight noted, condition 2" in text_of(await replayed(slack, run.run_id))


async def test_advice_sends_nobody_to_a_summary_that_is_not_there_and_names_what_was_skipped(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run = story(aionis, "nothing-said", "Push the build")
    run.step("build.push")
    run.end("failed")
    assert "No step failed: read the agent's log for" in text_of(await replayed(slack, run.run_id))
    run = story(aionis, "all-skipped", "Push the build")
    run.step("build.push", status="skipped")
    run.end("success")
    assert "but every step was skipped" in text_of(await replayed(slack, f"{run.run_id} new"))


async def test_a_case_and_a_plan_that_are_written_as_other_types_are_read(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    runs: list[str] = []
    for name, status in (("order-good", "success"), ("order-bad", "failed"), ("order-again", "success")):
        run = Story(aionis.writer, name, aionis.now() - timedelta(minutes=9 - 3 * len(runs)))
        run.start(f"Refund it ({name})", metadata={"case": 60218, "agent": 7, "planned_steps": "3"})
        run.step("refund.send", status=status)
        run.end(status)
        runs.append(run.run_id)
    good, failing, rerun = runs
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {failing}")
    root = await slack.wait_for(
        lambda: next((one for one in analyses(slack) if f"{good[:8]}" in text_of(one)), None)  # the last good run
    )
    assert "1 of 3 planned recorded" in text_of(root)
    assert "`60218`" in text_of(root)
    assert "`7`" in text_of(root)
    await slack.click(MAYA, root, text="Compare with a rerun…")
    await modal(slack, rerun[:8])


@pytest.mark.parametrize(("kind", "helps"), [("server_error", True), ("unsupported", False)])
async def test_nobody_is_told_to_try_again_what_aionis_does_not_offer(
    slack: LocalSlack, aionis: SampleAionis, bot: str, kind: Literal["server_error", "unsupported"], helps: bool
) -> None:
    aionis.faults.add(endpoint="find", kind=kind)
    root = await shown(slack, aionis, "refund-failed")
    assert "could not be read" in root
    assert ("replay again" in root) is helps


async def test_of_a_run_that_starts_after_now_it_is_said_why_its_duration_is_not_known(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run = story(aionis, "clock-ahead", "Index the manuals", ago=-timedelta(hours=1))
    run.announce("manuals.index")
    assert "not known: by its records it starts after now" in text_of(await replayed(slack, run.run_id))


async def test_the_report_has_plan_agent_case_and_what_earlier_attempts_failed_with(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run = Story(aionis.writer, "tried-twice", aionis.now() - timedelta(minutes=9))
    run.start("Pay the invoice", metadata={"agent": "pay-agent", "case": "invoice-7", "planned_steps": 4})
    for error in ("the bank answered 503", "the bank answered 504"):
        run.step("bank.pay", index=1, status="failed", error=error)
    run.end("failed")
    await replayed(slack, run.run_id)
    report = files_of((await exported(slack))[0])["report.md"].decode()
    assert "failed · 1 step, 4 planned: 0 ok · 1 failed" in report
    assert "Agent: pay-agent" in report.replace("\\", "")
    assert "Case: invoice-7" in report.replace("\\", "")
    assert "Earlier attempts at step 1: the bank answered 503" in report


async def test_a_comparison_tells_what_the_agent_said_where_no_step_of_the_rerun_failed(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    failing = story(aionis, "build-broke", "Push the build")
    failing.step("build.push", status="failed", error="no space left")
    failing.end("failed")
    rerun = story(aionis, "build-rolled-back", "Push the build", ago=timedelta(minutes=3))
    rerun.step("build.push")
    rerun.end("failed", summary="rolled back by the operator")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay compare {failing.run_id} {rerun.run_id}")
    said = "although no step of it failed; the agent said: “rolled back by the operator”"
    await slack.wait_for(lambda: [one for one in comparisons(slack) if said in text_of(one)])
