"""A Slack that is away, loses answers or wants less: every command still gets exactly one result, in order."""

import asyncio
import time
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from bot.playground import slack as local
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, REFUNDS, LocalSlack, commands
from bot.playground.slack.world import BOT, Channel, World, default_world
from bot.store import live_messages
from bot.store.connection import open_redis
from bot.store.keys import Keys
from tests.conftest import make_slack, running_bot, settings_for
from tests.scenarios.incidents import checklist, incident_id, opened, roots, set_severity
from tests.scenarios.steps import Json, analyses, ephemeral, posted, replayed, text_of, told
from tests.scenarios.test_refusals import closed_because

RUNS = ["refund-failed", "refund-rerun", "refund-earlier-1", "refund-earlier-2", "refund-earlier-3"]  # of one case


def verdicts(slack: LocalSlack, aionis: SampleAionis, names: list[str]) -> list[str]:
    """Return which of these runs have their result, in the order in which they were posted."""
    short = {aionis.runs[name].run_id[:8]: name for name in names}
    return [name for m in analyses(slack) for id_, name in short.items() if m["text"].startswith(f"Run {id_}")]


def everybodys(slack: LocalSlack) -> list[Json]:
    """Return what only one person sees, of both who ask."""
    return [*ephemeral(slack, MAYA), *ephemeral(slack, JONAS)]


@pytest.mark.parametrize("drop", [False, True])
async def test_an_outage_loses_nothing_and_keeps_the_order(
    slack: LocalSlack, aionis: SampleAionis, bot: str, drop: bool
) -> None:
    outage = slack.faults.outage(drop=drop)
    for name in RUNS:
        assert (await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs[name].run_id}")).ok
    await slack.wait_for(lambda: outage.hits >= 4)
    outage.end()
    await slack.wait_for(lambda: len(verdicts(slack, aionis, RUNS)) == len(RUNS), timeout=60)
    assert verdicts(slack, aionis, RUNS) == RUNS
    assert len(roots(slack)) == 1


async def test_whoever_waits_longer_hears_of_it_once(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.failures.SAY_AFTER", 0.5)
    with slack.faults.outage("chat.postMessage") as outage:
        for name in RUNS[:2]:
            await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs[name].run_id}")
        await slack.wait_for(lambda: outage.hits >= 4)
    await slack.wait_for(lambda: len(verdicts(slack, aionis, RUNS[:2])) == 2)
    waiting = [m for m in ephemeral(slack) if "Your request waits" in text_of(m)]
    assert len(waiting) == 2, "the one that is tried, and the one behind it"


async def test_of_what_is_done_but_not_told_the_end_of_patience_says_where_to_look(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, job_patience_hours=1 / 3600)
    async with running_bot(slack, settings):
        id_ = incident_id(await opened(slack, aionis))
        with slack.faults.outage("chat.postMessage"):
            await slack.command(user=MAYA, channel=INCIDENTS, text="/replay close anyway because it was a drill")
            failure = await told(slack, "was given up")
            assert "See with `/replay status` how it stands" in failure["text"]
            await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay status {id_}")
            await told(slack, f"{id_} is closed.")


async def test_the_end_of_patience_is_told_and_logged(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, job_patience_hours=1 / 3600)
    with slack.faults.outage("chat.postMessage"), structlog.testing.capture_logs() as logs:
        async with running_bot(slack, settings):
            await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
            failure = await told(slack, "was given up")
            slack.faults.clear()
            await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
            await told(slack, "No incident is open")  # what has no message in the channel is not open for anybody
            reasons = await closed_because(redis_url)
    assert len([reason for reason in reasons if "was given up" in reason]) == 1
    assert "Try: " in text_of(failure)
    given_up = [line["kind"] for line in logs if line["event"] == "job_given_up"]
    assert given_up.count("replay") == 1, logs


