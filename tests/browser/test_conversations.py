"""Threads, channels without the bot, and several people at once."""

from playwright.async_api import expect

from bot.playground.aionis import SampleRun
from bot.playground.slack import JONAS, MAYA
from tests.browser.person import Arrive, Person

Runs = dict[str, SampleRun]
FAILED = "Run FAILED at step 2, 2 of 4"


async def test_the_shortcut_on_a_message_replays_its_run_in_its_thread(maya: Person, runs: Runs) -> None:
    await maya.type(f"the refund agent broke again: {runs['refund-failed'].run_id}")
    message = maya.message("broke again")
    await maya.choose_in_menu(message, "Replay this run")
    await expect(message.get_by_role("button", name="Last reply")).to_contain_text("3 replies")
    await maya.open_thread(message)
    await expect(maya.reply(FAILED).filter(has_text="nobody is on it yet")).to_be_visible()
    await expect(maya.reply("CRITICAL STEP")).to_be_visible()
    await expect(maya.message(FAILED)).to_have_count(0)


async def test_in_a_thread_a_mention_replays_and_a_slash_command_is_refused(maya: Person, runs: Runs) -> None:
    maya.watch.refusals.append("/page/message")
    run_id = runs["refund-failed"].run_id
    await maya.type("refunds are stuck")
    message = maya.message("refunds are stuck")
    await message.hover()
    await message.get_by_role("button", name="Reply in thread").click()
    await maya.answer(f"/replay {run_id}")
    await expect(maya.thread.get_by_role("alert")).to_have_text("/replay is not supported in threads. Sorry!")

    await maya.answer(f"@incident-bot replay {run_id}")
    await expect(maya.thread.get_by_role("alert")).to_have_count(0)
    await expect(maya.reply(FAILED).filter(has_text="nobody is on it yet")).to_be_visible()
    await expect(maya.reply("CRITICAL STEP")).to_contain_text("Timeline · 2 steps")
    await expect(maya.message(FAILED)).to_have_count(0)


async def test_where_the_bot_is_no_member_the_asker_sees_all_until_it_is_invited(arrive: Arrive, runs: Runs) -> None:
    maya, jonas = await arrive(MAYA), await arrive(JONAS)
    for person in (maya, jonas):
        await person.go("leadership")
    run_id = runs["refund-failed"].run_id
    await maya.type(f"/replay {run_id}")
    shown = maya.only_mine("CRITICAL STEP")
    await expect(shown).to_contain_text("payments answered 409")
    await expect(maya.only_mine("I am not a member of this channel")).to_contain_text("/invite @incident-bot")

    await maya.type("/invite @incident-bot")
    await expect(maya.channel.get_by_role("button", name="Members: 3")).to_be_visible()
    await maya.type(f"/replay {run_id}")
    await expect(jonas.message(FAILED)).to_be_visible()
    await expect(jonas.message("Only visible to you")).to_have_count(0)
    await expect(maya.message(FAILED).filter(has_not_text="Only visible to you")).to_be_visible()


async def test_two_people_see_the_result_live_and_each_only_their_own_answers(arrive: Arrive, runs: Runs) -> None:
    maya, jonas = await arrive(MAYA), await arrive(JONAS)
    await expect(jonas.composer).to_be_visible()
    await maya.replay(runs["refund-failed"].run_id, FAILED)
    await expect(maya.only_mine("Replaying run")).to_be_visible()
    await expect(jonas.message(FAILED)).to_be_visible()
    await expect(jonas.message("Only visible to you")).to_have_count(0)

    await jonas.message(FAILED).get_by_role("button", name="Details").click()
    await expect(jonas.dialog("Step details")).to_contain_text("Step 2 of 2")
    await expect(maya.dialog("Step details")).to_have_count(0)


async def test_whoever_sends_sees_what_becomes_of_it(maya: Person, runs: Runs) -> None:
    root = await maya.replay(runs["refund-failed"].run_id, FAILED)
    await maya.replay(f"{runs['partial'].run_id} new", "Run is PARTIAL")
    await root.scroll_into_view_if_needed()
    await maya.channel.get_by_role("log").evaluate("list => list.scrollTo({ top: 0 })")
    await maya.type("/replay status")
    await expect(maya.only_mine("Open thread")).to_be_in_viewport()
