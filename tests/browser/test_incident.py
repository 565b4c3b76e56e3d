"""One incident from the failed run to the close, in real browsers: two people, and a bot and a Valkey that are killed midway."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from bot.app import EVENTS_PATH
from bot.domain.bundle.archive import problems_of
from bot.playground import slack as local
from bot.playground.aionis import SampleAionis, SampleRun
from bot.playground.aionis import serve as serve_aionis
from bot.playground.guide import examples_route
from bot.playground.slack import JONAS, MAYA, LocalSlack
from tests.browser.conftest import person_at
from tests.browser.person import Person, in_order
from tests.conftest import make_slack
from tests.scenarios.processes import BotProcess, environment, free_port, is_ready, process
from tests.scenarios.test_durability import until

WRONG = "commit 3d1868e2-e6d3-4f69-952e-61f53ef2ef31"
PULL = "https://git.example.com/agents/pull/17"
ALERT = "https://monitor.example.com/alerts/refund-409"


@asynccontextmanager
async def workplace(folder: Path) -> AsyncIterator[tuple[LocalSlack, BotProcess, int, Path]]:
    """Serve Slack and Aionis here, and the bot with its Valkey as processes that can be killed."""
    slack, aionis, port, data = make_slack(), SampleAionis(), free_port(), folder / "data"
    async with local.serve(slack, routes=[examples_route()]), serve_aionis(aionis):
        given = environment(slack, aionis.base_url, data, port, SUMMARY_MIN_SECONDS="1")
        slack.request_url = f"http://127.0.0.1:{port}{EVENTS_PATH}"
        async with process("serve", given) as bot:
            await until(lambda: is_ready(port))
            yield slack, bot, port, data


async def test_from_a_failed_run_to_a_closed_incident(
    browser: Browser, built_page: None, runs: dict[str, SampleRun], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with AsyncExitStack() as stack:
        slack, bot, port, data = await stack.enter_async_context(workplace(tmp_path))
        people = [
            await stack.enter_async_context(person_at(browser, slack.base_url, user, request.node))
            for user in (MAYA, JONAS)
        ]
        maya, jonas = people
        root = await maya.replay(runs["refund-failed"].run_id, "FAILED at step 2, 2 of 4")
        for person, message in ((maya, root), (jonas, jonas.message("FAILED at step 2, 2 of 4"))):
            await person.open_thread(message)
            await expect(checklist(person)).to_contain_text("1 of 5 done")
        await fill_in_the_root_cause(maya)
        await expect(checklist(jonas)).to_contain_text("2 of 5 done")
        await click_at_the_same_time(maya, jonas)
        await kill_everything(bot, data)
        bot.start()
        await until(lambda: is_ready(port))
        await expect(checklist(jonas)).to_contain_text("3 of 5 done")
        await assert_the_corrective_change(jonas)
        await expect(checklist(maya)).to_contain_text("4 of 5 done")
        await close_blocked_then_fixed(maya, runs["refund-rerun"].run_id)
        for person in people:
            await expect(checklist(person)).to_contain_text("closed · 5 of 5 done")
            await expect(checklist(person).get_by_role("button", name="Mark done")).to_have_count(0)
            await in_order(person.message("closed by"), "closed by", "FIXED by", "5 of 5 done")
            await expect(person.message("closed after")).to_contain_text("FIXED by")
            await in_order(summary(person), "closed · 5 of 5 done", "rule gap", "People")
        await export_and_verify(maya, tmp_path)


def checklist(person: Person) -> Locator:
    return person.reply("Checklist · INC-")


def summary(person: Person) -> Locator:
    return person.reply("Summary · INC-")


def button(place: Locator, title: str) -> Locator:
    """Return the button beside an item, in the checklist or in the modal of what blocks."""
    return place.locator(".block").filter(has_text=title).get_by_role("button")


async def choose(place: Locator, label: str, option: str) -> None:
    """Choose an option of a menu in a modal, which opens beside it."""
    await place.get_by_role("combobox", name=label).click()
    await place.page.get_by_role("option", name=option).click()


async def fill_in_the_root_cause(person: Person) -> None:
    """Fill in the table with one wrong id first, which is named beside its field."""
    await checklist(person).get_by_role("button", name="Fill in root cause…").click()
    table = person.dialog("Root cause")
    await expect(table.get_by_role("textbox", name="Selected tool")).to_have_value("payments.create_refund")
    await table.get_by_role("textbox", name="Expected decision or tool").fill("payments.find_refund")
    await choose(table, "Cause", "rule gap")
    await table.get_by_role("textbox", name="Explanation").fill("No rule asks for an earlier refund first.")
    await table.get_by_role("textbox", name="Remediation").fill("https://git.example.com/rules/pull/4")
    await choose(table, "Owner", "Jonas Weber")
    await table.get_by_role("textbox", name="Commit").fill(WRONG)
    await table.get_by_role("button", name="Save").click()
    await expect(table.locator(".block").filter(has=person.page.get_by_role("textbox", name="Commit"))).to_contain_text(
        "Aionis has no commit"
    )
    await table.get_by_role("textbox", name="Commit").fill("")
    await table.get_by_role("button", name="Save").click()
    await expect(table).to_have_count(0)
    await in_order(summary(person), "Root cause of INC-", "complete", "payments.find_refund", "rule gap", "Edition 1")


async def click_at_the_same_time(maya: Person, jonas: Person) -> None:
    """Let both mark the same item done: one does, the other is told who was first."""
    for person, link in ((maya, ALERT), (jonas, "https://monitor.example.com/alerts/other")):
        await button(checklist(person), "Follow-up monitor").click()
        await person.dialog("Mark done").get_by_role("textbox", name="Link").fill(link)
    saves = [person.dialog("Mark done").get_by_role("button", name="Save") for person in (maya, jonas)]
    await asyncio.gather(*(save.click() for save in saves))
    for person in (maya, jonas):
        await expect(person.dialog("Mark done")).to_have_count(0)
        await expect(checklist(person)).to_contain_text("3 of 5 done")
    told = [
        asyncio.ensure_future(expect(person.page.get_by_text("Already done by").first).to_be_visible())
        for person in (maya, jonas)
    ]
    await asyncio.wait(told, return_when=asyncio.FIRST_COMPLETED)
    assert [await person.page.get_by_text("Already done by").count() for person in (maya, jonas)].count(0) == 1
    for one in told:
        one.cancel()
    await asyncio.gather(*told, return_exceptions=True)


async def kill_everything(bot: BotProcess, data: Path) -> None:
    """Kill the bot, and the Valkey that it started, as hard as can be."""
    valkey = int((data / "valkey.log").read_text(encoding="utf-8").rsplit("\n", 2)[-2].split(":", 1)[0])
    bot.kill()
    os.kill(valkey, signal.SIGKILL)


async def assert_the_corrective_change(person: Person) -> None:
    await button(checklist(person), "Corrective change").click()
    modal = person.dialog("Mark done")
    await modal.get_by_role("textbox", name="Link").fill(PULL)
    await choose(modal, "Owner", "Maya Chen")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal).to_have_count(0)


async def close_blocked_then_fixed(person: Person, rerun: str) -> None:
    """Try to close, see what blocks, mend it from there, and close."""
    await checklist(person).get_by_role("button", name="Close incident").click()
    blocked = person.dialog("Close incident")
    await expect(blocked).to_contain_text("1 item of the checklist still open")
    await button(blocked, "Fix verified by a rerun").click()
    which = person.dialog("Compare with a rerun")
    await which.locator(".block").filter(has_text=rerun[:8]).get_by_role("button", name="Compare").click()
    await expect(which).to_contain_text("the result comes as a message in the thread")
    await person.page.keyboard.press("Escape")
    await person.page.keyboard.press("Escape")
    await expect(person.reply("Comparison: FIXED")).to_have_count(
        1
    )  # the checklist says that a comparison proves it, too
    await expect(checklist(person)).to_contain_text("5 of 5 done")
    await checklist(person).get_by_role("button", name="Close incident").click()


async def export_and_verify(person: Person, folder: Path) -> None:
    """Download the bundle, check it, change one byte, and be told which file it is in."""
    await checklist(person).get_by_role("button", name="Export evidence").click()
    file = person.thread.get_by_role("region", name="File INC-")
    async with person.page.expect_download() as download:
        await file.get_by_role("link", name="Download").click()
    saved = folder / "evidence.zip"
    await (await download.value).save_as(saved)
    content = bytearray(saved.read_bytes())
    assert problems_of(bytes(content)) == []
    content[content.index(b"<h1>Incident")] ^= 1
    assert problems_of(bytes(content)) == ["report.html was altered."]
