"""Make the README's pictures: `.venv/bin/python docs/screenshot.py` writes them to `docs/images`.

It starts a playground of its own and walks the guided path of its page by clicks, a picture a step; then it fills in the root
cause and takes the incident's checklist and summary. Needs Chromium (`apt-get install chromium`).
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
from bot.playground.slack import INCIDENTS, MAYA

IMAGES = Path(__file__).parent / "images"
WIDTH, HEIGHT = 1240, 2400  # of the window: high enough for any one message
ROOT_CAUSE = {
    "Expected decision or tool": "payments.find_refund",
    "Explanation": "No rule asks for an earlier refund first.",
    "Remediation": "https://git.example.com/rules/pull/4",
}
NO_PANEL = "localStorage.setItem('examples-hidden', '1')"


async def make_screenshots(executable: str) -> None:
    """Start everything, walk the path, carry the incident on, and write the pictures."""
    with tempfile.TemporaryDirectory(prefix="ib-") as folder:
        async with open_playground(data_dir=Path(folder), sample_port=0) as url, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            )
            page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, timezone_id="UTC")
            await page.add_init_script(NO_PANEL)
            await page.goto(f"{url}/?user={MAYA}&channel={INCIDENTS}")
            await walk_the_path(page)
            await fill_in_the_root_cause(page)
            await take_checklist_and_summary(page)
            await browser.close()
    runs = SampleAionis().runs
    (IMAGES / "timeline.png").write_bytes(await two_lanes(runs["feed-failed"].run_id, runs["feed-extra-step"].run_id))
    say(f"wrote {', '.join(sorted(path.name for path in IMAGES.glob('*.png')))}")


async def walk_the_path(page: Page) -> None:
    """Take the five steps of the guided path, and a picture of what each of them shows."""
    main, dialog = page.get_by_role("main"), page.get_by_role("dialog")
    await step(page, 1)
    root = main.get_by_role("article").filter(has_text="FAILED at step 2")
    await expect(root).to_be_visible(timeout=20_000)
    await expect(root.get_by_role("button", name="Last reply")).to_contain_text("2 replies", timeout=20_000)
    await expect(root).to_contain_text("1 of 5 done", timeout=20_000)
    await picture(page, root, "path-1-replay.png")
    await root.get_by_role("button", name="Last reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    analysis = thread.get_by_role("article").filter(has_text="CRITICAL STEP")
    await expect(analysis).to_contain_text("Last good", timeout=20_000)
    await picture(page, analysis, "path-1-analysis.png")
    await step(page, 2)
    await expect(dialog).to_contain_text("payments.create_refund", timeout=20_000)
    await dialog.screenshot(path=IMAGES / "path-2-step.png")
    await close(dialog)
    await step(page, 3)
    await expect(root).to_contain_text("FIXED by", timeout=20_000)
    await picture(page, thread.get_by_role("article").filter(has_text="Comparison: FIXED"), "path-3-compare.png")
    await step(page, 4)
    await expect(dialog).to_contain_text("still open", timeout=20_000)
    await dialog.screenshot(path=IMAGES / "path-4-close.png")
    await close(dialog)
    await step(page, 5)
    bundle = thread.get_by_role("article").filter(has_text=".zip")
    await expect(bundle).to_have_count(2, timeout=20_000)
    await bundle.last.scroll_into_view_if_needed()
    file, hashed = await box(bundle.first), await box(bundle.last)
    height = hashed["y"] + hashed["height"] - file["y"]
    await page.screenshot(path=IMAGES / "path-5-export.png", clip={**file, "height": height})


async def step(page: Page, number: int) -> None:
    """Take a step of the guided path."""
    await page.get_by_role("region", name="Guided path").get_by_role("button", name=f"{number}. ").click()


async def close(dialog: Locator) -> None:
    """Close a dialog."""
    await dialog.get_by_role("button", name="Close dialog").click()
    await expect(dialog).to_have_count(0)


async def picture(page: Page, message: Locator, name: str) -> None:
    """Take a message with neither pointer nor focus on it, which would show its toolbar."""
    await page.mouse.move(0, 0)
    await page.get_by_role("main").get_by_role("textbox").focus()
    await message.screenshot(path=IMAGES / name)


async def fill_in_the_root_cause(page: Page) -> None:
    """Fill in the evidence table as Maya would."""
    thread = page.get_by_role("complementary", name="Thread")
    await thread.get_by_role("button", name="Root cause…").last.click()
    table = page.get_by_role("dialog", name="Root cause")
    for label, text in ROOT_CAUSE.items():
        await table.get_by_role("textbox", name=label).fill(text)
    for label, option in (("Cause", "rule gap"), ("Owner", "Jonas Weber")):
        await table.get_by_role("combobox", name=label).click()
        await page.get_by_role("option", name=option).click()
    await table.get_by_role("button", name="Save").click()
    await expect(table).to_have_count(0)


async def take_checklist_and_summary(page: Page) -> None:
    """Wait until the thread shows everything, and take both with neither pointer nor focus on them."""
    thread = page.get_by_role("complementary", name="Thread")
    for title, name in (("Checklist", "incident.png"), ("Summary", "summary.png")):
        message = thread.get_by_role("article").filter(has_text=f"{title} · INC-")
        await expect(message).to_contain_text("3 of 5 done", timeout=20_000)
        await page.mouse.move(0, 0)
        await thread.get_by_role("textbox").focus()
        await message.screenshot(path=IMAGES / name)


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


async def box(place: Locator) -> FloatRect:
    """Return where something is on the screen."""
    found = await place.bounding_box()
    if found is None:
        raise RuntimeError("the page does not show the incident")
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
