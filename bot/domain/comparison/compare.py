"""A failing run and a rerun side by side: what the rerun proves, where they part, and in what they differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.comparison.differences import ListChange, Sameness, list_change
from bot.domain.comparison.divergence import FAILING, first_divergence
from bot.domain.comparison.fix_verdict import Cases, FixVerdict, judge_fix, same_goal
from bot.domain.comparison.pairs import Account, Difference, StepPair, pair_steps, works
from bot.domain.comparison.reruns import case_of
from bot.domain.comparison.selections import DecisionPair, pair_decisions
from bot.domain.run.conditions import ConditionOutcome
from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.domain.run.evidence import Evidence
from bot.domain.run.phrases import listed, named, short_name


@dataclass(slots=True)
class Comparison:
    """What a rerun says about a failing run.

    `comparable` tells whether both are runs of one thing.
    `reasons` led to the verdict, `caveats` stand beside it; both are sentences, as is `first_divergence` (None where nothing
    that was read differs). `steps` holds every step of both runs once, in the order of the failing run; `critical` is the
    pair of its critical step.
    """

    failing: Diagnosis
    rerun: Diagnosis
    verdict: FixVerdict
    reasons: list[str]
    caveats: list[str]
    first_divergence: str | None
    steps: list[StepPair]
    critical: StepPair | None
    selection: list[DecisionPair]
    artifacts: ListChange
    comparable: bool

    @property
    def verifies_fix(self) -> bool:
        """Tell whether this verifies the fix: only *fixed* does."""
        return self.verdict is FixVerdict.FIXED

    @property
    def another_error(self) -> bool:
        """Tell whether the critical step fails in both runs, and its error is worded otherwise in the rerun."""
        # Runs of different things fail with different errors, which says nothing.
        pair = self.critical
        return self.comparable and pair is not None and Difference.ERROR in pair.differences and all(pair.errors)

    @property
    def first_name(self) -> str:
        """Return what the first run is called: it may have succeeded."""
        return first_name(self.failing)

    @property
    def differing(self) -> list[StepPair]:
        """Return the pairs that differ, in order."""
        return [pair for pair in self.steps if not pair.equal]

    @property
    def equal_steps(self) -> int:
        """Return how many pairs do not differ in anything that was read."""
        return sum(1 for pair in self.steps if pair.equal)

    @property
    def unread_outputs(self) -> int:
        """Return how many pairs have outputs that were not read, so that they were not compared."""
        return sum(1 for pair in self.steps if pair.output is Sameness.NOT_READ)


def compare(
    failing: Diagnosis,
    rerun: Diagnosis,
    *,
    failing_evidence: Evidence | None = None,
    rerun_evidence: Evidence | None = None,
) -> Comparison:
    """Compare a failing run with a rerun. Total: any two diagnoses give a comparison.

    The evidence carries the slots: without it inputs and outputs count as not read, and no case key is known.
    """
    before, after = failing_evidence or Evidence(), rerun_evidence or Evidence()
    pairs = pair_steps(Account.of(failing, before), Account.of(rerun, after))
    cases = case_of(before.run_start), case_of(after.run_start)
    # By the step itself, not by its place: a retry or an orphaned result may stand under the same index.
    critical = next((pair for pair in pairs if failing.critical and pair.failing is failing.critical_step), None)
    # A shared case stands in for a shared goal: an agent words the same goal otherwise from run to run.
    judgement = judge_fix(failing, rerun, pairs, cases=cases)
    return Comparison(
        failing=failing,
        rerun=rerun,
        verdict=judgement.proof,
        reasons=judgement.reasons,
        caveats=[
            *_about_goals(failing, rerun, cases),
            *_about_agents(failing, rerun),
            *_about_critical(critical),
            *_disagreements(rerun),
        ],
        first_divergence=first_divergence(pairs, first=first_name(failing)),
        steps=pairs,
        critical=critical,
        selection=pair_decisions(failing.decisions, rerun.decisions),
        artifacts=list_change(failing.artifacts, rerun.artifacts),
        comparable=judgement.comparable,
    )


def first_name(failing: Diagnosis) -> str:
    """Return `failing run`, or `first run` of one that succeeded without trouble."""
    return "first run" if failing.verdict is Verdict.SUCCESS and failing.critical_step is None else FAILING


def _about_goals(failing: Diagnosis, rerun: Diagnosis, cases: Cases) -> Iterator[str]:
    case = cases[0] if cases[0] == cases[1] else None
    if not failing.goal or not rerun.goal:
        whose = (
            "either run" if not failing.goal and not rerun.goal else "the rerun" if failing.goal else "the failing run"
        )
        yield f"The goal of {whose} is not recorded, or not visible: that both ran for the same goal was not checked."
    elif case is not None and not same_goal(failing.goal, rerun.goal):
        yield f"The goals differ, but both runs name the case “{short_name(case)}”."


def _about_agents(failing: Diagnosis, rerun: Diagnosis) -> Iterator[str]:
    """Say where the two are runs of different agents: that may be why they differ."""
    if failing.agent and rerun.agent and not same_goal(failing.agent, rerun.agent):
        yield f"The agents differ: “{short_name(failing.agent)}” and “{short_name(rerun.agent)}”."


def _about_critical(pair: StepPair | None) -> Iterator[str]:
    """Say what weakens or qualifies a critical step that works in the rerun."""
    if pair is None or pair.failing is None or pair.rerun is None or not works(pair.rerun):
        return
    if Difference.TOOL in pair.differences:
        yield f"Another tool stands at its place: {named(pair.rerun)} for {named(pair.failing)}."
    if Difference.MOVED in pair.differences:
        yield f"The order is another: {named(pair.failing)} comes as {pair.rerun.label} in the rerun."
    yield from _about_checks(pair)
    # A caveat, not a verdict: fixing an input is a fix, and changing it to dodge the failure is none; nobody can tell from here.
    if pair.input in {Sameness.CHANGED, Sameness.ONE_SIDED}:
        yield "The critical step was called with another input."
    if pair.input is Sameness.NOT_READ:
        yield "The inputs of the critical step were not both read: that they are the same was not checked."
    if pair.rerun.record.repair_applied:
        yield "In the rerun the critical step succeeded after a repair."
    if pair.rerun.attempts > 1:
        yield f"In the rerun the critical step took {pair.rerun.attempts} attempts."


def _about_checks(pair: StepPair) -> Iterator[str]:
    unchecked = [
        change
        for change in pair.conditions
        if change.before is ConditionOutcome.FAIL and change.after is not ConditionOutcome.PASS
    ]
    gone = [change.name for change in unchecked if change.after is None]
    undecided = [change.name for change in unchecked if change.after is not None]
    if gone:
        yield f"What failed before is not checked in the rerun: {listed(gone)}."
    if undecided:
        yield f"What failed before is undecided in the rerun: {listed(undecided)}."


def _disagreements(rerun: Diagnosis) -> Sequence[str]:
    return [f"About the rerun: {words}" for words in rerun.disagreements]
