"""Whoever sees no blocks is told the same in words: cards, lists, help."""

from datetime import UTC, datetime
from typing import Any

from bot.blocks import elements as el
from bot.blocks.spoken import spoken
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from tests.scenarios.steps import told


def test_every_line_is_said_with_its_people_and_nothing_else_is_parsed() -> None:
    blocks = el.to_dicts(
        [
            el.header("Decision <b>"),
            el.mrkdwn("*Owner* <@U0AMAYA001> since <!date^1^{date}|Nov 24> in <https://x.example/1|INC-1>"),
            el.fields([("Tool", "`pay`"), ("Run", "`3d18`")]),
            el.rich(
                el.line(el.bold("Rules")), el.bullets([[el.plain("one & "), el.code("two")], [el.person("U0AMAYA001")]])
            ),
            el.context("Aionis request id 1"),
            el.actions(el.button("Press", "a.0", "v")),
            el.rich(el.line(el.moment(datetime(2026, 11, 24, tzinfo=UTC)))),
        ]
    )
    assert spoken(blocks).splitlines() == [
        "Decision &lt;b&gt;",
        "*Owner* <@U0AMAYA001> since Nov 24 in INC-1",
        "*Tool* `pay` · *Run* `3d18`",
        "Rules; one &amp; two; <@U0AMAYA001>",
        "Aionis request id 1",
        "2026-11-24 00:\u206000:00 UTC",  # so that no emoji is read into it
    ]
    assert len(spoken(blocks, limit=40)) <= 60


async def test_cards_lists_and_help_have_their_content_as_text(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    async def text_of_answer(typed: str, containing: str) -> str:
        await slack.command(user=MAYA, channel=INCIDENTS, text=typed)
        return str((await told(slack, containing))["text"])

    failed = aionis.runs["refund-failed"]
    recent = await text_of_answer("/replay recent", "Latest failed runs")
    assert "payments.create_refund: payments answered 409" in recent
    assert "/replay compare" in await text_of_answer("/replay help", "shows what an agent")
    similar = await text_of_answer(f"/replay similar {failed.run_id}", "seen")
    assert "payments.create_refund" in similar
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve {failed.decision_uris[0]}")
    card: Any = await slack.wait_for(
        lambda: next((m for m in slack.messages(INCIDENTS) if m["text"].startswith("Decision · ")), None)
    )
    assert "Refunds go through the payments API" in card["text"]
