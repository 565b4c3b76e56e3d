"""Make the README's picture: `.venv/bin/python docs/screenshot.py` writes `docs/images/replay.png`.

It starts a playground of its own, replays the sample's failed refund and takes the message with its thread, as a colleague of
the person who asked sees them. Needs Chromium (`apt-get install chromium`).
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import FloatRect, Locator, Page, async_playwright, expect

from bot.playground.aionis import SampleAionis
from bot.playground.bundle import ensure_bundle
from bot.playground.run import open_playground, say
from bot.playground.slack import INCIDENTS, JONAS, MAYA

TARGET = Path(__file__).parent / "images" / "replay.png"
WIDTH = 1200
SIDE_BAR = 240  # not in the picture; as wide as the page makes it
HEIGHT = 1600  # enough for everything to be on the screen at once


async def make_screenshot(executable: str) -> None:
    """Start everything, replay, and write the picture."""
    run_id = SampleAionis().runs["refund-failed"].run_id
    with tempfile.TemporaryDirectory(prefix="ib-") as folder:
        async with open_playground(data_dir=Path(folder), sample_port=0) as url, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            )
            page = await browser.new_page(viewport={"width": SIDE_BAR + WIDTH, "height": HEIGHT}, timezone_id="UTC")
            await page.goto(f"{url}/?user={JONAS}&channel={INCIDENTS}")
            asked = {"user": MAYA, "channel": INCIDENTS, "text": f"/replay {run_id}"}
            await page.request.post(f"{url}/page/message", data=asked)
            await page.screenshot(path=TARGET, clip=await replay_with_thread(page))
            await browser.close()
    say(f"wrote {TARGET}")


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
    TARGET.parent.mkdir(exist_ok=True)
    asyncio.run(make_screenshot(executable))


if __name__ == "__main__":
    main()
