"""Whoever waits for Aionis sees one message, which becomes the answer, or the failure with one more try."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.conftest import PATIENCE, running_bot, settings_for
from tests.scenarios.incidents import incident_id, opened, roots
from tests.scenarios.steps import Json, analyses, comparisons, ephemeral, posted, text_of


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the word come after less than half a second instead of three."""
    monkeypatch.setattr("bot.jobs.reading.SLOW_AFTER", 0.4)


@pytest.fixture
async def slow_bot(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> AsyncIterator[None]:
    """A bot that waits a second for Aionis."""
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, aionis_deadline_seconds=1)):
        yield


async def asked(slack: LocalSlack) -> Json:
    """Return the word, once it is there."""
    found = await slack.wait_for(lambda: [m for m in slack.messages(INCIDENTS) if m["text"] == "Asking Aionis…"])
    return found[0]


async def answered_late(slack: LocalSlack, aionis: SampleAionis) -> Json:
    """Return the word, and let Aionis answer then."""
    word = await asked(slack)
    aionis.faults.clear()
    return word


async def test_the_word_becomes_the_root(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    aionis.faults.add(kind="hang", endpoint="runs/get")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
    word = await answered_late(slack, aionis)
    await slack.wait_for(lambda: analyses(slack))
    assert [one["ts"] for one in roots(slack)] == [word["ts"]]
    assert "FAILED at step 2" in text_of(roots(slack)[0])


async def test_the_word_becomes_where_the_answer_went(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    first = await opened(slack, aionis)
    aionis.faults.add(kind="hang", endpoint="runs/get")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-rerun'].run_id}")
    await answered_late(slack, aionis)
    line = await slack.wait_for(lambda: [m for m in posted(slack) if "was added to" in text_of(m)])
    assert incident_id(line[0]) == incident_id(first)
    assert "Asking Aionis" not in str(slack.messages(INCIDENTS))


async def test_a_comparison_in_its_thread_takes_the_place_of_its_word(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    first = await opened(slack, aionis)
    aionis.faults.add(kind="hang", endpoint="runs/get")
    pair = f"{aionis.runs['refund-failed'].run_id} {aionis.runs['refund-rerun'].run_id}"
    await slack.say(JONAS, INCIDENTS, f"@incident-bot compare {pair}", thread_ts=first["thread_ts"])
    word = await answered_late(slack, aionis)
    result = await slack.wait_for(lambda: comparisons(slack))
    assert [one["ts"] for one in result] == [word["ts"]]


async def test_the_word_becomes_the_failure_and_one_more_try_becomes_the_answer_once(
    slack: LocalSlack, aionis: SampleAionis, slow_bot: None
) -> None:
    aionis.faults.add(kind="hang", endpoint="runs/get")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
    word = await asked(slack)
    failure = (await slack.wait_for(lambda: [m for m in posted(slack) if "Aionis did not answer" in text_of(m)]))[0]
    assert failure["ts"] == word["ts"]
    assert text_of(failure).count('"Try again"') == 1
    aionis.faults.clear()
    assert (await slack.click(MAYA, failure, text="Try again")).ok
    assert (await slack.click(JONAS, failure, text="Try again")).ok, "from a screen that is a moment old"
    await slack.wait_for(lambda: analyses(slack))
    await slack.settle()
    assert [one["ts"] for one in roots(slack)] == [word["ts"]]
    assert "Run FAILED" in text_of(roots(slack)[0])
    assert len(analyses(slack)) == 1
    assert not [one for one in ephemeral(slack, JONAS) if "Aionis" in text_of(one)]


async def test_the_word_becomes_the_choice_and_the_choice_the_root(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis)
    aionis.faults.add(kind="hang", endpoint="runs/get")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['partial'].run_id}")
    word = await answered_late(slack, aionis)
    choice = (await slack.wait_for(lambda: [m for m in posted(slack) if "of another case" in text_of(m)]))[0]
    assert choice["ts"] == word["ts"]
    await slack.click(JONAS, choice, text="Open a new one")
    await slack.wait_for(lambda: len(analyses(slack)) == 2)
    assert roots(slack)[-1]["ts"] == word["ts"]


@pytest.mark.parametrize("fault", [{"lose_response": True}, {"status": 500}])
async def test_a_word_whose_post_was_not_confirmed_is_found_or_forgotten(
    slack: LocalSlack, aionis: SampleAionis, bot: str, fault: dict[str, Any]
) -> None:
    aionis.faults.add(kind="hang", endpoint="runs/get")
    slack.faults.next("chat.postMessage", **fault)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
    await slack.wait_for(lambda: slack.calls_to("chat.postMessage"))
    aionis.faults.clear()
    await slack.wait_for(lambda: analyses(slack), timeout=30)
    await slack.settle()
    assert len(roots(slack)) == 1, "the word is the root, or was never there"
    assert "Asking Aionis" not in str(slack.messages(INCIDENTS))


async def test_a_root_whose_answer_was_lost_is_found_although_the_word_was_said_since(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bot.jobs.reading.SLOW_AFTER", PATIENCE
    )  # or on a slow machine it is the word whose answer is lost
    slack.faults.next("chat.postMessage", lose_response=True)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
    await slack.wait_for(lambda: roots(slack))
    monkeypatch.setattr("bot.jobs.reading.SLOW_AFTER", 0.4)
    aionis.faults.add(kind="hang", endpoint="runs/get")
    word = await answered_late(slack, aionis)
    await slack.wait_for(lambda: analyses(slack))
    await slack.wait_for(lambda: word["ts"] not in [m["ts"] for m in slack.messages(INCIDENTS)])
    assert len(roots(slack)) == 1
