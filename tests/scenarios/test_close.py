"""Closing: what blocks is shown with what mends it, an override is recorded as one, and a closed incident is frozen."""

import pytest
from redis.asyncio import Redis

from bot.playground.aionis import SampleAionis
from bot.playground.aionis.addresses import Tenancy
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import (
    button,
    buttons,
    checklist,
    incident_id,
    mark_done,
    opened,
    roots,
    summary,
    text_entered,
    user_entered,
)
from tests.scenarios.steps import Json, ephemeral, modal, posted, replayed, replied, text_of, told
from tests.scenarios.test_root_cause import FILLED, open_table

LINK = "https://git.example.com/agents/pull/17"


async def completed(slack: LocalSlack, aionis: SampleAionis) -> Json:
    """Open an incident and bring every item of its checklist to done."""
    message = await opened(slack, aionis)
    await slack.submit(MAYA, await open_table(slack, message), FILLED)
    await mark_done(slack, message, "Corrective", {"proof": text_entered(LINK), "owner": user_entered(JONAS)})
    failing, rerun = aionis.runs["refund-failed"].run_id, aionis.runs["refund-rerun"].run_id
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay compare {failing} {rerun}")
    await mark_done(slack, message, "Follow-up monitor", {"proof": text_entered(LINK)})
    return await checklist(slack, "5 of 5 done")


