"""An incident is opened again by a word: in its thread, elsewhere by its id, else the one closed last; `undo` is asked back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.scenarios.incidents import checklist, incident_id
from tests.scenarios.steps import Json, ephemeral, text_of, told
from tests.scenarios.test_close import completed

IN_THREAD = ("reopen", "re-open it, the refund failed again", "undo close", "open it again, please")


def _came_to(count: int, seen: Callable[..., list[Any]], *asked: Any) -> bool:
    return len(seen(*asked)) == count


def reopenings(slack: LocalSlack) -> list[str]:
    return [text_of(m) for m in slack.messages(INCIDENTS) if "reopened by" in m["text"]]


async def closed(slack: LocalSlack, thread: str) -> None:
    """Close it, and wait until the checklist says so; before that, until it no longer shows the close before."""
    await checklist(slack, "Nothing blocks the close.")
    await slack.say(MAYA, INCIDENTS, "@incident-bot close", thread_ts=thread)
    await checklist(slack, "· closed ·")


async def test_in_its_thread_every_wording_opens_it_again(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    thread = (await completed(slack, aionis))["thread_ts"]
    for nth, said in enumerate(IN_THREAD, start=1):
        await closed(slack, thread)
        await slack.say(JONAS, INCIDENTS, f"@incident-bot {said}", thread_ts=thread)
        await slack.wait_for(partial(_came_to, nth, reopenings, slack))
    assert "reopened by @jonas" in reopenings(slack)[0]
    assert "the refund failed again" in reopenings(slack)[1]
    assert ephemeral(slack, JONAS) == [], "the thread has it, and nobody is told twice"
    await slack.say(JONAS, INCIDENTS, "@incident-bot reopen", thread_ts=thread)
    await told(slack, "is not closed", user=JONAS)


async def test_elsewhere_the_id_or_the_one_closed_last_is_meant_and_whoever_asked_hears_where(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await slack.command(user=JONAS, channel=INCIDENTS, text="/replay reopen")
    await told(slack, "No closed incident is kept in this channel", user=JONAS)
    message = await completed(slack, aionis)
    id_ = incident_id(message)
    for nth, typed in enumerate((f"reopen {id_.lower()} not fixed after all", "REOPEN"), start=1):
        await closed(slack, message["thread_ts"])
        await slack.command(user=JONAS, channel=INCIDENTS, text=f"/replay {typed}")
        await slack.wait_for(partial(_came_to, nth, hears_where, slack, id_))
    assert "not fixed after all" in reopenings(slack)[0]
    await slack.command(user=JONAS, channel=INCIDENTS, text="/replay reopen INC-1")
    await told(slack, "which names no incident", user=JONAS)


def hears_where(slack: LocalSlack, id_: str) -> list[Json]:
    return [one for one in ephemeral(slack, JONAS) if f"{id_} is open again" in one["text"]]


async def test_undo_alone_is_asked_what_it_means(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await slack.say(JONAS, INCIDENTS, "@incident-bot undo that!")
    answer = text_of(await told(slack, "What is to be undone?", user=JONAS))
    assert "reopen" in answer
    assert "lead off" in answer
