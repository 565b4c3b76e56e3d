"""One person at the page: what they look at and what they do, by the names that screen readers say, too."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import ConsoleMessage, Dialog, Locator, Page, Request, expect


@dataclass
class Watch:
    """Everything that a browser did beside what was looked at. `refusals` are calls that a test expects to be refused."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def on_request(self, request: Request) -> None:
        self.requests.append(request.url)

    def on_console(self, message: ConsoleMessage) -> None:
        path = urlsplit(message.location["url"]).path
        if message.type in {"error", "warning"} and path not in self.refusals:
            self.errors.append(f"{message.text} ({path})")

    def on_crash(self, error: Exception) -> None:
        self.errors.append(str(error))

    async def on_dialog(self, dialog: Dialog) -> None:
        self.errors.append(f"a script opened a window: {dialog.message}")
        await dialog.dismiss()

    def outside(self) -> list[str]:
        """Return the requests that went anywhere but to this machine."""
        return [url for url in self.requests if urlsplit(url).hostname != "127.0.0.1"]


class Person:
    """A browser window with a signed-in person, looking at a channel (`#incidents` at first)."""

    def __init__(self, page: Page, watch: Watch) -> None:
        self.page = page
        self.watch = watch
        self.channel = page.get_by_role("main")
        self.thread = page.get_by_role("complementary", name="Thread")
        self.composer = self.channel.get_by_role("textbox")
        self.suggestions = page.get_by_role("listbox", name="Suggestions")

    async def go(self, channel: str) -> None:
        """Open a channel by its name in the side bar."""
        await self.page.get_by_role("navigation").get_by_role("button", name=channel).click()
        await expect(self.page.get_by_role("main", name=f"#{channel}")).to_be_visible()

    async def type(self, text: str) -> None:
        """Type a line into the channel's composer and send it."""
        await send(self.composer, text)

    async def answer(self, text: str) -> None:
        """Type a line into the open thread and send it."""
        await send(self.thread.get_by_role("textbox"), text)

    def message(self, text: str) -> Locator:
        """Return the messages of the channel, thread replies not included, that show a text."""
        return containing(self.channel, text)

    def reply(self, text: str) -> Locator:
        """Return the messages of the open thread that show a text."""
        return containing(self.thread, text)

    def only_mine(self, text: str) -> Locator:
        """Return the messages of the channel that show a text and are marked as seen by this person alone."""
        return self.message(text).filter(has_text="Only visible to you")

    def dialog(self, title: str) -> Locator:
        """Return the modal of this title."""
        return self.page.get_by_role("dialog", name=title)

    async def replay(self, run_id: str, shows: str) -> Locator:
        """Type `/replay` and return the message that shows a text."""
        await self.type(f"/replay {run_id}")
        root = self.message(shows)
        await expect(root).to_be_visible()
        return root

    async def open_thread(self, root: Locator) -> None:
        """Open a message's thread by its line "3 replies"."""
        await root.get_by_role("button", name="Last reply").click()
        await expect(self.thread).to_be_visible()

    async def analysis(self, root: Locator) -> Locator:
        """Open the thread of an incident's root and return the analysis of its first run."""
        await self.open_thread(root)
        analysis = self.reply("CRITICAL STEP").first
        await expect(analysis).to_be_visible()
        return analysis

    async def choose_in_menu(self, message: Locator, item: str) -> None:
        """Choose from the menu that appears while the pointer is on a message."""
        await message.hover()
        await message.get_by_role("button", name="More actions").click()
        await self.page.get_by_role("menuitem", name=item).click()


Arrive = Callable[..., Awaitable[Person]]  # given a user id, Maya's without: opens the page as that person


def containing(place: Locator, text: str) -> Locator:
    """Return the messages in a place that show a text."""
    return place.get_by_role("article").filter(has_text=text)


async def send(composer: Locator, text: str) -> None:
    """Type a line and send it; the composer is empty again when it is on its way."""
    await composer.fill(text)
    await composer.press("Enter")


async def in_order(place: Locator, *texts: str) -> None:
    """Expect texts in a place, one after another, however they are broken into lines."""
    pieces = [re.escape(text).replace(r"\ ", r"\s+") for text in texts]
    await expect(place).to_contain_text(re.compile(r"[\s\S]*?".join(pieces)), use_inner_text=True)
