"""Slack's time, asked for where nothing else has heard it."""

from bot.playground.slack import LocalSlack
from bot.slack.clock import SlackClock


async def test_the_time_is_asked_of_an_address_with_or_without_its_last_slash(slack: LocalSlack) -> None:
    for address in (slack.api_url, slack.api_url.rstrip("/")):
        clock = SlackClock()
        await clock.ask(address)
        assert clock.ahead is not None
    assert len(slack.calls_to("auth.test")) == 2
