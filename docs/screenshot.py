"""Make the README's pictures: `.venv/bin/python docs/screenshot.py` writes them to `docs/images`.

It starts a playground of its own, replays the sample's failed refund, carries the incident on and compares with the rerun, and
takes what a colleague of the person who does that sees. Needs Chromium (`apt-get install chromium`).
"""

import asyncio
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import FloatRect, Locator, Page, async_playwright, expect

from bot.aionis import Aionis, AionisTransport
from bot.config.settings import load_settings
from bot.investigation.run import investigate
from bot.pictures.png import to_png
from bot.pictures.scene import comparison_scene
from bot.playground.aionis import SampleAionis, serve
from bot.playground.bundle import ensure_bundle
from bot.playground.run import open_playground, say
from bot.playground.slack import INCIDENTS, JONAS, MAYA

IMAGES = Path(__file__).parent / "images"
WIDTH = 1200
SIDE_BAR = 240  # not in the picture; as wide as the page makes it
ROOT_CAUSE = {
    "Expected decision or tool": "payments.find_refund",
    "Explanation": "No rule asks for an earlier refund first.",
    "Remediation": "https://git.example.com/rules/pull/4",
}
HEIGHT = 1600  # enough for everything to be on the screen at once


async def make_screenshots(executable: str) -> None:
    """Start everything, replay, carry the incident on, compare, and write the pictures."""
    runs = SampleAionis().runs
    failed, rerun = runs["refund-failed"].run_id, runs["refund-rerun"].run_id
    with tempfile.TemporaryDirectory(prefix="ib-") as folder:
        async with open_playground(data_dir=Path(folder), sample_port=0) as url, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            )
            page = await browser.new_page(viewport={"width": SIDE_BAR + WIDTH, "height": HEIGHT}, timezone_id="UTC")
            await page.goto(f"{url}/?user={JONAS}&channel={INCIDENTS}")
            await typed(page, url, f"/replay {failed}")
            await page.screenshot(path=IMAGES / "replay.png", clip=await replay_with_thread(page))
            await page.set_viewport_size({"width": SIDE_BAR + WIDTH, "height": HEIGHT})
            await fill_in_the_root_cause(page)
            await typed(page, url, f"/replay compare {failed} {rerun}")
            compared = page.get_by_role("main").get_by_role("article").filter(has_text="Comparison: FIXED")
            await compared.screenshot(path=IMAGES / "comparison.png")
            await page.screenshot(path=IMAGES / "incident.png", clip=await thread_from_the_checklist(page))
            await browser.close()
    (IMAGES / "timeline.png").write_bytes(await two_lanes(runs["feed-failed"].run_id, runs["feed-extra-step"].run_id))
    say(f"wrote {', '.join(sorted(path.name for path in IMAGES.glob('*.png')))}")


async def typed(page: Page, url: str, text: str) -> None:
    """Have Maya type a line."""
    await page.request.post(f"{url}/page/message", data={"user": MAYA, "channel": INCIDENTS, "text": text})


async def fill_in_the_root_cause(page: Page) -> None:
    """Fill in the evidence table as Jonas would."""
    thread = page.get_by_role("complementary", name="Thread")
    await thread.get_by_role("button", name="Fill in root cause…").click()
    table = page.get_by_role("dialog", name="Root cause")
    for label, text in ROOT_CAUSE.items():
        await table.get_by_role("textbox", name=label).fill(text)
    for label, option in (("Cause", "rule gap"), ("Owner", "Jonas Weber")):
        await table.get_by_role("combobox", name=label).click()
        await page.get_by_role("option", name=option).click()
    await table.get_by_role("button", name="Save").click()
    await expect(table).to_have_count(0)


async def thread_from_the_checklist(page: Page) -> FloatRect:
    """Wait until the thread shows everything, make the window high enough, and return where it is from the checklist on."""
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("article").filter(has_text="Checklist · INC-")).to_contain_text("3 of 5 done")
    summary = thread.get_by_role("article").filter(has_text="Summary · INC-")
    await expect(summary).to_contain_text("3 of 5 done", timeout=20_000)
    await page.set_viewport_size({"width": SIDE_BAR + WIDTH, "height": 3 * HEIGHT})
    await page.mouse.move(0, 0)
    await page.wait_for_timeout(500)  # the pane follows the window's size
    first = await box(thread.get_by_role("article").filter(has_text="Checklist · INC-"))
    last = await box(thread.get_by_role("article").filter(has_text="Root cause · INC-"))
    pane = await box(thread)
    return {"x": pane["x"], "y": first["y"], "width": pane["width"], "height": last["y"] + last["height"] - first["y"]}


async def two_lanes(failing: str, rerun: str) -> bytes:
    """Return the picture of two runs of the sample, as the bot draws it."""
    aionis = SampleAionis()
    async with serve(aionis) as url:
        settings = load_settings(aionis_base_url=url, aionis_scope="support")
        transport = AionisTransport.from_settings(settings)
        view = Aionis(transport, settings.tenancy, settings.consumer, deadline_seconds=20)
        now, silence = datetime.now(UTC), timedelta(minutes=15)
        pair = [await investigate(view, run_id, now=now, stalled_after=silence) for run_id in (failing, rerun)]
        await transport.aclose()
    return to_png(comparison_scene(*(found.diagnosis for found in pair)))


async def replay_with_thread(page: Page) -> FloatRect:
    """Open the thread of the replay, make the window as high as the message, and return where both are."""
    channel, thread = page.get_by_role("main"), page.get_by_role("complementary", name="Thread")
    await channel.get_by_role("button", name="Last reply").click()
    await expect(thread.get_by_role("article").filter(has_text="Timeline · 2 steps")).to_be_visible()
    # Neither pointer nor focus on the message, which would show its toolbar.
    await page.mouse.move(0, 0)
    await thread.get_by_role("textbox").focus()
    row = await box(channel.get_by_role("listitem").first)
    above = row["y"] - (await box(channel.get_by_role("log")))["y"]
    await page.set_viewport_size({"width": SIDE_BAR + WIDTH, "height": round(HEIGHT - above)})
    top, messages = await box(channel), await box(channel.get_by_role("log"))
    return {"x": SIDE_BAR, "y": top["y"], "width": WIDTH, "height": messages["y"] + messages["height"] - top["y"]}


async def box(place: Locator) -> FloatRect:
    """Return where something is on the screen."""
    found = await place.bounding_box()
    if found is None:
        raise RuntimeError("the page does not show the replay")
    return found


def main() -> None:
    """Run as a script."""
    executable = shutil.which("chromium")
    if executable is None:
        sys.exit("There is no Chromium on this machine: apt-get install chromium")
    ensure_bundle(say)
    IMAGES.mkdir(exist_ok=True)
    asyncio.run(make_screenshots(executable))


if __name__ == "__main__":
    main()
