"""What Slack refuses although nothing is wrong: the incident goes on, and people are told what helps."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.jobs import refresh
from bot.jobs.queueing import reschedule
from bot.jobs.registry import Job
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, REFUNDS, LocalSlack
from bot.playground.slack.faults import FaultFields
from bot.playground.slack.world import BOT
from bot.runtime.services import Services
from bot.store.connection import open_redis
from bot.store.keys import EVERYWHERE, Keys
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import (
    checklist,
    incident_id,
    is_checklist,
    opened,
    roots,
    set_severity,
    summaries,
    summary,
    text_entered,
)
from tests.scenarios.steps import Json, analyses, ephemeral, modal, replayed, replied, text_of, told


@pytest.mark.parametrize("fault", ["too_many_pins", "missing_scope", "internal_error"])
async def test_a_pin_that_slack_refuses_stops_nothing(
    slack: LocalSlack, aionis: SampleAionis, bot: str, fault: str
) -> None:
    with slack.faults.window("pins.add", "pins.remove", error=fault):
        shown = await opened(slack, aionis)
        await set_severity(slack, shown, "SEV2")
        await checklist(slack, "· SEV2 ·")


NO_LINK: dict[str, FaultFields] = {
    **{code: {"error": code} for code in ("access_denied", "is_archived", "not_in_channel")},
    "away": {"status": 500},
    "cut off": {"drop": True},
    "asked to wait": {"retry_after": 30},
    "never answered": {"delay": 30},
}


@pytest.mark.parametrize("how", NO_LINK)
async def test_a_link_that_slack_does_not_give_stops_nothing(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr("bot.slack.messages._LINK_WITHIN", 0.2)
    await opened(slack, aionis)
    with slack.faults.window("chat.getPermalink", **NO_LINK[how]):
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-earlier-1'].run_id}")
        assert "was added to INC-" in text_of(await told(slack, "was added to"))
        for _ in range(2):  # the second time it is there already, and where it is would be said
            await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
            await told(slack, "is already in")
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        await told(slack, "of 5 done")
    assert not [m for m in ephemeral(slack) if "refused to link" in text_of(m)]


@pytest.mark.parametrize("code", ["cant_update_message", "edit_window_closed"])
async def test_what_slack_does_not_let_be_edited_is_posted_anew(
    slack: LocalSlack, aionis: SampleAionis, bot: str, code: str
) -> None:
    shown = await opened(slack, aionis)
    with slack.faults.window("chat.update", error=code):
        await set_severity(slack, shown, "SEV2")
        assert (await checklist(slack, "· SEV2 ·"))["ts"] > shown["ts"]


@pytest.mark.parametrize("code", ["restricted_action", "not_in_channel", "of_tomorrow"])
async def test_what_slack_refuses_to_edit_is_shown_when_it_takes_edits_again(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr("bot.jobs.refresh.REFUSED_PAUSE", timedelta(seconds=0.2))
    shown = await opened(slack, aionis)
    with slack.faults.window("chat.update", error=code) as refused:
        await slack.click(MAYA, shown, text="Close incident")
        await slack.submit(MAYA, await modal(slack, "Close anyway"), {"reason": text_entered("a drill")})
        await slack.wait_for(lambda: refused.hits >= 3)  # the root and the checklist, and one of them once more
    await checklist(slack, "Closed anyway by")
    await slack.wait_for(lambda: "*closed anyway*" in text_of(roots(slack)[0]))


async def test_the_patience_with_a_refused_edit_ends_whatever_else_is_refreshed(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.refresh.REFUSED_PAUSE", timedelta(seconds=0.1))
    settings = settings_for(slack, aionis.base_url, redis_url, job_patience_hours=1)
    ahead, tried_again = timedelta(), list[str]()

    async def noted(services: Services, job: Job, *, key: str, at: datetime) -> None:
        tried_again.extend([key] if key.endswith(":refused") else [])
        await reschedule(services, job, key=key, at=at)

    monkeypatch.setattr(refresh, "reschedule", noted)
    async with running_bot(slack, settings, now=lambda: datetime.now(UTC) + ahead):
        shown = await opened(slack, aionis)
        with slack.faults.window("chat.update", error="restricted_action") as refused:
            await set_severity(slack, shown, "SEV2")
            await slack.wait_for(lambda: len(tried_again) >= 2)
            ahead = timedelta(hours=1)
            before = refused.hits
            await slack.wait_for(lambda: refused.hits >= before + 2)  # the last try: the root and the checklist
            tried_again.clear()
            await set_severity(slack, shown, "SEV3")  # a refresh from elsewhere
            await slack.wait_for(lambda: refused.hits >= before + 4)
        await set_severity(slack, shown, "SEV1")
        await checklist(slack, "· SEV1 ·")
        assert tried_again == []
        with slack.faults.window("chat.update", error="restricted_action"):
            await set_severity(slack, shown, "SEV2")  # refused anew, after it was taken
            await slack.wait_for(lambda: tried_again)


async def test_a_new_root_that_slack_refuses_is_posted_when_it_takes_posts_again(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.refresh.REFUSED_PAUSE", timedelta(seconds=0.2))
    shown = await opened(slack, aionis)
    with slack.faults.window("chat.postMessage", error="restricted_action") as refused:
        slack.admin.delete_message(INCIDENTS, roots(slack)[0]["ts"])
        await slack.wait_for(lambda: refused.hits >= 2)
    await slack.wait_for(lambda: incident_id(shown) in text_of(roots(slack)[-1]))


async def test_a_thread_that_the_bot_may_not_read_keeps_no_summary_back(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await slack.click(MAYA, await opened(slack, aionis), text="Close incident")
    slack.admin.revoke_scopes("channels:history")
    await slack.submit(MAYA, await modal(slack, "Close anyway"), {"reason": text_entered("a drill")})
    await summary(slack, "closed by")


async def test_what_is_too_old_to_be_edited_is_posted_anew(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, summary_min_seconds=1)):
        shown = await opened(slack, aionis)
        slack.policy.edit_window = 0
        await set_severity(slack, shown, "SEV2")
        again = await checklist(slack, "· SEV2 ·")
        assert again["ts"] > shown["ts"]
        assert again["thread_ts"] == shown["thread_ts"]
        root = await replied(slack, roots(slack)[0], " · SEV2 · open since")
        await slack.wait_for(lambda: slack.pins(INCIDENTS) == [root["ts"]])
        await set_severity(slack, again, "SEV3")
        root = await replied(slack, roots(slack)[0], " · SEV3 · open since")
        await slack.wait_for(lambda: slack.pins(INCIDENTS) == [root["ts"]])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("restricted_action", "posting permissions"),
        ("restricted_action_read_only_channel", "read-only"),
        ("restricted_action_thread_only_channel", "in a thread"),
        ("message_limit_exceeded", "limit of messages"),
        ("is_archived", "the channel is archived"),
        ("no_permission", "lacks a permission"),
        ("team_access_not_granted", "no access to this workspace"),
        ("ekm_access_denied", "key management"),
    ],
)
async def test_a_channel_that_takes_no_posts_is_told_in_its_own_words(
    slack: LocalSlack, aionis: SampleAionis, bot: str, redis_url: str, code: str, said: str
) -> None:
    with slack.faults.window("chat.postMessage", error=code):
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
        helps = text_of(await told(slack, said))
        assert "/invite" not in helps
        assert "No incident was opened" in helps
        shown = await told(slack, "FAILED at step 2")
        assert "INC-" not in text_of(shown), "what is not open has no buttons"
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        await told(slack, "No incident is open")
    assert [reason for reason in await closed_because(redis_url) if code in reason]


@pytest.mark.parametrize("code", ["token_expired", "account_inactive"])
async def test_a_token_that_is_over_is_told_and_the_next_one_goes_on(
    slack: LocalSlack, aionis: SampleAionis, bot: str, code: str
) -> None:
    run = aionis.runs["refund-failed"].run_id
    with slack.faults.window("chat.postMessage", error=code):
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {run}")
        await told(slack, "SLACK_BOT_TOKEN")
    await replayed(slack, run)
    assert len(roots(slack)) == 1


async def test_an_incident_whose_root_was_refused_is_discarded(
    slack: LocalSlack, aionis: SampleAionis, bot: str, redis_url: str
) -> None:
    run = aionis.runs["refund-failed"].run_id
    for typed in ("/replay", f"<@{BOT}> replay"):  # by a mention nobody can be told, and no incident stays all the same
        before = len(await closed_because(redis_url))
        with slack.faults.window("chat.postMessage", "chat.postEphemeral", error="restricted_action"):
            if typed == "/replay":
                await slack.command(user=MAYA, channel=INCIDENTS, text=f"{typed} {run}")
            else:
                await slack.say(MAYA, INCIDENTS, f"{typed} {run}")
            await until_closed(redis_url, before + 1)
    async with open_redis(redis_url) as redis:
        assert await redis.exists(Keys(slack.world.team.id).open_incidents(INCIDENTS)) == 0
        known = [name async for name in redis.scan_iter("*:incidents")]
        assert known == [], "no failure is said to have had it"
    await replayed(slack, run)
    assert len(roots(slack)) == 1


async def closed_because(redis_url: str) -> list[str]:
    """Return the reasons with which incidents were closed."""
    async with open_redis(redis_url) as redis:
        names = [name async for name in redis.scan_iter(EVERYWHERE.incident_fields("*", "*"))]
        closures = [await redis.hget(name, "closed") for name in names]
    return [json.loads(closure)["reason"] for closure in closures if closure]


async def until_closed(redis_url: str, count: int) -> None:
    while len(await closed_because(redis_url)) < count:  # noqa: ASYNC110 it is asked of Redis
        await asyncio.sleep(0.02)


async def test_a_run_whose_analysis_is_refused_is_known_where_its_failure_is_seen_again(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run = aionis.runs["refund-failed"].run_id
    slack.admin.restrict(INCIDENTS, "restricted_action_non_threadable_channel")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {run}")
    await told(slack, "threads are not allowed here")
    id_ = incident_id(roots(slack)[0])
    await replayed(slack, run, REFUNDS)
    await slack.wait_for(lambda: id_ in text_of(analyses(slack, REFUNDS)[0]))


async def test_what_somebody_deleted_comes_back(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, summary_min_seconds=1)):
        shown = await opened(slack, aionis)
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
        first = await summary(slack, "open")
        slack.admin.delete_message(INCIDENTS, shown["ts"])
        await slack.wait_for(lambda: [m for m in checklists(slack) if m["ts"] > first["ts"]])
        slack.admin.delete_message(INCIDENTS, first["ts"])
        await slack.wait_for(lambda: summaries(slack)[-1]["ts"] > first["ts"])


async def test_everything_follows_below_a_new_root(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, summary_min_seconds=1)):
        shown = await opened(slack, aionis)
        root = roots(slack)[0]
        slack.admin.delete_message(INCIDENTS, root["ts"])
        fresh = await slack.wait_for(lambda: next((m for m in roots(slack) if m["ts"] > root["ts"]), None))
        again = await slack.wait_for(
            lambda: next((m for m in checklists(slack) if m["thread_ts"] == fresh["ts"]), None)
        )
        await set_severity(slack, again, "SEV2")
        await slack.wait_for(
            lambda: [m for m in checklists(slack) if m["thread_ts"] == fresh["ts"] and "· SEV2 ·" in text_of(m)]
        )
        await replayed(slack, aionis.runs["refund-rerun"].run_id)
        assert incident_id(fresh) == incident_id(shown)
        seen = [m for m in slack.messages(INCIDENTS) if m.get("bot_id") and not m.get("is_ephemeral")]
        assert [m for m in seen if not m.get("thread_ts") and m["ts"] != fresh["ts"]] == []


async def test_an_analysis_whose_root_goes_while_it_is_posted_goes_on_below_a_new_one(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis)
    root = roots(slack)[0]
    with slack.faults.late("chat.postMessage", seconds=0.5) as late:
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-rerun'].run_id}")
        await slack.wait_for(lambda: late.hits)
        vanish(slack, root["ts"])
    short = aionis.runs["refund-rerun"].run_id[:8]
    found = await slack.wait_for(lambda: [m for m in analyses(slack) if short in m["text"] and m.get("thread_ts")])
    assert found[0]["thread_ts"] == roots(slack)[-1]["ts"] != root["ts"]
    assert len([m for m in analyses(slack) if short in m["text"]]) == 1


async def test_a_bundle_whose_thread_is_gone_goes_below_a_new_root(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis)
    vanish(slack, roots(slack)[0]["ts"])
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay export")
    said = await slack.wait_for(lambda: [m for m in slack.messages(INCIDENTS) if m["text"].startswith("Evidence of")])
    (bundle,) = [file for file in slack.files if file.name.endswith(".zip")]
    assert bundle.shared == [(INCIDENTS, roots(slack)[-1]["ts"])]
    assert said[0]["thread_ts"] == roots(slack)[-1]["ts"]


def vanish(slack: LocalSlack, ts: str) -> None:
    """Take a message and its thread away without a word to the bot."""
    for message in list(slack.messages(INCIDENTS)):
        if ts in (message["ts"], message.get("thread_ts")):
            kept = slack.workspace.messages.find(INCIDENTS, message["ts"])
            assert kept
            slack.workspace.messages.remove(kept)


def checklists(slack: LocalSlack) -> list[Json]:
    return [m for m in slack.messages(INCIDENTS) if is_checklist(m)]


async def test_an_opener_whom_slack_no_longer_knows_freezes_nothing(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url)):
        shown = await opened(slack, aionis)
    slack.admin.hide_user(MAYA)
    soon = datetime.now(UTC) + timedelta(minutes=10)  # past what is remembered of people
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url), now=lambda: soon):
        await set_severity(slack, shown, "SEV2", user=JONAS)
        await checklist(slack, "· SEV2 ·")


@pytest.mark.parametrize("code", ["user_not_in_channel", "user_not_found"])
async def test_whoever_cannot_be_told_stops_nothing(
    slack: LocalSlack, aionis: SampleAionis, bot: str, code: str
) -> None:
    shown = await opened(slack, aionis)
    with slack.faults.window("chat.postEphemeral", error=code) as refused:
        await slack.say(JONAS, INCIDENTS, "@incident-bot severity SEV1", thread_ts=shown["thread_ts"])
        await checklist(slack, "· SEV1 ·")
        await slack.say(JONAS, INCIDENTS, "@incident-bot I'm on it", thread_ts=shown["thread_ts"])
        await slack.wait_for(lambda: f"lead <@{JONAS}>" in text_of(roots(slack)[0]))
        await slack.wait_for(lambda: refused.hits)
    await slack.say(JONAS, INCIDENTS, "@incident-bot severity SEV2", thread_ts=shown["thread_ts"])
    await told(slack, "is SEV2 now", user=JONAS)
    assert all(delivery.ok for delivery in slack.deliveries)
