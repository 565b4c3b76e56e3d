"""The incident's root: one screen that stays true, and no more noise than the budget allows."""

import json

from bot.blocks.incidents import SHOW_AGAIN
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import choice_entered, delete_unheard, opened, roots, summary
from tests.scenarios.steps import Json, analyses, ephemeral, posted, replayed, replied, replies, text_of, told
from tests.scenarios.test_close import completed


def public(slack: LocalSlack) -> list[Json]:
    """Return what the bot posted for everybody, in the channel and in its threads."""
    root = roots(slack)[0]
    return [root, *replies(slack, root)]


def menu(root: Json) -> dict[str, str]:
    """Return words → value of the root's menu."""
    (found,) = [e for block in root["blocks"] for e in block.get("elements", []) if e.get("type") == "overflow"]
    return {option["text"]["text"]: option["value"] for option in found["options"]}


async def root_showing(slack: LocalSlack, containing: str) -> Json:
    found: Json = await slack.wait_for(
        lambda: next((root for root in roots(slack) if containing in text_of(root)), None)
    )
    return found


async def test_a_replay_is_three_messages_and_one_pin(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis)
    assert len(public(slack)) == 3, [message["text"] for message in public(slack)]
    assert slack.pins(INCIDENTS) == [roots(slack)[0]["ts"]]
    assert [message["text"] for message in posted(slack)] == [roots(slack)[0]["text"]]


async def test_the_root_says_at_once_what_the_run_proves(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis)
    root = roots(slack)[0]
    assert "1 of 5 done" in text_of(root)
    edited = [call.args["ts"] for call in slack.calls_to("chat.update")]
    assert root["ts"] not in edited, "the first message said it all"


async def test_the_root_says_what_is_wrong_in_ten_lines(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis)
    root = roots(slack)[0]
    assert len(root["blocks"]) <= 8
    header = root["blocks"][0]["text"]["text"]
    assert header.startswith("Run FAILED at step 2")
    assert "payments.create_refund" in header
    for expected in ("payments answered 409", "http_status", "of 5 done", "nobody is on it yet", "blocks:"):
        assert expected in text_of(root), expected
    assert "aionis://" not in json.dumps(root["blocks"][:-1])


