"""Step details and Full timeline: opened, paged, pushed on one another and closed."""

import pytest
from playwright.async_api import expect

from bot.playground.aionis import SampleRun
from tests.browser.person import Person, in_order

Runs = dict[str, SampleRun]
FAILED = "FAILED at step 2, 2 of 4"


async def test_step_details_show_what_went_in_what_was_expected_and_what_came_out(maya: Person, runs: Runs) -> None:
    analysis = await maya.analysis(await maya.replay(runs["refund-failed"].run_id, FAILED))
    await analysis.get_by_role("button", name="Step details").click()
    step = maya.dialog("Step details")
    await expect(step.get_by_role("heading", name="✗ step 2 · payments.create_refund")).to_be_visible()
    await in_order(
        step,
        "▶ critical step · failed",
        "Step 2 of 2",
        "payments answered 409 charge_already_refunded",
        'Input {"charge_id": "ch_7F32", "amount": 4450',
        'Expected output signature {"required": ["refund_id", "status"]',
        'Actual output signature {"http_status": 409',
        "Output against expectation",
        "✗ failed http_status expected 200, got 409",
        "✓ passed audit_trail_written",
        "? unknown ledger_balanced",
        "s3://support-agent-evidence/60218/refund-exchange.har",
    )


async def test_steps_page_back_forth_and_to_the_first_failing(maya: Person, runs: Runs) -> None:
    analysis = await maya.analysis(await maya.replay(runs["refund-failed"].run_id, FAILED))
    await analysis.get_by_role("button", name="Step details").click()
    step = maya.dialog("Step details")
    await step.get_by_role("button", name="Previous").click()
    await expect(step.get_by_role("heading", name="✓ step 1 · orders.find_charges")).to_be_visible()
    await expect(step.get_by_role("button", name="Previous")).to_have_count(0)
    await step.get_by_role("button", name="First failing").click()
    await expect(step).to_contain_text("Step 2 of 2")
    await step.get_by_role("button", name="Previous").click()
    await step.get_by_role("button", name="Next").click()
    await expect(step).to_contain_text("Step 2 of 2")
    await expect(step.get_by_role("button", name="Next")).to_have_count(0)


@pytest.mark.parametrize("paged", [False, True], ids=["at once", "right after paging"])
async def test_escape_closes_and_the_focus_comes_back(maya: Person, runs: Runs, paged: bool) -> None:
    analysis = await maya.analysis(await maya.replay(runs["refund-failed"].run_id, FAILED))
    await expect(analysis).to_contain_text("Last good")  # what is added a moment later is there
    opener = analysis.get_by_role("button", name="Step details")
    await opener.click()
    step = maya.dialog("Step details")
    await expect(step).to_contain_text("Step 2 of 2")
    if paged:
        await step.get_by_role("button", name="Previous").click()
        await expect(step).to_contain_text("Step 1 of 2")
    await maya.page.keyboard.press("Escape")
    await expect(step).to_have_count(0)
    await expect(opener).to_be_focused()


async def test_closing_twice_in_a_hurry_is_no_mistake(maya: Person, runs: Runs) -> None:
    maya.watch.refusals.append("/page/view_close")
    analysis = await maya.analysis(await maya.replay(runs["refund-failed"].run_id, FAILED))
    await analysis.get_by_role("button", name="Step details").click()
    await expect(maya.dialog("Step details")).to_contain_text("Step 2 of 2")
    await maya.page.evaluate(
        """() => { for (let i = 0; i < 2; i++)
             document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true })) }"""
    )
    await expect(maya.dialog("Step details")).to_have_count(0)
    await maya.type("/replay help")  # answered after both closes
    await expect(maya.only_mine("/replay shows what an agent's run did")).to_be_visible()
    assert await maya.page.get_by_role("status").inner_text() == ""


async def test_escape_right_after_a_step_closed_closes_the_timeline_beneath(maya: Person, runs: Runs) -> None:
    analysis = await maya.analysis(await maya.replay(runs["refund-failed"].run_id, FAILED))
    await analysis.get_by_role("button", name="Full timeline").click()
    await maya.dialog("Full timeline").get_by_role("button", name="Details").first.click()
    step = maya.dialog("Step details")
    await expect(step).to_contain_text("Step 1 of 2")
    # As fast as can be: an observer runs before the browser paints what changed.
    await step.evaluate(
        """dialog => new MutationObserver((_, observer) => {
             if (dialog.querySelectorAll("form").length > 1) return;
             observer.disconnect();
             document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", cancelable: true }));
           }).observe(dialog, { childList: true })"""
    )
    await step.get_by_role("button", name="Close", exact=True).click()
    await expect(maya.page.get_by_role("dialog")).to_have_count(0)


async def test_the_timeline_of_three_hundred_steps_pages_and_opens_a_step_on_top(maya: Person, runs: Runs) -> None:
    analysis = await maya.analysis(await maya.replay(runs["three-hundred"].run_id, "FAILED at step 212"))
    opener = analysis.get_by_role("button", name="Full timeline")
    await opener.click()
    timeline = maya.dialog("Full timeline")
    await expect(timeline).to_contain_text("Page 8 of 10")
    await expect(timeline.get_by_role("button", name="Details")).to_have_count(30)
    await timeline.get_by_role("button", name="Next").click()
    await expect(timeline).to_contain_text("Page 9 of 10")
    await timeline.get_by_role("button", name="Critical step").click()
    await expect(timeline).to_contain_text("Page 8 of 10")
    critical = timeline.locator("[data-block-id]").filter(has_text="▶ 212 ✗")
    await critical.get_by_role("button", name="Details").click()

    step = maya.dialog("Step details")
    await expect(step).to_contain_text("Step 212 of 300")
    await expect(timeline).to_have_count(0)
    await step.get_by_role("button", name="Close", exact=True).click()
    await expect(timeline).to_contain_text("Page 8 of 10")
    await maya.page.keyboard.press("Escape")
    await expect(timeline).to_have_count(0)
    await expect(opener).to_be_focused()
