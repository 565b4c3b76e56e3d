"""The Home tab: what is open where one is, what is one's own, what failed lately."""

import json

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, RAVI, REFUNDS, LocalSlack
from bot.playground.slack.world import Channel
from tests.scenarios.incidents import checklist, incident_id, mark_done, opened, roots, user_entered
from tests.scenarios.steps import told


async def home(slack: LocalSlack, containing: str, user: str) -> str:
    await slack.open_home(user)
    shown = await slack.wait_for(
        lambda: found if containing in (found := json.dumps(slack.home(user), ensure_ascii=False)) else None
    )
    return str(shown)


async def test_home_shows_incidents_own_items_and_failed_runs(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    here = await opened(slack, aionis)
    there = await opened(slack, aionis, channel=REFUNDS)
    await mark_done(slack, here, "Corrective", {"owner": user_entered(JONAS)})
    shown = await home(slack, "Your open items · 1", JONAS)
    assert incident_id(here) in shown
    assert incident_id(there) in shown
    assert "Open thread" in shown
    assert aionis.runs["refund-failed"].run_id in shown
    assert "Your open items · 0" in await home(slack, "Open incidents · 2", MAYA)


async def test_links_are_looked_up_for_what_is_shown_and_once(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.blocks.home_tab._INCIDENTS", 1)
    monkeypatch.setattr("bot.blocks.status.LISTED", 1)
    monkeypatch.setattr("bot.jobs.status.LISTED", 1)
    await opened(slack, aionis, channel=REFUNDS)
    first = await opened(slack, aionis)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-earlier-1'].run_id} new")
    await slack.wait_for(lambda: len(roots(slack)) == 2)
    await checklist(slack, "", incident=incident_id(roots(slack)[1]))
    looked_up = len(slack.calls_to("chat.getPermalink"))
    await home(slack, "2 more", MAYA)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
    await told(slack, "1 more is open")
    await slack.command(user=JONAS, channel=INCIDENTS, text="/replay status")
    await told(slack, "1 more is open", JONAS)
    asked = [call.args["message_ts"] for call in slack.calls_to("chat.getPermalink")[looked_up:]]
    assert first["thread_ts"] not in asked
    assert len(asked) <= 1


async def test_a_guest_sees_nothing_of_aionis_there(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis)
    shown = await home(slack, "Open incidents · 0", RAVI)
    assert aionis.runs["refund-failed"].run_id not in shown


async def test_home_of_a_quiet_workspace_says_so(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    assert "No open item names you" in await home(slack, "Open incidents · 0", MAYA)


async def test_home_asks_slack_the_same_however_many_channels_somebody_is_in(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    for number in range(60):
        members = [MAYA, slack.world.bot_user]
        slack.world.channels[f"C0AMANY{number:03}"] = Channel(
            f"C0AMANY{number:03}", f"many-{number}", members, creator=MAYA
        )
    await opened(slack, aionis, channel="C0AMANY059")
    asked = len(slack.calls_to("conversations.info"))
    assert "Open incidents · 1" in await home(slack, "Open incidents · 1", MAYA)
    assert len(slack.calls_to("conversations.info")) == asked
    assert len(slack.calls_to("users.conversations")) == 2