async def test_what_is_told_to_one_person_survives_an_outage(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    with slack.faults.outage("response_url") as outage:
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay 00000000-0000-4000-8000-000000000000")
        await slack.wait_for(lambda: outage.hits >= 2)
    await told(slack, "Aionis has no run")
    assert len([m for m in ephemeral(slack) if "✗" in text_of(m)]) == 1


@pytest.mark.parametrize("new", ["", " new"], ids=["result", "root"])  # whose post Slack does not tell of
async def test_what_is_there_does_not_fail_when_its_job_is_done_again_without_aionis(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch, new: str
) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, aionis_deadline_seconds=0.5)):
        await opened(slack, aionis)
        with structlog.testing.capture_logs() as logs:
            slack.faults.next("chat.postMessage", lose_response=True)
            await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs[RUNS[1]].run_id}{new}")
            await slack.wait_for(lambda: len(roots(slack)) == 2 if new else verdicts(slack, aionis, RUNS[1:2]))
            aionis.faults.add(endpoint="*", kind="bad_gateway")
            await slack.wait_for(lambda: [line for line in logs if line["event"] == "job_goes_on_later"])
            # From now on: what is waited for is Aionis, and no longer Slack.
            monkeypatch.setattr("bot.jobs.failures.SAY_AFTER", 0.5)
            if new:
                await told(slack, "the rest follows by itself")
            aionis.faults.clear()
            await slack.wait_for(lambda: verdicts(slack, aionis, RUNS) == RUNS[:2])
            await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
            await told(slack, incident_id(roots(slack)[-1]))
    assert [m for m in ephemeral(slack) if "✗" in text_of(m)] == []
    assert len([m for m in ephemeral(slack) if "follows by itself" in text_of(m)]) == (1 if new else 0)
    assert verdicts(slack, aionis, RUNS) == RUNS[:2]


async def test_an_incident_whose_root_was_posted_and_not_recorded_goes_on_below_it_at_the_end_of_patience(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, job_patience_hours=1 / 3600, aionis_deadline_seconds=0.5)
    async with running_bot(slack, settings):
        slack.faults.next("chat.postMessage", lose_response=True)
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
        await slack.wait_for(lambda: roots(slack))
        aionis.faults.add(endpoint="*", kind="bad_gateway")
        await told(slack, "Aionis answered HTTP 502")
        shown = await checklist(slack, "")
        assert shown["thread_ts"] == roots(slack)[0]["ts"]
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        await told(slack, incident_id(shown))
    assert await closed_because(redis_url) == []


async def test_a_run_whose_analysis_never_came_is_shown_when_it_is_asked_for_again(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, aionis_deadline_seconds=0.5)):
        await opened(slack, aionis)
        asked = f"/replay {aionis.runs[RUNS[1]].run_id}"
        with slack.faults.outage("chat.postMessage") as outage:
            await slack.command(user=MAYA, channel=INCIDENTS, text=asked)
            await slack.wait_for(lambda: outage.hits)  # it is in the incident, and not shown
            aionis.faults.add(endpoint="*", kind="bad_gateway")
            await told(slack, "Aionis answered HTTP 502")
        aionis.faults.clear()
        for _ in range(2):
            await slack.command(user=JONAS, channel=INCIDENTS, text=asked)
        await slack.wait_for(lambda: [m for m in ephemeral(slack, JONAS) if "is already in" in text_of(m)])
    assert len([m for m in ephemeral(slack, JONAS) if "is already in" in text_of(m)]) == 1
    assert verdicts(slack, aionis, RUNS) == RUNS[:2]


@pytest.mark.parametrize("fault", [{"status": 500}, {"lose_response": True}])
async def test_the_checklist_shows_the_log_whatever_became_of_an_edit(
    slack: LocalSlack, aionis: SampleAionis, bot: str, fault: dict[str, Any]
) -> None:
    shown = await opened(slack, aionis)
    await set_severity(slack, shown, "SEV2")
    shown = await checklist(slack, "· SEV2 ·")
    with slack.faults.window("chat.update", **fault) as lost:
        await set_severity(slack, shown, "SEV3")
        await slack.wait_for(lambda: lost.hits >= 1)
        await set_severity(slack, shown, "SEV2")
        await slack.wait_for(lambda: lost.hits >= 3)
    await slack.wait_for(lambda: slack.calls_to("chat.update")[-1].ok)
    await checklist(slack, "· SEV2 ·")


