"""What a rerun proves about a failing run. The rules, in the order in which they are asked; each leaves its reasons.

1. *not proof*: both are the same run; one is a playbook run that is simulated, or may be; the rerun has not ended, or with a
   status word that is not known; no step failed in the failing run and it has not ended, or with such a word; the rerun did
   not start after the failing run, or that is not known.
2. *not comparable*: both name a case in their metadata, and not the same, whatever their goals; the goals differ (case and
   blanks apart) and no case key says that it is one case all the same; or no step of one run has a counterpart with the same
   tool in the other.
3. The failing run has no critical step. It succeeded: *regressed* where the rerun did not or a step breaks in it, else *not
   proof*, for there was nothing to fix. It failed outside its steps: *fails elsewhere* where a step breaks in the rerun,
   *still failing* where the rerun did not succeed either, else *not proof*: no step can show the fix.
4. The counterpart of the critical step breaks (failed, partial, a failed postcondition, or it is what the rerun stopped at):
   *still failing*; where its error is worded otherwise, ids and numbers apart, the reasons say so.
5. It was not tried (no counterpart, skipped, no result, an unknown status): *fails elsewhere* where the rerun did not succeed or
   a step breaks in it, else *not proof*.
6. It succeeded with no failed postcondition: *regressed* where a step that had worked breaks; *fails elsewhere* where the rerun
   did not succeed, or a step breaks that is new or had not been reached; else *fixed*.

A step that breaks in both runs and is not the critical one does not keep the verdict from *fixed*, where the rerun itself ended
in success. Caveats say what stands beside a verdict without turning it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.comparison.alignment import PairReason
from bot.domain.comparison.divergence import FAILING
from bot.domain.comparison.pairs import Difference, StepPair, breaks, works
from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.domain.run.phrases import at, capital, how, named, plural, short_name
from bot.domain.run.steps import Step, StepStatus

Cases = tuple[str | None, str | None]  # as the runs' own records name them
_LISTED = 3  # steps named in the reasons; the rest are counted


class FixVerdict(StrEnum):
    """What a rerun proves. Only `fixed` verifies a fix."""

    FIXED = "fixed"
    STILL_FAILING = "still failing"
    FAILS_ELSEWHERE = "fails elsewhere"
    REGRESSED = "regressed"
    NOT_COMPARABLE = "not comparable"
    NOT_PROOF = "not proof"


@dataclass(slots=True)
class Judgement:
    """The verdict about a rerun and the sentences that led to it. Names from outside in them are masked and bounded.

    `comparable` tells whether the two are runs of one thing; *not proof* may be said of such as are not, too.
    """

    proof: FixVerdict
    reasons: list[str]
    comparable: bool = True


@dataclass(slots=True)
class Breaking:
    """The pairs whose step breaks in the rerun, by what the failing run's step did."""

    worked: list[StepPair] = field(default_factory=list)
    broke: list[StepPair] = field(default_factory=list)
    neither: list[StepPair] = field(default_factory=list)  # not reached, not tried, or not there

    def __bool__(self) -> bool:
        """Tell whether any step breaks."""
        return bool(self.worked or self.broke or self.neither)


def judge_fix(
    failing: Diagnosis, rerun: Diagnosis, pairs: Sequence[StepPair], *, cases: Cases = (None, None)
) -> Judgement:
    """Return what the rerun proves; `cases` are those of both. Total: any two diagnoses give a verdict with a reason at least."""
    # In whatever case: to Aionis the same id in capitals names no run, to people it is the same.
    if failing.run_id.lower() == rerun.run_id.lower():
        return Judgement(FixVerdict.NOT_PROOF, ["Both are the same run: a run cannot prove its own fix."])
    unproven = list(_unproven(failing, rerun))
    incomparable = list(_incomparable(failing, rerun, pairs, cases))
    # Both are asked although one would do: whoever reads the reasons should not mend one thing and then hear of the next.
    if unproven or incomparable:
        proof = FixVerdict.NOT_PROOF if unproven else FixVerdict.NOT_COMPARABLE
        return Judgement(proof, unproven + incomparable, comparable=not incomparable)
    breaking = breaking_pairs(rerun, pairs)
    if failing.critical_step is None:
        return _without_critical_step(failing, rerun, breaking)
    counterpart = next(pair for pair in pairs if pair.failing is failing.critical_step)
    return _by_counterpart(counterpart, rerun, breaking)


