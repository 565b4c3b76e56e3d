"""`report.html` in a browser: at a phone's width, on a laptop and printed, with words that never end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize

from bot.pictures.scene import timeline_scene
from bot.pictures.svg import to_svg
from bot.playground.aionis import SampleAionis
from bot.report.formats import to_html
from bot.report.parts import ReportPicture, Section, Table
from tests.browser.width import LAPTOP, PHONE, sticking_out
from tests.pictures.making import sample_diagnosis

UNBROKEN = "x" * 25_000
PAPER: ViewportSize = {"width": 680, "height": 960}  # A4 less its margins


@pytest_asyncio.fixture(loop_scope="session")
async def report(browser: Browser, tmp_path: Path) -> AsyncIterator[Page]:
    """Open a report in which everything is one long word, with a picture of 300 steps."""
    facts = tuple((f"Fact {number}", UNBROKEN) for number in range(3))
    entry = ("2", "2026-11-24 03:00:00 UTC", UNBROKEN, "item asserted", UNBROKEN)
    scene = timeline_scene(await sample_diagnosis(SampleAionis(), "three-hundred"))
    sections = [
        Section("What broke", (Table(("What broke", ""), facts),)),
        Section(f"Run {UNBROKEN}", (UNBROKEN, ReportPicture(to_svg(scene), scene.alt))),
        Section("Log", (Table(("Entry", "When", "Who", "What", "Values"), (entry, entry)),)),
    ]
    path = tmp_path / "report.html"
    path.write_text(to_html(f"Incident {UNBROKEN[:200]}", sections), encoding="utf-8")
    page = await browser.new_page()
    await page.goto(path.as_uri())
    yield page
    await page.close()


@pytest.mark.parametrize("window", [PHONE, LAPTOP], ids=["phone", "laptop"])
async def test_one_unbroken_word_does_not_widen_it(report: Page, window: ViewportSize) -> None:
    await report.set_viewport_size(window)
    assert await sticking_out(report) == []


async def test_on_a_phone_each_value_stands_below_its_column_s_name(report: Page) -> None:
    await report.set_viewport_size(PHONE)
    value = report.locator("td", has_text="item asserted").first
    name = await value.evaluate("cell => getComputedStyle(cell, '::before').content")
    box, row = await value.bounding_box(), await report.locator("tr", has=value).first.bounding_box()
    assert name == '"What"'
    assert box is not None
    assert row is not None
    assert box["width"] > row["width"] * 0.9


async def test_printed_it_fits_the_paper(report: Page) -> None:
    await report.emulate_media(media="print")
    await report.set_viewport_size(PAPER)
    assert await sticking_out(report) == []
    assert (await report.pdf(prefer_css_page_size=True)).startswith(b"%PDF")
