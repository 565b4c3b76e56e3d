"""The Home tab: what is open where one is, what is one's own, what failed lately."""

import json

from bot.playground.aionis import SampleAionis
from bot.playground.slack import JONAS, MAYA, RAVI, REFUNDS, LocalSlack
from bot.playground.slack.world import Channel
from tests.scenarios.incidents import incident_id, mark_done, opened, user_entered


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
