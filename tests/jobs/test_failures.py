"""What becomes of a job that fails: told and over, handed back with growing pauses, or given up when patience ends."""

import math
import time
from dataclasses import replace
from typing import ClassVar

import pytest
import structlog

from bot.errors import BotError, Fate, RunNotFound, SlackRefused, SlackUnreachable, StoreTimeout
from bot.jobs.execution import perform
from bot.jobs.failures import ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE, SAY_AFTER, Attempt, run_or_tell
from bot.jobs.registry import Request
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.store.outbox import DONE, FAILURE
from bot.store.queue import Delivery, HandedBack
from tests.scenarios.steps import ephemeral, text_of


class TrialRequest(Request):
    """A request whose work fails as a test says."""

    kind: ClassVar[str] = "trial"


REQUEST = TrialRequest(reply=ReplyTo(channel=INCIDENTS, user=MAYA))


def attempt(*, age: float = 0, troubles: int = 0, crashes: int = 0) -> Attempt:
    delivery = Delivery("trial", "trial:1", {}, age=age, troubles=troubles, crashes=crashes, lane="", token=1)
    return Attempt(delivery, REQUEST)


async def fails(error: Exception) -> None:
    raise error


async def handed_back(services: Services, one: Attempt, error: Exception) -> HandedBack:
    with pytest.raises(HandedBack) as caught:
        await run_or_tell(services, one, fails(error))
    return caught.value


def away(retry_after: float | None = None) -> SlackUnreachable:
    return SlackUnreachable("Slack does not answer.", fate=Fate.NOT_TAKEN, retry_after=retry_after)


async def test_a_failure_with_a_message_is_told_once_and_ends_the_job(slack: LocalSlack, services: Services) -> None:
    for _ in range(2):
        await run_or_tell(services, attempt(), fails(RunNotFound("Aionis has no run x.", request_id="r-1")))
    (shown,) = ephemeral(slack)
    assert "Aionis has no run x." in text_of(shown)
    assert "r-1" in text_of(shown)


async def test_what_is_away_is_waited_for_with_pauses_that_grow_to_a_minute(services: Services) -> None:
    pauses = [(await handed_back(services, attempt(troubles=times), away())).after for times in range(20)]
    assert all(pause / min(FIRST_PAUSE * 2.0**times, math.inf) >= 1 for times, pause in enumerate(pauses[:6]))
    assert max(pauses) <= LONGEST_PAUSE
    assert min(pauses[-5:]) > LONGEST_PAUSE / 1.2
    store = await handed_back(services, attempt(), StoreTimeout("Redis does not answer."))
    assert store.count == "troubles"


async def test_the_pause_that_slack_asks_for_is_kept(services: Services) -> None:
    assert (await handed_back(services, attempt(), away(retry_after=17))).after == 17


async def test_a_job_is_given_up_when_patience_ends_and_not_before(slack: LocalSlack, services: Services) -> None:
    patience = services.patience.total_seconds()
    assert 1 < (await handed_back(services, attempt(age=patience - 2, troubles=30), away())).after <= 2
    assert not ephemeral(slack) or "given up" not in text_of(ephemeral(slack)[-1])
    await run_or_tell(services, attempt(age=patience), fails(away()))
    assert "was given up" in text_of(ephemeral(slack)[-1])


async def test_the_time_for_which_a_try_hung_counts_as_waiting(slack: LocalSlack, services: Services) -> None:
    hung = replace(
        attempt(age=SAY_AFTER - 12), begun=time.monotonic() - 15
    )  # two tries of 15 s, the second in its place
    await handed_back(services, hung, away())
    assert "Your request waits" in text_of(ephemeral(slack)[-1])


@pytest.mark.parametrize("error", [away(), ZeroDivisionError(), RunNotFound("Aionis has no run x.")])
async def test_nobody_is_told_of_a_failure_whose_job_has_shown_its_result(
    slack: LocalSlack, services: Services, error: Exception
) -> None:
    await services.outbox.keep("trial:1", "root", "1.000001|")  # which is no result
    await services.outbox.keep("trial:1", "analysis", "1.000002|1.000001")
    last = attempt(age=services.patience.total_seconds(), crashes=ATTEMPTS - 1)
    with structlog.testing.capture_logs() as logs:
        await run_or_tell(services, last, fails(error))
    assert ephemeral(slack) == []
    assert [line["event"] for line in logs].count("job_not_finished") == 1


async def test_a_defect_of_ours_is_tried_again_then_told_with_the_id_to_quote(
    slack: LocalSlack, services: Services
) -> None:
    with structlog.testing.capture_logs() as logs:
        for times in range(ATTEMPTS - 1):
            assert (await handed_back(services, attempt(crashes=times), ZeroDivisionError())).count == "crashes"
        await run_or_tell(services, attempt(crashes=ATTEMPTS - 1), fails(ZeroDivisionError()))
    assert [line["event"] for line in logs].count("job_crashed") == ATTEMPTS
    (shown,) = ephemeral(slack)
    assert "trial:1" in text_of(shown)
    assert "ZeroDivision" not in text_of(shown)


@pytest.mark.parametrize("stored", [("of-tomorrow", {"x": 1}), ("severity", {"level": 7}), ("replay", {})])
async def test_a_job_of_another_version_is_tried_by_others_then_told(
    slack: LocalSlack, services: Services, stored: tuple[str, dict[str, object]]
) -> None:
    kind, payload = stored
    delivery = Delivery(
        kind,
        f"{kind}:1",
        {**payload, "reply": REQUEST.reply.model_dump(mode="json")},
        0,
        0,
        crashes=0,
        lane="",
        token=1,
    )
    with pytest.raises(HandedBack) as caught:
        await perform(services, delivery)
    assert caught.value.count == "crashes"
    await perform(services, replace(delivery, crashes=ATTEMPTS - 1))
    (shown,) = ephemeral(slack)
    assert "another version of the bot" in text_of(shown)
    assert f"{kind}:1" in text_of(shown)


async def test_a_job_whose_failure_was_told_and_that_was_cut_off_then_comes_to_no_result(
    slack: LocalSlack, aionis: SampleAionis, services: Services
) -> None:
    payload = {"reply": REQUEST.reply.model_dump(mode="json"), "run_id": aionis.runs["success"].run_id}
    await services.outbox.keep("replay:1", FAILURE, "answered")
    await perform(services, Delivery("replay", "replay:1", payload, 0, 0, 0, lane="", token=1))
    assert (slack.messages(INCIDENTS), aionis.calls) == ([], [])
    assert await services.outbox.over("replay:1") == DONE


async def test_a_job_of_another_version_without_a_place_to_tell_is_put_away(services: Services) -> None:
    with structlog.testing.capture_logs() as logs:
        await perform(services, Delivery("of-tomorrow", "of-tomorrow:1", {}, 0, 0, ATTEMPTS - 1, "", 1))
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["job_put_away"]


async def test_a_failure_that_slack_refuses_to_show_ends_the_job(services: Services) -> None:
    async def tell(_services: Services, _key: str, _request: TrialRequest, _error: BotError) -> None:
        raise SlackRefused("Slack refused.", code="not_found")

    one = replace(attempt(), tell=tell)
    with structlog.testing.capture_logs() as logs:
        await run_or_tell(services, one, fails(RunNotFound("Aionis has no run x.")))
    assert "nobody_could_be_told" in {line["event"] for line in logs}
