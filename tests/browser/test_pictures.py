"""Pictures in a browser: nothing is cut at an edge, whatever font the machine takes for its sans-serif."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from bot.pictures.scene import comparison_scene, timeline_scene
from bot.pictures.shapes import Scene
from bot.pictures.svg import to_svg
from bot.playground.aionis import SampleAionis, SampleRun
from tests.browser.conftest import ARGUMENTS
from tests.browser.person import Person
from tests.browser.width import LAPTOP, PHONE
from tests.pictures.making import Told, run_of, sample_diagnosis

RUNS = ("refund-failed", "three-hundred", "stalled", "hostile", "unbroken-goal", "odd-shapes")
ODD = "支付 ﷽ ⸻ ✈ ☎ 🔥 text"
# As where an emoji font comes first: the generic families give blanks and digits that are far wider than a text font's.
WIDE_GENERIC = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><cachedir>{cache}</cachedir>
<match target="pattern"><test name="family"><string>sans-serif</string></test>
<edit name="family" mode="prepend" binding="strong"><string>DejaVu Sans Mono</string></edit></match></fontconfig>"""
MEASURED = """() => [...document.querySelectorAll("svg text")].map((text) => {
  const box = text.getBBox(), words = text.textContent, at = words.indexOf(" ")
  const blank = at < 0 ? 0 : text.getSubStringLength(at, 1) / parseFloat(text.getAttribute("font-size"))
  return { words, left: box.x, right: box.x + box.width, blank }
})"""


async def scenes() -> list[Scene]:
    world = SampleAionis()
    read = {name: await sample_diagnosis(world, name) for name in (*RUNS, "refund-rerun")}
    odd = run_of(Told(ODD, "failed", 0, 9), Told(ODD * 5, "success", 9.9, 10), end=100)
    return [
        *(timeline_scene(read[name]) for name in RUNS),
        timeline_scene(odd),
        comparison_scene(read["refund-failed"], read["refund-rerun"]),
        comparison_scene(odd, read["hostile"]),
    ]


@pytest_asyncio.fixture(loop_scope="session", params=["this machine's fonts", "a wide generic font"])
async def page(request: pytest.FixtureRequest, chromium: str, tmp_path: Path) -> AsyncIterator[Page]:
    """Open a page in a browser of its own, with the machine's fonts or with others behind the generic names."""
    environment = dict(os.environ)
    if request.param == "a wide generic font":
        config = tmp_path / "fonts.conf"
        config.write_text(WIDE_GENERIC.format(cache=tmp_path / "cache"), encoding="utf-8")
        environment["FONTCONFIG_FILE"] = str(config)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS, env={**environment})
        yield await browser.new_page()
        await browser.close()


async def test_no_word_is_cut_and_no_blank_is_wide(page: Page) -> None:
    drawn = await scenes()
    await page.set_content("".join(map(to_svg, drawn)))
    texts = await page.evaluate(MEASURED)
    assert len(texts) > 50
    assert [text for text in texts if text["left"] < 0 or text["right"] > drawn[0].width] == []
    assert [text for text in texts if text["blank"] > 0.4] == []


async def test_a_generic_name_alone_would_give_wide_blanks(page: Page, request: pytest.FixtureRequest) -> None:
    await page.set_content("<svg><text x='0' y='20' font-size='20' font-family='sans-serif'>a b</text></svg>")
    (text,) = await page.evaluate(MEASURED)
    assert (text["blank"] > 0.4) == ("wide" in request.node.callspec.id)


@pytest.mark.parametrize("window", [PHONE, LAPTOP], ids=["phone", "laptop"])
async def test_a_picture_in_a_thread_is_seen_whole(
    maya: Person, runs: dict[str, SampleRun], window: dict[str, int]
) -> None:
    await maya.page.set_viewport_size({"width": window["width"], "height": window["height"]})
    root = await maya.replay(runs["three-hundred"].run_id, "FAILED at step 212")
    await maya.open_thread(root)
    picture = maya.thread.locator("img").last
    await expect(picture).to_be_visible()
    size = await picture.evaluate(
        "async (image) => { await image.decode(); const box = image.getBoundingClientRect(), pane = image.closest('article')"
        ".getBoundingClientRect(), frame = image.parentElement.parentElement.getBoundingClientRect();"
        " return { ratio: box.width / box.height, natural: image.naturalWidth / image.naturalHeight,"
        " over: Math.max(box.right - frame.right, box.right - pane.right) } }"
    )
    assert size["over"] <= 0
    assert size["ratio"] == pytest.approx(size["natural"], rel=0.02)