async def test_a_whole_incident_keeps_to_the_budget_and_pings_nobody(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await completed(slack, aionis)
    await slack.click(MAYA, message, text="Close incident")
    await root_showing(slack, "*closed* by")
    final = await summary(slack, "closed by")
    texts = [one["text"] for one in public(slack)]
    assert len(texts) <= 6, texts
    broadcasts = [one for one in public(slack) if one.get("subtype") == "thread_broadcast"]
    assert len(broadcasts) == 1
    assert "FIXED by" in text_of(broadcasts[0])
    assert "closed after" in text_of(broadcasts[0])
    assert slack.pins(INCIDENTS) == [roots(slack)[0]["ts"]]
    sent = [call.args for call in slack.calls_to("chat.postMessage")]
    assert not [args for args in sent if "<@" in json.dumps(args) or '"user_id"' in json.dumps(args)]
    assert "@maya" in text_of(final)


async def test_the_root_follows_severity_lead_proof_close_and_reopening(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await completed(slack, aionis)
    root = await root_showing(slack, "FIXED by")
    await slack.click(MAYA, root, text="I'm on it")
    root = await root_showing(slack, f"lead <@{MAYA}>")
    await slack.click(MAYA, root, action_id="incident_menu.0", value=menu(root)["Severity…"])
    await slack.submit(MAYA, slack.views(MAYA)[-1], {"severity": choice_entered("SEV1", "SEV1")})
    root = await root_showing(slack, "SEV1")
    await slack.click(MAYA, message, text="Close incident")
    root = await root_showing(slack, "*closed* by")
    assert "5 of 5 done" in text_of(root)
    await slack.click(MAYA, root, text="Reopen…")
    await slack.submit(MAYA, slack.views(MAYA)[-1], {"reason": {"entered": {"value": "it happened again"}}})
    root = await root_showing(slack, "open again since")
    await slack.click(MAYA, root, text="Step back")
    await root_showing(slack, "nobody is on it yet")


async def test_every_option_of_the_menu_does_what_it_says(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis)
    root = roots(slack)[0]
    for option in ("Raw JSON", "Decision", "Export evidence", "Bind this channel…"):
        assert (await slack.click(MAYA, root, action_id="incident_menu.0", value=menu(root)[option])).ok
    await replied(slack, root, '"Decision · payments.create_refund')
    await told(slack, "Bind this channel…")
    await slack.wait_for(lambda: {file.name.rpartition(".")[2] for file in slack.files} >= {"json", "zip"})


async def test_the_same_run_again_is_one_line_for_the_asker(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis)
    before = len(public(slack))
    await slack.command(user=JONAS, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
    line = await told(slack, "is already in", user=JONAS)
    assert len(line["blocks"]) == 1
    assert len(public(slack)) == before
    assert len(ephemeral(slack, JONAS)) == 2, "the ack, and the line"


async def test_an_analysis_that_somebody_deleted_comes_back_once(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis)
    (first,) = await slack.wait_for(lambda: analyses(slack))
    slack.admin.delete_message(INCIDENTS, first["ts"])
    again = await slack.wait_for(lambda: next((one for one in analyses(slack) if one["ts"] != first["ts"]), None))
    assert again["thread_ts"] == first["thread_ts"]
    # The second time while it is replayed: whichever of the two posts it, it is there once.
    slack.admin.delete_message(INCIDENTS, again["ts"])
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
    await told(slack, "is already in", user=MAYA)
    await slack.wait_for(lambda: len(analyses(slack)) == 1)
    await slack.settle()
    assert len(analyses(slack)) == 1


async def without_analyses(slack: LocalSlack, aionis: SampleAionis) -> Json:
    """Have an incident of two runs whose analyses were deleted unheard; returns what offers to show them again."""
    await opened(slack, aionis)
    await replayed(slack, aionis.runs["refund-rerun"].run_id)
    for one in analyses(slack):
        delete_unheard(slack, one["ts"])
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
    return await told(slack, SHOW_AGAIN)


async def test_analyses_that_were_deleted_unheard_are_shown_again(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await slack.click(MAYA, await without_analyses(slack, aionis), text=SHOW_AGAIN)
    await slack.wait_for(lambda: len(analyses(slack)) == 2)
    assert {one["thread_ts"] for one in analyses(slack)} == {roots(slack)[0]["ts"]}
    assert len(roots(slack)) == 1


async def test_an_analysis_comes_back_beside_one_of_a_run_that_aionis_does_not_give(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    shown = await without_analyses(slack, aionis)
    aionis.faults.add(endpoint="runs/get", kind="unsupported", times=1)
    await slack.click(MAYA, shown, text=SHOW_AGAIN)
    (one,) = await slack.wait_for(lambda: analyses(slack))
    assert aionis.runs["refund-rerun"].run_id[:8] in one["text"]


async def test_a_replay_posts_an_analysis_that_was_deleted_unheard(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis)
    command = f"/replay {aionis.runs['refund-failed'].run_id}"
    for user in (JONAS, MAYA):
        (one,) = await slack.wait_for(lambda: analyses(slack))
        delete_unheard(slack, one["ts"])
        await slack.command(user=user, channel=INCIDENTS, text=command)
        line = await told(slack, "Its analysis was deleted; I posted it again.", user=user)
        assert "is already in" in text_of(line)
        (again,) = analyses(slack)
        assert again["thread_ts"] == one["thread_ts"]


async def test_a_replay_brings_back_what_was_deleted_while_the_bot_was_down(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url)
    async with running_bot(slack, settings):
        await opened(slack, aionis)
        await slack.wait_for(lambda: analyses(slack))
    for message in [one for one in slack.messages(INCIDENTS) if one.get("bot_id")]:
        delete_unheard(slack, message["ts"])
    async with running_bot(slack, settings):
        await slack.command(user=JONAS, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
        line = await told(slack, "is already in <http", user=JONAS)
        (root,), (analysis,) = roots(slack), analyses(slack)
    assert root["ts"].replace(".", "") in text_of(line)
    assert analysis["thread_ts"] == root["ts"]


async def test_another_run_of_the_case_joins_without_a_word_to_the_channel(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis)
    await replayed(slack, aionis.runs["refund-earlier-1"].run_id)
    assert len(posted(slack)) == 1
