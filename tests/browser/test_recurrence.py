"""A failure comes by itself, is fixed and proved, and comes back: the whole way of an incident, at clicks on the page."""

from urllib.parse import urlsplit

from playwright.async_api import Locator, expect

from bot.playground.forge import LINK
from bot.playground.slack import INCIDENTS
from tests.browser.person import Person
from tests.browser.test_incident import button, checklist, choose


async def let_happen(person: Person, what: str) -> None:
    """Open what the page lets happen, and press one of it."""
    happenings = person.page.get_by_role("region", name="Let something happen")
    if not await happenings.is_visible():
        await person.page.get_by_role("button", name="Runs to try").click()
    await happenings.get_by_role("button", name=what, exact=True).click()
    await expect(happenings.get_by_role("status")).to_be_visible()
    await person.page.keyboard.press("Escape")


async def watch(person: Person) -> None:
    """Begin the watch, and wait until it has looked once."""
    await person.type("/replay watch")
    await expect(person.message("failures come here by themselves")).to_be_visible()
    for number in range(20):
        await person.type("/replay watch status")
        said = person.only_mine("every 1 s")
        await expect(said).to_have_count(number + 1)
        if "Looked at" in await said.last.inner_text():
            return
    raise AssertionError("the watch did not look")


async def fill_in_the_root_cause(person: Person) -> None:
    await checklist(person).get_by_role("button", name="Fill in root cause…").click()
    table = person.dialog("Root cause")
    await table.get_by_role("textbox", name="Expected decision or tool").fill("payments.find_refund")
    await choose(table, "Cause", "rule gap")
    await table.get_by_role("textbox", name="Explanation").fill("No rule asks for an earlier refund first.")
    await table.get_by_role("textbox", name="Remediation").fill("https://git.example.com/rules/pull/4")
    await choose(table, "Owner", "Jonas Weber")
    await table.get_by_role("button", name="Save").click()
    await expect(table).to_have_count(0)


async def assert_the_fix(person: Person) -> None:
    """Link the change that the playground's own forge says is merged."""
    page = urlsplit(person.page.url)
    await button(checklist(person), "Corrective change").click()
    proof = person.dialog("Mark done")
    await proof.get_by_role("textbox", name="Link").fill(f"{page.scheme}://{page.netloc}{LINK}")
    await choose(proof, "Owner", "Jonas Weber")
    await proof.get_by_role("button", name="Save").click()
    await expect(proof).to_have_count(0)


def root(person: Person) -> Locator:
    return person.message("FAILED at step 2, 2 of 4").first


async def test_from_the_first_failure_to_its_return(maya: Person) -> None:
    await maya.page.goto(f"{maya.page.url}&channel={INCIDENTS}")
    await watch(maya)
    await let_happen(maya, "The refund fails again")
    analysis = await maya.analysis(root(maya))
    await expect(analysis).to_contain_text("Last good: run")
    await expect(checklist(maya)).to_contain_text("2 of 5 done")  # an edit under way would take the button away
    await fill_in_the_root_cause(maya)
    await expect(checklist(maya)).to_contain_text("3 of 5 done")
    await assert_the_fix(maya)
    await expect(checklist(maya)).to_contain_text("merged as 5f1e0c9a7b3d")
    await maya.type("/replay reruns 2")
    for nth in (1, 2):
        await let_happen(maya, "The refund is run again")
        await expect(maya.reply("Reruns · INC-")).to_contain_text(f"{nth} of {nth} rerun")
    await maya.type("/replay gate")
    await expect(maya.reply("Gate of INC-")).to_contain_text("PASSED")
    await expect(root(maya)).to_contain_text("5 of 5, 5 verified")
    await expect(checklist(maya)).to_contain_text("started after the merge")
    await root(maya).get_by_role("button", name="Close…").click()
    await expect(root(maya)).to_contain_text("closed by")
    await let_happen(maya, "The refund fails again")
    await expect(maya.message("↩ INC-").first).to_contain_text("It was opened again")
    await expect(root(maya)).to_contain_text("has come back")
    await expect(checklist(maya)).to_contain_text("is still failing")
