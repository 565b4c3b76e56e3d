"""The first screen: a path of five clicks from a failing run to its evidence, and things that can be made to happen."""

import pytest
from playwright.async_api import Locator, ViewportSize, expect

from bot.playground.slack import INCIDENTS
from tests.browser.person import Person, containing
from tests.browser.width import LAPTOP, PHONE, sticking_out

WINDOWS = pytest.mark.parametrize("window", [PHONE, LAPTOP], ids=["phone", "laptop"])
HIGHEST = {PHONE["width"]: 640, LAPTOP["width"]: 420}  # pixels of an incident's root


def step(person: Person, number: int) -> Locator:
    path = person.page.get_by_role("region", name="Guided path")
    return path.get_by_role("button", name=f"{number}. ")


async def done_with(person: Person, number: int) -> None:
    """Expect the next step to be due, and the page to fit its window."""
    await expect(step(person, number + 1)).to_have_attribute("aria-current", "step")
    assert await sticking_out(person.page) == []


async def close_dialog(person: Person, title: str) -> None:
    await person.dialog(title).get_by_role("button", name="Close dialog").click()
    await expect(person.dialog(title)).to_have_count(0)


async def budget(person: Person, root: Locator, window: ViewportSize, *, replies: int, broadcasts: int = 0) -> None:
    """Expect so many messages below the root, so many of them in the channel, too, one pin, and a root that fits a screen."""
    await expect(root.get_by_role("button", name="Last reply")).to_contain_text(f"{replies} repl")
    everybody = containing(person.channel, "incident-bot").filter(has_not_text="Only visible to you")
    await expect(everybody).to_have_count(1 + broadcasts)
    await expect(person.page.get_by_role("button", name="Pinned messages")).to_have_text("1")
    box = await root.bounding_box()
    assert box is not None
    assert box["height"] <= HIGHEST[window["width"]]


@WINDOWS
async def test_the_path_is_walked_by_clicks_alone_within_its_budget_of_noise_and_height(
    maya: Person, window: ViewportSize
) -> None:
    await maya.page.set_viewport_size(window)
    await step(maya, 1).click()
    root = maya.message("FAILED at step 2, 2 of 4")
    await expect(root).to_be_visible()
    await done_with(maya, 1)
    await budget(maya, root, window, replies=2)
    await step(maya, 2).click()
    await expect(maya.dialog("Step details")).to_contain_text("payments.create_refund")
    await close_dialog(maya, "Step details")
    await done_with(maya, 2)
    await step(maya, 3).click()
    await expect(maya.only_mine("Comparison: FIXED")).to_contain_text("in the thread of")
    await expect(root).to_contain_text("FIXED by")
    await done_with(maya, 3)
    await root.get_by_role("button", name="I'm on it").click()
    await expect(root).to_contain_text("lead @")
    await step(maya, 4).click()
    await expect(maya.dialog("Close incident")).to_contain_text("still open")
    await maya.dialog("Close incident").get_by_role("textbox").fill("the path is shown to a colleague")
    await maya.dialog("Close incident").get_by_role("button", name="Close anyway").click()
    await expect(maya.dialog("Close incident")).to_have_count(0)
    await expect(root).to_contain_text("closed anyway by")
    if await maya.thread.is_visible():
        await maya.thread.get_by_role("button", name="Close thread").click()
    await done_with(maya, 4)
    await budget(maya, root, window, replies=5, broadcasts=1)
    await maya.open_thread(root)
    await expect(maya.reply("Summary · INC-")).to_contain_text("closed by @maya")
    await expect(maya.reply("Summary · INC-").locator(".mention")).to_have_count(0)
    if window == PHONE:
        await maya.thread.get_by_role("button", name="Close thread").click()
    await step(maya, 5).click()
    await expect(maya.only_mine("Putting the evidence together")).to_be_visible()
    await expect(maya.page.get_by_role("region", name="Guided path")).to_contain_text("That was the path")
    assert await sticking_out(maya.page) == []
    await expect(maya.only_mine("No incident is open")).to_have_count(0)


async def test_a_step_that_cannot_be_taken_yet_says_so_and_stays_due(maya: Person) -> None:
    await step(maya, 2).click()
    await expect(maya.page.get_by_role("status").filter(has_text="take the steps before")).to_be_visible()
    await expect(step(maya, 1)).to_have_attribute("aria-current", "step")


async def test_what_a_step_types_is_folded_and_the_path_can_be_hidden(maya: Person) -> None:
    path = maya.page.get_by_role("region", name="Guided path")
    await expect(path.get_by_text("/replay ")).to_be_hidden()
    await path.get_by_text("What it types").click()
    await expect(path.get_by_text("/replay ")).to_be_visible()
    await path.get_by_role("button", name="Hide the guided path").click()
    await maya.page.reload()
    await expect(maya.page.get_by_role("main", name="#incidents")).to_be_visible()
    await expect(maya.composer).to_be_visible()
    await expect(path).to_have_count(0)


@WINDOWS
async def test_a_failure_comes_back_and_a_storm_breaks_out_at_a_click(maya: Person, window: ViewportSize) -> None:
    await maya.page.goto(f"{maya.page.url}&channel={INCIDENTS}")
    await maya.page.set_viewport_size(window)
    await maya.page.get_by_role("button", name="Runs to try").click()
    happenings = maya.page.get_by_role("region", name="Let something happen")
    assert await sticking_out(maya.page) == []
    await happenings.get_by_role("button", name="A storm of 500 failures").click()
    await expect(happenings.get_by_role("status")).to_contain_text("500 runs were recorded")
    await happenings.get_by_role("button", name="The refund fails again").click()
    await happenings.get_by_role("button", name="Replay it").click()
    await expect(maya.message("FAILED at step 2, 2 of 4")).to_be_visible()
    if window == PHONE:
        await expect(happenings).to_be_hidden()