def breaking_pairs(rerun: Diagnosis, pairs: Sequence[StepPair]) -> Breaking:
    """Return the pairs whose step breaks in the rerun; the step that the rerun stopped at counts."""
    found = Breaking()
    for pair in pairs:
        # A pending step breaks nothing by itself, unless it is what the rerun came to an end at.
        if pair.rerun is None or not (breaks(pair.rerun) or pair.rerun is rerun.critical_step):
            continue
        if pair.failing is not None and works(pair.failing):
            found.worked.append(pair)
        elif pair.failing is not None and breaks(pair.failing):
            found.broke.append(pair)
        else:
            found.neither.append(pair)
    return found


def same_goal(first: str, second: str) -> bool:
    """Tell whether two goals are one, case and blanks apart."""
    return " ".join(first.split()).casefold() == " ".join(second.split()).casefold()


def _unproven(failing: Diagnosis, rerun: Diagnosis) -> Iterator[str]:
    if rerun.simulated:
        yield "The rerun is a simulated playbook run: its steps can read success although nothing was executed."
    if failing.simulated:
        yield "The failing run is a simulated playbook run: nothing was executed in it."
    for which, run in (("rerun", rerun), ("failing run", failing)):
        if run.mode_unknown:
            yield f"The {which} is a playbook run whose mode is {_unknown_mode(run)}: it may be simulated."
    if rerun.verdict in {Verdict.IN_PROGRESS, Verdict.STALLED}:
        silent = ", and its records have stopped" if rerun.verdict is Verdict.STALLED else " yet"
        yield f"The rerun has not ended{silent}."
    if rerun.verdict is Verdict.UNKNOWN:
        yield f"The rerun has {_unknown_status(rerun)}."
    critical = failing.critical_step
    if failing.verdict is Verdict.IN_PROGRESS and (critical is None or critical.status == StepStatus.PENDING):
        yield "The failing run has not ended, and no step has failed in it."
    if failing.verdict is Verdict.UNKNOWN and critical is None:
        yield f"No step failed in the failing run, and it has {_unknown_status(failing)}."
    yield from _too_early(_began(failing), _began(rerun))


def _unknown_mode(run: Diagnosis) -> str:
    if run.replay_mode is None:
        return "not recorded, or not visible"
    return f"“{short_name(run.replay_mode, 40)}”, which this bot does not know"


def _unknown_status(run: Diagnosis) -> str:
    return f"the status “{short_name(run.status or '(none)', 40)}”, which is no end that this bot knows"


def _began(run: Diagnosis) -> datetime | None:
    # A run whose own record is private still has steps that others may see.
    announced = (step.record.created_at for step in run.steps if step.record.created_at)
    return run.started_at or min(announced, default=None)


def _too_early(failing: datetime | None, rerun: datetime | None) -> Iterator[str]:
    if failing is None or rerun is None:
        which = "the failing run" if failing is None else "the rerun"
        yield f"When {which} started is not recorded, or not visible: that the rerun came later is not known."
    elif rerun <= failing:
        yield f"The rerun did not start after the failing run: {at(rerun)} against {at(failing)}."


def _incomparable(failing: Diagnosis, rerun: Diagnosis, pairs: Sequence[StepPair], cases: Cases) -> Iterator[str]:
    # Goals are templates: “Refund the second charge” of another order succeeds, and the one that failed fails on.
    before, after = cases
    if before and after and not same_goal(before, after):
        yield f"The cases differ: “{short_name(before, 100)}” and “{short_name(after, 100)}”."
    same_case = before is not None and before == after
    if failing.goal and rerun.goal and not same_case and not same_goal(failing.goal, rerun.goal):
        yield f"The goals differ: “{short_name(failing.goal, 100)}” and “{short_name(rerun.goal, 100)}”."
    if not failing.steps or not rerun.steps:
        yield f"{'The rerun' if failing.steps else 'The failing run'} has no steps."
    elif not any(pair.link in {PairReason.ALIGNED, PairReason.MOVED} for pair in pairs):
        yield "Nothing aligns: no step of the failing run has a counterpart with the same tool in the rerun."


def _without_critical_step(failing: Diagnosis, rerun: Diagnosis, breaking: Breaking) -> Judgement:
    if failing.verdict is Verdict.SUCCESS:
        if worse := [*_ended(rerun), *_breaking_words(breaking, first="first run")]:
            return Judgement(FixVerdict.REGRESSED, ["The first run had succeeded.", *worse])
        return Judgement(
            FixVerdict.NOT_PROOF, ["The first run had succeeded: there is nothing that a rerun could prove."]
        )
    trouble = [*_ended(rerun), *_breaking_words(breaking)]
    outside = "No step failed in the failing run: what went wrong lies outside of its steps."
    if breaking:
        return Judgement(FixVerdict.FAILS_ELSEWHERE, [outside, *trouble])
    if trouble:
        return Judgement(FixVerdict.STILL_FAILING, [outside, *trouble])
    return Judgement(FixVerdict.NOT_PROOF, [outside, "The rerun ended in success, but no step of it can show the fix."])


