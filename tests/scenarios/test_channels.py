"""A channel that goes away and comes back, or gets another id: its incidents and reminders go on where they were."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.blocks.incidents import SHOW_AGAIN
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.playground.slack.delivery import Delivery
from bot.playground.slack.world import BOT
from bot.store.connection import open_redis
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import (
    checklist,
    delete_unheard,
    incident_id,
    is_checklist,
    opened,
    roots,
    set_severity,
    severity_choice,
    summary,
    text_entered,
)
from tests.scenarios.steps import Json, analyses, ephemeral, modal, replayed, replies, text_of, told
from tests.scenarios.test_reminders import Clock
from tests.store.test_audit import command

AFTERNOON = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)  # in Los Angeles, where Maya is

Step = Callable[[LocalSlack], Awaitable[object]]


async def _archive(slack: LocalSlack) -> None:
    slack.admin.archive(INCIDENTS)


async def _unarchive(slack: LocalSlack) -> None:
    slack.admin.unarchive(INCIDENTS)


async def _remove(slack: LocalSlack) -> None:
    slack.admin.remove(INCIDENTS, BOT)


async def _invite(slack: LocalSlack) -> None:
    await slack.invite(MAYA, INCIDENTS, "incident-bot")


def reminders(slack: LocalSlack, channel: str = INCIDENTS) -> list[Json]:
    return [m for m in slack.messages(channel) if "still open." in m["text"] and not m.get("is_ephemeral")]


@pytest.mark.parametrize(("away", "back"), [(_archive, _unarchive), (_remove, _invite)])
async def test_reminders_go_on_when_the_channel_is_back(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, away: Step, back: Step
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, nudge_hours=1 / 3600)
    async with running_bot(slack, settings, Clock(AFTERNOON)):
        await opened(slack, aionis)
        await away(slack)
        before = len(slack.calls_to("chat.postMessage"))
        await slack.wait_for(lambda: [c for c in slack.calls_to("chat.postMessage")[before:] if not c.ok])
        await back(slack)
        await slack.wait_for(lambda: reminders(slack))
    assert len(reminders(slack)) == 1


async def test_a_channel_with_another_id_has_its_incidents_under_it(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url)):
        id_ = incident_id(await opened(slack, aionis))
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay watch on")
        new = slack.admin.change_id(INCIDENTS)
        await slack.settle()
        shown = await slack.wait_for(lambda: [m for m in slack.messages(new) if is_checklist(m)])

        async def is_there() -> bool:
            async with open_redis(redis_url) as redis:
                return bool([name async for name in redis.scan_iter(f"*/{new}}}:log:{id_}")])

        while not await is_there():
            pass
        await set_severity(slack, shown[0], "SEV2")
        await checklist(slack, "· SEV", channel=new)
        await replayed(slack, aionis.runs["refund-rerun"].run_id, new)
        await slack.command(user=MAYA, channel=new, text="/replay status")
        await told(slack, id_, channel=new)
        there = {one["ts"] for one in analyses(slack, new)}
        slack.admin.delete_message(new, min(there))
        await slack.wait_for(lambda: {one["ts"] for one in analyses(slack, new)} - there)
    async with open_redis(redis_url) as redis:
        left = [name async for name in redis.scan_iter(f"*/{INCIDENTS}}}:*")]
    assert left == []
    assert "as it was written" in await command("audit", id_)
    assert "nothing was changed" in await command("rebuild", id_)


@pytest.mark.parametrize("is_heard_late", [False, True])
@pytest.mark.parametrize("is_first", [False, True])
async def test_a_replay_follows_its_channel_to_another_id(
    slack: LocalSlack,
    aionis: SampleAionis,
    bot: str,
    monkeypatch: pytest.MonkeyPatch,
    is_heard_late: bool,
    is_first: bool,
) -> None:
    if not is_first:
        await opened(slack, aionis)
    held: list[tuple[Any, ...]] = []
    emit = slack.admin._emit
    monkeypatch.setattr(slack.admin, "_emit", lambda *event: held.append(event))
    run = aionis.runs["refund-rerun"].run_id
    with slack.faults.late("chat.postMessage", seconds=0.3) as late:
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {run}")
        await slack.wait_for(lambda: late.hits)
        new = slack.admin.change_id(INCIDENTS)
        if is_heard_late:
            await slack.wait_for(lambda: [c for c in slack.calls_to("chat.postMessage") if not c.ok])
        emit(*held[0])
    await slack.wait_for(lambda: [one for one in analyses(slack, new) if run[:8] in one["text"]])
    assert len(roots(slack, new)) == 1
    assert len([one for one in analyses(slack, new) if run[:8] in one["text"]]) == 1
    assert "nvite" not in str([text_of(one) for one in ephemeral(slack, MAYA, new)])
    await slack.command(user=MAYA, channel=new, text="/replay status")
    await told(slack, f"{incident_id(roots(slack, new)[0])} · open", channel=new)


@pytest.mark.parametrize("place", range(3), ids=["root", "analysis", "checklist"])
async def test_what_was_posted_and_not_confirmed_is_found_under_another_id(
    slack: LocalSlack, aionis: SampleAionis, bot: str, place: int
) -> None:
    slack.faults.next("chat.postMessage", times=place, delay=0.001)
    slack.faults.next("chat.postMessage", lose_response=True)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
    await slack.wait_for(lambda: len(slack.calls_to("chat.postMessage")) > place)
    new = slack.admin.change_id(INCIDENTS)
    await set_severity(slack, await checklist(slack, "", channel=new), "SEV2")
    shown = await checklist(slack, "· SEV2 ·", channel=new)
    await slack.wait_for(lambda: analyses(slack, new))
    there = [one for one in slack.messages(new) if is_checklist(one)]
    assert (len(roots(slack, new)), len(analyses(slack, new)), there) == (1, 1, [shown])


async def test_a_thread_that_goes_quiet_under_another_id_is_summarised(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    quick = {"summary_quiet_seconds": 1, "summary_quiet_messages": 1, "summary_min_seconds": 1}
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, **quick)):
        root = (await opened(slack, aionis))["thread_ts"]
        await slack.say(MAYA, INCIDENTS, "the queue was full", thread_ts=root)
        await slack.settle()
        new = slack.admin.change_id(INCIDENTS)
        await summary(slack, "1 message by 1 person", channel=new)


async def test_a_modal_follows_its_channel_to_another_id(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    shown = await opened(slack, aionis)
    await slack.click(MAYA, shown, text="Close incident")
    view = await modal(slack, "Close anyway")
    new = slack.admin.change_id(INCIDENTS)
    await slack.settle()
    await set_severity(slack, await checklist(slack, "", channel=new), "SEV2")
    await checklist(slack, "· SEV2 ·", channel=new)  # the channel was followed
    assert (await slack.submit(MAYA, view, {"reason": text_entered("a drill")})).ok
    await checklist(slack, "Closed anyway by", channel=new)


async def test_a_click_in_a_channel_whose_new_id_nobody_has_told_is_carried_out(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = incident_id(await opened(slack, aionis))
    held: list[tuple[Any, ...]] = []
    emit = slack.admin._emit
    with monkeypatch.context() as patch:
        patch.setattr(slack.admin, "_emit", lambda *event: held.append(event))
        new = slack.admin.change_id(INCIDENTS)
    await set_severity(slack, await checklist(slack, "", channel=new), "SEV2")
    await checklist(slack, "· SEV2 ·", channel=new)
    emit(*held[0])
    await slack.settle()
    await set_severity(slack, await checklist(slack, "", channel=new), "SEV3")
    await checklist(slack, "· SEV3 ·", channel=new)
    await slack.command(user=MAYA, channel=new, text="/replay status")
    await told(slack, id_, channel=new)
    assert "belongs to another channel" not in str([text_of(one) for one in ephemeral(slack, MAYA, new)])


async def test_a_click_that_comes_after_word_of_the_new_id_does_not_lead_back(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = incident_id(await opened(slack, aionis))
    shown = await checklist(slack, "")
    late: list[Json] = []

    async def hold(kind: str, payload: Json) -> Delivery:
        late.append(payload)
        return Delivery(kind, payload, slack.link)

    with monkeypatch.context() as patch:
        patch.setattr(slack.link, "send", hold)
        await slack.click(MAYA, shown, **severity_choice(shown, "SEV2"))
    new = slack.admin.change_id(INCIDENTS)
    await slack.settle()
    await set_severity(slack, await checklist(slack, "", channel=new), "SEV3")
    await checklist(slack, "· SEV3 ·", channel=new)
    assert (await slack.link.send("interactive", late[0])).ok
    await checklist(slack, "· SEV2 ·", channel=new)
    await slack.command(user=MAYA, channel=new, text="/replay status")
    await told(slack, id_, channel=new)


async def test_what_was_deleted_while_nobody_heard_of_it_is_shown_again(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    old = await opened(slack, aionis)
    delete_unheard(slack, old["ts"])
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
    status = await told(slack, SHOW_AGAIN)
    await slack.click(MAYA, status, text=SHOW_AGAIN)
    await slack.wait_for(lambda: [m for m in slack.messages(INCIDENTS) if is_checklist(m) and m["ts"] != old["ts"]])
    await told(slack, "posted anew where it was deleted")


@pytest.mark.parametrize("is_tombstone", [True, False])
async def test_a_root_that_was_deleted_while_nobody_heard_of_it_comes_back_once(
    slack: LocalSlack, aionis: SampleAionis, bot: str, is_tombstone: bool
) -> None:
    shown = await opened(slack, aionis)
    (root,) = roots(slack)
    slack.policy.tombstones_take_replies = is_tombstone
    if is_tombstone:
        slack.request_url, heard_at = None, slack.request_url
        slack.admin.delete_message(INCIDENTS, root["ts"])
        await slack.settle()
        slack.request_url = heard_at
    else:
        delete_unheard(slack, root["ts"])
    await set_severity(slack, shown, "SEV2")
    fresh = await slack.wait_for(lambda: next((one for one in roots(slack) if one["ts"] != root["ts"]), None))
    await slack.wait_for(lambda: [one for one in replies(slack, fresh) if is_checklist(one) and "SEV2" in text_of(one)])
    assert [one["ts"] for one in roots(slack)] == [fresh["ts"]]
    assert not [one for one in replies(slack, fresh) if text_of(fresh)[:60] in text_of(one)]
    assert slack.pins(INCIDENTS)[-1] == fresh["ts"]
