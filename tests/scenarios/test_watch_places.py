"""Watches of several channels: each hears of what it reads, once, and none keeps another from hearing."""

import re
from collections.abc import AsyncIterator

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, REFUNDS, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import ID, checklist, incident_id, roots
from tests.scenarios.steps import posted, text_of
from tests.scenarios.test_watch import completed_while_watching, more_statuses, statuses


async def watch(slack: LocalSlack, channel: str) -> None:
    """Have a channel watch, and wait until its scope was looked at."""
    await slack.command(user=JONAS if channel == REFUNDS else MAYA, channel=channel, text="/replay watch")
    await slack.wait_for(lambda: any("watches" in one["text"] for one in posted(slack, channel)))
    while True:
        before = len(statuses(slack, channel))
        await slack.command(user=MAYA, channel=channel, text="/replay watch status")
        await slack.wait_for(lambda: more_statuses(slack, before, channel), timeout=30)  # noqa: B023 waited for at once
        if "Looked at" in statuses(slack, channel)[-1]:
            return


def told_in(slack: LocalSlack, channel: str) -> list[str]:
    return [text_of(root) for root in roots(slack, channel) if "FAILED" in root["text"]]


def again_in(slack: LocalSlack, channel: str) -> list[str]:
    return [text_of(one) for one in slack.messages(channel) if "same failure again" in one["text"]]


@pytest.fixture
async def quick(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> AsyncIterator[str]:
    """Serve a bot that looks every second."""
    settings = settings_for(slack, aionis.base_url, redis_url, watch_seconds=1)
    async with running_bot(slack, settings) as base_url:
        yield base_url


async def test_two_channels_that_watch_one_scope_have_an_incident_each(
    slack: LocalSlack, aionis: SampleAionis, quick: str
) -> None:
    for channel in (INCIDENTS, REFUNDS):
        await watch(slack, channel)
    aionis.let.storm(1, kinds=1)
    await slack.wait_for(lambda: told_in(slack, INCIDENTS) and told_in(slack, REFUNDS))
    aionis.let.storm(1, kinds=1)
    await slack.wait_for(lambda: again_in(slack, INCIDENTS) and again_in(slack, REFUNDS), timeout=30)
    assert [len(told_in(slack, one)) for one in (INCIDENTS, REFUNDS)] == [1, 1]
    assert [len(again_in(slack, one)) for one in (INCIDENTS, REFUNDS)] == [1, 1]


async def test_a_channel_that_was_archived_keeps_no_other_from_hearing(
    slack: LocalSlack, aionis: SampleAionis, quick: str
) -> None:
    for channel in (REFUNDS, INCIDENTS):
        await watch(slack, channel)
    slack.admin.archive(REFUNDS)
    aionis.let.storm(1, kinds=1)
    await slack.wait_for(lambda: told_in(slack, INCIDENTS), timeout=30)


async def test_what_fails_while_nobody_watches_is_no_news_later(
    slack: LocalSlack, aionis: SampleAionis, quick: str
) -> None:
    await watch(slack, INCIDENTS)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay watch off")
    await slack.wait_for(lambda: any("watches no longer" in one["text"] for one in posted(slack)))
    missed = aionis.let.storm(3, kinds=3)
    await watch(slack, INCIDENTS)
    heard = aionis.let.recur("feed")
    await slack.wait_for(lambda: told_in(slack, INCIDENTS), timeout=30)
    assert [heard in root for root in told_in(slack, INCIDENTS)] == [True]
    assert not any(run in text_of(one) for run in missed for one in posted(slack))


async def test_another_scopes_failures_are_not_told(slack: LocalSlack, aionis: SampleAionis, quick: str) -> None:
    await watch(slack, INCIDENTS)
    foreign = aionis.let.storm(2, kinds=2, scope="billing")
    own = aionis.let.storm(1, kinds=1)[0]
    await slack.wait_for(lambda: told_in(slack, INCIDENTS))
    assert [own in root for root in told_in(slack, INCIDENTS)] == [True]
    assert not any(run in text_of(one) for run in foreign for one in slack.messages(INCIDENTS))


async def test_where_a_watch_opens_nothing_each_failure_is_one_line_that_offers_to(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, watch_seconds=1, watch_opens_incidents=False)
    async with running_bot(slack, settings):
        await watch(slack, INCIDENTS)
        aionis.let.storm(1, kinds=1)
        (line,) = await slack.wait_for(lambda: [one for one in posted(slack) if "as no run did before" in one["text"]])
        assert re.search(r"warehouse \d+ answered 503 for order \d+: no free worker", line["text"]), "its own sentence"
        aionis.let.storm(1, kinds=1)
        (line,) = await slack.wait_for(
            lambda: [one for one in posted(slack) if "as 1 run did before in 30 days" in one["text"]], timeout=30
        )
        assert not told_in(slack, INCIDENTS)[1:]
        await slack.click(MAYA, line, text="Open incident")
        await slack.wait_for(lambda: [one for one in slack.messages(INCIDENTS) if "Checklist of INC-" in one["text"]])
        (line,) = await slack.wait_for(lambda: [one for one in posted(slack) if "is open for it" in one["text"]])
        assert "Open incident" not in str(line["blocks"])
        assert not [one for one in posted(slack) if "as 1 run did before" in one["text"]]


async def test_what_comes_back_too_late_is_a_new_incident_that_names_the_old_one(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, watch_seconds=1, reopen_hours=0)
    async with running_bot(slack, settings):
        await watch(slack, INCIDENTS)
        first = await completed_while_watching(slack, aionis)
        await slack.click(MAYA, first, text="Close incident")
        await checklist(slack, "· closed ·")
        aionis.let.recur("refund")
        said = f"{incident_id(first)} has come back"
        await slack.wait_for(lambda: [one for one in posted(slack) if "too long ago" in text_of(one)], timeout=30)
        (root,) = await slack.wait_for(
            lambda: [one for one in roots(slack) if said in text_of(one) and "too long ago" not in text_of(one)],
            timeout=30,
        )
        assert len(set(ID.findall(text_of(root)))) == 2, "its own, and the one before it"
        assert "closed" in text_of(await checklist(slack, "closed", incident=incident_id(first)))
