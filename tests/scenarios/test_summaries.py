"""Summaries: one message an incident, edited in place as incident and thread go on; and one for any thread."""

import time
from datetime import timedelta

import pytest

from bot.domain.incident.state import SUMMARY
from bot.live import live_message
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, RANDOM, LocalSlack
from bot.runtime.services import Services
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import checklist, mark_done, opened, set_severity, summaries, summary, text_entered
from tests.scenarios.steps import ephemeral, posted, replied, text_of, told

LINK = "https://git.example.com/agents/pull/17"


@pytest.fixture
async def prompt_bot(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> object:
    """Serve a bot that summarises soon: as often as once a second, and a thread that was quiet for one."""
    settings = settings_for(
        slack, aionis.base_url, redis_url, summary_min_seconds=1, summary_quiet_seconds=1, summary_quiet_messages=2
    )
    async with running_bot(slack, settings) as base_url:
        yield base_url


async def test_the_summary_begins_when_asked_for_and_follows_the_incident(
    slack: LocalSlack, aionis: SampleAionis, prompt_bot: str
) -> None:
    message = await opened(slack, aionis)
    assert summaries(slack) == [], "the root says as much until there is more to say"
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
    first = await summary(slack, "1 of 5 done")
    place = await told(slack, "The summary of INC-")
    assert place["blocks"][0]["text"]["text"].count("http") == 1
    assert "|INC-" in place["blocks"][0]["text"]["text"], "its place is a link, not an address to read"
    assert not [m for m in ephemeral(slack) if '"Summary · INC-' in text_of(m)], "everybody has it already"
    await mark_done(slack, message, "Follow-up monitor", {"proof": text_entered(LINK)})
    now = await summary(slack, "2 of 5 done")
    assert now["ts"] == first["ts"]
    shown = text_of(now)
    assert "marked ‘Follow-up monitor or gate added’ done" in shown
    assert "Fill in the root cause." in shown
    assert len(summaries(slack)) == 1


async def test_no_checklist_waits_for_a_thread_that_slack_lets_be_read_slowly(
    slack: LocalSlack, aionis: SampleAionis, prompt_bot: str
) -> None:
    shown = await opened(slack, aionis)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
    await summary(slack, "1 of 5 done")
    slack.limits.per_minute["conversations.replies"] = 4
    for _ in range(4):
        slack.limits.method("conversations.replies", 3)
    await set_severity(slack, shown, "SEV2")
    await slack.wait_for(lambda: [call for call in slack.calls_to("conversations.replies") if not call.ok])
    await set_severity(slack, await checklist(slack, "· SEV2 ·"), "SEV1")
    await checklist(slack, "· SEV1 ·")
    assert not slack.calls_to("conversations.replies")[-1].ok, "it was shown before the thread could be read"


async def test_a_mark_where_no_incident_is_costs_no_call(
    slack: LocalSlack, aionis: SampleAionis, prompt_bot: str
) -> None:
    before = await slack.say(JONAS, INCIDENTS, "said before anything broke")
    await opened(slack, aionis)
    elsewhere = await slack.say(JONAS, RANDOM, "where nothing broke")
    for channel, said in ((INCIDENTS, before), (RANDOM, elsewhere)):
        await slack.react(MAYA, channel, said["ts"], "pushpin")
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
    await told(slack, "of 5 done")
    assert slack.calls_to("conversations.replies") == []


async def test_a_thread_that_went_quiet_is_summarised_with_its_ids_links_and_marks(
    slack: LocalSlack, aionis: SampleAionis, prompt_bot: str
) -> None:
    root = (await opened(slack, aionis))["thread_ts"]
    run = aionis.runs["partial"].run_id
    marked = await slack.say(JONAS, INCIDENTS, "the key was used by the attempt at 09:41", thread_ts=root)
    await slack.say(JONAS, INCIDENTS, f"see {LINK} and run {run}", thread_ts=root)
    now = await summary(slack, "2 messages by 1 person")
    assert LINK in text_of(now)
    assert f"Replay {run[:8]}" in text_of(now)
    await slack.react(MAYA, INCIDENTS, marked["ts"], "pushpin")
    now = await summary(slack, "the key was used by the attempt at 09:41")
    assert "/archives/" in text_of(now)
    await slack.react(MAYA, INCIDENTS, marked["ts"], "pushpin", remove=True)
    await slack.wait_for(lambda: "attempt at 09:41" not in text_of(summaries(slack)[-1]))
    await slack.click(MAYA, now, text=f"Replay {run[:8]}")
    await slack.wait_for(lambda: f"Replay {run[:8]}" not in text_of(summaries(slack)[-1]))


async def test_edits_and_deletions_are_followed(slack: LocalSlack, aionis: SampleAionis, prompt_bot: str) -> None:
    root = (await opened(slack, aionis))["thread_ts"]
    first = await slack.say(JONAS, INCIDENTS, f"see {LINK}", thread_ts=root)
    second = await slack.say(JONAS, INCIDENTS, "and another thing", thread_ts=root)
    await summary(slack, LINK)
    await slack.edit(JONAS, INCIDENTS, first["ts"], "see https://git.example.com/agents/pull/18")
    await summary(slack, "pull/18")
    assert LINK not in text_of(summaries(slack)[-1])
    await slack.delete(JONAS, INCIDENTS, second["ts"])
    await summary(slack, "1 message by 1 person")


async def test_a_quiet_thread_costs_nothing(slack: LocalSlack, aionis: SampleAionis, prompt_bot: str) -> None:
    root = (await opened(slack, aionis))["thread_ts"]
    read = len(slack.calls_to("conversations.replies"))
    await slack.say(JONAS, INCIDENTS, "hello", thread_ts=root)  # one message is not enough
    await slack.say(JONAS, INCIDENTS, "lunch?")  # and this is no thread
    await slack.command(user=JONAS, channel=INCIDENTS, text="/replay status")
    await told(slack, "Blocks the close", user=JONAS)
    assert len(slack.calls_to("conversations.replies")) == read


async def test_whoever_asks_gets_the_summary_of_now(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = (await opened(slack, aionis))["thread_ts"]
    await slack.say(JONAS, INCIDENTS, "looking into it", thread_ts=root)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
    await told(slack, "/archives/")
    await summary(slack, "1 message by 1 person")
    assert not [m for m in ephemeral(slack) if '"Summary · INC-' in text_of(m)], "everybody sees it, and that once"
    await slack.say(JONAS, INCIDENTS, "@incident-bot summary", thread_ts=root)
    assert "2 messages by 1 person" in text_of(await told(slack, '"Summary · INC-', user=JONAS))


async def test_one_that_was_asked_for_is_shown_again_when_no_earlier_edit_can_come_over_it(
    slack: LocalSlack, aionis: SampleAionis, prompt_bot: str, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    within = timedelta(seconds=0.5)
    monkeypatch.setattr(live_message, "_IN_FLIGHT", within)
    await opened(slack, aionis)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
    ts = (await summary(slack, "1 of 5 done"))["ts"]
    admission = await services.authorization.admit(MAYA, INCIDENTS)
    (incident,) = await services.incidents.open_ones(admission)
    # A worker was killed while it edited.
    await services.live_messages.begin_edit(INCIDENTS, incident.id, SUMMARY, within=within)
    killed_at = time.monotonic()
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")

    def edited_later() -> bool:
        later = (call for call in slack.calls_to("chat.update") if call.at - killed_at >= within.total_seconds())
        return any(call.args["ts"] == ts for call in later)

    await slack.wait_for(edited_later)


async def test_without_an_incident_there_is_nothing_to_summarise(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
    await told(slack, "No incident is open")


async def test_the_shortcut_summarises_any_thread(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    run = aionis.runs["partial"].run_id
    root = await slack.say(JONAS, INCIDENTS, "something is off with the exports")
    await slack.say(MAYA, INCIDENTS, f"<!channel> it was {run}, and `*bold*`", thread_ts=root["ts"])
    await slack.shortcut(MAYA, "summarise_thread", message=root)
    reply = await replied(slack, root, "Summary of this thread")
    assert "2 messages by 2 people" in text_of(reply)
    assert f"Replay {run[:8]}" in text_of(reply)
    assert posted(slack) == []


async def test_a_thread_of_a_thousand_messages_is_read_page_by_page(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await slack.say(JONAS, INCIDENTS, "a long night")
    for number in range(1_000):
        await slack.say(JONAS, INCIDENTS, f"message {number}", thread_ts=root["ts"])
        if number % 20 == 0:
            await slack.settle()
    await slack.settle()
    await slack.shortcut(MAYA, "summarise_thread", message=root)
    await slack.wait_for(
        lambda: [m for m in slack.messages(INCIDENTS) if "1,001 messages by 1 person" in text_of(m)], 30
    )
    assert len(slack.calls_to("conversations.replies")) == 6


async def test_of_a_thread_that_was_read_only_what_is_new_is_read_again(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = (await opened(slack, aionis))["thread_ts"]

    async def summarised() -> bool:
        """Have the summary written; tells whether the whole thread was read for it."""
        before = len(slack.calls_to("conversations.replies"))
        shown = len([m for m in ephemeral(slack) if "The summary of INC-" in text_of(m)])
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
        await slack.wait_for(lambda: len([m for m in ephemeral(slack) if "The summary of INC-" in text_of(m)]) > shown)
        reads = [call for call in slack.calls_to("conversations.replies")[before:] if call.args.get("limit") != "1"]
        return any("oldest" not in call.args for call in reads)

    first = await slack.say(JONAS, INCIDENTS, "https://git.example.com/agents/pull/17", root)
    await summarised()
    await slack.unfurl(INCIDENTS, first["ts"], [{"title": "a preview changes nothing that was said"}])
    await slack.settle()
    await slack.say(MAYA, INCIDENTS, "https://git.example.com/agents/pull/18", root)
    assert not await summarised()
    found = text_of(await summary(slack, "pull/18"))
    assert "pull/17" in found
    await slack.edit(JONAS, INCIDENTS, first["ts"], "never mind")
    await slack.settle()
    assert await summarised()
    assert "pull/17" not in text_of(await summary(slack, "pull/18"))