def _by_counterpart(pair: StepPair, rerun: Diagnosis, breaking: Breaking) -> Judgement:
    counterpart = pair.rerun
    # Before all else: whatever else went well, the step that was to be mended is not.
    if counterpart is not None and (breaks(counterpart) or counterpart is rerun.critical_step):
        worse = _breaking_words(Breaking(worked=breaking.worked))
        return Judgement(FixVerdict.STILL_FAILING, [_still_fails(pair.step, counterpart), *_other_error(pair), *worse])
    trouble = [*_ended(rerun), *_breaking_words(breaking)]
    # A rerun that ends in success without the step has gone round it, which is no proof that it works.
    if counterpart is None or not works(counterpart):
        if trouble:
            return Judgement(FixVerdict.FAILS_ELSEWHERE, [_not_tried(pair.step, counterpart), *trouble])
        return Judgement(FixVerdict.NOT_PROOF, [_not_tried(pair.step, counterpart), "The rerun ended in success."])
    held = _held(pair.step, counterpart)
    if breaking.worked:
        return Judgement(FixVerdict.REGRESSED, [held, *trouble])
    if breaking.neither or rerun.verdict is not Verdict.SUCCESS:
        return Judgement(FixVerdict.FAILS_ELSEWHERE, [held, *trouble])
    return Judgement(FixVerdict.FIXED, [held, "The rerun ended in success.", *_breaking_words(breaking)])


def _held(critical: Step, counterpart: Step) -> str:
    checks = len(counterpart.record.postconditions or ())
    checked = f"with none of its {checks} postconditions failed" if checks > 1 else "with no failed postcondition"
    return f"The critical step, {named(critical)}, succeeded as {_as(critical, counterpart)} of the rerun, {checked}."


def _still_fails(critical: Step, counterpart: Step) -> str:
    return (
        f"The critical step, {named(critical)}, is {_as(critical, counterpart)} of the rerun, which {how(counterpart)}."
    )


def _other_error(pair: StepPair) -> Iterator[str]:
    """Say that the failure is another one now: the old one may be mended, and something behind it not."""
    if Difference.ERROR in pair.differences and all(pair.errors):
        before, after = (short_name(error or "", 160) for error in pair.errors)
        yield f"It fails with another error: “{after}”; before it was “{before}”."


def _not_tried(critical: Step, counterpart: Step | None) -> str:
    if counterpart is None:
        return f"The critical step, {named(critical)}, was not tried: the rerun has no counterpart of it."
    return f"The critical step, {named(critical)}, was not tried: {_as(critical, counterpart)} of the rerun {how(counterpart)}."


def _as(critical: Step, counterpart: Step) -> str:
    """Name the counterpart, with its tool only where that is another."""
    return counterpart.label if counterpart.tool == critical.tool else named(counterpart)


def _ended(rerun: Diagnosis) -> list[str]:
    if rerun.verdict is Verdict.SUCCESS:
        return []
    ended = f"The rerun ended as {rerun.verdict}"
    if rerun.critical_step is not None or not rerun.steps:
        return [f"{ended}."]
    said = f"; the agent said: “{short_name(rerun.summary, 160)}”" if rerun.summary else ""
    return [f"{ended}, although no step of it failed{said}."]


def _breaking_words(breaking: Breaking, *, first: str = FAILING) -> list[str]:
    return [
        *_each(breaking.worked, f"worked in the {first} and {{how}} in the rerun"),
        *_each(breaking.neither, f"{{how}} in the rerun; in the {first} it is not there, or was not tried"),
        *_each(breaking.broke, f"did not work in the {first} either; in the rerun it {{how}}"),
    ]


def _each(pairs: Sequence[StepPair], words: str) -> Iterator[str]:
    for pair in pairs[:_LISTED]:
        if pair.rerun is not None:
            yield f"{capital(named(pair.step))} {words.format(how=how(pair.rerun))}."
    if len(pairs) > _LISTED:
        yield f"The same goes for {plural(len(pairs) - _LISTED, 'step')} more."
