"""Where a run goes while several incidents are open: what joins, and what is guessed first."""

from types import SimpleNamespace
from typing import Any

from bot.domain.incident.belonging import belonging
from bot.domain.incident.kept import RunDigest

GOAL = "Refund order 7"


def a_run(name: str, **about: str) -> RunDigest:
    return RunDigest(run_id=name, verdict="failed", failing=True, **about)


def opened(*runs: RunDigest) -> Any:
    return SimpleNamespace(runs=runs)


NEWER = opened(a_run("newer", goal="Rotate logs", case="logs", agent="ops-agent"))


def test_the_same_goal_joins_where_one_of_the_two_names_no_case() -> None:
    for here, there in (("refund-7", ""), ("", "refund-7")):
        alike = opened(a_run("old", goal=GOAL, case=there))
        assert belonging([a_run("new", goal=GOAL, case=here)], [NEWER, alike]).incident is alike


def test_the_same_goal_under_another_case_is_guessed_before_what_is_newer_or_of_the_same_agent() -> None:
    alike = opened(a_run("old", goal=GOAL, case="refund-6"))
    found = belonging([a_run("new", goal=GOAL, case="refund-7", agent="ops-agent")], [NEWER, alike])
    assert (found.incident, found.choices, found.guess_new) == (None, (alike, NEWER), False)
