"""Runs of any length, and what serving them costs."""

import time

import pytest

from bot.playground.aionis import SampleAionis, make_run
from tests.playground.aionis.asking import RUNS_GET, Asker, asker_of


async def replay_seconds(ask: Asker, run_id: str) -> float:
    """Return the best of a few: other tests share the machine."""
    best = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        response = await ask.post(RUNS_GET, run_id=run_id)
        best = min(best, time.perf_counter() - started)
        assert response.status_code == 200
    return best


@pytest.mark.parametrize(("steps", "fail_at"), [(1, None), (10, 4), (200, 200)])
async def test_a_made_run_is_what_was_asked_for(steps: int, fail_at: int | None) -> None:
    ask = asker_of(SampleAionis(empty=True))
    run_id = make_run(ask.aionis, steps=steps, fail_at=fail_at)
    answer = await ask.ok(RUNS_GET, run_id=run_id)
    failing = [step["step_index"] for step in answer["steps"] if step["status"] == "failed"]
    assert len(answer["steps"]) == steps
    assert failing == ([fail_at] if fail_at else [])
    assert answer["run"]["status"] == ("failed" if fail_at else "success")


async def test_a_made_run_may_stop_at_its_failure_and_live_elsewhere() -> None:
    ask = asker_of(SampleAionis(empty=True))
    run_id = make_run(ask.aionis, steps=20, fail_at=5, stop=True, tenant_id="acme", scope="lab")
    answer = await ask.ok(RUNS_GET, run_id=run_id, tenant_id="acme", scope="lab")
    assert len(answer["steps"]) == 5


def test_the_same_name_is_the_same_run() -> None:
    ids = {make_run(SampleAionis(empty=True), steps=2, name="twin") for _ in range(2)}
    assert len(ids) == 1


async def test_three_hundred_steps(ask: Asker) -> None:
    answer = await ask.run("three-hundred")
    failing = [step["step_index"] for step in answer["steps"] if step["status"] == "failed"]
    repaired = [step["step_index"] for step in answer["steps"] if step["repair_applied"]]
    assert len(answer["steps"]) == 300
    assert failing == [212, 230, 267]
    assert repaired == [57, 140]


async def test_a_run_is_served_in_a_time_that_grows_with_its_length_and_no_faster(ask: Asker) -> None:
    short = await replay_seconds(ask, make_run(ask.aionis, steps=500, fail_at=400))
    long = await replay_seconds(ask, make_run(ask.aionis, steps=10_000, fail_at=9_000))
    assert long / short < 100, "twenty times as long: 20 where it is linear, 400 where it is quadratic"
