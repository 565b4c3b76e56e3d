"""The incident's root fits a screen: what is wrong, who is on it and what to press are seen without scrolling."""

import pytest
from playwright.async_api import Locator, ViewportSize, expect

from bot.playground.aionis import SampleRun
from tests.browser.person import Person, in_order
from tests.browser.width import LAPTOP, PHONE, sticking_out

Runs = dict[str, SampleRun]
BUTTONS = ("Details", "Compare…", "I'm on it", "Close…")


async def height(root: Locator) -> float:
    box = await root.bounding_box()
    assert box is not None
    return box["height"]


@pytest.mark.parametrize(("window", "highest"), [(LAPTOP, 420), (PHONE, 640)], ids=["laptop", "phone"])
async def test_the_root_is_no_higher_than_a_screen_and_tells_everything(
    maya: Person, runs: Runs, window: ViewportSize, highest: int
) -> None:
    await maya.page.set_viewport_size(window)
    root = await maya.replay(runs["refund-failed"].run_id, "FAILED at step 2")
    await expect(root.get_by_role("button", name="Last reply")).to_contain_text("2 replies")
    await in_order(root, "Run FAILED at step 2", "payments.create_refund", "INC-", "no severity", "open since")
    await in_order(root, "nobody is on it yet", "payments answered 409", "✗ http_status", "✗ refund_id_present")
    await in_order(root, "Not proved fixed", "1 of 5 done", "blocks: ", *BUTTONS)
    assert await height(root) <= highest
    assert await sticking_out(maya.page) == []
    await root.get_by_role("button", name="I'm on it").click()
    await expect(root).to_contain_text("lead @")
    await expect(root).to_contain_text("(edited)")
    await maya.type(f"/replay compare {runs['refund-failed'].run_id} {runs['refund-rerun'].run_id}")
    await expect(root).to_contain_text("FIXED by")
    assert await height(root) <= highest, "led, compared and fixed, it is no higher"
