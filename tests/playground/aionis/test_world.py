"""The world: stable ids, and stories that are what they say."""

import json
from pathlib import Path

import pytest

import bot.playground.aionis.world
from bot.playground.aionis import SampleAionis
from bot.playground.aionis.world import leaky
from bot.playground.aionis.world.hostile import CONTROLS, GIANT_GOAL, HTML, MENTIONS
from tests.playground.aionis.asking import NOON, Asker, asker_of
from tests.sample import sample_aionis

NAMES = {
    "refund-failed", "refund-rerun", "before-fix", "after-fix", "partial", "retried", "repaired", "divergent",
    "stalled", "in-progress", "started-only", "zero-steps", "success", "simulated", "odd-shapes", "double-end",
    "private", "mixed-visibility", "hostile", "secrets", "acme-failed", "billing-failed", "three-hundred", "long",
    "feed-failed", "feed-extra-step", "feed-other-tool", "feed-still-failing", "feed-elsewhere", "feed-regressed",
    "refund-good-first", "refund-good-last", "refund-earlier-1", "refund-earlier-2", "refund-earlier-3", "refund-earlier-4",
    "masked-id", "masked-id-rerun", "masked-links", "same-beginning", "same-beginning-too", "half-characters",
    "closed-after-all", "reopened", "second-error", "second-note", "success-with-failed-step", "orphan-results", "crashed",
    "planned-four", "sixty-decisions", "hundreds-of-decisions", "decision-gone", "other-tool", "disabled-rule",
    "playbook-strict", "playbook-strict-rerun", "playbook-guided-rerun", "playbook-simulated-rerun",
    "deadlock", "deadlock-rerun", "long-error", "unbroken-goal",
}  # fmt: skip


def test_all_stories_are_there() -> None:
    assert SampleAionis().runs.keys() == NAMES


def test_ids_are_the_same_in_every_process_and_at_every_time(aionis: SampleAionis) -> None:
    assert aionis.runs["refund-failed"].run_id == "4c484afe-3f00-5f31-8a49-a179da9d3c48"
    assert aionis.runs == SampleAionis().runs  # ids and URIs alike, though the clock is another


def test_an_empty_store_has_no_runs() -> None:
    assert SampleAionis(empty=True).runs == {}


async def test_the_sample_of_the_tests_is_the_sample(aionis: SampleAionis) -> None:
    aionis._world.prepare()
    tests = sample_aionis(NOON)
    assert (tests.store._seq, tests.store._scopes) == (aionis.store._seq, aionis.store._scopes)
    assert (tests.runs, tests._world.pending.keys()) == (aionis.runs, aionis._world.pending.keys())
    assert (await asker_of(tests).run("long")) == (await asker_of(aionis).run("long"))


@pytest.mark.parametrize("name", sorted(NAMES - {"long"}))
async def test_every_run_can_be_read(ask: Asker, name: str) -> None:
    run = ask.aionis.runs[name]
    answer = await ask.run(name)
    assert answer["run"]["run_id"] == run.run_id
    expected = run.verdict_hint.split()[0].removesuffix(",")
    status = answer["run"]["status"]
    assert status == expected or (expected == "stalled" and status == "in_progress")


async def test_the_rerun_is_the_same_case_and_succeeds(ask: Asker) -> None:
    wanted = {"replay_kind": "run", "metadata": {"case": "refund-60218"}}
    found = await ask.ok("find", slots_contains=wanted, include_slots=True)
    runs = ask.aionis.runs
    run_ids = [node["slots"]["run_id"] for node in found["nodes"]]
    assert run_ids[:2] == [runs["refund-rerun"].run_id, runs["refund-failed"].run_id]
    failed, rerun = await ask.run("refund-failed"), await ask.run("refund-rerun")
    assert (failed["steps"][1]["status"], rerun["steps"][1]["status"]) == ("failed", "success")
    assert len(rerun["steps"]) == 4


async def test_the_divergent_run_says_success_with_a_failed_postcondition(ask: Asker) -> None:
    answer = await ask.run("divergent")
    assert {step["status"] for step in answer["steps"]} == {"success"}
    assert any(condition.get("state") == "fail" for step in answer["steps"] for condition in step["postconditions"])


async def test_hostile_texts_come_back_verbatim(ask: Asker) -> None:
    answer = await ask.run("hostile")
    assert answer["run"]["goal"] == GIANT_GOAL
    assert len(GIANT_GOAL) > 11_000
    assert answer["steps"][2]["tool_name"] == HTML + CONTROLS
    assert answer["steps"][2]["postconditions"][0]["kind"] == MENTIONS
    assert len(answer["timeline"][6]["text_summary"]) == 8000


async def test_artifacts_keep_their_duplicates(ask: Asker) -> None:
    artifacts = (await ask.run("success"))["artifacts"]
    assert len(artifacts) == len(set(artifacts)) + 1 == 30


async def test_the_simulated_run_looks_like_success(ask: Asker) -> None:
    answer = await ask.run("simulated")
    assert answer["run"]["goal"].startswith("Replay playbook ")
    assert answer["run"]["status"] == "success"


def test_no_source_line_of_the_world_holds_a_whole_secret() -> None:
    folder = Path(bot.playground.aionis.world.__file__).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    assert not [secret for secret in leaky.SECRETS if secret in sources]


async def test_the_long_run_is_recorded_when_first_asked_for(ask: Asker) -> None:
    run_id = ask.aionis.runs["long"].run_id
    found = await ask.ok("find", slots_contains={"run_id": run_id}, limit=1)
    assert found["page"]["has_more"]
    answer = await ask.run("long")
    assert len(answer["steps"]) == 2000
    assert json.dumps(answer).count('"failed"') == 2  # the run and step 1,840
