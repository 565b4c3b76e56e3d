"""What is said where something is missing, slow or not understood, fits the case and the place."""

import json
from collections.abc import Callable, Iterator

import httpx
import pytest

from bot.aionis import Aionis, AionisTransport
from bot.blocks.notices import in_field, placed
from bot.blocks.place import IN_MODAL
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.run.record_references import read_reference
from bot.domain.run.run_ids import parse_run_id, two_run_ids
from bot.errors import Unreachable, UsageError
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.steps import Json, analyses, ephemeral, modal, posted, replayed, text_of, told

UNKNOWN = "77aa77aa-0000-4000-8000-000000000001"


async def test_not_found_names_the_tenancy_that_was_asked_and_can_be_tried_again(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {UNKNOWN}")
    failure = await told(slack, f"Aionis has no run {UNKNOWN} in default/support")
    aionis.writer.start_run(goal="came late", scope="support", memory_lane="shared", run_id=UNKNOWN)
    await slack.click(MAYA, failure, text="Try again")
    found = await slack.wait_for(lambda: analyses(slack))
    assert UNKNOWN in text_of(found[0])


async def test_a_failure_whose_step_was_never_announced_is_the_failure(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await replayed(slack, aionis.runs["orphan-results"].run_id)
    shown = text_of(message)
    assert "is PARTIAL at unannounced step A: bucket tmp-10 vanished" in message["text"]
    assert "bucket tmp-10 vanished" in shown
    assert "1 failed" in shown


async def test_a_step_without_a_result_has_an_output_that_was_not_recorded(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    shown = await replayed(slack, aionis.runs["crashed"].run_id)
    await slack.click(MAYA, shown, text="Step details")
    opened = json.dumps(await modal(slack, "Actual output signature"))
    assert "not read: the record is private" not in opened


async def test_in_a_thread_a_mention_is_what_helps(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    start = await slack.say(JONAS, INCIDENTS, "the refund agent broke again")
    await slack.say(JONAS, INCIDENTS, "@incident-bot replay nonsense", thread_ts=start["ts"])
    failure = text_of(await told(slack, "not a run id", user=JONAS))
    assert "Mention me with" in failure
    assert "/replay" not in failure


TOLD_IN_A_THREAD = {
    "status": "Mention me with replay <run_id> to open one, or recent for",
    "export": "Mention me with replay <run_id> to open one, or recent for",
    "close": "Mention me with replay <run_id> to open one, or recent for",
    "watch nonsense": "Mention me with watch, watch off or watch status",
    "watch status": "Mention me with watch to begin.",
    "compare nonsense": "Mention me with compare <failing_run> <rerun>",
    "reruns many": "Mention me with reruns 3",
    "bind nonsense": "Mention me with bind tenant=<tenant> scope=<scope>",
    "severity worst": "Mention me with severity SEV1",
}


async def test_what_is_told_in_a_thread_can_be_typed_there(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    start = await slack.say(MAYA, INCIDENTS, "what about the refunds?")
    for asked, said in TOLD_IN_A_THREAD.items():
        before = len(ephemeral(slack))
        await slack.say(MAYA, INCIDENTS, f"@incident-bot {asked}", thread_ts=start["ts"])
        told_here = await answer(slack, before)
        shown = "".join(texts(told_here["blocks"])).replace("`", "").replace("&lt;", "<").replace("&gt;", ">")
        assert said in shown
        assert "/re" not in shown


async def one_more_try(slack: LocalSlack, before: int) -> Json:
    """Return the failure with a button that tries again, which comes after so many other answers."""

    def offered() -> Json | None:
        return next((one for one in ephemeral(slack)[before:] if "Try again" in text_of(one)), None)

    found: Json = await slack.wait_for(offered)
    return found


async def answer(slack: LocalSlack, before: int) -> Json:
    """Return the answer that comes after so many others."""
    found: Json = await slack.wait_for(lambda: next(iter(ephemeral(slack)[before:]), None))
    return found


def texts(value: object) -> Iterator[str]:
    """Yield every text in a message's blocks."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        yield from (one for inner in value.values() for one in texts(inner))
    elif isinstance(value, list):
        yield from (one for inner in value for one in texts(inner))


async def test_what_one_person_alone_asked_for_gets_a_word_an_end_and_one_more_try(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.reading.SLOW_AFTER", 0.1)
    aionis.faults.add(kind="hang", endpoint="runs/get")
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, aionis_deadline_seconds=1)):
        run_id = aionis.runs["refund-failed"].run_id
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay similar {run_id}")
        said = text_of(await one_more_try(slack, 0))
    assert ["Asking Aionis" in text_of(one) for one in ephemeral(slack)].count(True) == 1
    assert said.count('"Try again"') == 1
    assert "Aionis did not answer" in said
    assert "Timeout" not in said
    assert posted(slack) == []


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (parse_run_id, "nonsense"),
        (parse_run_id, f"aionis://default/support/event/{UNKNOWN}"),
        (parse_run_id, f"{UNKNOWN} {UNKNOWN[:-1]}2"),
        (two_run_ids, UNKNOWN),
        (read_reference, "nonsense"),
        (read_reference, UNKNOWN),
    ],
)
def test_no_hint_in_a_thread_or_a_field_is_a_slash_command(read: Callable[[str], object], typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(typed)
    assert "`/" in caught.value.fix
    assert "`/" not in placed(caught.value, IN_MODAL).fix
    assert "`/" not in in_field(caught.value)


async def test_a_broken_connection_is_told_without_names_of_classes() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    transport = AionisTransport.connect(
        "http://aionis.test",
        headers={},
        connect_timeout=1,
        max_response_bytes=2**20,
        transport=httpx.MockTransport(refuse),
    )
    with pytest.raises(Unreachable) as caught:
        await Aionis(transport, Tenancy("default", "support"), Consumer(), deadline_seconds=0.3).get_run(UNKNOWN)
    assert "Error" not in str(caught.value)
