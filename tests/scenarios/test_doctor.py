"""The doctor sees what is well and what is not, through the same doors as the bot."""

from bot.playground.aionis import SampleAionis
from bot.playground.slack import LocalSlack
from bot.runtime.checks import examine
from tests.conftest import settings_for


async def test_all_is_well(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    found = {finding.name: finding for finding in await examine(settings_for(slack, aionis.base_url, redis_url))}
    assert all(finding.ok for finding in found.values())
    assert "failed runs are visible" in found["Aionis"].seen
    assert "AIONIS_CONSUMER_AGENT_ID=local-user" in found["Aionis"].advice
    assert "private" in found["Redis"].advice
    assert found["Slack"].seen.startswith("workspace T")


async def test_a_wrong_token_and_a_dead_redis_are_named(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    wrong = settings_for(slack, aionis.base_url, redis_url, slack_bot_token="wrong")
    assert [finding.seen for finding in await examine(wrong)] == [
        "SLACK_BOT_TOKEN is not accepted by Slack (invalid_auth)."
    ]
    dead = settings_for(slack, aionis.base_url, "redis://127.0.0.1:1")
    assert "REDIS_URL" in (await examine(dead))[0].seen


async def test_an_aionis_that_refuses_is_named_beside_what_is_well(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    aionis.faults.add(kind="unsupported", endpoint="find")
    found = await examine(settings_for(slack, aionis.base_url, redis_url))
    assert {finding.name: finding.ok for finding in found} == {"Redis": True, "Slack": True, "Aionis": False}
