"""A failure that was seen before is said to be: in the replay, in the list of similar runs, and in `/replay recent`."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.jobs.similar import SplitRequest, split
from bot.playground.aionis import SampleAionis, serve
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from bot.runtime.services import Services
from bot.slack import ReplyTo
from tests.conftest import running_bot, settings_for
from tests.domain.bundle.test_bundle import files_of, validate
from tests.scenarios.incidents import checklist, incident_id, roots
from tests.scenarios.steps import Json, analyses, modal, replayed, text_of, told
from tests.scenarios.test_close import completed
from tests.scenarios.test_export import exported

pytestmark = pytest.mark.reads_back


async def analysis_with(slack: LocalSlack, text: str) -> Json:
    """Return the newest analysis once it says something: what is known of the past is added to it."""
    found: Json = await slack.wait_for(
        lambda: next((one for one in analyses(slack)[-1:] if text in text_of(one)), None), timeout=30
    )
    return found


async def test_a_replay_says_how_often_the_failure_was_seen(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await replayed(slack, aionis.runs["feed-still-failing"].run_id)
    root = await analysis_with(slack, "Seen before")
    assert "2nd time in 30 days" in text_of(root)
    assert "Similar runs" in text_of(root)
    await replayed(slack, f"{aionis.runs['feed-failed'].run_id} new")
    first = await analysis_with(slack, "Seen again since")
    assert "1st of 2 times in 30 days · last " in text_of(first)
    assert "has been open for" in text_of(first)


async def test_more_than_a_few_are_drawn_by_day_and_said_in_words(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    runs = [aionis.let.recur("feed") for _ in range(3)]
    await replayed(slack, runs[-1])
    shown = await analysis_with(slack, "Seen 5 times in 30 days, from ")
    pictures = [block for block in shown["blocks"] if block["type"] == "image"]
    assert "(UTC): " in pictures[0]["alt_text"]
    files = files_of((await exported(slack))[0])
    told_of = json.loads(files["recurrence.json"])
    validate("recurrence", told_of)
    (failure,) = told_of["failures"]
    assert failure["ingredients"]["tool"] == "catalogue.import"
    assert failure["runs"] == [runs[-1]]
    assert failure["history"]["count"] == sum(failure["history"]["days"].values()) == 5
    assert set(runs) <= {run["run_id"] for run in failure["history"]["runs"]}
    assert [one["state"] for one in failure["history"]["incidents"]] == ["open"]
    assert "Seen 5 times in 30 days" in files["report.md"].decode()
    assert ">Failure</td>" in files["report.html"].decode(), "a phone shows no table's head"


async def test_what_failed_unseen_since_the_failures_were_read_back_counts_too(
    slack: LocalSlack, redis_url: str
) -> None:
    late, sample = timedelta(), SampleAionis(empty=True)
    failed = [sample.let.recur("feed") for _ in range(2)]
    async with (
        serve(sample),
        running_bot(slack, settings_for(slack, sample.base_url, redis_url), now=lambda: datetime.now(UTC) + late),
    ):
        await replayed(slack, failed[0])
        await analysis_with(slack, "1st of 2 times")
        sample.let.recur("feed")  # nobody watches, and nobody replays it
        late = timedelta(minutes=31)
        await replayed(slack, sample.let.recur("feed"))
        await analysis_with(slack, "4th time in 30 days")


async def test_a_new_failure_says_nothing_of_the_past(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await replayed(slack, aionis.runs["before-fix"].run_id)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay similar {aionis.runs['before-fix'].run_id}")
    await told(slack, "once")
    (root,) = analyses(slack)
    assert "Seen before" not in text_of(root)
    assert "Similar runs" not in text_of(root)


async def test_it_says_how_the_last_incident_ended_and_links_it(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    first = await completed(slack, aionis)
    await slack.click(MAYA, first, text="Close incident")
    await checklist(slack, "· closed ·")
    await replayed(slack, aionis.runs["refund-failed"].run_id)
    again = await analysis_with(slack, "Seen before")
    assert "Incident INC-" in text_of(again)
    assert f"Incident {incident_id(first)}:" not in text_of(again)
    assert incident_id(first) in text_of(again)
    assert "closed as fixed by PR 17" in text_of(again)
    assert "archives" in text_of(again), "the incident's id is a link to its root"


async def test_the_last_good_run_is_named_with_what_has_changed_and_opens_beside_it(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await replayed(slack, aionis.runs["refund-failed"].run_id)
    root = await analysis_with(slack, "Last good: ")
    shown = text_of(root)
    assert "Last good: " in shown
    assert aionis.runs["refund-good-last"].run_id[:8] in shown
    assert "rule Refunds go through the payments API added" in shown
    await slack.click(MAYA, root, text="Beside the last good run")
    assert "payments.void_charge" in text_of(await modal(slack, "payments.void_charge"))


async def test_similar_lists_the_runs_and_why_they_are_the_same(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    failing, other = aionis.runs["feed-failed"].run_id, aionis.runs["feed-still-failing"].run_id
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay similar {failing}")
    listed = await told(slack, "seen 2 times")
    shown = text_of(listed)
    for expected in ("Why the same?", "catalogue.import", "all_rows_imported", failing[:8], other[:8], "failure-1"):
        assert expected in shown
    await slack.click(MAYA, listed, action_id="replay_run.0")
    await slack.wait_for(lambda: roots(slack)[:1])


async def test_the_button_lists_them_to_whoever_clicks(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await replayed(slack, aionis.runs["feed-failed"].run_id)
    root = await analysis_with(slack, "Similar runs")
    await slack.click(JONAS, root, text="Similar runs")
    assert "Why the same?" in text_of(await told(slack, "seen 2 times", user=JONAS))


@pytest.mark.parametrize(
    ("text", "answer"), [("similar nonsense", "not a run id"), ("similar", "Similar to which run?")]
)
async def test_what_is_no_run_id_is_told(
    slack: LocalSlack, aionis: SampleAionis, bot: str, text: str, answer: str
) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {text}")
    await told(slack, answer)


async def test_a_run_that_did_not_fail_has_no_similar_ones(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    run = aionis.runs["refund-rerun"].run_id
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay similar {run}")
    await told(slack, "did not fail")


async def test_a_run_can_be_split_off_and_come_back(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    run = aionis.runs["feed-failed"].run_id
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay similar {run}")
    await slack.click(MAYA, await told(slack, "seen 2 times"), text="This one is different")
    await told(slack, "a failure of its own")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay similar {run}")
    await slack.click(MAYA, await told(slack, "once"), text="It is the same after all")
    await told(slack, "the failure of its fingerprint again")


async def test_a_split_that_is_done_again_stays_one(
    slack: LocalSlack, aionis: SampleAionis, services: Services
) -> None:
    run_id = aionis.runs["refund-failed"].run_id
    admission = await services.authorization.admit(MAYA, INCIDENTS)
    request = SplitRequest(reply=ReplyTo(channel=INCIDENTS, user=MAYA), run_id=run_id)
    known = []
    for _ in range(2):  # its worker died behind the decision, before the queue heard that it was done
        await split(services, "click", admission, request)
        known.append(await services.failures.decisions(admission.tenancy))
    first, again = known
    assert first.of_run(run_id, "its own") != "its own"
    assert again.of_run(run_id, "its own") == first.of_run(run_id, "its own")


async def test_two_failures_can_be_joined(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    feed, other = aionis.runs["feed-failed"].run_id, aionis.runs["before-fix"].run_id
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay similar {other} as {feed}")
    await told(slack, "count as one")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay similar {other}")
    await told(slack, "seen 3 times")
