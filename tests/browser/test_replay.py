"""`/replay` as a person types and reads it."""

from playwright.async_api import expect

from bot.playground.aionis import SampleRun
from tests.browser.person import Person, in_order

Runs = dict[str, SampleRun]
FAILED = "Run FAILED at step 2, 2 of 4 planned recorded · payments.create_refund"


async def test_the_list_completes_the_command_and_the_run_is_in_the_channel(maya: Person, runs: Runs) -> None:
    await maya.composer.press_sequentially("/rep")
    await expect(maya.suggestions.get_by_role("option")).to_have_count(1)
    await expect(maya.suggestions.get_by_role("option", name="/replay")).to_contain_text("<run_id> [new | <incident>]")
    await maya.composer.press("Tab")
    await expect(maya.composer).to_have_value("/replay ")
    await maya.composer.press_sequentially(runs["refund-failed"].run_id)
    await maya.composer.press("Enter")
    await expect(maya.composer).to_have_value("")

    await expect(maya.only_mine("Replaying run")).to_contain_text(runs["refund-failed"].run_id)
    root = maya.message("nobody is on it yet")
    await expect(root.get_by_role("heading", name=FAILED)).to_be_visible()
    await expect(root).not_to_contain_text("Only visible to you")
    await in_order(
        root,
        FAILED,
        "Refund the second of two identical charges",
        "payments answered 409 charge_already_refunded",
        "Failed postconditions: ✗ http_status ✗ refund_id_present",
        "Not proved fixed · 1 of 5 done · blocks: Root cause linked to concrete IDs",
    )
    for label in ("Details", "Compare…", "I'm on it", "Close…"):
        await expect(root.get_by_role("button", name=label)).to_be_visible()


async def test_the_thread_has_the_analysis_with_everything_that_broke(maya: Person, runs: Runs) -> None:
    analysis = await maya.analysis(await maya.replay(runs["refund-failed"].run_id, FAILED))
    await in_order(
        analysis,
        FAILED,
        "Refund the second of two identical charges",
        "▶ CRITICAL STEP · step 2 · payments.create_refund · FAILED",
        "payments answered 409 charge_already_refunded",
        "Failed postconditions",
        "http_status: expected 200, got 409",
        "refund_id_present: the answer has no refund_id",
        'input {"charge_id": "ch_7F32"',
        'output {"http_status": 409',
        'expected {"required"',
        "Decisions",
        "Try next",
        "Aionis request id",
    )
    for label in ("Full timeline", "Step details", "Raw JSON", "Decision: payments.create_refund"):
        await expect(analysis.get_by_role("button", name=label)).to_be_visible()


async def test_the_thread_has_the_timeline_with_a_mark_on_the_critical_step(maya: Person, runs: Runs) -> None:
    timeline = await maya.analysis(await maya.replay(runs["refund-failed"].run_id, FAILED))
    await expect(timeline).to_contain_text("Timeline · 2 steps")
    await expect(timeline).to_contain_text("1 ok · 1 failed · 0 pending")
    await expect(timeline).to_contain_text("  1 ✓ orders.find_charges · ok")
    await expect(timeline).to_contain_text("▶ 2 ✗ payments.create_refund · failed")


async def test_a_subcommand_is_completed_from_the_command_s_own_words(maya: Person) -> None:
    await maya.composer.press_sequentially("/replay hel")
    await expect(maya.suggestions.get_by_role("option")).to_have_count(1)
    await maya.composer.press("Enter")
    await expect(maya.composer).to_have_value("/replay help ")
    await maya.composer.press("Enter")
    await expect(maya.only_mine("/replay shows what an agent's run did")).to_be_visible()


async def test_recent_lists_failed_runs_and_a_click_replays_one(maya: Person) -> None:
    await maya.type("/replay recent")
    listed = maya.only_mine("Latest failed runs of default/support")
    await expect(listed).to_be_visible()
    row = listed.locator("[data-block-id]").filter(has_text="payments answered 409 charge_already_refunded")
    await row.get_by_role("button", name="Replay").click()
    root = maya.message(FAILED)
    await expect(root).to_be_visible()
    await expect(root).not_to_contain_text("Only visible to you")


async def test_a_run_of_the_panel_is_replayed_by_a_click(maya: Person, runs: Runs) -> None:
    panel = maya.page.get_by_role("complementary", name="Runs to try")
    await panel.get_by_text("more runs").click()
    row = panel.get_by_role("listitem").filter(has_text=runs["stalled"].description)
    await expect(row.get_by_text(runs["stalled"].run_id)).to_be_hidden()
    await row.get_by_role("button", name="Replay").click()
    await expect(maya.message("Run is STALLED")).to_be_visible()
