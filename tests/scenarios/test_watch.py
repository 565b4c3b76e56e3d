"""A watched scope: failures come by themselves, each once; one that was fixed comes back; a storm becomes a digest."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from functools import partial

import httpx
import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.conftest import http_client, running_bot, settings_for
from tests.scenarios.incidents import (
    checklist,
    incident_id,
    mark_done,
    opened,
    roots,
    summary,
    text_entered,
    user_entered,
)
from tests.scenarios.steps import Json, comparisons, posted, replayed, text_of, told
from tests.scenarios.test_close import LINK
from tests.scenarios.test_home_tab import home
from tests.scenarios.test_root_cause import FILLED, open_table

SECRET = "-".join(["a", "secret", "of", "tests"])


@pytest.fixture
async def watching(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> AsyncIterator[str]:
    """Serve a bot that looks every second, with the incident channel watching."""
    # A look at a storm asks for all of its runs within one deadline: on a busy machine the default cuts it off, and what is left
    # is told of a minute later.
    given = {"watch_seconds": 1, "aionis_deadline_seconds": 120, "hook_secret": SECRET}
    settings = settings_for(slack, aionis.base_url, redis_url, **given)
    async with running_bot(slack, settings) as base_url:
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay watch")
        await slack.wait_for(lambda: looked(slack))
        await until_looked_at(slack)
        yield base_url


def looked(slack: LocalSlack) -> bool:
    return any("watches" in message["text"] for message in posted(slack))


async def until_looked_at(slack: LocalSlack) -> None:
    """Wait until the watch has looked once: what was there before is known then."""
    await until_status_says(slack, "Looked at")


async def until_status_says(slack: LocalSlack, words: str) -> None:
    while True:
        before = len(statuses(slack))
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay watch status")
        await slack.wait_for(partial(more_statuses, slack, before), timeout=30)
        if words in statuses(slack)[-1]:
            return


def statuses(slack: LocalSlack, channel: str = INCIDENTS) -> list[str]:
    return [text_of(m) for m in slack.messages(channel) if "every" in text_of(m) and m.get("is_ephemeral")]


def more_statuses(slack: LocalSlack, than: int, channel: str = INCIDENTS) -> bool:
    return len(statuses(slack, channel)) > than


def new_roots(slack: LocalSlack) -> list[str]:
    return [text_of(root) for root in roots(slack) if "FAILED" in root["text"] or "STALLED" in root["text"]]


async def test_a_new_failure_opens_an_incident_by_itself(
    slack: LocalSlack, aionis: SampleAionis, watching: str
) -> None:
    run = aionis.let.storm(1, kinds=1)[0]
    (root,) = await slack.wait_for(lambda: new_roots(slack))
    assert run in root
    assert "INC-" in root
    await slack.command(user=JONAS, channel=INCIDENTS, text="/replay summary")
    shown = text_of(await summary(slack, "Opened by the watch of "))
    assert "began the watch that opened it" in shown


async def test_nothing_that_was_there_before_is_news(slack: LocalSlack, aionis: SampleAionis, watching: str) -> None:
    run = aionis.let.storm(1, kinds=1)[0]
    found = await slack.wait_for(lambda: new_roots(slack))
    assert [run in root for root in found] == [True]


async def test_the_same_failure_again_is_a_line_in_the_incidents_thread(
    slack: LocalSlack, aionis: SampleAionis, watching: str
) -> None:
    aionis.let.storm(1, kinds=1)
    await slack.wait_for(lambda: new_roots(slack))
    await checklist(slack, "")
    aionis.let.storm(1, kinds=1)
    lines = await slack.wait_for(lambda: [m for m in slack.messages(INCIDENTS) if "same failure again" in m["text"]])
    assert lines[0]["thread_ts"] == roots(slack)[-1]["ts"]
    assert len(new_roots(slack)) == 1


async def test_a_run_that_stops_without_an_end_is_found(slack: LocalSlack, aionis: SampleAionis, watching: str) -> None:
    run = aionis.let.crash()
    (root,) = await slack.wait_for(lambda: new_roots(slack))
    assert run in root
    assert "STALLED" in root
    async with http_client(aionis.base_url) as client:
        ended = {"run_id": run, "scope": "support", "status": "failed", "memory_lane": "shared"}
        assert (await client.post("/v1/memory/replay/run/end", json=ended)).is_success
    await slack.wait_for(lambda: [one for one in roots(slack) if "FAILED" in one["text"]], timeout=30)
    assert len(new_roots(slack)) == 1


async def test_a_failure_that_aionis_did_not_answer_for_is_said_and_comes_when_it_does(
    slack: LocalSlack, aionis: SampleAionis, watching: str
) -> None:
    aionis.faults.add(endpoint="runs/get", kind="unsupported")
    aionis.let.storm(1, kinds=1)
    await until_status_says(slack, "1 failed run could not be read yet")
    aionis.faults.clear()
    await slack.wait_for(lambda: new_roots(slack), timeout=30)


async def completed_while_watching(slack: LocalSlack, aionis: SampleAionis) -> Json:
    """Bring every item of an incident to done; the watch does its own."""
    message = await opened(slack, aionis)
    await slack.submit(MAYA, await open_table(slack, message), FILLED)
    await mark_done(slack, message, "Corrective", {"proof": text_entered(LINK), "owner": user_entered(JONAS)})
    failing, rerun = aionis.runs["refund-failed"].run_id, aionis.runs["refund-rerun"].run_id
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay compare {failing} {rerun}")
    return await checklist(slack, "5 of 5 done, 4 verified")


async def test_a_failure_that_was_fixed_comes_back_and_its_incident_opens_again(
    slack: LocalSlack, aionis: SampleAionis, watching: str
) -> None:
    first = await completed_while_watching(slack, aionis)
    await slack.click(MAYA, first, text="Close incident")
    await checklist(slack, "· closed ·")
    aionis.let.recur("refund")
    back = await slack.wait_for(
        lambda: [m for m in slack.messages(INCIDENTS) if "has come back" in m["text"]], timeout=30
    )
    assert incident_id(first) in back[0]["text"]
    assert back[0]["subtype"] == "thread_broadcast"
    await checklist(slack, "Close incident", incident=incident_id(first))
    said = f"{incident_id(first)} has come back"
    await summary(slack, said)
    await slack.wait_for(
        lambda: [root for root in roots(slack) if said in text_of(root) and "in 30 days" in text_of(root)], timeout=30
    )
    await checklist(slack, "is still failing")  # seen again, or compared as a rerun already, whichever came first
    shown = await home(slack, "Watched · 1 channel", MAYA)
    assert said in shown
    assert "default/support" in shown


async def test_a_storm_makes_few_messages_and_one_digest(
    slack: LocalSlack, aionis: SampleAionis, watching: str
) -> None:
    before = len(roots(slack))
    aionis.let.storm(240, kinds=12, seconds=0)  # 500 are measured: `make bench ARGS=recurrence`

    def digests() -> list[str]:
        return [text_of(m) for m in posted(slack) if "more failed run" in m["text"]]

    def settled() -> bool:
        return len(new_roots(slack)) >= 3 and any("in 9 ways" in digest for digest in digests())

    await slack.wait_for(settled, timeout=120)
    assert len(digests()) == 1
    assert len(roots(slack)) - before == 4
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay recent")
    assert "× 20" in text_of(await told(slack, "Latest failed runs"))


async def test_status_and_off(slack: LocalSlack, aionis: SampleAionis, watching: str) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay watch status")
    assert "every 1 s" in text_of(await told(slack, "This channel watches default/support"))
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay watch off")
    await slack.wait_for(lambda: [m for m in posted(slack) if "watches no longer" in m["text"]])
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay  WATCH   status")
    await told(slack, "does not watch")


async def test_the_hook_looks_at_once_and_takes_only_what_is_signed(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, watch_seconds=3600, hook_secret=SECRET)
    async with running_bot(slack, settings) as base_url, http_client(base_url) as client:
        body = json.dumps({"run_id": "any", "scope": "support"}).encode()
        assert (await hook(client, body)).status_code == 404
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay watch")
        await slack.wait_for(lambda: looked(slack))
        await until_looked_at(slack)
        aionis.let.storm(1, kinds=1)
        assert (await hook(client, body, secret="another")).status_code == 401
        assert (await hook(client, body, at=time.time() - 3600)).status_code == 401
        assert (await client.post("/hooks/run-ended", content=body)).status_code == 401
        assert (await hook(client, b"{}")).status_code == 400
        assert (await hook(client, b"[1]")).status_code == 400
        assert (await hook(client, json.dumps({"run_id": 7}).encode())).status_code == 400
        assert (await client.get("/hooks/run-ended")).status_code in {401, 405}
        for _ in range(3):
            assert (await hook(client, body)).status_code == 202
        await slack.wait_for(lambda: new_roots(slack))
        assert len(new_roots(slack)) == 1


async def test_without_a_secret_there_is_no_hook(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    async with http_client(bot) as client:
        assert (await hook(client, b"{}")).status_code == 404


async def hook(
    client: httpx.AsyncClient, body: bytes, *, secret: str = SECRET, at: float | None = None
) -> httpx.Response:
    stamp = str(int(time.time() if at is None else at))
    signature = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {"x-hook-timestamp": stamp, "x-hook-signature": f"v0={signature}"}
    return await client.post("/hooks/run-ended", content=body, headers=headers)


@pytest.mark.reads_back
async def test_a_watch_verifies_the_follow_up_of_an_incident(
    slack: LocalSlack, aionis: SampleAionis, watching: str
) -> None:
    await replayed(slack, aionis.runs["refund-failed"].run_id)
    await checklist(slack, "watch of default/support, which knows fingerprint")


async def test_reruns_are_compared_as_they_end_and_stand_in_one_list(
    slack: LocalSlack, aionis: SampleAionis, watching: str
) -> None:
    await replayed(slack, aionis.runs["refund-failed"].run_id)
    await checklist(slack, "")
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay reruns 2")
    await told(slack, "asks for 2 reruns")
    aionis.let.rerun("feed", succeed=True)  # of another case
    aionis.let.rerun("refund", succeed=True)
    await rerun_list(slack, "1 of 1 rerun since the fix: fixed; 1 of 2 in a row")
    await checklist(slack, "open · 1 of 2 in a row fixed")
    await slack.wait_for(lambda: "*1 of 2 in a row fixed* (1 of 1 rerun since the fix)" in text_of(roots(slack)[-1]))
    assert "FIXED" not in text_of(roots(slack)[-1])
    aionis.let.rerun("refund", succeed=True)
    await rerun_list(slack, "2 of 2 reruns since the fix: fixed, fixed; 2 of 2 in a row")
    await checklist(slack, "fixed, 2 reruns in a row")
    aionis.let.rerun("refund", succeed=False)
    await rerun_list(slack, "2 of 3 reruns since the fix: fixed, fixed, still failing; 0 of 2 in a row")
    aionis.let.rerun("refund", succeed=False)
    await rerun_list(slack, "2 of 4 reruns since the fix: fixed, fixed, still failing, still failing; 0 of 2 in a row")
    await checklist(slack, "open again")
    assert len([m for m in slack.messages(INCIDENTS) if "Reruns · INC-" in text_of(m)]) == 1
    assert not comparisons(slack), "they stand in the list, not in messages of their own"


async def rerun_list(slack: LocalSlack, containing: str) -> Json:
    """Return the list of reruns once it shows a text."""

    def found() -> Json | None:
        kept = [m for m in slack.messages(INCIDENTS) if "Reruns · INC-" in text_of(m)]
        return kept[-1] if kept and containing in text_of(kept[-1]) else None

    message: Json = await slack.wait_for(found, timeout=30)
    return message


async def test_two_reruns_are_asked_for_and_prove_the_fix(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    failing = aionis.runs["refund-failed"].run_id
    await replayed(slack, failing)
    await checklist(slack, "")
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay reruns 2")
    await told(slack, "asks for 2 reruns")
    for rerun in (aionis.runs["refund-rerun"].run_id, aionis.let.rerun("refund", succeed=True)):
        assert "2 reruns in a row" not in text_of(await checklist(slack, ""))
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay compare {failing} {rerun}")
        await slack.wait_for(partial(comparison_of, slack, rerun))
    await checklist(slack, "fixed, 2 reruns in a row")


def comparison_of(slack: LocalSlack, rerun: str) -> bool:
    return any(rerun[:8] in message["text"] for message in comparisons(slack))