async def test_nothing_blocks_so_it_closes_with_a_final_summary(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await completed(slack, aionis)
    before = await summary(slack, "open")
    await slack.click(MAYA, message, text="Close incident")
    frozen = await checklist(slack, "· closed · 5 of 5 done")
    assert buttons(frozen) == ["Reopen…", "Export evidence"]
    final = await summary(slack, "closed by")
    assert final["ts"] == before["ts"], "one summary from the beginning to the end"
    line = next(m for m in posted(slack) if "closed after" in text_of(m))
    assert line["subtype"] == "thread_broadcast"
    assert slack.pins(INCIDENTS) == [roots(slack)[0]["ts"]]
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
    await told(slack, "No incident is open")


async def test_a_close_without_an_id_ends_although_slack_takes_its_line_later(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await completed(slack, aionis)
    with slack.faults.outage("chat.postMessage") as outage:
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay close")
        await slack.wait_for(lambda: outage.hits >= 2)
    await slack.wait_for(lambda: [m for m in posted(slack) if "closed after" in text_of(m)])
    assert not [m for m in ephemeral(slack) if "No incident is open" in text_of(m)]


async def test_after_the_close_the_next_replay_opens_a_new_one(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await completed(slack, aionis)
    await slack.click(MAYA, message, text="Close incident")
    await checklist(slack, "· closed ·")
    await replayed(slack, aionis.runs["partial"].run_id)
    assert incident_id(roots(slack)[-1]) != incident_id(message)


async def test_what_blocks_is_listed_with_the_button_that_mends_it(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await opened(slack, aionis)
    await slack.click(MAYA, message, text="Close incident")
    blocked = await modal(slack, "Close anyway")
    labels = [b["accessory"]["text"]["text"] for b in blocked["blocks"] if "accessory" in b]
    assert labels == ["Fill in root cause…", "Mark done…", "Compare with a rerun…", "Mark done…"]
    await slack.click_view(MAYA, blocked, action_id=button(blocked, "Follow-up monitor"))
    await slack.submit(MAYA, slack.views(MAYA)[-1], {"proof": text_entered(LINK)})
    await slack.wait_for(lambda: "Follow-up monitor" not in text_of_view(slack.views(MAYA)[-1]))
    assert "2 of 5 done" in text_of(await checklist(slack, "2 of 5 done"))


async def test_closing_anyway_wants_a_reason_and_is_recorded_as_such(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await opened(slack, aionis)
    await slack.click(MAYA, message, text="Close incident")
    await slack.submit(
        MAYA, await modal(slack, "Close anyway"), {"reason": text_entered("customer was refunded by hand")}
    )
    frozen = await checklist(slack, "Closed anyway by")
    assert "customer was refunded by hand" in text_of(frozen)
    assert "Open at that time" in text_of(frozen)
    assert slack.views(MAYA) == []
    assert "although something blocked it" in text_of(await summary(slack, "closed"))


async def test_a_reason_may_be_typed_and_overrides_where_that_is_said(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    id_ = incident_id(await opened(slack, aionis))
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay close because it was a drill")
    assert f"/replay close {id_} anyway because <why>" in text_of(await told(slack, "Although these are open"))
    refused = await slack.command(user=MAYA, channel=INCIDENTS, text="/replay close anyway")
    assert "say why" in str(refused.body)
    undashed = id_.replace("-", "")
    await slack.command(user=JONAS, channel=INCIDENTS, text=f"/replay close {undashed} anyway because of lunch")
    await told(slack, "You may not close", JONAS)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay close {undashed} anyway because it was a drill")
    await slack.wait_for(lambda: [m for m in posted(slack) if "anyway: it was a drill" in text_of(m)])


async def test_several_runs_that_stand_alike_are_said_once(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = await opened(slack, aionis)
    await replayed(slack, aionis.runs["refund-earlier-1"].run_id)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay close anyway because duplicates")
    line = await replied(slack, root, "closed after")
    assert "Not proved fixed (2 runs)" in line["text"]
    assert line["text"].count("Not proved") == 1


async def test_who_may_not_close_is_told_who_may(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await slack.click(JONAS, await opened(slack, aionis), text="Close incident")
    shown = await modal(slack, "still open", JONAS)
    assert shown["submit"] is None
    assert "@maya, who created this channel" in text_of_view(shown)
    assert "1 of 5 done" in text_of(await checklist(slack, "1 of 5 done"))


async def test_who_may_no_longer_override_is_told_in_the_modal(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    slack.world.channels[INCIDENTS].creator = JONAS
    await slack.click(JONAS, await opened(slack, aionis), text="Close incident")
    shown = await modal(slack, "Close anyway", JONAS)
    slack.world.channels[INCIDENTS].creator = MAYA
    slack.admin.share(INCIDENTS)
    slack.admin.unshare(INCIDENTS)  # after which the bot asks anew about the channel
    await slack.settle()
    refused = await slack.submit(JONAS, shown, {"reason": text_entered("a drill")})
    assert "reason" in refused.body["errors"]


async def test_an_owner_may_close_what_nothing_blocks(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await slack.click(JONAS, await completed(slack, aionis), text="Close incident")
    assert f"Closed by <@{JONAS}>" in text_of(await checklist(slack, "Closed by"))


async def test_named_admins_and_groups_may_close_instead(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, admin_users="S0AONCALL1")
    async with running_bot(slack, settings):
        message = await completed(slack, aionis)
        await slack.click(JONAS, message, text="Close incident")
        assert f"Closed by <@{JONAS}>" in text_of(await checklist(slack, "Closed by"))


async def test_a_proof_that_no_longer_holds_blocks_the_close(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    message = await completed(slack, aionis)
    gone = aionis.runs["refund-failed"].decision_uris[0].rpartition("/")[2]
    del aionis.store.at(Tenancy("default", "support")).decisions[gone]
    await slack.click(MAYA, message, text="Close incident")
    await told(slack, "was not closed")
    lapsed = await checklist(slack, "Aionis no longer knows")
    assert "4 of 5 done" in text_of(lapsed)


async def test_a_click_on_a_closed_incident_says_who_closed_it(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    stale = await opened(slack, aionis)
    await slack.click(JONAS, stale, action_id=button(stale, "Follow-up monitor"))
    await slack.click(MAYA, stale, text="Close incident")
    await slack.submit(MAYA, await modal(slack, "Close anyway"), {"reason": text_entered("a drill")})
    await checklist(slack, "Closed anyway by")
    await slack.submit(JONAS, slack.views(JONAS)[-1], {"proof": text_entered(LINK)})
    await told(slack, f"was closed by <@{MAYA}>", user=JONAS)


@pytest.mark.parametrize("word", ["close", "export", "summary"])
async def test_an_id_that_nobody_knows_may_never_have_been_one(
    slack: LocalSlack, aionis: SampleAionis, bot: str, word: str
) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {word} INC-ZZZZ")
    assert "never was one of this id" in text_of(await told(slack, "INC-ZZZZ"))


@pytest.mark.parametrize("button", ["Reopen…", "Export evidence"])
async def test_what_expired_is_said_to_have_expired(
    slack: LocalSlack, aionis: SampleAionis, bot: str, redis_url: str, button: str
) -> None:
    message = await completed(slack, aionis)
    await slack.click(MAYA, message, text="Close incident")
    frozen = await checklist(slack, "Closed by")
    async with Redis.from_url(redis_url) as redis:  # what Redis does at the end of the retention
        kept = [name async for name in redis.scan_iter(match=f"*{incident_id(message)}*")]
        await redis.delete(*kept)
    await slack.click(MAYA, frozen, text=button)
    refused = text_of(await told(slack, "is not kept any more"))
    assert "a closed incident is kept for 90 days" in refused
    assert "another channel" not in refused


async def test_it_is_reopened_within_its_time(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    message = await completed(slack, aionis)
    await slack.click(MAYA, message, text="Close incident")
    frozen = await checklist(slack, "· closed ·")
    await slack.click(JONAS, frozen, text="Reopen…")
    await slack.submit(JONAS, slack.views(JONAS)[-1], {"reason": text_entered("it happened again")})
    again = await checklist(slack, "Nothing blocks the close.")
    assert "Close incident" in buttons(again)
    await slack.wait_for(lambda: [m for m in slack.messages(INCIDENTS) if "reopened by" in m["text"]])
    before = [m["ts"] for m in posted(slack)]
    overtaken = next(m for m in posted(slack) if "was closed after" in text_of(m))
    assert "opened again by" in text_of(overtaken)
    await slack.click(JONAS, again, text="Close incident")
    await checklist(slack, "· closed ·")
    (line,) = [m for m in posted(slack) if m["ts"] not in before]
    assert "closed after" in text_of(line)
    lines = [text_of(m) for m in posted(slack) if "✓ *" in text_of(m)]
    assert len(lines) == 1, "what the channel says of the first close is that it is over"


async def test_after_its_time_it_cannot_be_reopened(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, reopen_hours=2 / 3600)):
        message = await completed(slack, aionis)
        await slack.click(MAYA, message, text="Close incident")
        frozen = await checklist(slack, "· closed ·")
        await slack.wait_for(lambda: buttons(newest_checklist(slack)) == ["Export evidence"])
        if "Reopen…" in buttons(frozen):  # somebody's screen is older
            await slack.click(JONAS, frozen, text="Reopen…")
            await slack.submit(JONAS, slack.views(JONAS)[-1], {"reason": text_entered("too late")})
            await told(slack, "closed too long ago", user=JONAS)


def newest_checklist(slack: LocalSlack) -> Json:
    return [m for m in slack.messages(INCIDENTS) if "Checklist of INC-" in m["text"]][-1]


def text_of_view(view: Json) -> str:
    return str(view["blocks"])


async def test_what_was_closed_last_is_still_exported_and_summarised(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await completed(slack, aionis)
    id_, thread = incident_id(message), message["thread_ts"]
    await slack.click(MAYA, message, text="Close incident")
    await checklist(slack, "· closed ·")
    for text in ("/replay export", f"/replay export {id_}"):
        await slack.command(user=MAYA, channel=INCIDENTS, text=text)
    await slack.wait_for(lambda: len([f for f in slack.files if f.name == f"{id_}.zip"]) == 2)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
    await told(slack, f"The summary of {id_}")
    await slack.say(JONAS, INCIDENTS, "@incident-bot summary", thread_ts=thread)
    await told(slack, f"The summary of {id_}", user=JONAS)
    await slack.say(JONAS, INCIDENTS, "@incident-bot gate", thread_ts=thread)
    await told(slack, f"{id_} is closed.", user=JONAS)
    assert not [m for m in ephemeral(slack) if "No incident is open" in text_of(m)]
