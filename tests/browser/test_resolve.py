"""`/resolve`: the cards, and the buttons that walk from record to record in the card's thread."""

from playwright.async_api import expect

from bot.playground.aionis import SampleRun
from tests.browser.person import Person, in_order

Runs = dict[str, SampleRun]


async def test_a_decision_leads_to_its_run_and_its_rule(maya: Person, runs: Runs) -> None:
    await maya.type(f"/resolve {runs['refund-failed'].decision_uris[0]}")
    card = maya.message("Decision · payments.create_refund")
    await in_order(
        card,
        "Decision · payments.create_refund",
        "Selected tool payments.create_refund",
        "Candidates",
        "← selected",
        "tickets.escalate",
        "Rules",
        "Refunds go through the payments API",
        "Hashes (SHA-256)",
        runs["refund-failed"].decision_uris[0],
    )
    await card.get_by_role("button", name="Replay run").click()
    await expect(card.get_by_role("button", name="Last reply")).to_contain_text("3 replies")
    await maya.open_thread(card)
    await expect(maya.reply("Run FAILED at step 2").filter(has_text="nobody is on it yet")).to_be_visible()
    await expect(maya.reply("CRITICAL STEP")).to_contain_text("Timeline · 2 steps")

    await card.get_by_role("button", name="Rule: Refunds go through the payments API").click()
    rule = maya.reply("Rule · Refunds go through the payments API")
    await expect(rule).to_contain_text("prefer payments.create_refund; voiding is only for uncaptured charges")
    await expect(card.get_by_role("button", name="Last reply")).to_contain_text("4 replies")
    await expect(maya.message("Run FAILED at step 2")).to_have_count(0)


async def test_a_commit_in_the_tutorials_form_leads_to_its_node_and_from_there_to_the_run(
    maya: Person, runs: Runs
) -> None:
    commit_id = runs["refund-failed"].commit_uris[0].rsplit("/", 1)[-1]
    await maya.type(f"/resolve memory://commit/{commit_id}")
    await expect(maya.only_mine("Resolving")).to_contain_text(f"commit {commit_id}")
    card = maya.message(f"Commit {commit_id[:8]}").filter(has_text="Hashes")
    await in_order(card, f"Commit {commit_id[:8]}", "Actor", "Changes", "nodes", "Hashes (SHA-256)")

    nodes = card.locator(".block-actions").get_by_role("button")
    node = nodes.filter(has_not_text="commit").first
    title = await node.inner_text()
    await node.click()
    await maya.open_thread(card)
    reached = maya.reply(f"· {title}").filter(has_text="Slots")
    await expect(reached).to_be_visible()
    await reached.get_by_role("button", name="Replay run").click()
    await expect(maya.reply("CRITICAL STEP")).to_be_visible()
    await expect(maya.message("Run FAILED at step 2")).to_have_count(0)
