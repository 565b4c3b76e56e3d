"""`incident-bot compare` as a person runs it, against the sample Aionis over HTTP; and what is read for it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.aionis import Aionis, AionisTransport
from bot.config.settings import load_settings
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.comparison.compare import Comparison
from bot.domain.comparison.differences import Sameness
from bot.errors import RunNotFound
from bot.investigation.pair import investigate_pair, later_runs_of_case
from bot.playground.aionis import SampleAionis, make_run
from bot.playground.slack.blockkit import check_blocks
from tests.cli.terminal import RUNS, UNKNOWN, run


def compare(url: str, failing: str, rerun: str, *arguments: str) -> Any:
    ids = [RUNS[name].run_id if name in RUNS else name for name in (failing, rerun)]
    return run("compare", *ids, *arguments, AIONIS_BASE_URL=url, AIONIS_SCOPE="support")


@pytest.mark.parametrize(
    ("failing", "rerun", "verdict"),
    [
        ("refund-failed", "refund-rerun", "fixed"),
        ("before-fix", "after-fix", "fixed"),
        ("feed-failed", "feed-extra-step", "fixed"),
        ("feed-failed", "feed-other-tool", "fixed"),
        ("feed-failed", "feed-still-failing", "still failing"),
        ("feed-failed", "feed-elsewhere", "fails elsewhere"),
        ("feed-failed", "feed-regressed", "regressed"),
        ("feed-failed", "feed-failed", "not proof"),
        ("refund-rerun", "refund-failed", "not proof"),
        ("feed-failed", "refund-rerun", "not comparable"),
        ("feed-failed", "simulated", "not proof"),
    ],
)
def test_the_verdicts_of_the_sample_runs(aionis_url: str, failing: str, rerun: str, verdict: str) -> None:
    result = compare(aionis_url, failing, rerun, "--json")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["verdict"] == verdict, found["reasons"]
    assert found["verifies_fix"] == (verdict == "fixed")
    assert found["reasons"]


def test_a_comparison_for_people_names_what_matters(aionis_url: str) -> None:
    result = compare(aionis_url, "feed-failed", "feed-extra-step")
    assert result.returncode == 0, result.stderr
    for expected in ("FIXED", "because", "parts at", "feed.fill_currency", "▶", "all_rows_imported", "1 gone", "equal"):
        assert expected in result.stdout, result.stdout


def test_all_lists_equal_steps_too(aionis_url: str) -> None:
    folded, whole = (compare(aionis_url, "feed-failed", "feed-extra-step", *more) for more in ([], ["--all"]))
    assert "feed.download" not in folded.stdout.partition("what differs")[2]
    assert "feed.download" in whole.stdout.partition("what differs")[2]


def test_the_json_has_the_promised_keys(aionis_url: str) -> None:
    found = json.loads(compare(aionis_url, "before-fix", "after-fix", "--json").stdout)
    assert found["first_divergence"] == "At step 1 the failing run called web.search, the rerun handbook.search."
    assert found["critical"]["failing"]["tool"] == "reply.draft"
    assert {change["name"]: change["change"] for change in found["critical"]["postconditions"]} == {
        "cites_handbook": "fixed",
        "follows_security_policy": "fixed",
    }
    assert found["selection"][0]["meaning"] == "same context, other policy: the rules changed"
    assert found["selection"][0]["rerun"]["selected_tool"] == "handbook.search"
    assert found["artifacts"]["added"] == ["s3://support-agent-evidence/7741/draft-2.md"]
    assert found["counts"]["outputs_not_read"] == 0


def test_blocks_are_the_exact_slack_message(aionis_url: str) -> None:
    messages = json.loads(compare(aionis_url, "refund-failed", "refund-rerun", "--blocks").stdout)
    assert len(messages) == 1
    assert check_blocks(messages[0]["blocks"]) == []
    assert messages[0]["text"].startswith("Comparison: FIXED · run 4c484afe")


@pytest.mark.parametrize(
    ("failing", "rerun", "code", "said"),
    [
        ("feed-failed", UNKNOWN, 1, "Aionis has no run"),
        (UNKNOWN, "feed-failed", 1, "Aionis has no run"),
        ("nonsense", "feed-failed", 2, "not a run id"),
    ],
)
def test_failures_end_with_their_code_and_one_plain_sentence(
    aionis_url: str, failing: str, rerun: str, code: int, said: str
) -> None:
    result = compare(aionis_url, failing, rerun)
    assert result.returncode == code
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
async def client(aionis: SampleAionis) -> AsyncIterator[Aionis]:
    settings = load_settings(aionis_base_url=aionis.base_url, aionis_scope="support")
    transport = AionisTransport.from_settings(settings)
    yield Aionis(transport, Tenancy("default", "support"), Consumer(), deadline_seconds=30)
    await transport.aclose()


async def compared(client: Aionis, failing: str, rerun: str) -> Comparison:
    pair = await investigate_pair(client, failing, rerun, now=datetime.now(UTC), stalled_after=timedelta(minutes=15))
    return pair.comparison


async def test_later_runs_of_the_case_are_suggested_newest_first(client: Aionis) -> None:
    failing, names = RUNS["feed-failed"].run_id, {sample.run_id: name for name, sample in RUNS.items()}
    found = await later_runs_of_case(client, failing)
    reruns = ["feed-regressed", "feed-elsewhere", "feed-still-failing", "feed-other-tool", "feed-extra-step"]
    assert [names[later.run_id] for later in found] == reruns
    assert {later.case for later in found} == {"price-feed-311"}
    assert [names[later.run_id] for later in await later_runs_of_case(client, failing, limit=2)] == reruns[:2]
    after = await later_runs_of_case(client, RUNS["feed-elsewhere"].run_id)
    assert [names[later.run_id] for later in after] == ["feed-regressed"]


async def test_a_run_without_a_goal_or_case_in_common_has_no_suggestions(client: Aionis) -> None:
    assert await later_runs_of_case(client, RUNS["repaired"].run_id) == []
    assert await later_runs_of_case(client, UNKNOWN) == []


async def test_in_long_runs_the_records_of_the_critical_steps_are_read(aionis: SampleAionis, client: Aionis) -> None:
    failing, rerun = (
        make_run(
            aionis,
            steps=400,
            fail_at=fail_at,
            name=f"long-{hours}",
            case="long",
            ended_ago=timedelta(hours=hours),
            scope="support",
            memory_lane="shared",
        )
        for fail_at, hours in ((9, 3), (None, 1))
    )
    comparison = await compared(client, failing, rerun)
    assert comparison.verdict.value == "fixed"
    assert comparison.critical is not None
    assert (comparison.critical.output, comparison.critical.input) == (Sameness.CHANGED, Sameness.SAME)
    assert comparison.unread_outputs > 200


async def test_a_pair_of_which_one_is_not_there_is_not_compared(client: Aionis) -> None:
    with pytest.raises(RunNotFound):
        await compared(client, RUNS["feed-failed"].run_id, UNKNOWN)
