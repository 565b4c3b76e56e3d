"""The last good run of a case is looked for anew each time, and read once a minute."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.recurrence.bisect import Bisection
from bot.investigation import last_good
from bot.investigation.just_read import JustRead
from bot.investigation.last_good import bisect_run
from bot.investigation.run import Investigation, investigate
from bot.playground.aionis import SampleAionis
from bot.playground.aionis.addresses import Tenancy
from bot.playground.slack import INCIDENTS, MAYA
from bot.runtime.services import Services


class Looking:
    """Looks for the last good run beside runs of the sample, and counts the calls that takes."""

    def __init__(self, services: Services, aionis: SampleAionis) -> None:
        self._services, self._aionis = services, aionis
        self.good = JustRead()
        self.calls: list[str] = []

    async def beside(self, name: str) -> Bisection:
        services = self._services
        now, stalled_after = services.now(), services.stalled_after
        aionis = services.aionis(await services.authorization.admit(MAYA, INCIDENTS))
        found = await investigate(aionis, self._aionis.runs[name].run_id, now=now, stalled_after=stalled_after)
        before = len(self._aionis.calls)
        bisection = await bisect_run(aionis, found, now=now, stalled_after=stalled_after, good=self.good)
        self.calls = [call.path.rpartition("/v1/memory/")[2] for call in self._aionis.calls[before:]]
        return bisection


@pytest.fixture
def looking(services: Services, aionis: SampleAionis) -> Looking:
    return Looking(services, aionis)


def good_one(bisection: Bisection) -> str:
    assert bisection.comparison
    return bisection.comparison.rerun.run_id


async def test_a_good_run_that_was_read_a_moment_ago_is_not_read_again(looking: Looking, aionis: SampleAionis) -> None:
    first = await looking.beside("refund-failed")
    assert sorted(looking.calls) == ["find", "find", "find", "replay/runs/get", "tools/run"]
    again = await looking.beside("refund-failed")
    assert looking.calls == ["find", "find"], "which one it is"
    assert (again.rules_added, again.first_divergence) == (first.rules_added, first.first_divergence)
    other = await looking.beside("refund-earlier-1")
    assert looking.calls == ["find", "find"]
    assert good_one(other) == good_one(first) == aionis.runs["refund-good-last"].run_id


@pytest.mark.parametrize("endpoint", ["find", "tools/run"])
async def test_a_good_run_of_which_something_could_not_be_read_is_read_again(
    looking: Looking, aionis: SampleAionis, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    async def beside_what_fails(*given: Any, **options: Any) -> Investigation:
        aionis.faults.add(endpoint=endpoint, kind="unsupported")
        try:
            return await investigate(*given, **options)
        finally:
            aionis.faults.clear()

    with monkeypatch.context() as patch:
        patch.setattr(last_good, "investigate", beside_what_fails)
        await looking.beside("refund-failed")
    await looking.beside("refund-failed")
    assert "replay/runs/get" in looking.calls


async def test_which_run_went_well_last_is_never_remembered(looking: Looking, aionis: SampleAionis) -> None:
    last, before = (aionis.runs[name].run_id for name in ("refund-good-last", "refund-good-first"))
    assert good_one(await looking.beside("refund-failed")) == last
    nodes = aionis.store.peek(Tenancy("default", "support")).nodes
    (end,) = (one for one in nodes.values() if one.replay_kind == "run_end" and one.slots["run_id"] == last)
    del nodes[end.id]
    assert good_one(await looking.beside("refund-failed")) == before


async def test_what_was_read_in_one_tenancy_is_not_had_in_another(looking: Looking, services: Services) -> None:
    await looking.beside("refund-failed")
    aionis = services.aionis(await services.authorization.admit(MAYA, INCIDENTS))
    name = aionis.reader, good_one(await looking.beside("refund-failed"))
    assert looking.good.of(name, aionis.tenancy)
    assert looking.good.of(name, replace(aionis.tenancy, scope="other")) is None
