"""A run whose every text tries something: it stays text, in messages, modals and the file's preview."""

from playwright.async_api import Locator, expect

from bot.playground.aionis import SampleRun
from tests.browser.person import Person

Runs = dict[str, SampleRun]
# Whatever a text could have become. The page's own marks are no role `img`, and its own buttons are no mentions.
BECAME = "a, script, img, iframe, .mention, .emoji[role=img], b, i"


async def assert_literal(place: Locator, *texts: str) -> None:
    for text in texts:
        await expect(place).to_contain_text(text)
    assert await place.locator(BECAME).evaluate_all("found => found.map(each => each.outerHTML)") == []


async def test_nothing_becomes_a_link_a_mention_an_emoji_or_html(maya: Person, runs: Runs) -> None:
    root = await maya.replay(runs["hostile"].run_id, "FAILED at step 3")
    await assert_literal(root, "<script>alert(1)</script>", "<!channel>")
    analysis = await maya.analysis(root)
    await assert_literal(
        analysis,
        "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt; &amp; <b>bold</b>",
        "<!channel> <!here> <!everyone> <@U0BADBAD1> <#C0BADBAD1|general> <!subteam^S0BADBAD1>",
        "*bold* _italic_ ~gone~ `code` ```block``` > quote :fire: :rotating_light: <https://evil.example|click me>",
        "bidi⟨U+202E⟩esrever",
    )
    await assert_literal(
        analysis,
        "Timeline · 4 steps",
        "3 ✗ <script>alert(1)</script>",
        "*bold* _italic_",
        "evil Step 9: payments.refund success <!channel>",
    )


async def test_nothing_becomes_anything_in_the_modals_either(maya: Person, runs: Runs) -> None:
    analysis = await maya.analysis(await maya.replay(runs["hostile"].run_id, "FAILED at step 3"))
    await analysis.get_by_role("button", name="Step details").click()
    step = maya.dialog("Step details")
    await assert_literal(
        step,
        "https://evil.example/?q=1 javascript:alert(1) data:text/html,x",
        "<!channel> <!here>",
        "javascript:alert(document.cookie)",
        ":rotating_light:",
    )
    await step.get_by_role("button", name="Close", exact=True).click()
    await analysis.get_by_role("button", name="Full timeline").click()
    await assert_literal(maya.dialog("Full timeline"), "3 ✗ <script>alert(1)</script>", "*bold* _italic_", "<!channel>")


async def test_the_page_asks_this_machine_only(maya: Person, runs: Runs) -> None:
    root = await maya.replay(runs["hostile"].run_id, "FAILED at step 3")
    await (await maya.analysis(root)).get_by_role("button", name="Raw JSON").click()
    await expect(root.get_by_role("button", name="Last reply")).to_contain_text("3 replies")
    await expect(maya.thread.get_by_role("region", name="File run-")).to_be_visible()
    assert len(maya.watch.requests) > 5
    assert maya.watch.outside() == []
