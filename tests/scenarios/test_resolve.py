"""`/resolve` and the buttons that walk from record to record."""

from typing import Any

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.aionis.addresses import Tenancy
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.scenarios.incidents import buttons
from tests.scenarios.steps import posted, replayed, replied, replies, text_of, told


async def resolved(slack: LocalSlack, what: str) -> dict[str, Any]:
    before = len(posted(slack))
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve {what}")
    assert delivery.ok
    await slack.wait_for(lambda: len(posted(slack)) > before)
    return posted(slack)[-1]


async def test_a_decision_card_names_tool_candidates_rules_and_hashes(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    card = await resolved(slack, aionis.runs["refund-failed"].decision_uris[0])
    shown = text_of(card)
    for expected in (
        "payments.create_refund",
        "← selected",
        "tickets.escalate",
        "Refunds go through the payments API",
        "policy ",
    ):
        assert expected in shown


async def test_feedback_is_on_the_card_of_its_decision(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    card = await resolved(slack, aionis.runs["before-fix"].decision_uris[0])
    assert "negative" in text_of(card)


@pytest.mark.parametrize("form", ["memory://commit/{}", "commit {}", "aionis://default/support/commit/{}"])
async def test_every_way_to_name_a_commit_shows_its_card(
    slack: LocalSlack, aionis: SampleAionis, bot: str, form: str
) -> None:
    commit_id = aionis.runs["refund-failed"].commit_uris[0].rsplit("/", 1)[-1]
    card = await resolved(slack, form.format(commit_id))
    assert f"Commit {commit_id[:8]}" in text_of(card)


async def test_a_bare_decision_id_works(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    decision_id = aionis.runs["refund-failed"].decision_uris[0].rsplit("/", 1)[-1]
    assert "Decision · payments.create_refund" in text_of(await resolved(slack, f"decision {decision_id}"))


async def test_buttons_walk_from_the_run_to_decision_rule_and_commit(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["after-fix"].run_id)
    await slack.click(MAYA, root, action_id="resolve_uri.0")
    decision = await replied(slack, root, '"Decision · ')
    labels = [
        element["text"]["text"]
        for block in decision["blocks"]
        for element in block.get("elements", [])
        if element.get("type") == "button"
    ]
    assert labels[0] == "Replay run"
    assert any(label.startswith("Rule: ") for label in labels)
    await slack.click(MAYA, decision, text=next(label for label in labels if label.startswith("Rule: ")))
    await replied(slack, root, '"Rule · ')
    await slack.click(MAYA, decision, text="Commit")
    commit = await replied(slack, root, '"Commit ')
    await slack.click(MAYA, commit, text="Parent commit")
    await replied(slack, root, "tool_feedback")


async def test_a_node_and_an_edge_have_cards_too(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    edges = aionis.store.at(Tenancy("default", "support")).edges
    edge = next(edge for edge in edges.values() if edge.type == "part_of")
    card = await resolved(slack, f"edge {edge.id}")
    assert "Edge · part_of" in text_of(card)
    await slack.click(MAYA, card, text="Source")
    node = (await slack.wait_for(lambda: replies(slack, card)[:1]))[0]
    assert "Slots" in text_of(node)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("aionis://default/support/commit/commit_xxx", "ids are UUIDs"),
        ("gibberish", "not an Aionis URI"),
        ("help", "/resolve shows one decision"),
    ],
)
async def test_what_cannot_be_resolved_is_answered_before_any_call(
    slack: LocalSlack, aionis: SampleAionis, bot: str, typed: str, said: str
) -> None:
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve {typed}")
    assert said in str(delivery.body)
    assert aionis.calls == []


async def test_a_record_of_another_tenant_is_refused_before_any_call(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    uri = "aionis://acme/support/decision/3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve {uri}")
    await told(slack, "belongs to tenant/scope")
    assert aionis.calls == []


async def test_a_missing_record_is_told_with_its_fix(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text="/resolve commit 00000000-0000-0000-0000-000000000001")
    await told(slack, "Aionis has no commit")


@pytest.mark.parametrize(
    ("typed", "said", "button", "shown"),
    [
        (
            "/resolve commit {decision}",
            "is a decision in default/support, not a commit",
            "Show the decision",
            "Decision · ",
        ),
        ("/resolve decision {run}", "is a run in default/support, not a decision", "Replay the run", "Timeline"),
        ("/resolve edge {rule}", "is a rule in default/support, not an edge", "Show the rule", "Rule · "),
        ("/replay {decision}", "is a decision in default/support, not a run", "Show the decision", "Decision · "),
    ],
)
async def test_an_id_of_another_kind_is_told_as_what_it_is(
    slack: LocalSlack, aionis: SampleAionis, bot: str, typed: str, said: str, button: str, shown: str
) -> None:
    run = aionis.runs["after-fix"]
    decision = run.decision_uris[0].rpartition("/")[2]
    rule = aionis.store.at(Tenancy("default", "support")).decisions[decision].source_rule_ids[0]
    ids = {"decision": decision, "run": run.run_id, "rule": rule}
    await slack.command(user=MAYA, channel=INCIDENTS, text=typed.format(**ids))
    failure = await told(slack, said)
    assert "AIONIS_CONSUMER" not in text_of(failure)
    await slack.click(MAYA, failure, text=button)
    await slack.wait_for(lambda: any(shown in text_of(one) for one in slack.messages(INCIDENTS)))


async def test_the_beginning_of_a_change_that_an_incident_holds_is_enough(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["disabled-rule"].run_id)
    commit = aionis.runs["disabled-rule"].commit_uris[-1]
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve {commit}")
    await replied(slack, root, "is disabled since then")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve commit {commit.rpartition('/')[2][:8]}")
    await slack.wait_for(lambda: len([m for m in replies(slack, root) if "disabled since then" in text_of(m)]) == 2)


async def test_a_mention_resolves_in_the_thread(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    start = await slack.say(JONAS, INCIDENTS, f"@incident-bot resolve {aionis.runs['refund-failed'].decision_uris[0]}")
    card = (await slack.wait_for(lambda: replies(slack, start)[:1]))[0]
    assert "Decision · payments.create_refund" in text_of(card)


async def test_a_record_of_another_cases_run_asks_where_it_belongs(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["refund-failed"].run_id)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve {aionis.runs['disabled-rule'].decision_uris[0]}")
    asked = await told(slack, "of another case than what is open here")
    outside, join = buttons(asked)
    assert (outside, join[:9]) == ("Show it outside of incidents", "Join INC-")
    assert not [one for one in replies(slack, root) if "Decision · " in one["text"]]
    await slack.click(MAYA, asked, text=outside)
    card = (await slack.wait_for(lambda: [one for one in posted(slack) if one["text"].startswith("Decision · ")]))[0]
    assert "thread_ts" not in card
    assert "Start incident" in buttons(card)
    await slack.click(MAYA, asked, text=join)
    await replied(slack, root, "Decision · legacy.redeem")