async def test_a_checklist_whose_answer_was_lost_shows_what_came_after(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    shown = await opened(slack, aionis)
    await set_severity(slack, shown, "SEV3")
    shown = await checklist(slack, "· SEV3 ·")
    with slack.faults.outage("conversations.replies") as unseen:  # what was posted is found only when all has changed
        slack.faults.next("chat.postMessage", lose_response=True)
        slack.admin.delete_message(INCIDENTS, shown["ts"])
        await slack.wait_for(lambda: unseen.hits)
        await set_severity(slack, await checklist(slack, "· SEV3 ·"), "SEV1")
    await checklist(slack, "· SEV1 ·")


async def test_a_root_whose_answer_is_lost_is_found_where_it_was_posted(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    slack.faults.next("chat.postMessage", lose_response=True)
    for name in RUNS[:2]:
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs[name].run_id}")
    await slack.wait_for(lambda: len(verdicts(slack, aionis, RUNS[:2])) >= 2, timeout=30)
    await replayed(slack, aionis.runs["refund-earlier-1"].run_id)
    assert verdicts(slack, aionis, RUNS[:2]) == RUNS[:2]
    assert len(roots(slack)) == 1


async def test_a_bot_that_stops_amid_slow_posts_posts_none_of_them_twice(
    aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.queue.worker.GRACE", 0.1)
    monkeypatch.setattr("bot.slack.posts._IN_FLIGHT", 2.5)
    channels = [f"C0ASTORM{number:02}" for number in range(3)]
    slack = make_slack(world_with(channels))

    async def all_type(name: str) -> None:
        text = f"/replay {aionis.runs[name].run_id}"
        await asyncio.gather(*(slack.command(user=MAYA, channel=one, text=text) for one in channels))

    async with local.serve(slack):
        settings = settings_for(slack, aionis.base_url, redis_url, worker_concurrency=len(channels))
        async with running_bot(slack, settings):
            await all_type("refund-failed")
            await slack.wait_for(lambda: all(analyses(slack, one) for one in channels), timeout=30)
            late = slack.faults.late("chat.postMessage", seconds=2.0)  # these take effect when the bot is gone
            await all_type("refund-rerun")
            await slack.wait_for(lambda: late.hits >= len(channels))
        late.end()
        async with running_bot(slack, settings):
            await slack.wait_for(lambda: all(len(analyses(slack, one)) >= 2 for one in channels), timeout=30)
            await asyncio.gather(*(replayed(slack, aionis.runs["refund-earlier-1"].run_id, one) for one in channels))
    for one in channels:
        parts = Counter((m["text"], m.get("thread_ts")) for m in slack.messages(one) if not m.get("is_ephemeral"))
        assert max(parts.values()) == 1, f"{one}: {parts}"
        assert (len(analyses(slack, one)), len(roots(slack, one))) == (3, 1)


async def test_a_lost_answer_in_a_long_thread_is_found(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = (await opened(slack, aionis))["thread_ts"]
    slack.faults.next("chat.postMessage", lose_response=True)
    with slack.faults.outage("conversations.replies") as away:  # nobody looks yet
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-rerun'].run_id}")
        await slack.wait_for(lambda: away.hits)
        for number in range(320):
            commands.say(slack.workspace, JONAS, INCIDENTS, f"reply {number}", root)
    await replayed(slack, aionis.runs["refund-earlier-1"].run_id)
    assert verdicts(slack, aionis, RUNS[:3]) == RUNS[:3]


@pytest.mark.parametrize("redis_ahead", [120, -120])
async def test_a_lost_answer_is_found_where_the_clock_of_redis_is_wrong(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch, redis_ahead: int
) -> None:
    slack.clock_skew = -redis_ahead  # the bot's own machine has Slack's time
    own = SimpleNamespace(time=lambda: time.time() - redis_ahead, monotonic=time.monotonic)
    monkeypatch.setattr("bot.slack.clock.time", own)
    await opened(slack, aionis)
    slack.faults.next("chat.postMessage", lose_response=True)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-rerun'].run_id}")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-earlier-1'].run_id}")
    await slack.wait_for(lambda: RUNS[2] in verdicts(slack, aionis, RUNS[:3]))
    assert verdicts(slack, aionis, RUNS[:3]) == RUNS[:3]


async def test_a_worker_that_is_killed_while_it_edits_freezes_nothing_for_longer_than_its_lease(
    slack: LocalSlack, aionis: SampleAionis, bot: str, redis_url: str
) -> None:
    assert live_messages.LEASE <= 5.0, "seconds for which a killed one holds what it edits"
    shown = await opened(slack, aionis)
    name = Keys(slack.world.team.id).showing(INCIDENTS, incident_id(shown))
    async with open_redis(redis_url) as redis:
        await redis.set(name, "of a worker that is no more", px=300)
        await set_severity(slack, shown, "SEV2")
        await checklist(slack, "· SEV2 ·")


def world_with(channels: list[str]) -> World:
    """Return a workspace with these channels beside the usual ones."""
    world = default_world()
    for id_ in channels:
        world.channels[id_] = Channel(id_, id_.lower(), [MAYA, JONAS, BOT], creator=MAYA)
    return world


async def test_two_at_once_open_one_incident(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    run = aionis.runs["refund-failed"].run_id
    slack.latency = 0.1
    await asyncio.gather(*(slack.command(user=who, channel=INCIDENTS, text=f"/replay {run}") for who in (MAYA, JONAS)))
    await slack.wait_for(lambda: any("is already in" in text_of(one) for one in everybodys(slack)), timeout=30)
    slack.latency = 0.0
    assert len(roots(slack)) == 1
    assert verdicts(slack, aionis, RUNS[:1]) == RUNS[:1]


async def test_the_root_does_not_wait_for_a_picture(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, picture_steps=1)):
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
        (analysis,) = await slack.wait_for(lambda: analyses(slack))
    assert "slack_file" in text_of(analysis)
    order = [call.method for call in slack.calls if call.method in {"chat.postMessage", "files.getUploadURLExternal"}]
    assert order[:3] == ["chat.postMessage", "files.getUploadURLExternal", "chat.postMessage"]


@pytest.mark.parametrize("method", ["files.completeUploadExternal", "upload", "files.getUploadURLExternal"])
async def test_a_picture_whose_answer_is_lost_is_there_once(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, method: str
) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, picture_steps=1)):
        slack.faults.next(method, lose_response=True)
        root = await replayed(slack, aionis.runs["refund-failed"].run_id)
        await replayed(slack, aionis.runs["refund-rerun"].run_id)
        pictures = [one for one in analyses(slack) if "slack_file" in text_of(one) and one["ts"] == root["ts"]]
    assert len(pictures) == 1
    assert len([one for one in analyses(slack) if one["text"] == root["text"]]) == 1
    names = [file.name for file in slack.files]
    assert len(names) == len(set(names)), names


