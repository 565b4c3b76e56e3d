"""`/replay recent`: what is in trouble now, page by page, each with where it broke."""

import re

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.steps import Json, analyses, comparisons, ephemeral, replayed, text_of, told


async def pages(slack: LocalSlack) -> list[Json]:
    """Type it, and click through to the last page."""
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay recent")
    found = [await told(slack, "Latest failed runs of default/support")]
    while "Older failures" in text_of(found[-1]):
        await slack.click(MAYA, found[-1], text="Older failures")
        found.append(await told(slack, f"page {len(found) + 1}"))
    return found


async def rows(slack: LocalSlack) -> list[str]:
    """Return the rows of all pages as they read."""
    blocks = [block for page in await pages(slack) for block in page["blocks"]]
    return [block["text"]["text"] for block in blocks if block["type"] == "section"]


def row_of(found: list[str], aionis: SampleAionis, name: str) -> str:
    """Return the row of a run of the sample, "" where it has none."""
    return next((row for row in found if aionis.runs[name].run_id[:8] in row), "")


STANDS = {"failed": "✗ FAILED ", "partial": "◐ PARTIAL ", "stalled": "… CRASHED (no end recorded) "}


def assert_complete(found: list[str], aionis: SampleAionis) -> None:
    """Assert that every row stands as its run does, and that no run in trouble is left out."""
    here = [run for run in aionis.runs.values() if (run.tenant_id, run.scope) == ("default", "support")]
    troubled = {run.run_id[:8]: run for run in here if run.verdict_hint.split()[0].strip(",") in STANDS}
    shown = 0
    for row in found:
        run_id = next(word for word in row.partition(" · ")[0].split() if word in troubled)
        hint = troubled[run_id].verdict_hint.split()[0].strip(",")
        assert row.startswith(STANDS[hint]), (row, troubled[run_id].name)
        times = re.search(r"× ([0-9,]+)", row.splitlines()[0])
        shown += int(times.group(1)) if times else 1
    # `long` is there once it is asked for.
    there = [run for run in here if run.run_id[:8] in troubled and run.name != "long"]
    assert shown == len(there)


@pytest.mark.reads_back
async def test_what_is_in_trouble_now_is_there_with_its_mark_and_nothing_else(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    found = await rows(slack)
    assert_complete(found, aionis)
    assert row_of(found, aionis, "crashed").startswith("… CRASHED (no end recorded)")
    assert "mailbox.copy" in row_of(found, aionis, "crashed")
    assert "its first end said success" in row_of(found, aionis, "reopened")
    assert "step 2 ticket.verify: ticket was reopened by webhook" in row_of(found, aionis, "reopened")
    assert row_of(found, aionis, "orphan-results").startswith("◐ PARTIAL")
    assert "byte 9021" in row_of(found, aionis, "second-error"), "the newest telling of an error"
    planned = row_of(found, aionis, "planned-four")
    assert "case trip-3 · travel-agent" in planned
    assert "step 2 flights.hold: fare basis expired" in planned
    assert "× 2" in row_of(found, aionis, "feed-still-failing"), "what failed the same way is one row"
    assert row_of(found, aionis, "feed-failed") == ""
    for well in ("closed-after-all", "refund-rerun", "refund-good-last"):
        assert row_of(found, aionis, well) == ""


async def test_where_runs_cannot_be_read_their_records_tell_and_that_is_said_within_the_deadline(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    aionis.faults.add(kind="hang", endpoint="runs/get")
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, aionis_deadline_seconds=3)):
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay recent")
        listed = str((await told(slack, "Latest failed runs of default/support"))["blocks"])
    assert "10 runs could not be read just now; what is said there is from stored records" in listed
    assert listed.count("not read just now") == 10
    assert "not recorded" not in listed
    assert "(empty)" not in listed


async def test_the_eight_characters_in_a_row_are_enough_to_type(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    failing, rerun = (aionis.runs[name].run_id for name in ("refund-failed", "refund-rerun"))
    assert failing in text_of(await replayed(slack, failing[:8]))
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay compare {failing[:8]} {rerun[:8]}")
    compared = (await slack.wait_for(lambda: comparisons(slack)))[0]
    assert failing in text_of(compared)
    assert rerun in text_of(compared)


async def test_a_beginning_that_no_run_has_is_said_with_the_tenancy_that_was_asked(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay 00c0ffee")
    failure = text_of(await told(slack, "begins with 00c0ffee"))
    assert "No run of default/support" in failure
    assert "Private records are read as local-user" in failure
    assert "AIONIS_CONSUMER" not in failure


async def test_a_beginning_that_fits_several_runs_is_a_choice_among_them(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    twins = [f"77aa77aa-0000-4000-8000-00000000000{nth}" for nth in (1, 2)]
    for run_id in twins:
        aionis.writer.start_run(goal="twins", scope="support", memory_lane="shared", run_id=run_id)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay 77aa77aa")
    choice = await told(slack, "2 runs begin with 77aa77aa")
    assert "Choose one below" in text_of(choice)
    assert "3d1868e2" not in text_of(choice), "no example is needed where the ids are there"
    assert {button["text"]["text"] for button in choice["blocks"][-1]["elements"]} == set(twins)
    await slack.click(MAYA, choice, text=twins[0])
    await slack.wait_for(lambda: [one for one in analyses(slack) if twins[0] in text_of(one)])


async def test_a_page_behind_the_last_says_so(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    last = (await pages(slack))[-1]
    shown = [row for row in last["blocks"] if row["type"] == "section"]
    assert 1 <= len(shown) <= 10
    assert len({message["ts"] for message in ephemeral(slack)}) >= 2


async def test_a_number_is_a_page(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay recent 2")
    await told(slack, "· page 2")
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay recent 9")
    await told(slack, "There is no page 9")
