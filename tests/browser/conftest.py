"""The whole playground, a browser, and people at its page."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NoReturn

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from bot.domain.access.tenancy import Tenancy
from bot.playground import aionis as sample
from bot.playground import slack as local
from bot.playground.aionis import SampleAionis, SampleRun
from bot.playground.bundle import NO_NODE, BundleError, ensure_bundle
from bot.playground.run import SAMPLE_SCOPE, open_playground
from bot.playground.slack import MAYA
from bot.store.embedded import EmbeddedValkey
from tests.browser.person import Arrive, Person, Watch
from tests.conftest import PATIENCE, note_read_back, patient
from tests.sample import sample_aionis

NO_CHROMIUM = "no Chromium on this machine (apt-get install chromium)"
ARGUMENTS = (
    "--no-sandbox",  # containers of CI have no user namespaces
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = PATIENCE * 1_000  # how long anything may take to appear; both cores may be busy with other things
SCREENSHOTS = Path("test-results") / "browser"  # of failed tests, below the project's root

HERE = Path(__file__).parent
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and run them in the loop that the browser lives in."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember a failure, for the screenshot."""
    item.stash[FAILED] = item.stash.get(FAILED, False) or call.excinfo is not None
    return (yield)


def missing(what: str) -> NoReturn:
    """Skip, or fail where CI promises a browser."""
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail(f"REQUIRE_BROWSER is set, but: {what}")
    pytest.skip(what)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the browser's executable."""
    return shutil.which("chromium") or missing(NO_CHROMIUM)


@pytest.fixture(scope="session")
def built_page() -> None:
    """Build the page if need be; the first of several test processes does it, the others wait."""
    try:
        ensure_bundle(lambda _: None)
    except BundleError as error:
        if str(error) != NO_NODE:
            raise
        missing(NO_NODE)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Run one browser for this test process; every person has a context of their own in it."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS, timeout=PATIENCE_MS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def playground(
    built_page: None, valkey: EmbeddedValkey, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """Run a playground of one's own; yields the page's URL. Its bot finds the Valkey of this test process running."""
    monkeypatch.setattr(sample, "SampleAionis", sample_aionis)
    make = local.LocalSlack
    monkeypatch.setattr(local, "LocalSlack", lambda **given: patient(make(**given)))
    note_read_back(redis_url, Tenancy("default", SAMPLE_SCOPE))
    async with open_playground(data_dir=valkey.socket.parent, sample_port=0) as url:
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def arrive(browser: Browser, playground: str, request: pytest.FixtureRequest) -> AsyncIterator[Arrive]:
    """Let people open the page, each in a browser context of their own, and watch what it does meanwhile."""
    async with AsyncExitStack() as stack:

        async def arriving(user: str = MAYA) -> Person:
            return await stack.enter_async_context(person_at(browser, playground, user, request.node))

        yield arriving


@pytest_asyncio.fixture(loop_scope="session")
async def maya(arrive: Arrive) -> Person:
    """Open the page as Maya, who is on call."""
    return await arrive(MAYA)


@pytest.fixture(scope="session")
def runs() -> dict[str, SampleRun]:
    """Return the sample's runs by name: their ids are the same in every process."""
    return SampleAionis().runs


@asynccontextmanager
async def person_at(browser: Browser, url: str, user: str, test: pytest.Item) -> AsyncIterator[Person]:
    """Open the page in a context of its own. At the end: nothing was asked of another machine, nothing went wrong."""
    context = await browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(PATIENCE_MS)
    watch = Watch()
    context.on("request", watch.on_request)
    context.on("console", watch.on_console)
    context.on("weberror", lambda error: watch.on_crash(error.error))
    context.on("dialog", watch.on_dialog)
    page = await context.new_page()
    try:
        await page.goto(f"{url}/?user={user}")
        yield Person(page, watch)
        if test.stash.get(FAILED, False):
            await page.screenshot(path=test.config.rootpath / SCREENSHOTS / f"{test.name}-{user}.png")
    finally:
        await context.close()
    assert watch.outside() == [], "the page asked another machine"
    assert watch.errors == [], "the page's console has errors"