@pytest.mark.parametrize("fault", [{"lose_response": True}, {"drop": True}])
async def test_what_one_person_may_have_seen_is_never_shown_again(
    slack: LocalSlack, aionis: SampleAionis, bot: str, fault: dict[str, Any]
) -> None:
    slack.faults.next("response_url", **fault)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
    await slack.wait_for(lambda: slack.calls_to("response_url"))
    await replayed(slack, aionis.runs["refund-failed"].run_id)
    assert len(slack.calls_to("response_url")) == 1


@pytest.mark.parametrize("code", ["expired_url", "used_url"])
async def test_a_response_url_that_is_dead_is_no_way_to_keep_silent(
    slack: LocalSlack, aionis: SampleAionis, bot: str, code: str
) -> None:
    slack.kill_response_urls(code)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
    await told(slack, "No incident is open")


async def test_a_channel_that_must_wait_keeps_nobody_else_waiting(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, worker_concurrency=1)):
        slack.limits.hold(INCIDENTS, 3)
        for name in RUNS:
            await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs[name].run_id}")
        await slack.wait_for(lambda: [call for call in slack.calls_to("chat.postMessage") if not call.ok])
        await replayed(slack, aionis.runs["success"].run_id, REFUNDS)
        assert posted(slack) == [], "the other channel has its result while this one still waits"
        await slack.wait_for(lambda: len(verdicts(slack, aionis, RUNS)) == len(RUNS), timeout=60)
    assert verdicts(slack, aionis, RUNS) == RUNS
