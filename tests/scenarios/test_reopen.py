"""An incident is opened again by a word: in its thread, elsewhere the one closed last; `undo` is asked back."""

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import checklist, incident_id, summary
from tests.scenarios.steps import ephemeral, text_of, told
from tests.scenarios.test_close import completed


def reopenings(slack: LocalSlack) -> list[str]:
    return [text_of(m) for m in slack.messages(INCIDENTS) if "reopened by" in m["text"]]


async def closed(slack: LocalSlack, thread: str) -> None:
    await slack.say(MAYA, INCIDENTS, "@incident-bot close", thread_ts=thread)
    await checklist(slack, "· closed ·")


async def test_in_its_thread_it_is_opened_again_and_the_thread_alone_hears_it(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    thread = (await completed(slack, aionis))["thread_ts"]
    await closed(slack, thread)
    await slack.say(JONAS, INCIDENTS, "@incident-bot reopen it, the refund failed again", thread_ts=thread)
    await checklist(slack, "Nothing blocks the close.")
    (line,) = await slack.wait_for(lambda: reopenings(slack))
    assert "reopened by @jonas: the refund failed again" in line
    assert ephemeral(slack, JONAS) == [], "nobody is told twice"
    await slack.say(JONAS, INCIDENTS, "@incident-bot reopen", thread_ts=thread)
    await told(slack, "is not closed", user=JONAS)


async def test_elsewhere_the_one_closed_last_is_meant_and_whoever_asked_hears_where(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await slack.command(user=JONAS, channel=INCIDENTS, text="/replay reopen")
    await told(slack, "No closed incident is kept in this channel", user=JONAS)
    message = await completed(slack, aionis)
    await closed(slack, message["thread_ts"])
    await slack.command(user=JONAS, channel=INCIDENTS, text="/replay REOPEN")
    await told(slack, f"{incident_id(message)} is open again", user=JONAS)


async def test_root_and_summary_are_of_one_mind_however_soon_it_is_opened_again(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, summary_min_seconds=86_400)):
        message = await completed(slack, aionis)
        id_ = incident_id(message)
        await closed(slack, message["thread_ts"])
        await summary(slack, f"Summary · {id_} · closed")
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        await told(slack, f"{id_} was closed last, less than a minute ago. Type `/replay reopen {id_}`")
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay severity SEV1 {id_}")
        await told(slack, f"{id_} is closed. Type `/replay reopen {id_}` to open it again.")
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay reopen")
        await summary(slack, f"Summary · {id_} · open")


async def test_undo_alone_is_asked_what_it_means(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await slack.say(JONAS, INCIDENTS, "@incident-bot undo that!")
    answer = text_of(await told(slack, "What is to be undone?", user=JONAS))
    assert "reopen" in answer
    assert "lead off" in answer
