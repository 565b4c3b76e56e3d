"""The page at a phone's width: everything can be reached, and nothing scrolls sideways but tables in their own box."""

import re
import secrets
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.config.manifest import load_manifest
from bot.playground.aionis import SampleRun
from bot.playground.guide import examples_route
from bot.playground.slack import JONAS, MAYA, LocalSlack, serve
from tests.browser.conftest import person_at
from tests.browser.person import Person
from tests.browser.width import PHONE, sticking_out

Runs = dict[str, SampleRun]
FAILED = "FAILED at step 2, 2 of 4"


@pytest_asyncio.fixture(loop_scope="session")
async def phone(maya: Person) -> Person:
    """Open the page on a phone."""
    await maya.page.set_viewport_size(PHONE)
    return maya


async def fits(person: Person) -> None:
    assert await sticking_out(person.page) == []


async def test_channels_people_and_suggestions(phone: Person) -> None:
    channels = phone.page.get_by_role("button", name="Channels", exact=True)
    await channels.click()
    await fits(phone)
    await phone.go("random")
    await expect(phone.page.get_by_role("navigation")).to_be_hidden()
    await phone.composer.fill("/re")
    await expect(phone.suggestions).to_be_visible()
    await fits(phone)
    await phone.composer.fill("")
    await phone.page.get_by_role("button", name="Switch person").click()
    await expect(phone.page.get_by_role("menu", name="People")).to_be_visible()
    await fits(phone)
    await phone.page.get_by_role("menuitemradio", name="Jonas").click()
    await expect(phone.page).to_have_url(re.compile(JONAS))
    await channels.click()
    await phone.page.get_by_role("navigation").get_by_role("button", name="Aionis Incident Bot").click()
    await expect(phone.page.get_by_role("main")).to_contain_text("Open incidents")
    await fits(phone)


async def test_a_replay_its_thread_and_its_modals(phone: Person, runs: Runs) -> None:
    root = await phone.replay(runs["refund-failed"].run_id, FAILED)
    await fits(phone)
    await phone.open_thread(root)
    await expect(phone.reply("CRITICAL STEP")).to_be_visible()
    root_cause = phone.thread.get_by_role("button", name="Root cause…").last
    await expect(root_cause).to_be_visible()
    await fits(phone)
    await root_cause.click()
    form = phone.dialog("Root cause")
    await expect(form.get_by_role("textbox").first).to_be_focused()
    await fits(phone)
    await phone.page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    await phone.thread.get_by_role("button", name="Close thread").click()
    await expect(phone.thread).to_have_count(0)
    await phone.type(f"/replay compare {runs['refund-failed'].run_id} {runs['refund-rerun'].run_id}")
    await expect(phone.only_mine("Comparison: FIXED")).to_contain_text("in the thread of")
    await expect(root).to_contain_text("FIXED by")
    await fits(phone)
    await phone.open_thread(root)
    await expect(phone.reply("Comparison: FIXED")).to_be_visible()
    await fits(phone)


async def test_hostile_text_stays_within_the_window(phone: Person, runs: Runs) -> None:
    root = await phone.replay(runs["hostile"].run_id, "FAILED at step 3")
    await fits(phone)
    await phone.analysis(root)
    await fits(phone)


async def test_the_word_that_the_server_is_gone(
    browser: Browser, built_page: None, request: pytest.FixtureRequest
) -> None:
    slack = LocalSlack(
        manifest=load_manifest(), signing_secret=secrets.token_hex(16), bot_token="any bot", app_token="any app"
    )
    async with AsyncExitStack() as visits, AsyncExitStack() as serving:
        url = await serving.enter_async_context(serve(slack, routes=[examples_route()]))
        phone = await visits.enter_async_context(person_at(browser, url, MAYA, request.node))
        # Whatever it asks while the server goes, the examples of its first look, too.
        phone.watch.refusals += ["/page/state", "/page/events", "/page/examples"]
        await phone.page.set_viewport_size(PHONE)
        await expect(phone.composer).to_be_visible()
        await serving.aclose()
        await expect(phone.page.get_by_role("alert")).to_contain_text("Trying again")
        await fits(phone)
